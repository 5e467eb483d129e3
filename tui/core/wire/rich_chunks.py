"""The chunks that carry more than text of choice 0 (thinking, tool calls, usage and so on) in little memory.

The newest stay as they are, the older ones are kept in compressed blocks: as objects, a million pieces of thinking
would cost half a gigabyte. Used by the chunk columns alone.
"""

from __future__ import annotations

import marshal
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final

from tui.core.chunks import StreamChunk, ToolCallDelta, Usage
from tui.core.number_runs import NumberRuns
from tui.core.wire.frames import FrameStore
from tui.core.wire.packed_texts import PackedTexts

_BLOCK_CHUNKS: Final = 256
_BLOCK_CHARS: Final = 262_144
_LEVEL: Final = 1  # as of the packed texts
_of_chunk = attrgetter("content", "finish_reason", "model", "choice", "refusal", "logprobs", "tool_calls", "usage")
_of_delta = attrgetter("position", "name", "id", "arguments")
_of_usage = attrgetter("input", "output", "total", "reasoning", "cached")


class RichChunks:
    """Append-only; each is known by its index among all chunks, whose frames are `frame_indices`.

    `reasonings` has the thinking of each, empty for other choices than 0; it is not kept again. One that was packed is
    made anew when it is asked for; the block asked for last stays unpacked.
    """

    def __init__(self, frames: FrameStore, frame_indices: NumberRuns, reasonings: PackedTexts) -> None:
        self._frames = frames
        self._frame_indices = frame_indices
        self._reasonings = reasonings
        self._indices = NumberRuns()
        self._newest: list[StreamChunk] = []
        self._newest_chars = 0
        self._packed_count = 0
        self._blocks: list[bytes | list[StreamChunk]] = []
        self._starts = array("I")
        self._unpacked: tuple[int, list[StreamChunk]] = (-1, [])

    def append(self, chunk: StreamChunk) -> None:
        """Appends a chunk; its frame is among the frame indices, its thinking among the reasonings."""
        newest = self._newest
        self._indices.append(chunk.index)
        newest.append(chunk)
        self._newest_chars += len(chunk.content) + len(chunk.reasoning) + len(chunk.refusal)
        for delta in chunk.tool_calls:
            self._newest_chars += len(delta.arguments)
        if len(newest) == _BLOCK_CHUNKS or self._newest_chars >= _BLOCK_CHARS:
            self._pack()

    def next_from(self, index: int, end: int) -> int:
        """The first index from this one on that has one, else `end`."""
        place = self._indices.count_before(index)
        return self._indices[place] if place < len(self._indices) else end

    def get(self, index: int) -> StreamChunk | None:
        """The one with this index, None when that chunk is plain text."""
        found = self.between(index, index + 1)
        return found[0] if found else None

    def between(self, first: int, end: int) -> list[StreamChunk]:
        """Those with an index from `first` up to `end`."""
        place, stop = self._indices.count_before(first), self._indices.count_before(end)
        if place >= self._packed_count:
            return self._newest[place - self._packed_count : stop - self._packed_count]
        found: list[StreamChunk] = []
        while place < min(stop, self._packed_count):
            number = bisect_right(self._starts, place) - 1
            start = self._starts[number]
            found += self._block(number)[place - start : stop - start]
            place = self._end_of(number)
        return found + self._newest[: max(0, stop - self._packed_count)]

    def _end_of(self, number: int) -> int:
        return self._starts[number + 1] if number + 1 < len(self._starts) else self._packed_count

    def _pack(self) -> None:
        self._unpacked = (len(self._blocks), self._newest)  # who follows the stream asks for them next
        self._blocks.append(self._packed(self._newest))
        self._starts.append(self._packed_count)
        self._packed_count += len(self._newest)
        self._newest, self._newest_chars = [], 0

    def _packed(self, chunks: list[StreamChunk]) -> bytes | list[StreamChunk]:
        """The columns of a block; chunks with what nests too deep for that stay as they are."""
        *columns, calls, usages = zip(*map(_of_chunk, chunks), strict=True)
        reasonings = [chunk.reasoning if chunk.choice else "" for chunk in chunks]
        times = [None if self._has_time_of_frame(chunk) else chunk.at for chunk in chunks]
        packed_calls = [tuple(map(_of_delta, deltas)) for deltas in calls]
        packed_usages = [usage and _of_usage(usage) for usage in usages]
        try:
            data = marshal.dumps((*columns, packed_calls, packed_usages, reasonings, times))
        except ValueError:
            return chunks
        return zlib.compress(data, _LEVEL)

    def _has_time_of_frame(self, chunk: StreamChunk) -> bool:
        """Whether its time is that of its frame, as of nearly all."""
        return chunk.frame < len(self._frames) and self._frames.time_of(chunk.frame) == chunk.at

    def _block(self, number: int) -> list[StreamChunk]:
        block = self._blocks[number]
        if isinstance(block, list):
            return block
        if self._unpacked[0] != number:
            self._unpacked = (number, self._chunks_of(number, block))
        return self._unpacked[1]

    def _chunks_of(self, number: int, block: bytes) -> list[StreamChunk]:
        columns = marshal.loads(zlib.decompress(block))  # noqa: S302  made here, never read from outside
        start, end = self._starts[number], self._end_of(number)
        rows = zip(self._indices.between(start, end), self._reasonings.between(start, end), *columns, strict=True)
        return [self._chunk(index, reasoning, row) for index, reasoning, *row in rows]

    def _chunk(self, index: int, reasoning: str, row: Sequence[Any]) -> StreamChunk:
        content, finish_reason, model, choice, refusal, logprobs, calls, usage, other_reasoning, at = row
        frame = self._frame_indices[index]
        return StreamChunk(
            content,
            finish_reason,
            index,
            model,
            reasoning or other_reasoning,
            tuple(ToolCallDelta(*call) for call in calls),
            choice,
            None if usage is None else Usage(*usage),
            self._frames.time_of(frame) if at is None else at,
            frame,
            refusal,
            logprobs,
        )
