"""A column of times that another column has already: which of them they are is kept, and not the times again.

The frames of a run and the pieces of its text come at the times of its reads. Pure.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from tui.core.number_runs import NumberRuns


class SharedTimes:
    """Append-only times that do not fall; `source` is a column of such times that grows elsewhere.

    A time that is appended when it is the newest of the source is shared. From the first one that is not, the end of
    a run for example, all are kept here.
    """

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __init__(self, source: array[float] | None = None) -> None:
        self._source = array("d") if source is None else source
        self._places = NumberRuns()
        self._own = array("d")

    def append(self, at: float) -> None:
        """Appends a time."""
        source, places = self._source, self._places
        if self._own or not source or source[-1] != at:
            self._own.append(at)
        elif places.following == len(source) - 1:  # goes on, as nearly always
            places.following += 1
        else:
            places.append(len(source) - 1)

    def count_before(self, at: float) -> int:
        """How many are earlier."""
        count = self._places.count_before(bisect_left(self._source, at))
        return count + bisect_left(self._own, at) if count == len(self._places) else count

    def count_until(self, at: float) -> int:
        """How many are not later."""
        count = self._places.count_before(bisect_right(self._source, at))
        return count + bisect_right(self._own, at) if count == len(self._places) else count

    def between(self, first: int, end: int) -> array[float]:
        """Those at the places from `first` (not negative) up to `end`."""
        shared, times = len(self._places), array("d")
        for span in self._places.spans(first, min(end, shared)):
            times += self._source[span.start : span.stop]
        return times + self._own[max(0, first - shared) : max(0, end - shared)]

    def beginning(self, count: int) -> SharedTimes:
        """The first times, as a column of their own."""
        found, shared = SharedTimes(self._source), len(self._places)
        found._places = self._places.beginning(min(count, shared))
        found._own = self._own[: max(0, count - shared)]
        return found

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, SharedTimes) else NotImplemented

    def __len__(self) -> int:
        return len(self._places) + len(self._own)

    def __iter__(self) -> Iterator[float]:
        return iter(self.between(0, len(self)))

    def __getitem__(self, index: int) -> float:
        place, shared = range(len(self))[index], len(self._places)
        return self._source[self._places[place]] if place < shared else self._own[place - shared]
