"""The rows of the wire that a filter lets pass, found in small steps while the run goes on."""

from __future__ import annotations

from array import array
from bisect import bisect_left

from tui.core.wire_view.frame_filter import FrameFilter, WireRow
from tui.core.wire_view.wire_log import WireLog


class FilteredRows:
    """Which rows pass, ascending, as far as they were judged. Without a filter these are all rows, and none is kept."""

    def __init__(self, log: WireLog, words: FrameFilter | None = None) -> None:
        self.log = log
        self.filter = words or FrameFilter()
        self.judged = 0
        self._passed = array("Q")

    @property
    def is_filtered(self) -> bool:
        """Whether there is a filter."""
        return not self.filter.is_empty

    @property
    def count(self) -> int:
        """How many rows pass."""
        return len(self._passed) if self.is_filtered else self.log.count

    @property
    def is_done(self) -> bool:
        """Whether all rows of the log were judged."""
        return not self.is_filtered or self.judged >= self.log.count

    def advance(self, most_rows: int) -> bool:
        """Judges so many rows more at most; says whether all are judged. Raises UsageError for a runaway pattern."""
        if not self.is_filtered:
            return True
        stop = min(self.log.count, self.judged + most_rows)
        for index in range(self.judged, stop):
            if self.filter.matches(WireRow(self.log, index)):
                self._passed.append(index)
        self.judged = stop
        return self.is_done

    def row_at(self, place: int) -> int:
        """The row that stands at a place among those that pass."""
        return self._passed[place] if self.is_filtered else place

    def place_of(self, row: int) -> int:
        """The place of a row among those that pass; of a row that does not, that of the next one that does."""
        return bisect_left(self._passed, row) if self.is_filtered else row

    def count_until(self, row_count: int) -> int:
        """How many of the first `row_count` rows pass."""
        return self.place_of(row_count) if self.is_filtered else min(row_count, self.log.count)
