"""A column of numbers that mostly count up by one, such as the frames that brought text: kept as runs.

Pure. A stream of a million frames that each brought text is one run.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import Final

_SHORT: Final = 64  # fewer are looked at one by one


class NumberRuns:
    """Append-only; `spans` gives what was appended, in order."""

    def __init__(self) -> None:
        self._starts = array("Q")
        self._places = array("Q")  # how many numbers came before each run
        self._count = 0
        self._next = -1

    def __len__(self) -> int:
        return self._count

    def extend(self, numbers: array[int]) -> None:
        """Appends numbers (an array of "Q")."""
        if not numbers:
            return
        first, count = numbers[0], len(numbers)
        if numbers == array("Q", range(first, first + count)):
            self._add_run(first, count)
        elif count > _SHORT:
            self.extend(numbers[: count // 2])
            self.extend(numbers[count // 2 :])
        else:
            for number in numbers:
                self._add_run(number, 1)

    def spans(self, first: int, end: int) -> list[range]:
        """The numbers at the places from `first` up to `end`."""
        found: list[range] = []
        run = bisect_right(self._places, first) - 1
        while first < end:
            until = min(end, self._places[run + 1] if run + 1 < len(self._places) else self._count)
            start = self._starts[run] + first - self._places[run]
            found.append(range(start, start + until - first))
            first, run = until, run + 1
        return found

    def _add_run(self, first: int, count: int) -> None:
        if first != self._next:
            self._starts.append(first)
            self._places.append(self._count)
        self._count += count
        self._next = first + count
