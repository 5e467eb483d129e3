"""A measured number, as a benchmark hands it to the reader and to the runner."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from statistics import median

# Ratios to a control in the same run, and bytes that something holds: what another machine measures as well.
COMPARABLE_UNITS = frozenset({"x", "B"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One number: the median of its rounds and how far they lie apart.

    `unit` is "x" for a ratio to a control in the same run. `limit` is the figure to reach: at most that, or, for a
    floor, at least. `wall` is the same number by the wall clock, where `value` is CPU time.
    """

    what: str
    value: float
    unit: str
    low: float
    high: float
    limit: float | None = None
    is_floor: bool = False
    wall: float | None = None
    note: str = ""
    is_shown: bool = False  # in the table of the README

    @property
    def is_met(self) -> bool:
        """Whether the figure was reached; a row without one always is."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.is_floor else self.value <= self.limit

    @property
    def is_gate(self) -> bool:
        """Whether a missed figure fails the run: seconds and shares of a core are the machine's, ratios are ours."""
        return self.limit is not None and self.unit in COMPARABLE_UNITS

    def to_line(self) -> str:
        """As one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @staticmethod
    def from_line(line: str) -> Row:
        """What `to_line` wrote. Raises ValueError and TypeError for anything else."""
        return Row(**json.loads(line))


def row_of(
    what: str,
    values: list[float],
    unit: str,
    limit: float | None = None,
    *,
    is_floor: bool = False,
    walls: list[float] | None = None,
    note: str = "",
    is_shown: bool = False,
) -> Row:
    """The row of one value a round."""
    return Row(
        what=what,
        value=median(values),
        unit=unit,
        low=min(values),
        high=max(values),
        limit=limit,
        is_floor=is_floor,
        wall=median(walls) if walls else None,
        note=note,
        is_shown=is_shown,
    )
