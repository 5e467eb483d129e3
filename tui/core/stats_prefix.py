"""The numbers of a run as they stood after its first frames, made in portions.

Nothing is decoded again: from the last mark of the run's statistics on, reads, heads, frames and chunks are told to
a branch of them in the order in which they came.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, overload

from tui.core.capture import Marker, ResponseHead
from tui.core.derived_run import DerivedRun
from tui.core.frame_survey import FrameSurvey
from tui.core.run_view import SegmentsPrefix
from tui.core.series_prefix import SeriesPrefix
from tui.core.stats import StreamStats
from tui.core.stats_marks import HoldsPrefix
from tui.core.wire.frames import Frame, FrameStore

_BLOCK: Final = 8192  # frames that are told at once, at most
_LEAST_RUN: Final = 64  # fewer are told one by one
_PLAIN_A_READ: Final = 40  # so many that are told at once take the time of one read
_READS_A_SORT: Final = 250  # that one block of values is sorted in the time of so many reads


class _FirstFrames(Sequence[Frame]):
    """The first frames of a store."""

    def __init__(self, frames: FrameStore, count: int) -> None:
        self._frames = frames
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Frame: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Frame]: ...
    def __getitem__(self, index: int | slice) -> Frame | Sequence[Frame]:
        return self._frames[index]


class StatsPrefix:
    """`stats` grows with `advance` until it is that of the run after `frames` frames, at `at` on its clock."""

    def __init__(self, run: DerivedRun, frames: int, at: float, segments: SegmentsPrefix) -> None:
        self._run = run
        self._frames = frames
        self._at = at
        self._reads = run.capture.reads_until(at)
        self._next_read = self._next_frame = self._next_event = 0
        self._texts: SeriesPrefix | None = None
        self._holds: HoldsPrefix | None = None
        self.stats = self._begun(segments)
        self.stats.know_first_units(run.stats, frames)
        self._survey = FrameSurvey(self.stats)
        self._survey.skip(self._next_frame)
        self._slow_until = 0  # the frame before which nothing is told at once
        self._events = run.capture.events
        connections = run.capture.connections
        self._first_read = connections[run.first_connection][0] if 0 <= run.first_connection < len(connections) else 0

    def _begun(self, segments: SegmentsPrefix) -> StreamStats:
        """The statistics as they stood at the last mark before the moment; without one, new ones."""
        run, marks = self._run, self._run.stats_marks
        mark = marks.before(self._reads, self._frames)
        if mark is None or run.decoder is None:
            return StreamStats(lambda: segments, has_reads=run.capture.header.has_reads)
        self._next_read, self._next_frame, self._next_event = mark.reads, mark.frames, mark.events
        texts, choices, events = marks.beginnings(run.stats, mark, run.decoder.frames.times_between)
        self._texts, self._holds = texts, HoldsPrefix(marks.holds_of(segments.whole), segments.count)
        return mark.stats.resumed((texts, choices, events), self._holds)

    def advance(self, limit: int) -> bool:
        """Tells the statistics of as much as takes the time of `limit` reads; whether all was told."""
        while self._next_read < self._reads and limit > 0:
            self._tell_events(self._next_read)
            if told := self._tell_plain_text():
                limit -= 1 + told // _PLAIN_A_READ
            else:
                self._tell_read(self._next_read)
                self._next_read += 1
                limit -= 1
        if self._next_read < self._reads:
            return False
        self._tell_events(self._reads)
        return self._prepare(1 + max(0, limit) // _READS_A_SORT)

    def _prepare(self, limit: int) -> bool:
        """Sorts a bounded part of what the numbers will ask for; whether nothing is left."""
        if self._texts is None or self._holds is None:
            return True
        return self._texts.prepare(limit) and self._holds.prepare(limit)

    def _tell_plain_text(self) -> int:
        """Tells at once of reads whose frames gave plain text alone; gives how many frames these were."""
        run, decoder, first = self._run, self._run.decoder, self._next_frame
        if decoder is None or first < self._slow_until or not self.stats.has_begun:
            return 0
        if self._next_read < self._first_read + (decoder.frames.read_of(first - 1) + 1 if first else 0):
            return 0
        chunk = decoder.chunks.count_before_frame(first)
        frames = decoder.chunks.plain_run(chunk, first, min(_BLOCK, self._frames - first))
        end = decoder.frames.whole_reads_until(first + len(frames))
        reads = decoder.frames.read_of(end - 1) + 1 + self._first_read if end > first else 0
        if end - first < _LEAST_RUN or reads > self._reads or self._has_event_before(reads):
            self._slow_until = first + _LEAST_RUN
            return 0
        content, known = run.pipeline.content, run.pipeline.content.count_before_frame
        chars = content.end_of(known(end) - 1) - content.start_of(known(first))
        times = decoder.frames.times_between(first, end)
        self.stats.note_many(times, frames[: end - first], chars, lambda place: decoder.chunks[chunk + place])
        self._survey.skip(end - first)
        start_of = run.capture.read_start
        self.stats.note_reads(reads - self._next_read, start_of(reads) - start_of(self._next_read))
        self._next_read, self._next_frame = reads, end
        return end - first

    def _has_event_before(self, read: int) -> bool:
        """Whether a head or marker, not told yet, came before a read."""
        return self._next_event < len(self._events) and self._events[self._next_event][0] < read

    def _tell_events(self, reads: int) -> None:
        """Heads and markers that came when there were so many reads."""
        while self._next_event < len(self._events):
            before, record = self._events[self._next_event]
            if before > reads or record.at > self._at:
                return
            self._next_event += 1
            if isinstance(record, ResponseHead):
                self.stats.note_head(record.at, record.headers)
            elif isinstance(record, Marker) and record.name == "sent":
                self.stats.note_sent(record.at)

    def _tell_read(self, index: int) -> None:
        capture, decoder = self._run.capture, self._run.decoder
        size = capture.read_start(index + 1) - capture.read_start(index)
        self.stats.note_read(capture.read_time(index), size)
        if decoder is None or index < self._first_read:
            return
        first = self._next_frame
        while self._next_frame < self._frames and decoder.frames.read_of(self._next_frame) <= index - self._first_read:
            self._next_frame += 1
        if self._next_frame > first:
            chunks = decoder.chunks
            told = chunks[chunks.count_before_frame(first) : chunks.count_before_frame(self._next_frame)]
            for chunk in told:
                self.stats.note_chunk(chunk)
            self._survey.take(_FirstFrames(decoder.frames, self._next_frame), told)
