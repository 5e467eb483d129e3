"""The numbers of a run as they stood after its first frames, made in portions.

Nothing is decoded again: reads, heads, frames and chunks are told to new statistics in the order in which they came.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from tui.core.capture import Marker, ResponseHead
from tui.core.derived_run import DerivedRun
from tui.core.frame_survey import FrameSurvey
from tui.core.hold_times import Segments
from tui.core.stats import StreamStats
from tui.core.wire.frames import Frame, FrameStore


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

    def __init__(self, run: DerivedRun, frames: int, at: float, segments: Segments) -> None:
        self.stats = StreamStats(lambda: segments, has_reads=run.capture.header.has_reads)
        self._survey = FrameSurvey(self.stats)
        self._run = run
        self._frames = frames
        self._at = at
        self._reads = run.capture.reads_until(at)
        self._next_read = self._next_frame = self._next_event = 0
        self._events = run.capture.events
        connections = run.capture.connections
        self._first_read = connections[run.first_connection][0] if 0 <= run.first_connection < len(connections) else 0

    def advance(self, limit: int) -> bool:
        """Tells the statistics of at most `limit` more reads; whether all were told."""
        upto = min(self._next_read + limit, self._reads)
        for index in range(self._next_read, upto):
            self._tell_events(index)
            self._tell_read(index)
        self._next_read = upto
        if upto == self._reads:
            self._tell_events(self._reads)
        return upto == self._reads

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
