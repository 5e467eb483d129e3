"""Keys while 20,000 tokens a second come through the probe, for four seconds; not one may be lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from tests.benchmarks.endpoint import COMPLETED, Endpoint, assert_whole, endpoint
from tests.benchmarks.keys import at_rest, key_rows, press_until, send
from tests.benchmarks.measure import run_script
from tests.benchmarks.row import Row

RATE, SECONDS, LIMIT_MS = 20_000, 4, 100


def pressed(there: Endpoint, seconds: int) -> tuple[list[float], float]:
    """The keys of one run, and the seconds until all of it was there."""
    with there.warm_app() as program:
        send(program, f"paced {RATE} {seconds}")
        program.watch_for(COMPLETED)
        started = time.monotonic()
        program.pump(0.1)
        presses = press_until(program, started + seconds)
        if not program.saw_watched:
            program.wait_for(COMPLETED, 60)
        whole = time.monotonic() - started
        program.settle(0.3)
        assert_whole(program, RATE * seconds)
        return presses, whole


def rows(is_quick: bool) -> Iterator[Row]:
    """Some runs, and an app at rest."""
    with endpoint() as there:
        seconds = 1 if is_quick else SECONDS
        resting, found = at_rest(there, seconds), [pressed(there, seconds) for _ in range(1 if is_quick else 3)]
    note = f"whole after {median(whole for _, whole in found):.2f} s, none lost"
    yield from key_rows("20k tok/s", [presses for presses, _ in found], resting, LIMIT_MS, note)


if __name__ == "__main__":
    run_script(rows, __doc__)
