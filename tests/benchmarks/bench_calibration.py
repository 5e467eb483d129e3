"""The error of our time stamps: reads stamped by the probe while the app paints all panes, against the sender's clock.

Sender, probe and app are processes of one machine and read one monotonic clock; each token says when it was sent. A
read's error is what lies between the sender's `send` and our stamp: the kernel, the waking of the process, and what it
was busy with. One control stamps the same reads in the loop that also paints, as a program without a probe does;
another only stamps, which shows what the machine itself adds at that moment.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.endpoint import COMPLETED, IDLE, Endpoint, endpoint
from tests.benchmarks.keys import quantile, send
from tests.benchmarks.measure import run_script
from tests.benchmarks.pty_driver import Program
from tests.benchmarks.row import Row, row_of

SCRIPT = str(Path(__file__).with_name("stamped_run.py"))
RATES, LIMIT_MS, TO_LOOP = (150, 2000), 1.0, 0.25


class Stamps(NamedTuple):
    """The errors of one run, in ms."""

    errors: list[float]
    reads: int

    @property
    def p99(self) -> float:
        """What one of a hundred exceeds."""
        return quantile(self.errors, 0.99)

    def told(self) -> str:
        """The others of its quantiles."""
        middle, largest = quantile(self.errors, 0.5), max(self.errors)
        return f"{len(self.errors)} tokens in {self.reads} reads, p50 {middle:.2f}, largest {largest:.1f} ms"


def read_back(out: Path) -> Stamps:
    """What `stamped_run.py` wrote."""
    told = json.loads(out.read_text())
    return Stamps([error * 1000 for error in told["errors"]], told["reads"])


def by_app(there: Endpoint, rate: int, seconds: int) -> Stamps:
    """The probe's stamps while the app paints."""
    out = there.folder / "app.json"
    with Program(SCRIPT, "app", str(out), there.url, folder=there.folder) as program:
        program.wait_for(IDLE)
        program.settle(0.5)
        program.watch_for(COMPLETED)
        send(program, f"timed {rate} {seconds}")
        if not program.saw_watched:
            program.wait_for(COMPLETED, 60)
        program.settle(0.3)
        program.type("\x11")  # ctrl+q
        while program.process.poll() is None:
            program.pump(0.05)
    return read_back(out)


def by_control(there: Endpoint, kind: str, rate: int, seconds: int) -> Stamps:
    """The stamps of a loop that paints (`loop`), or of one that does nothing else (`bare`)."""
    out = there.folder / f"{kind}.json"
    with Program(SCRIPT, kind, str(out), there.url, str(rate), str(seconds), folder=there.folder) as program:
        while program.process.poll() is None:
            program.pump(0.05)
    return read_back(out)


def measured(there: Endpoint, rate: int, seconds: int, rounds: int) -> Iterator[Row]:
    """The app and both controls, in turn."""
    ours, loops, bare = [], [], []
    for _ in range(rounds):
        ours.append(by_app(there, rate, seconds))
        loops.append(by_control(there, "loop", rate, seconds))
        bare.append(by_control(there, "bare", rate, seconds))
    what = f"stamps at {rate} reads/s, error p99"
    yield row_of(f"{what}: ours, all panes painting", p99s(ours), "ms", LIMIT_MS, note=ours[0].told(), is_shown=True)
    yield row_of(f"{what}: a loop that paints", p99s(loops), "ms", note=loops[0].told(), is_shown=True)
    yield row_of(f"{what}: a process that only stamps", p99s(bare), "ms", note=bare[0].told(), is_shown=True)
    ratios = [one.p99 / loop.p99 for one, loop in zip(ours, loops, strict=True)]
    yield row_of(f"{what}: ours / a loop that paints", ratios, "x", TO_LOOP)


def p99s(stamps: list[Stamps]) -> list[float]:
    """Of each round."""
    return [one.p99 for one in stamps]


def rows(is_quick: bool) -> Iterator[Row]:
    """Both rates; in a quick run the slower one."""
    seconds, rounds = (1, 1) if is_quick else (4, 2)
    with endpoint() as there:
        for rate in RATES[:1] if is_quick else RATES:
            yield from measured(there, rate, seconds, rounds)


if __name__ == "__main__":
    run_script(rows, __doc__)
