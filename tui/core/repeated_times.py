"""Ascending times of which many are equal: one for each network read, however many pieces of text it brought."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from operator import sub
from typing import overload


class RepeatedTimes(Sequence[float]):
    """Append-only; `values` are the times that differ."""

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __init__(self) -> None:
        self.values = array("d")
        self._ends = array("I")

    def add(self, at: float, count: int = 1) -> None:
        """Appends a time, not before the last one, or the same one `count` times."""
        values, ends = self.values, self._ends
        if values and values[-1] == at:
            ends[-1] += count
        else:
            ends.append(ends[-1] + count if values else count)
            values.append(at)

    @property
    def counts(self) -> array[int]:
        """How often each of `values` came."""
        return array("I", map(sub, self._ends, chain((0,), self._ends)))

    def count_before(self, at: float) -> int:
        """How many are earlier."""
        return self._count(bisect_left(self.values, at))

    def count_until(self, at: float) -> int:
        """How many are not later."""
        return self._count(bisect_right(self.values, at))

    def between(self, first: int, end: int) -> array[float]:
        """Those at the places from `first` up to `end`."""
        if first >= end:
            return array("d")
        row, last = bisect_right(self._ends, first), bisect_right(self._ends, end - 1)
        edges = [first, *self._ends[row:last], end]
        if len(edges) == end - first + 1:  # all different
            return self.values[row : last + 1]
        return array("d", chain.from_iterable(map(repeat, self.values[row : last + 1], map(sub, edges[1:], edges))))

    def until(self, at: float) -> RepeatedTimes:
        """Those that are not later."""
        first = RepeatedTimes()
        row = bisect_right(self.values, at)
        first.values, first._ends = self.values[:row], self._ends[:row]
        return first

    def _count(self, row: int) -> int:
        return self._ends[row - 1] if row else 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RepeatedTimes):
            return NotImplemented
        return self.values == other.values and self._ends == other._ends

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[float]:
        return chain.from_iterable(map(repeat, self.values, self.counts))

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[float]: ...
    def __getitem__(self, index: int | slice) -> float | Sequence[float]:
        if isinstance(index, slice):
            first, end, step = index.indices(len(self))
            return self.between(first, end)[::step] if step > 0 else [self[i] for i in range(first, end, step)]
        return self.values[bisect_right(self._ends, range(len(self))[index])]
