"""A column of numbers that mostly count up by one, such as the frames that brought text: kept as runs.

Pure. A stream of a million frames that each brought text is one run.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import chain
from typing import Final

_SHORT: Final = 64  # fewer are looked at one by one


class NumberRuns:
    """Append-only numbers that do not fall, known by their place from 0.

    `following` would go on with the newest run: who appends it may count it up instead.
    """

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __init__(self) -> None:
        self._starts = array("I")
        self._places = array("I")  # how many numbers came before each run
        self.following = -1

    def append(self, number: int) -> None:
        """Appends a number."""
        if number != self.following:
            self._places.append(len(self))
            self._starts.append(number)
        self.following = number + 1

    def extend(self, numbers: array[int]) -> None:
        """Appends numbers (an array of "I")."""
        if not numbers:
            return
        first, count = numbers[0], len(numbers)
        if numbers == array("I", range(first, first + count)):
            self.append(first)
            self.following = first + count
        elif count > _SHORT:
            self.extend(numbers[: count // 2])
            self.extend(numbers[count // 2 :])
        else:
            for number in numbers:
                self.append(number)

    def count_before(self, number: int) -> int:
        """How many are less than a number."""
        run = bisect_left(self._starts, number) - 1
        return min(self._places[run] + number - self._starts[run], self._end(run)) if run >= 0 else 0

    def run_from(self, place: int) -> int:
        """How many from a place on count up by one."""
        return self._end(bisect_right(self._places, place) - 1) - place

    def spans(self, first: int, end: int) -> list[range]:
        """The numbers at the places from `first` up to `end`."""
        found: list[range] = []
        run = bisect_right(self._places, first) - 1
        while first < end:
            until = min(end, self._end(run))
            start = self._starts[run] + first - self._places[run]
            found.append(range(start, start + until - first))
            first, run = until, run + 1
        return found

    def between(self, first: int, end: int) -> Iterator[int]:
        """The numbers at the places from `first` up to `end`, one by one."""
        return chain.from_iterable(self.spans(first, end))

    def beginning(self, count: int) -> NumberRuns:
        """The first numbers, as a column of their own."""
        found = NumberRuns()
        run = bisect_left(self._places, count)
        found._starts, found._places = self._starts[:run], self._places[:run]
        found.following = self[count - 1] + 1 if count else -1
        return found

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NumberRuns):
            return NotImplemented
        return (self._starts, self._places, self.following) == (other._starts, other._places, other.following)

    def _end(self, run: int) -> int:
        return self._places[run + 1] if run + 1 < len(self._places) else len(self)

    def __len__(self) -> int:
        return self._places[-1] + self.following - self._starts[-1] if self._starts else 0

    def __getitem__(self, place: int) -> int:
        run = bisect_right(self._places, place) - 1
        return self._starts[run] + place - self._places[run]
