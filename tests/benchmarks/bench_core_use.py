"""What an open app takes of a core: while a model answers at its usual speed, and while nothing happens."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.benchmarks.endpoint import Endpoint, endpoint
from tests.benchmarks.keys import send
from tests.benchmarks.measure import run_script
from tests.benchmarks.pty_driver import Program
from tests.benchmarks.row import Row, row_of

LIMITS = {0: 1.0, 80: None, 150: 15.0}  # tokens a second: per cent of a core, app and probe


def share_of_core(program: Program, seconds: float) -> float:
    """CPU time used in a stretch of time, in per cent."""
    before, started = program.cpu_s(), time.monotonic()
    program.pump(seconds)
    return (program.cpu_s() - before) / (time.monotonic() - started) * 100


def shares(there: Endpoint, seconds: int) -> dict[int, float]:
    """At rest, and at each speed."""
    found = {}
    for rate in LIMITS:
        with there.warm_app() as program:
            if rate:
                send(program, f"paced {rate} {seconds + 3}")
                program.pump(2)
            found[rate] = share_of_core(program, seconds)
    return found


def rows(is_quick: bool) -> Iterator[Row]:
    """Some rounds."""
    with endpoint() as there:
        found = [shares(there, 3 if is_quick else 8) for _ in range(1 if is_quick else 3)]
    for rate, limit in LIMITS.items():
        what = f"{rate} tok/s, app and probe" if rate else "at rest, app and probe"
        yield row_of(what, [one[rate] for one in found], "% of a core", limit, is_shown=True)


if __name__ == "__main__":
    run_script(rows, __doc__)
