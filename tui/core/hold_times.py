"""How long the buffer of the present mode held its units: followed through the segment log, not copied from it."""

from __future__ import annotations

from collections.abc import Callable

from tui.core.gap_series import OrderedValues
from tui.core.text.segment_log import SegmentLog


class HoldTimes:
    """Hold times in seconds (unit released minus arrival of its first character), the flushed tail's too.

    `segments` gives the log that is in use; another log, of another mode, is followed from its beginning. A
    question costs a constant for each unit that came out since the last one.
    """

    def __init__(self, segments: Callable[[], SegmentLog] | None) -> None:
        self._segments = segments
        self._log: SegmentLog | None = None
        self._times = OrderedValues(has_spread=False)
        self._done = 0

    def values(self) -> OrderedValues:
        """The hold times of all units so far."""
        log = self._segments() if self._segments else None
        if log is not self._log:
            self._log, self._times, self._done = log, OrderedValues(has_spread=False), 0
        if log is not None:
            for index in range(self._done, log.count):
                self._times.add(log.segment(index).hold_s)
            self._done = log.count
        return self._times
