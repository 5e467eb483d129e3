"""One run derived from its capture: records in, chunks, segments, extracts, numbers and the result out.

The app's live panes, playback and the headless twin all hold one of these; it is the only place where the
decoder, the pipeline and the statistics meet.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Self

from tui.core.arrivals import ArrivalLog, Verdict, verdict_of
from tui.core.byte_store import Keep
from tui.core.capture import Capture, CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome, StreamChunk, StreamProblem, StreamResult
from tui.core.frame_survey import FrameSurvey
from tui.core.pipeline import StreamPipeline
from tui.core.request import DEFAULT_EVENT_LIMIT_BYTES
from tui.core.stats import StreamStats
from tui.core.stats_marks import StatsMarks
from tui.core.wire.dialects.gateway import GENERATION_HEADER
from tui.core.wire.response_decoder import ResponseDecoder
from tui.errors import CaptureError

_QUOTED_CHARS = 40  # of the text before a silence, for the verdict


class DerivedRun:
    """A capture and all that follows from it. `version` grows with every record, so views know when to look.

    `first_connection` is the head with which `decoder` began, -1 for reads without a head: what came with the heads
    before it belongs to attempts that brought no token.
    """

    def __init__(
        self,
        header: CaptureHeader,
        mode: str = "sentence",
        pattern: str | None = None,
        *,
        event_limit_bytes: int = DEFAULT_EVENT_LIMIT_BYTES,
        keep: Keep | None = None,
    ) -> None:
        self.capture = Capture(header, keep)
        self.pipeline = StreamPipeline(mode, pattern, self.capture.read_times)
        self.stats = StreamStats(
            lambda: self.pipeline.segments, has_reads=header.has_reads, times_between=self._frame_times
        )
        self._survey = FrameSurvey(self.stats)
        self.stats_marks = StatsMarks()
        self.decoder: ResponseDecoder | None = None
        self.result: StreamResult | None = None
        self.arrivals = ArrivalLog(self.pipeline.content.times)
        self.version = 0
        self.first_connection = -1
        self.event_limit_bytes = event_limit_bytes

    @classmethod
    def of_records(cls, records: Iterable[Record], mode: str = "sentence") -> Self:
        """The run of a whole capture. Raises CaptureError when it does not begin with a header."""
        iterator = iter(records)
        header = next(iterator, None)
        if not isinstance(header, CaptureHeader):
            raise CaptureError(f"a capture begins with its header, not with {type(header).__name__}")
        run = cls(header, mode)
        for record in iterator:
            run.add(record)
        return run

    @property
    def chunks(self) -> Sequence[StreamChunk]:
        """All chunks so far; each is made when it is asked for."""
        return self.decoder.chunks if self.decoder is not None else ()

    @property
    def frame_count(self) -> int:
        """How many frames came."""
        return len(self.decoder.frames) if self.decoder is not None else 0

    def frames_until(self, at: float) -> int:
        """How many frames had come at a moment of the run's clock, inclusive."""
        return self.decoder.frames.count_until(at) if self.decoder is not None else 0

    def chunks_before_frame(self, frame: int) -> int:
        """How many chunks the frames before this one gave."""
        return self.decoder.chunks.count_before_frame(frame) if self.decoder is not None else 0

    @property
    def is_over(self) -> bool:
        """Whether the run has ended."""
        return self.result is not None

    @property
    def outcome(self) -> Outcome | None:
        """How it ended; None while it goes on."""
        return self.result.outcome if self.result else None

    @property
    def generation(self) -> str:
        """A gateway's name for the answer, by which it can be asked; empty for any other far end."""
        announced = self.capture.heads[-1].header(GENERATION_HEADER) if self.capture.heads else None
        return (self.decoder.generation if self.decoder is not None else None) or announced or ""

    def verdict(self, at: float) -> Verdict:
        """What the arrivals show at a moment of the run's clock."""
        frames = len(self.decoder.frames) if self.decoder is not None else 0
        header = self.capture.header
        if not header.has_times:
            return Verdict("none", f"no times in this file: {frames} frames." if frames else "", "idle")
        return verdict_of(
            self.arrivals,
            self.stats,
            at,
            frames=frames,
            is_over=self.is_over,
            last_text=self.pipeline.content.tail(_QUOTED_CHARS),
            has_reads=header.has_reads,
        )

    def _frame_times(self, first: int, end: int) -> array[float]:
        return self.decoder.frames.times_between(first, end) if self.decoder is not None else array("d")

    def add(self, record: Record) -> list[StreamChunk]:
        """Takes the next record of the capture and gives the chunks that it completed.

        A record after the end is ignored: late lines of a probe that was killed change nothing.
        """
        if self.result is not None:
            return []
        self.version += 1
        if isinstance(record, Read):
            return self._add_read(record)
        self.capture.add(record)
        match record:
            case ResponseHead():
                self._add_head(record)
            case Marker():
                self._add_marker(record)
            case CaptureEnd():
                self._finish(record)
            case CaptureHeader():
                pass
        return []

    def _add_read(self, read: Read) -> list[StreamChunk]:
        self.stats.note_read(read.at, self.capture.add_read(read))
        if self.decoder is None:  # a capture of a body alone has no head
            self.decoder = self._new_decoder(200, ())
        chunks = self.decoder.feed(read.data, read.at)
        self._take_chunks(self.decoder, chunks)
        if self._survey.seen >= self.stats_marks.next_frame and self.stats.chunk_count:
            self.stats_marks.add(self.stats, self.capture.read_count, self._survey.seen, len(self.capture.events))
        return chunks

    def _take_chunks(self, decoder: ResponseDecoder, chunks: Sequence[StreamChunk]) -> None:
        if len(chunks) > 1 and self._took_plain(decoder, chunks):
            return
        stats, pipeline, arrivals = self.stats, self.pipeline, self.arrivals
        for chunk in chunks:
            stats.note_chunk(chunk)
            pipeline.take(chunk)
            if chunk.is_progress:
                arrivals.add(chunk.at)
        self._survey.take(decoder.frames, chunks)

    def _took_plain(self, decoder: ResponseDecoder, chunks: Sequence[StreamChunk]) -> bool:
        """Counts many chunks of one read at once, if they are nothing but text, one a frame; else does nothing.

        Most reads of a fast stream are such.
        """
        first, count, at = chunks[0], len(chunks), chunks[0].at
        frames = decoder.chunks.plain_run(first.index, first.frame, count)
        if len(frames) < count or len(decoder.frames) - self._survey.seen > count or not self.stats.takes_many:
            return False
        texts = [chunk.content for chunk in chunks]
        self.stats.note_many(array("d", [at]) * count, frames, sum(map(len, texts)), chunks.__getitem__)
        self._survey.skip(count)
        self.pipeline.take_plain(texts, at, frames)
        self.arrivals.add(at, count)
        return True

    def _add_head(self, head: ResponseHead) -> None:
        self.stats.note_head(head.at, head.headers)
        if self.decoder is None or not self.chunks:
            self.decoder = self._new_decoder(head.status, head.headers)
            self.first_connection = len(self.capture.heads) - 1
            self._survey.restart()
        else:
            self.decoder.reconnect(head.status, head.headers, head.at)

    def _add_marker(self, marker: Marker) -> None:
        if marker.name == "sent":
            self.stats.note_sent(marker.at)

    def _new_decoder(self, status: int, headers: tuple[tuple[str, str], ...]) -> ResponseDecoder:
        return ResponseDecoder(
            self.capture.header.dialect,
            status=status,
            headers=headers,
            event_limit_bytes=self.event_limit_bytes,
            read_times=self.capture.read_times,
        )

    def _finish(self, end: CaptureEnd) -> None:
        """The capture's own end, if it was recorded, is the truth about the outcome; the decoder gives the rest."""
        decoder = self.decoder or self._new_decoder(200, ())
        known = decoder.chunk_count
        result = decoder.finish(end.at, end=end.problem or _interrupted(end))
        if late := result.chunks[known:]:  # of a last line without its line end
            self._take_chunks(decoder, late)
        self.pipeline.finish(end.at)
        if end.is_recorded:
            result.outcome, result.problem = end.outcome, end.problem
        else:
            self.capture.end = replace(end, outcome=result.outcome, problem=result.problem)
        self.stats.note_end(end.at, is_complete=result.outcome is Outcome.COMPLETED)
        self.result = result


def _interrupted(end: CaptureEnd) -> StreamProblem | None:
    """How a cancelled run's link broke, so that the decoder does not look for a proof of completion."""
    return StreamProblem.of("disconnected", "cancelled by the user") if end.outcome is Outcome.CANCELLED else None
