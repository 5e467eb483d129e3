"""Ascending times of which many are equal: one for each network read, however many pieces of text it brought."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from math import nan
from operator import sub
from typing import overload

from tui.core.number_runs import NumberRuns
from tui.core.shared_times import SharedTimes


class RepeatedTimes(Sequence[float]):
    """Append-only; `size` is how many there are, `values` are the times that differ. `source` as in `SharedTimes`."""

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __init__(self, source: array[float] | None = None) -> None:
        self.values = SharedTimes(source)
        self._last = nan
        self._starts = NumberRuns()  # how many times came before each of the values
        self.size = 0

    def add(self, at: float, count: int = 1) -> None:
        """Appends a time, not before the last one, or the same one `count` times."""
        if at != self._last:
            self._starts.append(self.size)
            self.values.append(at)
            self._last = at
        self.size += count

    @property
    def counts(self) -> array[int]:
        """How often each of `values` came."""
        starts = array("I", self._starts.between(0, len(self.values)))
        return array("I", map(sub, chain(starts[1:], (self.size,)), starts))

    def count_before(self, at: float) -> int:
        """How many are earlier."""
        return self._start(self.values.count_before(at))

    def count_until(self, at: float) -> int:
        """How many are not later."""
        return self._start(self.values.count_until(at))

    def between(self, first: int, end: int) -> array[float]:
        """Those at the places from `first` up to `end`."""
        if first >= end:
            return array("d")
        row, last = self._row(first), self._row(end - 1) + 1
        if last - row == end - first:  # all different
            return self.values.between(row, last)
        edges = [first, *self._starts.between(row + 1, last), end]
        return array("d", chain.from_iterable(map(repeat, self.values.between(row, last), map(sub, edges[1:], edges))))

    def until(self, at: float) -> RepeatedTimes:
        """Those that are not later."""
        return self.beginning(self.count_until(at))

    def beginning(self, count: int) -> RepeatedTimes:
        """The first times, as a column of their own."""
        found = RepeatedTimes()
        row = self._row(count - 1) + 1 if count else 0
        found.values, found._starts, found.size = self.values.beginning(row), self._starts.beginning(row), count
        found._last = self.values[row - 1] if row else nan
        return found

    def _row(self, place: int) -> int:
        """Which of the values stands at a place."""
        return self._starts.count_before(place + 1) - 1

    def _start(self, row: int) -> int:
        return self._starts[row] if row < len(self.values) else self.size

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RepeatedTimes):
            return NotImplemented
        return (self.values, self._starts, self.size) == (other.values, other._starts, other.size)

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[float]:
        return iter(self.between(0, len(self)))

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[float]: ...
    def __getitem__(self, index: int | slice) -> float | Sequence[float]:
        if isinstance(index, slice):
            first, end, step = index.indices(len(self))
            return self.between(first, end)[::step] if step > 0 else [self[i] for i in range(first, end, step)]
        return self.values[self._row(range(len(self))[index])]
