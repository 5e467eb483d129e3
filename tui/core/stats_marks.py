"""Where the numbers of a run stood every thousand frames, so that those of any moment are made from the last mark.

Pure. Marks begin with the first generated text: from then on a run keeps its decoder and its series.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable
from typing import Final, NamedTuple

from tui.core.gap_series import GapSeries
from tui.core.series_prefix import FirstValues, SeriesEnd, SeriesIndex, SeriesPrefix, SortedBlocks
from tui.core.stats import StreamStats
from tui.core.text.segment_log import SegmentLog

_FRAMES_A_MARK: Final = 1024
Beginnings = tuple[SeriesPrefix, SeriesPrefix, SeriesPrefix]


class StatsMark(NamedTuple):
    """The statistics when so many reads, frames, and heads or markers had come; and where their series ended."""

    reads: int
    frames: int
    events: int
    stats: StreamStats
    ends: tuple[SeriesEnd, ...]


class HoldsPrefix:
    """The hold times of the first segments of a log."""

    def __init__(self, blocks: SortedBlocks, count: int) -> None:
        self._blocks = blocks
        self._count = count
        self._values: FirstValues | None = None

    def prepare(self, limit: int) -> bool:
        """Sorts at most `limit` blocks; whether none is left."""
        return self._blocks.prepare(self._count, limit)

    def values(self) -> FirstValues:
        """The hold times of all of them, in seconds."""
        if self._values is None:
            self._values = self._blocks.first(self._count)
        return self._values


class StatsMarks:
    """The marks of one run, `stride` frames apart, and its series sorted for what is asked about their beginnings."""

    def __init__(self) -> None:
        self.stride = _FRAMES_A_MARK
        self.next_frame = 1
        self._marks: list[StatsMark] = []
        self._indices: list[SeriesIndex] = []
        self._holds: tuple[SegmentLog, SortedBlocks] | None = None

    def add(self, stats: StreamStats, reads: int, frames: int, events: int) -> None:
        """The statistics stand here now, with generated text, after a whole read."""
        ends = tuple(SeriesEnd(len(series), series.last) for series in stats.series)
        self._marks.append(StatsMark(reads, frames, events, stats.kept(), ends))
        self.next_frame = frames + self.stride

    def before(self, reads: int, frames: int) -> StatsMark | None:
        """The last mark at which no more reads and frames had come; None before the first one."""
        by_reads = bisect_right(self._marks, reads, key=lambda mark: mark.reads)
        place = bisect_right(self._marks, frames, hi=by_reads, key=lambda mark: mark.frames)
        return self._marks[place - 1] if place else None

    def beginnings(
        self, stats: StreamStats, mark: StatsMark, times_between: Callable[[int, int], array[float]]
    ) -> Beginnings:
        """The series of the run's statistics as they stood at a mark; `times_between` gives the times of frames."""
        if not self._indices:
            whole = [series for series in stats.series if isinstance(series, GapSeries)]
            self._indices = [SeriesIndex(series, times_between) for series in whole]
        texts, choices, events = map(SeriesPrefix, self._indices, mark.ends)
        return texts, choices, events

    def holds_of(self, log: SegmentLog) -> SortedBlocks:
        """The hold times of a log; those of one log at a time are kept."""
        if self._holds is None or self._holds[0] is not log:
            blocks = SortedBlocks(lambda first, end: array("d", log.holds_between(first, end)), has_spread=False)
            self._holds = log, blocks
        return self._holds[1]
