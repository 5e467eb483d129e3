"""Chunks to events: one pass feeds the buffer, the code-block parser and the JSON parser, and keeps what they give.

Sans-IO. Live panes, the headless twin and playback are this same code; switching the buffer mode derives the
segments anew from the chunks that were kept.
"""

from __future__ import annotations

from array import array

from tui.core.chunks import CodeBlockReady, JSONReady, PipelineEvent, StreamChunk
from tui.core.content_log import ContentLog
from tui.core.number_runs import NumberRuns
from tui.core.text.code_blocks import CodeBlock, CodeBlockParser
from tui.core.text.json_parser import JSONStreamParser, JSONValue
from tui.core.text.parser_checkpoints import ParserCheckpoints
from tui.core.text.segment_log import SegmentLog
from tui.core.tool_calls import ToolCallProgress, add_tool_calls
from tui.core.tool_marks import ToolMarks


class StreamPipeline:
    """Everything derived from the chunks of one run (choice 0).

    Attributes: `content` (the text in columns), `segments` (of the current mode), `code_blocks` and
    `json_values` in order of their completion, `tool_calls` by order of first appearance. For playback:
    `tool_chunks` (which chunks brought something for a tool call), `tool_marks`, and `checkpoints` of the two parsers.
    `read_times` as in `ContentLog`.
    """

    def __init__(
        self, mode: str = "sentence", pattern: str | None = None, read_times: array[float] | None = None
    ) -> None:
        self.content = ContentLog(read_times)
        self.segments = SegmentLog(mode, pattern)
        self.code_blocks: list[CodeBlockReady] = []
        self.json_values: list[JSONReady] = []
        self.tool_calls: dict[int, ToolCallProgress] = {}
        self.code_parser = CodeBlockParser()
        self.json_parser = JSONStreamParser()
        self.finished_at: float | None = None
        self.tool_chunks = NumberRuns()
        self.tool_marks = ToolMarks()
        self.checkpoints = ParserCheckpoints()
        self._taken = 0

    def feed(self, chunk: StreamChunk) -> list[PipelineEvent]:
        """Takes one chunk and gives what it completed: segments, then code blocks, then JSON values."""
        segments, blocks, values = self.segments.count, len(self.code_blocks), len(self.json_values)
        self.take(chunk)
        released = [self.segments.segment(index) for index in range(segments, self.segments.count)]
        return [*released, *self.code_blocks[blocks:], *self.json_values[values:]]

    def take(self, chunk: StreamChunk) -> None:
        """As `feed` without making events: the hot path, for those who read the attributes."""
        self._taken += 1
        if chunk.choice != 0:
            return
        if chunk.tool_calls:
            self.tool_chunks.append(self._taken - 1)
            add_tool_calls(self.tool_calls, chunk)
            self.tool_marks.note(len(self.tool_chunks), self.tool_calls)
        text = chunk.content
        if not text:
            return
        index = self.content.add(text, chunk.at, chunk.frame)
        self._extract([text], index, chunk.at)

    def take_plain(self, texts: list[str], at: float, frames: array[int]) -> None:
        """As `take` of chunks of one moment that are nothing but text, each with its frame."""
        self._taken += len(texts)
        self._extract(texts, self.content.add_many(texts, at, frames), at)

    def _extract(self, texts: list[str], first: int, at: float) -> None:
        """What the texts of these chunks complete; they are in `content` already."""
        segments, code, values, checkpoints = self.segments, self.code_parser, self.json_parser, self.checkpoints
        for index, text in enumerate(texts, first):
            segments.take(text, index, at)
            if blocks := code.add(text):
                self.code_blocks += self._code_ready(blocks, index, at)
            if found := values.add(text):
                self.json_values += self._json_ready(found, index, at)
            if not (index + 1) % checkpoints.stride:
                checkpoints.note(index + 1, self.content.end_of(index), code, values)

    def finish(self, at: float) -> list[PipelineEvent]:
        """Flushes every part; what was never complete comes out marked as such. Once; later calls give nothing."""
        if self.finished_at is not None:
            return []
        self.finished_at = at
        events: list[PipelineEvent] = list(self.segments.flush(at))
        blocks = self._code_ready(self.code_parser.flush(), -1, at)
        self.code_blocks += blocks
        return [*events, *blocks]

    def set_mode(self, mode: str, pattern: str | None = None) -> None:
        """Derives the segments anew in another buffer mode. Raises UsageError on an unknown one."""
        segments = SegmentLog(mode, pattern)
        for index, (text, at) in enumerate(self.content.pieces(0, self.content.count)):
            segments.take(text, index, at)
        if self.finished_at is not None:
            segments.flush(self.finished_at)
        self.segments = segments

    def _code_ready(self, blocks: list[CodeBlock], emitted_chunk: int, at: float) -> list[CodeBlockReady]:
        return [
            CodeBlockReady(
                language=block.language,
                info=block.info,
                code=block.code,
                closed=block.closed,
                first_chunk=self.content.chunk_at(block.start),
                last_chunk=self.content.last_chunk_of(block.end),
                emitted_chunk=emitted_chunk,
                at=at,
            )
            for block in blocks
        ]

    def _json_ready(self, values: list[JSONValue], emitted_chunk: int, at: float) -> list[JSONReady]:
        return [
            JSONReady(
                value=found.value,
                start=found.start,
                end=found.end,
                first_chunk=self.content.chunk_at(found.start),
                last_chunk=self.content.last_chunk_of(found.end),
                emitted_chunk=emitted_chunk,
                at=at,
            )
            for found in values
        ]
