"""This run beside the last one that was kept: what became worse by more than noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.benchmarks.row import COMPARABLE_UNITS, Row

# How far two medians may lie apart though nothing changed: ratios and bytes of several rounds; single values, and what
# only this machine measures.
NOISE, COARSE_NOISE = 0.15, 0.50


@dataclass(frozen=True, slots=True)
class Change:
    """A row that moved by more than noise; `factor` is above 1 where it became worse."""

    script: str
    before: Row
    after: Row
    factor: float


def changes(
    before: dict[tuple[str, str], Row], after: dict[tuple[str, str], Row], *, is_same_machine: bool, speed: float = 1.0
) -> Iterator[Change]:
    """The rows of both runs that moved by more than noise, the worst first.

    `speed` is how much slower this machine is now than it was (1.2: everything takes 1.2 times as long); what was
    measured in seconds is set against that, and not at all against another machine.
    """
    moved = [
        Change(key[0], before[key], row, factor)
        for key, row in after.items()
        if key in before
        and (row.unit in COMPARABLE_UNITS or is_same_machine)
        and (factor := _factor(before[key], row, 1.0 if row.unit in COMPARABLE_UNITS else speed)) is not None
    ]
    yield from sorted(moved, key=lambda change: -change.factor)


def _factor(before: Row, after: Row, speed: float) -> float | None:
    """How many times worse the later one is, or None within noise: where the rounds of both overlap, and where the
    medians are too near each other to tell."""
    is_rate = after.is_floor or after.unit.endswith("/s")
    scale = speed if is_rate else 1 / speed  # a slower machine has lower rates and higher costs
    value, low, high = after.value * scale, after.low * scale, after.high * scale
    if (low <= before.high and before.low <= high) or not value or not before.value:
        return None
    factor = before.value / value if is_rate else value / before.value
    is_fine = after.unit in COMPARABLE_UNITS and after.low < after.high
    noise = NOISE if is_fine else COARSE_NOISE
    return factor if max(factor, 1 / factor) > 1 + noise else None
