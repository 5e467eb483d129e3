"""The numbers of any beginning of a series that goes on: what a view that was sought back asks for.

Pure. The values are sorted in blocks in order of their arrival, each block once, when it is first needed. A question
about the first so many then bisects the whole blocks and sorts the rest, so that it costs the same wherever it falls.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import islice
from operator import sub
from typing import NamedTuple

from tui.core.gap_series import VALUES_A_BLOCK, ArrivalSeries, GapSeries, Spread

Arrival = tuple[float, int]


class FirstValues:
    """The values of some sorted parts, under the names of `OrderedValues`; `spread` None: nobody asks for it."""

    def __init__(self, parts: list[Sequence[float]], spread: Spread | None) -> None:
        self._parts = [part for part in parts if len(part)]
        self._spread = spread
        self._count = sum(map(len, parts))
        self._quantiles: dict[float, float] = {}

    def __len__(self) -> int:
        return self._count

    def quantile(self, share: float) -> float | None:
        """The value below which `share` (0 to 1) of the values lie, linear between neighbours; None without any."""
        if not self._count:
            return None
        if share not in self._quantiles:
            place = share * (self._count - 1)
            low, high = _at_ranks(self._parts, int(place))
            self._quantiles[share] = low + (high - low) * (place - int(place))
        return self._quantiles[share]

    def deviation(self) -> float | None:
        """The standard deviation of these values as a whole population; None below two, or without a spread."""
        return None if self._spread is None else self._spread.deviation

    def count_below(self, limit: float) -> int:
        """How many values are less than `limit`."""
        return sum(bisect_left(part, limit) for part in self._parts)


class SortedBlocks:
    """The values of a series, sorted in blocks; `between` gives those from one place up to another, in order."""

    def __init__(self, between: Callable[[int, int], array[float]], *, has_spread: bool) -> None:
        self.between = between
        self._has_spread = has_spread
        self._blocks: list[array[float]] = []
        self._spreads = [Spread()]  # of the blocks before each one

    def prepare(self, count: int, limit: int) -> bool:
        """Sorts at most `limit` blocks more; whether all whole ones among the first `count` values are sorted."""
        whole = count // VALUES_A_BLOCK
        for number in range(len(self._blocks), min(whole, len(self._blocks) + limit)):
            values = self.between(number * VALUES_A_BLOCK, (number + 1) * VALUES_A_BLOCK)
            self._blocks.append(array("d", sorted(values)))
            self._spreads.append(self._spreads[-1].joined(values) if self._has_spread else Spread())
        return len(self._blocks) >= whole

    def first(self, count: int) -> FirstValues:
        """The first `count` values."""
        whole = count // VALUES_A_BLOCK
        self.prepare(count, whole)
        rest = self.between(whole * VALUES_A_BLOCK, count)
        spread = self._spreads[whole].joined(rest) if self._has_spread else None
        return FirstValues([*self._blocks[:whole], sorted(rest)], spread)

    def place_of_greatest(self, count: int) -> int:
        """The place of the greatest of the first `count` (1 or more) values, the first one of several."""
        whole = count // VALUES_A_BLOCK
        self.prepare(count, whole)
        rest = self.between(whole * VALUES_A_BLOCK, count)
        heights = [block[-1] for block in self._blocks[:whole]] + ([max(rest)] if rest else [])
        block = heights.index(max(heights))
        start = block * VALUES_A_BLOCK
        return start + self.between(start, min(count, start + VALUES_A_BLOCK)).index(heights[block])


class SeriesIndex:
    """What is asked of the beginnings of a series; `times_between` gives the times of frames."""

    def __init__(self, series: GapSeries, times_between: Callable[[int, int], array[float]]) -> None:
        self.series = series
        self._times_between = times_between
        self.blocks = SortedBlocks(self._gaps_between, has_spread=series.has_spread)

    def arrival(self, place: int) -> Arrival:
        """Time and frame of the arrival at a place from 0."""
        frame = self.series.frame_spans(place, place + 1)[0].start
        return self._times_between(frame, frame + 1)[0], frame

    def _gaps_between(self, first: int, end: int) -> array[float]:
        if first >= end:
            return array("d")
        times = array("d")
        for span in self.series.frame_spans(first, end + 1):
            times.extend(self._times_between(span.start, span.stop))
        return array("d", map(sub, islice(times, 1, None), times))


class SeriesEnd(NamedTuple):
    """Where a beginning of a series ends: how many arrivals it has, and the last one."""

    size: int
    last: Arrival | None


class SeriesPrefix(ArrivalSeries):
    """A beginning of a series. It grows by the arrivals that the series itself has next."""

    def __init__(self, index: SeriesIndex, end: SeriesEnd) -> None:
        self._index = index
        self._count, self._last = end
        self._gaps: FirstValues | None = None

    def add(self, at: float, frame: int) -> None:
        """One arrival."""
        self._count, self._last, self._gaps = self._count + 1, (at, frame), None

    def extend(self, times: array[float], frames: array[int]) -> None:
        """Many arrivals."""
        self._count, self._last, self._gaps = self._count + len(times), (times[-1], frames[-1]), None

    def prepare(self, limit: int) -> bool:
        """Sorts at most `limit` blocks for what will be asked; whether none is left."""
        return self._index.blocks.prepare(self._gap_count, limit)

    def __len__(self) -> int:
        """How many arrivals there were."""
        return self._count

    @property
    def first(self) -> Arrival | None:
        """Time and frame of the first arrival."""
        return self._index.series.first if self._count else None

    @property
    def second(self) -> Arrival | None:
        """Time and frame of the second arrival."""
        return self._index.series.second if self._count > 1 else None

    @property
    def last(self) -> Arrival | None:
        """Time and frame of the last arrival."""
        return self._last

    @property
    def gaps(self) -> FirstValues:
        """All gaps."""
        if self._gaps is None:
            self._gaps = self._index.blocks.first(self._gap_count)
        return self._gaps

    @property
    def longest(self) -> tuple[Arrival, Arrival] | None:
        """Time and frame of the arrivals on both sides of the longest gap, the first one of several."""
        if not self._gap_count:
            return None
        place = self._index.blocks.place_of_greatest(self._gap_count)
        return self._index.arrival(place), self._index.arrival(place + 1)

    @property
    def _gap_count(self) -> int:
        return max(0, self._count - 1)


def _at_ranks(parts: list[Sequence[float]], rank: int) -> tuple[float, float]:
    """The values at `rank` (from 0) and at the next rank, the last one twice; each part is sorted and not empty."""
    lows, highs = [0] * len(parts), list(map(len, parts))
    while True:
        widest = max(range(len(parts)), key=lambda number: highs[number] - lows[number])
        pivot = parts[widest][(lows[widest] + highs[widest]) // 2]
        spans = list(zip(parts, lows, highs, strict=True))
        below = [bisect_left(part, pivot, low, high) for part, low, high in spans]
        through = [bisect_right(part, pivot, low, high) for part, low, high in spans]
        if rank < sum(below):
            highs = below
        elif rank >= (reached := sum(through)):
            lows = through
        elif rank + 1 < reached:
            return pivot, pivot
        else:
            after = [part[place] for part, place in zip(parts, through, strict=True) if place < len(part)]
            return pivot, min(after, default=pivot)
