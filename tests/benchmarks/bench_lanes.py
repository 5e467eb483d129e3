"""Keys on the Compare screen, four buffer modes over one run, while 2,500 tokens a second come."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.benchmarks.endpoint import HERE, IDLE, Endpoint, endpoint
from tests.benchmarks.keys import at_rest, key_rows, press_until, send
from tests.benchmarks.measure import run_script
from tests.benchmarks.pty_driver import Program
from tests.benchmarks.row import Row

RATE, SECONDS, LIMIT_MS, F3 = 2_500, 5, 120, "\x1bOR"


def pressed(there: Endpoint, seconds: int) -> list[float]:
    """The keys of one run."""
    with Program(str(HERE / "echo_run.py"), "live", there.url, folder=there.folder) as program:
        program.wait_for(IDLE)
        program.settle(0.5)
        send(program, f"paced {RATE} {seconds + 3}")
        program.type(F3)
        program.wait_for(b"4 buffer modes")
        program.pump(1)
        return press_until(program, time.monotonic() + seconds)


def rows(is_quick: bool) -> Iterator[Row]:
    """Some runs, and an app at rest."""
    with endpoint() as there:
        seconds = 1 if is_quick else SECONDS
        resting, found = at_rest(there, seconds), [pressed(there, seconds) for _ in range(1 if is_quick else 3)]
    yield from key_rows("4 compare lanes, 2.5k tok/s", found, resting, LIMIT_MS)


if __name__ == "__main__":
    run_script(rows, __doc__)
