"""How long a gap is for its run, as a bar: on a log scale from the run's median to the length of a stall. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Final

BAR_CELLS: Final = 10
_EIGHTHS: Final = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_USUAL_S: Final = 0.025  # while a run has no median
_STALL_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class GapScale:
    """One cell is the run's median gap, all of them are a stall."""

    median_s: float = _USUAL_S
    stall_s: float = _STALL_S

    @classmethod
    def of(cls, median_s: float | None, stall_s: float | None) -> GapScale:
        """The scale of a run, rounded, so that it does not change with every frame."""
        if median_s is None or stall_s is None:
            return cls()
        rounded = float(f"{max(median_s, 1e-4):.2g}")
        return cls(rounded, max(stall_s, 2 * rounded))

    def bar(self, gap_s: float) -> str:
        """The bar of a gap, at most BAR_CELLS; never empty, so that a gap of nothing is seen as one."""
        cells = gap_s / self.median_s
        if cells > 1:
            cells = 1 + (BAR_CELLS - 1) * log(cells) / log(self.stall_s / self.median_s)
        eighths = min(8 * BAR_CELLS, max(1, round(8 * cells)))
        return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]
