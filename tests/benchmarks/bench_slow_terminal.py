"""Keys while 10,000 tokens a second come and the terminal takes 200 kB a second."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.benchmarks.endpoint import Endpoint, endpoint
from tests.benchmarks.keys import at_rest, key_rows, press_until, send
from tests.benchmarks.measure import run_script
from tests.benchmarks.row import Row

BYTES_PER_S, SECONDS, LIMIT_MS = 200_000, 4, 250


def pressed(there: Endpoint, seconds: int) -> list[float]:
    """The keys of one run."""
    with there.warm_app(BYTES_PER_S) as program:
        send(program, f"paced 10000 {seconds}")
        started = time.monotonic()
        program.pump(0.1)
        return press_until(program, started + seconds)


def rows(is_quick: bool) -> Iterator[Row]:
    """Some runs, and an app at rest; a quick run leaves it out."""
    if is_quick:
        return
    with endpoint() as there:
        resting, found = at_rest(there, SECONDS), [pressed(there, SECONDS) for _ in range(3)]
    yield from key_rows("terminal of 200 kB/s, 10k tok/s", found, resting, LIMIT_MS)


if __name__ == "__main__":
    run_script(rows, __doc__)
