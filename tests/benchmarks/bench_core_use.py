"""What an open app takes of a core: while a model answers at its usual speed, and while nothing happens."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.benchmarks.endpoint import Endpoint, endpoint
from tests.benchmarks.keys import send
from tests.benchmarks.measure import run_script
from tests.benchmarks.pty_driver import Program
from tests.benchmarks.row import Row, row_of

RESTING = 1.0  # per cent of a core, app and probe
LIMITS = {80: None, 150: 15.0}  # at so many tokens a second


def share_of_core(program: Program, seconds: float) -> float:
    """CPU time used in a stretch of time, in per cent."""
    before, started = program.cpu_s(), time.monotonic()
    program.pump(seconds)
    return (program.cpu_s() - before) / (time.monotonic() - started) * 100


def shares(there: Endpoint, rate: int, seconds: int) -> tuple[float, float]:
    """At rest, and at a speed."""
    with there.warm_app() as program:
        resting = share_of_core(program, seconds)
        send(program, f"paced {rate} {seconds + 2}")
        program.pump(1.5)
        return resting, share_of_core(program, seconds)


def rows(is_quick: bool) -> Iterator[Row]:
    """Some rounds; in a quick run the speed that has a figure."""
    seconds = 2 if is_quick else 5
    resting: list[float] = []
    with endpoint() as there:
        for rate, limit in list(LIMITS.items())[is_quick:]:
            found = [shares(there, rate, seconds) for _ in range(1 if is_quick or limit is None else 2)]
            resting += [rest for rest, _ in found]
            what = f"{rate} tok/s, app and probe"
            yield row_of(what, [share for _, share in found], "% of a core", limit, is_shown=True)
    yield row_of("at rest, app and probe", resting, "% of a core", RESTING, is_shown=True)


if __name__ == "__main__":
    run_script(rows, __doc__)
