"""A run from left to right as one row of cells: how many arrivals fell into each slice of time, and where it stalled.

Pure. Cost grows with the width of the row, not with the length of the run: each cell is two bisections.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple


class RasterCell(NamedTuple):
    """One slice of time: the number of arrivals in it, and whether it lies in a stall."""

    arrivals: int
    is_stalled: bool


def raster(
    times: Sequence[float],
    width: int,
    end: float,
    *,
    start: float = 0.0,
    stalls: Sequence[tuple[float, float]] = (),
) -> list[RasterCell]:
    """`width` cells over the time from `start` to `end`; `times` ascend, `stalls` are (from, to) in order.

    An arrival exactly at `end` belongs to the last cell. A cell with arrivals is never stalled.
    """
    if width < 1 or end <= start:
        return [RasterCell(0, is_stalled=False)] * max(0, width)
    step = (end - start) / width
    edges = [start + step * cell for cell in range(width)]
    # Times of many repetitions count themselves, which is quicker.
    count_before = getattr(times, "count_before", None) or partial(bisect_left, times)
    count_until = getattr(times, "count_until", None) or partial(bisect_right, times)
    before = [*map(count_before, edges), count_until(end)]
    counts = [later - earlier for earlier, later in pairwise(before)]
    ends = [stall[1] for stall in stalls]
    return [
        RasterCell(count, count == 0 and _in_stall(edges[cell] + step / 2, stalls, ends))
        for cell, count in enumerate(counts)
    ]


def _in_stall(at: float, stalls: Sequence[tuple[float, float]], ends: list[float]) -> bool:
    index = bisect_right(ends, at)
    return index < len(stalls) and stalls[index][0] <= at
