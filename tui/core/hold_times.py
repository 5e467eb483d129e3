"""How long the buffer of the present mode held its units: followed through the segment log, not copied from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from tui.core.gap_series import OrderedValues, Values


class Segments(Protocol):
    """A segment log, or its beginning."""

    @property
    def count(self) -> int:
        """How many segments came out."""

    def holds_between(self, first: int, end: int) -> Iterable[float]:
        """The hold times of the segments from `first` up to `end`."""


class Holds(Protocol):
    """Hold times that can be asked for."""

    def values(self) -> Values:
        """The hold times of all units so far, in seconds."""


class HoldTimes:
    """Hold times in seconds (unit released minus arrival of its first character), the flushed tail's too.

    `segments` gives the log that is in use; another log, of another mode, is followed from its beginning. A
    question costs a constant for each unit that came out since the last one.
    """

    def __init__(self, segments: Callable[[], Segments] | None) -> None:
        self._segments = segments
        self._log: Segments | None = None
        self._times = OrderedValues(has_spread=False)
        self._done = 0

    def values(self) -> OrderedValues:
        """The hold times of all units so far."""
        log = self._segments() if self._segments else None
        if log is not self._log:
            self._log, self._times, self._done = log, OrderedValues(has_spread=False), 0
        if log is not None:
            count = log.count
            self._times.extend(log.holds_between(self._done, count))
            self._done = count
        return self._times
