"""Keys while tokens are fed inside the app as fast as 100,000 a second, without probe and network; none may be lost.

The app takes them in turns that leave the keys their time, as it takes everything; what it cannot take in a second
comes later. So there are two numbers: how long a key took, and how many tokens a second were taken and drawn.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from tests.benchmarks.endpoint import HERE, Endpoint, assert_whole, endpoint
from tests.benchmarks.keys import at_rest, key_rows, press_until
from tests.benchmarks.measure import run_script
from tests.benchmarks.pty_driver import Program
from tests.benchmarks.row import Row, row_of

RATE, SECONDS, LIMIT_MS = 100_000, 4, 100


def pressed(there: Endpoint, seconds: int) -> tuple[list[float], float]:
    """The keys of one run, and the tokens a second."""
    with Program(str(HERE / "echo_run.py"), "fed", str(RATE), str(seconds), folder=there.folder) as program:
        program.wait_for(b"BEGUN")
        started = time.monotonic()
        presses = press_until(program, started + seconds - 0.5)  # before the word that is waited for next
        program.wait_for(b"TAKEN", 60)
        program.pump(0.1)
        took = re.search(r"TAKEN in ([0-9.]+) s", program.words())
        assert took is not None, program.words()[-400:]
        program.settle(0.3)
        assert_whole(program, RATE * seconds, ends=0)
        return presses, RATE * seconds / float(took[1])


def rows(is_quick: bool) -> Iterator[Row]:
    """Some runs, and an app at rest."""
    with endpoint() as there:
        seconds = 1 if is_quick else SECONDS
        resting, found = at_rest(there, seconds), [pressed(there, seconds) for _ in range(1 if is_quick else 3)]
    yield from key_rows("100k tok/s fed in the app", [presses for presses, _ in found], resting, LIMIT_MS, "none lost")
    yield row_of(
        "100k tok/s fed in the app: taken", [rate for _, rate in found], "tok/s", RATE, is_floor=True, is_shown=True
    )


if __name__ == "__main__":
    run_script(rows, __doc__)
