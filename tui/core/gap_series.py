"""Exact order statistics of a growing series: the gaps between arrivals, asked for while they still come.

Taking an arrival is constant work: its gap is appended. Asking sorts only what came since the last question and
puts it into sorted blocks. Knows nothing of chunks or frames; `stats` decides what an arrival is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Sequence
from itertools import islice
from math import fsum, sqrt
from operator import mul, sub
from typing import NamedTuple, Protocol

from tui.core.number_runs import NumberRuns

# Blocks are split at twice this size: large enough that a million values are a thousand blocks, small enough
# that putting one value in moves some kilobytes.
_BLOCK_SIZE = 1024
# From so many values for one block on, sorting the block anew is cheaper than inserting them one by one.
_REBUILD = 128
# From this share of new values on, sorting everything anew is cheaper; so each value is sorted a few times at most.
# Of many values it is not: all of them would be objects for a moment.
_REBUILD_SHARE = 0.25
_REBUILD_MOST = 65_536
# The times of arrivals are let go at the latest when there are so many.
_UNSETTLED = 65_536
# So many values are sorted at a time: as objects of a list they take four times the room.
_PORTION = 65_536
# Values go into mean and spread at the latest when there are so many.
_UNMEASURED = 262_144
VALUES_A_BLOCK = 4096
"""In order of arrival: whole blocks are measured and sorted once, whoever asks about whatever beginning."""


TimesBetween = Callable[[int, int], "array[float]"]
"""When the frames from one up to another came."""


class Values(Protocol):
    """A multiset of numbers that can be asked for its order."""

    def __len__(self) -> int:
        """How many there are."""

    def quantile(self, share: float) -> float | None:
        """The value below which `share` (0 to 1) of the values lie, linear between neighbours; None without any."""

    def deviation(self) -> float | None:
        """The standard deviation of these values as a whole population; None below two."""

    def count_below(self, limit: float) -> int:
        """How many values are less than `limit`."""


class Spread(NamedTuple):
    """How many values were measured, their mean, and the sum of the squares of their distances from it."""

    size: int = 0
    mean: float = 0.0
    square_sum: float = 0.0

    def joined(self, values: Sequence[float]) -> Spread:
        """With more values (Chan, Golub and LeVeque 1979)."""
        if not values:
            return self
        total = self.size + len(values)
        mean = fsum(values) / len(values)
        apart = mean - self.mean
        distances = [value - mean for value in values]
        square_sum = self.square_sum + fsum(map(mul, distances, distances))
        square_sum += apart * apart * self.size * len(values) / total
        return Spread(total, self.mean + apart * len(values) / total, square_sum)

    @property
    def deviation(self) -> float | None:
        """Of a whole population; None below two values."""
        return sqrt(self.square_sum / self.size) if self.size > 1 else None


class OrderedValues:
    """A multiset of floats that gives exact quantiles at any time.

    `add` is constant. A question costs, for each value that came since the last one, at most an insertion into
    a block, and then a walk over the blocks (one for some thousand values). `has_spread` keeps mean and deviation
    too, which costs some more for each value.
    """

    def __init__(self, *, has_spread: bool = True) -> None:
        self._has_spread = has_spread
        self._pending = array("d")
        self._blocks: list[array[float]] = []
        self._maxima: list[float] = []
        self._count = 0
        self._spread = Spread()  # of whole blocks in order of arrival
        self._unmeasured = array("d")  # the values after them
        self._quantiles: dict[float, float] = {}
        self.add = self._pending.append
        self.extend = self._pending.extend

    def __len__(self) -> int:
        return self._count + len(self._pending)

    def quantile(self, share: float) -> float | None:
        """The value below which `share` (0 to 1) of the values lie, linear between neighbours; None without any.

        0.5 is the median, 0 the least, 1 the greatest.
        """
        self._settle()
        if not self._count:
            return None
        if share not in self._quantiles:
            place = share * (self._count - 1)
            low, high = self._at_ranks(int(place))
            self._quantiles[share] = low + (high - low) * (place - int(place))
        return self._quantiles[share]

    def mean(self) -> float | None:
        """The arithmetic mean; None without any value or without `has_spread`."""
        return self._measured().mean if self._count and self._has_spread else None

    def deviation(self) -> float | None:
        """The standard deviation of these values as a whole population; None below two, or without `has_spread`."""
        return self._measured().deviation

    def count_below(self, limit: float) -> int:
        """How many values are less than `limit`."""
        self._settle()
        whole = bisect_left(self._maxima, limit)
        rest = bisect_left(self._blocks[whole], limit) if whole < len(self._blocks) else 0
        return sum(map(len, self._blocks[:whole])) + rest

    def _at_ranks(self, rank: int) -> tuple[float, float]:
        """The values at `rank` (from 0) and at the next rank; the last one twice."""
        for number, block in enumerate(self._blocks):
            if rank < len(block) - 1:
                return block[rank], block[rank + 1]
            if rank == len(block) - 1:
                is_last = number + 1 == len(self._blocks)
                return block[rank], block[rank] if is_last else self._blocks[number + 1][0]
            rank -= len(block)
        raise IndexError("a rank is less than the count")

    def _settle(self) -> None:
        """Sorts what came since the last question."""
        while self._pending:
            self._settle_portion()

    def _settle_portion(self) -> None:
        portion = self._pending[:_PORTION]
        fresh = sorted(portion)
        if self._has_spread:
            self._unmeasured.extend(portion)  # measured when somebody asks, or when they are too many to keep
            if len(self._unmeasured) > _UNMEASURED:
                self._measure_blocks()
        del self._pending[:_PORTION]
        self._quantiles.clear()
        before, self._count = self._count, self._count + len(fresh)
        if before * _REBUILD_SHARE < len(fresh) and before <= _REBUILD_MOST:
            self._rebuild(fresh)
        else:
            self._merge(fresh)

    def _rebuild(self, fresh: list[float]) -> None:
        for block in self._blocks:
            fresh.extend(block)
        self._blocks = _cut(array("d", sorted(fresh)))
        self._maxima = [block[-1] for block in self._blocks]

    def _merge(self, fresh: list[float]) -> None:
        """Puts sorted values into the blocks, from the greatest down so that splitting moves no place ahead."""
        stop = len(fresh)
        while stop:
            number = min(bisect_left(self._maxima, fresh[stop - 1]), len(self._blocks) - 1)
            start = bisect_right(fresh, self._maxima[number - 1], 0, stop) if number else 0
            self._put(number, fresh[start:stop])
            stop = start

    def _put(self, number: int, values: list[float]) -> None:
        block = self._blocks[number]
        if len(values) < _REBUILD:
            for value in values:
                insort(block, value)
        else:
            block = array("d", sorted([*block, *values]))
        parts = _cut(block) if len(block) > 2 * _BLOCK_SIZE else [block]
        self._blocks[number : number + 1] = parts
        self._maxima[number : number + 1] = [part[-1] for part in parts]

    def _measured(self) -> Spread:
        """Mean and spread of all values."""
        self._settle()
        self._measure_blocks()
        return self._spread.joined(self._unmeasured)

    def _measure_blocks(self) -> None:
        whole = len(self._unmeasured) // VALUES_A_BLOCK * VALUES_A_BLOCK
        for start in range(0, whole, VALUES_A_BLOCK):
            self._spread = self._spread.joined(self._unmeasured[start : start + VALUES_A_BLOCK])
        del self._unmeasured[:whole]


def _cut(values: array[float]) -> list[array[float]]:
    return [values[start : start + _BLOCK_SIZE] for start in range(0, len(values), _BLOCK_SIZE)]


class ArrivalSeries(ABC):
    """The arrivals of one kind of thing, by time and frame: first, second, last, and every gap between them."""

    @abstractmethod
    def add(self, at: float, frame: int) -> None:
        """One arrival."""

    @abstractmethod
    def extend(self, times: array[float], frames: array[int]) -> None:
        """Many arrivals; their gaps are made when they are asked for."""

    @abstractmethod
    def __len__(self) -> int:
        """How many arrivals there were."""

    @property
    @abstractmethod
    def first(self) -> tuple[float, int] | None:
        """Time and frame of the first arrival."""

    @property
    @abstractmethod
    def second(self) -> tuple[float, int] | None:
        """Time and frame of the second arrival."""

    @property
    @abstractmethod
    def last(self) -> tuple[float, int] | None:
        """Time and frame of the last arrival."""

    @property
    @abstractmethod
    def gaps(self) -> Values:
        """All gaps."""

    @property
    @abstractmethod
    def longest(self) -> tuple[tuple[float, int], tuple[float, int]] | None:
        """Time and frame of the arrivals on both sides of the longest gap, the first one of several."""

    @property
    def mean_s(self) -> float | None:
        """The mean gap; None without a gap."""
        span = self.span_s
        return None if span is None else span / (len(self) - 1)

    @property
    def span_s(self) -> float | None:
        """From the first to the last arrival; None below two."""
        first, last = self.first, self.last
        return last[0] - first[0] if first and last and len(self) > 1 else None

    def burst_share(self, limit_s: float) -> float | None:
        """Which share of the gaps is shorter than `limit_s`; None without a gap."""
        gaps = self.gaps
        return gaps.count_below(limit_s) / len(gaps) if len(gaps) else None


class GapSeries(ArrivalSeries):
    """A series that grows.

    Times are seconds on the capture's clock and do not fall; a time is None until there is such an arrival.
    Taking an arrival only appends it; the gaps are made of many at once. `has_spread` as in `OrderedValues`. Of an
    arrival that was settled the frame is kept, not the time, which its frame has: `times_between` gives the times of
    frames, so that the gaps of a series are kept only if somebody asks for them.
    """

    def __init__(self, *, has_spread: bool = True, times_between: TimesBetween | None = None) -> None:
        self.has_spread = has_spread
        self._times_between = times_between
        self._frame_runs = NumberRuns()
        # The last arrival that was settled, then those that were not.
        self._times = array("d")
        self._frames = array("I")
        self._settled = 0
        self._starts: list[tuple[float, int]] = []
        self._longest_s = -1.0
        self._longest_from = self._longest_to = (0.0, 0)
        self._gaps = OrderedValues(has_spread=has_spread)

    def add(self, at: float, frame: int) -> None:
        """One arrival."""
        times = self._times
        times.append(at)
        self._frames.append(frame)
        if len(times) > _UNSETTLED:
            self._settle(is_asked=False)

    def extend(self, times: array[float], frames: array[int]) -> None:
        """Many arrivals; their gaps are made when they are asked for."""
        self._times.extend(times)
        self._frames.extend(frames)
        if len(self._times) > _UNSETTLED:
            self._settle(is_asked=False)

    def __len__(self) -> int:
        """How many arrivals there were."""
        return self._settled + len(self._times) - bool(self._settled)

    @property
    def first(self) -> tuple[float, int] | None:
        """Time and frame of the first arrival."""
        return self._start(0)

    @property
    def second(self) -> tuple[float, int] | None:
        """Time and frame of the second arrival."""
        return self._start(1)

    @property
    def last(self) -> tuple[float, int] | None:
        """Time and frame of the last arrival."""
        return (self._times[-1], self._frames[-1]) if self._times else None

    @property
    def gaps(self) -> OrderedValues:
        """All gaps, in order of arrival."""
        self._settle()
        while self._times_between is not None and (place := len(self._gaps)) < self._settled - 1:
            times = array("d")
            for span in self._frame_runs.spans(place, min(self._settled, place + _PORTION)):
                times.extend(self._times_between(span.start, span.stop))
            self._gaps.extend(_gaps_between(times))
        return self._gaps

    @property
    def longest(self) -> tuple[tuple[float, int], tuple[float, int]] | None:
        """Time and frame of the arrivals on both sides of the longest gap, the first one of several."""
        self._settle()
        return (self._longest_from, self._longest_to) if len(self) > 1 else None

    def frame_spans(self, first: int, end: int) -> list[range]:
        """The frames of the arrivals from `first` up to `end`, in order."""
        self._settle()
        return self._frame_runs.spans(first, end)

    def _start(self, index: int) -> tuple[float, int] | None:
        """The first or the second arrival; the column begins with the last one that was settled."""
        if index < len(self._starts):
            return self._starts[index]
        place = index - self._settled + bool(self._settled)
        return (self._times[place], self._frames[place]) if place < len(self._times) else None

    def _settle(self, *, is_asked: bool = True) -> None:
        """Takes what came. Its gaps are kept if none before is missing, and somebody asks or they cannot be made."""
        is_whole = len(self._gaps) >= self._settled - 1
        gaps = self._taken()
        if is_whole and (is_asked or self._times_between is None):
            self._gaps.extend(gaps)

    def _taken(self) -> array[float]:
        """The gaps of what came since they were last taken; of the arrivals the last one stays."""
        times, frames = self._times, self._frames
        known = int(bool(self._settled))
        if len(times) == known:
            return array("d")
        while len(self._starts) < 2 and (start := self._start(len(self._starts))):
            self._starts.append(start)
        fresh = _gaps_between(times)
        if fresh and (longest := max(fresh)) > self._longest_s:
            place = fresh.index(longest)
            self._longest_s = longest
            self._longest_from = times[place], frames[place]
            self._longest_to = times[place + 1], frames[place + 1]
        self._frame_runs.extend(frames[known:])
        self._settled += len(times) - known
        del times[:-1], frames[:-1]
        return fresh


def _gaps_between(times: array[float]) -> array[float]:
    return array("d", map(sub, islice(times, 1, None), times))
