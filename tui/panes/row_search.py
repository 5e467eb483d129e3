"""Searches the rows of a list. Pure: no Textual.

A row that will not change is looked at once; those after it are looked at anew each time, some thousands at most.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from tui.panes.search_marks import MOST_MATCHES, FindPlace, needle_pattern

_BUDGET_S = 0.008
_ROWS_BETWEEN_LOOKS = 64  # at the clock
_MOST_OPEN_ROWS = 4_000


@dataclass(frozen=True, slots=True)
class SearchedRows:
    """What a search asks of a list: its first row and how many there are, their texts, and which will not change."""

    first: Callable[[], int]
    count: Callable[[], int]
    text: Callable[[int], str]
    is_final: Callable[[int], bool]


class RowSearch:
    """The rows that hold a needle."""

    def __init__(self, rows: SearchedRows, needle: str, clock: Callable[[], float] = monotonic) -> None:
        self._rows = rows
        self._clock = clock
        self.needle = needle
        self.pattern = needle_pattern(needle)
        self._found = array("Q")
        self._open: list[int] = []
        self._upto = rows.first()
        self._is_all = False
        self.shown_row: int | None = None

    @property
    def place(self) -> FindPlace:
        """Where the search stands; the shown row counts from 1."""
        rows, shown = [*self._found, *self._open], 0
        if self.shown_row is not None:
            index = bisect_left(rows, self.shown_row)
            shown = index + 1 if index < len(rows) and rows[index] == self.shown_row else 0
        return FindPlace(shown, len(rows), self._is_all)

    def look_on(self) -> None:
        """Looks at rows for a few milliseconds."""
        self._upto = max(self._upto, self._rows.first())
        count, ends_at = self._rows.count(), self._clock() + _BUDGET_S
        while self._upto < count and self._rows.is_final(self._upto):
            if len(self._found) >= MOST_MATCHES or self._is_late(ends_at):
                self._is_all = False
                return
            if self._holds(self._upto):
                self._found.append(self._upto)
            self._upto += 1
        end = min(count, self._upto + _MOST_OPEN_ROWS)
        self._open = [row for row in range(self._upto, end) if self._holds(row)]
        self._is_all = end == count

    def step(self, step: int, row: int) -> int | None:
        """Goes on to a row that holds the needle, round the end; `row` is where the reader is."""
        rows = [*self._found, *self._open]
        if not rows:
            return None
        index = bisect_left(rows, row)
        if step > 0 and index < len(rows) and rows[index] == row == self.shown_row:
            index += 1
        elif step < 0:
            index -= 1
        self.shown_row = rows[index % len(rows)]
        return self.shown_row

    def _holds(self, row: int) -> bool:
        return self.pattern.search(self._rows.text(row)) is not None

    def _is_late(self, ends_at: float) -> bool:
        return self._upto % _ROWS_BETWEEN_LOOKS == 0 and self._clock() > ends_at
