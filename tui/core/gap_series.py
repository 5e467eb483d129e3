"""Exact order statistics of a growing series: the gaps between arrivals, asked for while they still come.

Taking an arrival is constant work: its gap is appended. Asking sorts only what came since the last question and
puts it into sorted blocks. Knows nothing of chunks or frames; `stats` decides what an arrival is.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from math import fsum, sqrt

# Blocks are split at twice this size: large enough that a million values are a thousand blocks, small enough
# that putting one value in moves some kilobytes.
_BLOCK_SIZE = 1024
# From so many values for one block on, sorting the block anew is cheaper than inserting them one by one.
_REBUILD = 24


class OrderedValues:
    """A multiset of floats that gives exact quantiles at any time.

    `add` is constant. A question costs, for each value that came since the last one, at most an insertion into
    a block, and then a walk over the blocks (one for some thousand values).
    """

    def __init__(self) -> None:
        self._pending = array("d")
        self._blocks: list[array[float]] = []
        self._maxima: list[float] = []
        self._count = 0
        self._mean = 0.0
        self._square_sum = 0.0  # of the distances from the mean
        self._quantiles: dict[float, float] = {}
        self.add = self._pending.append

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
        """The arithmetic mean; None without any value."""
        self._settle()
        return self._mean if self._count else None

    def deviation(self) -> float | None:
        """The standard deviation of these values as a whole population; None below two values."""
        self._settle()
        return sqrt(self._square_sum / self._count) if self._count > 1 else None

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
        """Moves what is pending into the blocks, from the greatest down so that splitting moves no place ahead."""
        if not self._pending:
            return
        fresh = sorted(self._pending)
        del self._pending[:]
        self._quantiles.clear()
        self._add_moments(fresh)
        if not self._blocks:
            self._blocks, self._maxima = [array("d")], [fresh[-1]]
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
        if len(block) <= 2 * _BLOCK_SIZE:
            parts = [block]
        else:
            parts = [block[start : start + _BLOCK_SIZE] for start in range(0, len(block), _BLOCK_SIZE)]
        self._blocks[number : number + 1] = parts
        self._maxima[number : number + 1] = [part[-1] for part in parts]

    def _add_moments(self, values: Sequence[float]) -> None:
        """Joins the mean and the spread of new values to those so far (Chan, Golub and LeVeque 1979)."""
        count, total = len(values), self._count + len(values)
        mean = fsum(values) / count
        apart = mean - self._mean
        self._square_sum += fsum((value - mean) ** 2 for value in values)
        self._square_sum += apart * apart * self._count * count / total
        self._mean += apart * count / total
        self._count = total


class GapSeries:
    """The arrivals of one kind of thing, by time and frame: first, second, last, and every gap between them.

    Times are seconds on the capture's clock and do not fall; a time is None until there is such an arrival.
    """

    def __init__(self) -> None:
        self.count = 0
        self.first_at: float | None = None
        self.second_at: float | None = None
        self.last_at: float | None = None
        self.first_frame = self.second_frame = self.last_frame = 0
        self.longest_s = -1.0
        # Time and frame of the arrivals on both sides of the longest gap.
        self.longest_from = self.longest_to = (0.0, 0)
        self.gaps = OrderedValues()

    def add(self, at: float, frame: int) -> None:
        """One arrival. Constant work."""
        before = self.last_at
        if before is None:
            self.first_at, self.first_frame = at, frame
        else:
            gap = at - before
            self.gaps.add(gap)
            if gap > self.longest_s:
                self.longest_s, self.longest_from, self.longest_to = gap, (before, self.last_frame), (at, frame)
            if self.count == 1:
                self.second_at, self.second_frame = at, frame
        self.count += 1
        self.last_at, self.last_frame = at, frame

    @property
    def span_s(self) -> float | None:
        """From the first to the last arrival; None below two."""
        if self.first_at is None or self.last_at is None or self.count < 2:
            return None
        return self.last_at - self.first_at

    def burst_share(self, limit_s: float) -> float | None:
        """Which share of the gaps is shorter than `limit_s`; None without a gap."""
        return self.gaps.count_below(limit_s) / len(self.gaps) if len(self.gaps) else None
