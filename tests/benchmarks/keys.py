"""Typing into a program, and how long its keys take to the screen."""

from __future__ import annotations

import random
import time
from statistics import median

from tests.benchmarks.endpoint import CONTROLS, Endpoint
from tests.benchmarks.pty_driver import Program
from tests.benchmarks.row import Row, row_of


def send(program: Program, prompt: str) -> None:
    """Types a prompt, lets it be drawn, sends it, and goes back to the prompt."""
    program.type(prompt)
    program.pump(0.5)
    program.type("\r")
    program.pump(0.2)
    program.type("i")


def press_until(program: Program, end: float) -> list[float]:
    """Types letters at uneven distances until a moment; gives the time that each took to the screen, in s."""
    source, taken = random.Random(1), []
    while time.monotonic() < end:
        taken.append(program.key_to_screen_s())
        program.pump(source.uniform(0.02, 0.06))
    return taken


def quantile(values: list[float], share: float) -> float:
    """The value below which that share lies; the largest for a share beyond the number of values."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def at_rest(there: Endpoint, seconds: int) -> list[float]:
    """The same keys in the least Textual app there is, which does nothing else: the noise of this moment."""
    with Program(CONTROLS, "hello", folder=there.folder) as program:
        program.wait_for(b"ello-world")
        program.settle(0.5)
        return press_until(program, time.monotonic() + seconds)


def key_rows(what: str, rounds: list[list[float]], resting: list[float], limit_ms: float, note: str = "") -> list[Row]:
    """The 99th of a hundred keys of each round, and the middle one as a multiple of that of an app at rest."""
    every = [taken for presses in rounds for taken in presses]
    told = f"{len(every)} keys, p50 {median(every) * 1000:.0f} ms; at rest p50 {median(resting) * 1000:.0f}, "
    told += f"p99 {quantile(resting, 0.99) * 1000:.0f} ms{'; ' if note else ''}{note}"
    late = [quantile(presses, 0.99) * 1000 for presses in rounds]
    ratios = [median(presses) / median(resting) for presses in rounds]
    return [
        row_of(f"{what}: key to screen, p99", late, "ms", limit_ms, note=told, is_shown=True),
        row_of(f"{what}: key to screen, p50 / in an app at rest", ratios, "x"),
    ]
