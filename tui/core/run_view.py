"""A run as it stood after its first frames: what panes show when the view is held, stepped, sought or played.

Pure. The columns of the run are cut by a bisect; only what was open at that moment is read again, from the last
checkpoint of its parser; the numbers are made by `StatsPrefix`, in portions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TypeVar

from tui.core.chunks import CodeBlockReady, JSONReady, SegmentReady, StreamChunk
from tui.core.content_log import ContentLog
from tui.core.derived_run import DerivedRun
from tui.core.pipeline import StreamPipeline
from tui.core.text.segment_log import SegmentLog
from tui.core.tool_calls import add_tool_calls

_PORTION = 4096
_OTHER_TEXT = 16  # so much faster is text that is no JSON
_Ready = TypeVar("_Ready", CodeBlockReady, JSONReady)


class ContentPrefix:
    """The first chunks of a content log, under the same names."""

    def __init__(self, content: ContentLog, count: int) -> None:
        self._content = content
        self.count = count
        self.length = content.end_of(count - 1) if count else 0
        self.piece = content.piece
        self.start_of = content.start_of
        self.end_of = content.end_of
        self.frame_of = content.frame_of
        self.text_between = content.text_between

    def text(self) -> str:
        """All of it, joined."""
        return self._content.text_between(0, self.length)

    def tail(self, size: int) -> str:
        """The last code points of the text, at most `size`."""
        return self._content.text_between(max(0, self.length - size), self.length)

    def chunk_at(self, offset: int) -> int:
        """The chunk that holds the code point at `offset`; the last chunk for offsets past the end."""
        return min(self._content.chunk_at(offset), max(0, self.count - 1))

    def last_chunk_of(self, end: int) -> int:
        """The chunk that holds the last code point before the exclusive offset `end`."""
        return min(self._content.last_chunk_of(end), max(0, self.count - 1))

    def count_until(self, at: float) -> int:
        """How many of the chunks had come at time `at`, inclusive."""
        return min(self.count, self._content.count_until(at))


class SegmentsPrefix:
    """The segments that had come out of a log, and what it held."""

    def __init__(self, log: SegmentLog, content: ContentPrefix) -> None:
        self.whole = log
        self._content = content
        self._count = log.count_before_chunk(content.count)
        self._end = log.end_of(self._count)

    @property
    def count(self) -> int:
        """How many segments had come out."""
        return self._count

    def segment(self, index: int) -> SegmentReady:
        """A segment by its index from 0; raises IndexError for another."""
        if not 0 <= index < self._count:
            raise IndexError(f"no segment {index}: there are {self._count}")
        return self.whole.segment(index)

    def holds_between(self, first: int, end: int) -> Iterable[float]:
        """The hold times of the segments from `first` up to `end`."""
        return self.whole.holds_between(first, min(end, self._count))

    @property
    def held_text(self) -> str:
        """The text that was not yet released."""
        return self._content.text_between(self._end, self._content.length)

    @property
    def held_length(self) -> int:
        """How many code points were not yet released."""
        return self._content.length - self._end

    def held_beginning(self, size: int) -> str:
        """The first code points of the text that was not yet released, at most `size`."""
        return self._content.text_between(self._end, min(self._end + size, self._content.length))

    @property
    def held_since(self) -> float | None:
        """When the first code point of the held text had arrived; None if none was held."""
        if self._end >= self._content.length:
            return None
        return self._content.piece(self._content.chunk_at(self._end))[1]


class PipelinePrefix:
    """What the first chunks of a run gave, under the names of `StreamPipeline`; it is never finished."""

    finished_at: float | None = None

    def __init__(self, pipeline: StreamPipeline, chunks: Sequence[StreamChunk], chunk_count: int, frames: int) -> None:
        self.whole = pipeline
        self.content = ContentPrefix(pipeline.content, pipeline.content.count_before_frame(frames))
        self.segments = SegmentsPrefix(pipeline.segments, self.content)
        self.code_blocks = _emitted(pipeline.code_blocks, self.content.count)
        self.json_values = _emitted(pipeline.json_values, self.content.count)
        tools = pipeline.tool_chunks.count_before(chunk_count)
        done, self.tool_calls = pipeline.tool_marks.before(tools, pipeline.tool_calls)
        for index in pipeline.tool_chunks.between(done, tools):
            add_tool_calls(self.tool_calls, chunks[index])
        done, self.code_parser, self.json_parser = pipeline.checkpoints.before(self.content.count)
        self._read = self.content.end_of(done - 1) if done else 0

    def advance(self, limit: int) -> bool:
        """Reads on towards what was open, as much as takes the time of `limit` characters of JSON.

        Gives whether all was read. Until then the two parsers stand at an earlier place of the text.
        """
        while self._read < self.content.length and limit > 0:
            text = self.content.text_between(self._read, min(self._read + _PORTION, self.content.length))
            self._read += len(text)
            self.code_parser.add(text)
            self.json_parser.add(text)
            limit -= len(text) if self.json_parser.open_start is not None else len(text) // _OTHER_TEXT
        return self._read == self.content.length


class RunView:
    """A run after its first `frames` frames, at `at` on its clock."""

    def __init__(self, run: DerivedRun, frames: int, at: float) -> None:
        self.run = run
        self.frames = frames
        self.at = at
        self.chunk_count = run.chunks_before_frame(frames)
        self.pipeline = PipelinePrefix(run.pipeline, run.chunks, self.chunk_count, frames)
        self.advance = self.pipeline.advance
        self.arrivals = run.arrivals.until(at)


def _emitted(listed: list[_Ready], chunk_count: int) -> list[_Ready]:
    """Those that had come out with the first content chunks; what only the end of the text ended was then open."""
    flushed = bisect_left(listed, 1, key=lambda ready: ready.emitted_chunk < 0)
    return listed[: bisect_left(listed, chunk_count, hi=flushed, key=lambda ready: ready.emitted_chunk)]
