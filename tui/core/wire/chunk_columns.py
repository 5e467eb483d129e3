"""The chunks of a run in columns: what most chunks have (a frame, a piece of text) in columns, the rest apart.

A million chunks as objects would cost some 200 MB; here a plain one costs little more than its text,
compressed. Written by the stream assembly; read as `StreamResult.chunks`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from typing import overload

from tui.core.chunks import StreamChunk
from tui.core.number_runs import NumberRuns
from tui.core.wire.frames import FrameStore
from tui.core.wire.packed_texts import PackedTexts
from tui.core.wire.rich_chunks import RichChunks


class ChunkColumns(Sequence[StreamChunk]):
    """Append-only; a StreamChunk is made anew when it is asked for, equal to the one that was given out live."""

    def __init__(self, frames: FrameStore) -> None:
        self._frames = frames
        self._contents = PackedTexts()
        self._frame_indices = NumberRuns()
        self._reasonings = PackedTexts()
        self._rich = RichChunks(frames, self._frame_indices, self._reasonings)
        self._model_starts: list[int] = []
        self._models: list[str | None] = []

    def add(self, chunk: StreamChunk) -> None:
        """Appends a chunk that carries more than text of choice 0; its index is the next one."""
        self.add_text(chunk.content if chunk.choice == 0 else "", chunk.frame)
        self._reasonings.append(chunk.reasoning if chunk.choice == 0 else "")
        self._rich.append(chunk)

    def add_text(self, content: str, frame: int) -> int:
        """Appends a chunk that is nothing but text of choice 0, and gives its index."""
        self._frame_indices.append(frame)
        return self._contents.append(content)

    def begin_model(self, model: str | None) -> None:
        """The chunks added from now on come from this model."""
        self._model_starts.append(len(self._contents))
        self._models.append(model)

    def content(self) -> str:
        """The text of choice 0, joined; lone halves of surrogate pairs stay as they came."""
        return self._contents.joined()

    def reasoning(self) -> str:
        """The thinking of choice 0, as `content`."""
        return self._reasonings.joined()

    def count_before_frame(self, frame: int) -> int:
        """How many chunks came in frames before this one."""
        return self._frame_indices.count_before(frame)

    def plain_run(self, first: int, frame: int, most: int) -> array[int]:
        """The frames of the chunks from `first` on that are plain text, each of a frame of its own, without a gap.

        The first one is `frame`; at most `most`.
        """
        end = min(first + most, self._rich.next_from(first, len(self._contents)))
        if end <= first or self._frame_indices[first] != frame:
            return array("I")
        count = min(end - first, self._frame_indices.run_from(first))
        return array("I", range(frame, frame + count))

    def of_frame(self, frame: int) -> list[StreamChunk]:
        """The chunks that came in a frame."""
        return self[self._frame_indices.count_before(frame) : self._frame_indices.count_before(frame + 1)]

    def __len__(self) -> int:
        return len(self._contents)

    @overload
    def __getitem__(self, index: int) -> StreamChunk: ...
    @overload
    def __getitem__(self, index: slice) -> list[StreamChunk]: ...
    def __getitem__(self, index: int | slice) -> StreamChunk | list[StreamChunk]:
        if isinstance(index, slice):
            first, end, step = index.indices(len(self._contents))
            if step == 1 and first < end:
                return self._between(first, end)
            return [self._chunk(i) for i in range(first, end, step)]
        return self._chunk(range(len(self._contents))[index])

    def _between(self, first: int, end: int) -> list[StreamChunk]:
        rich = self._rich.between(first, end)
        if len(rich) == end - first:
            return rich
        chunks = self._plain_between(first, end)
        for chunk in rich:
            chunks[chunk.index - first] = chunk
        return chunks

    def _plain_between(self, first: int, end: int) -> list[StreamChunk]:
        """As `_plain` of each, at half the price where each came in the next frame: a screen draws many."""
        spans, row = self._frame_indices.spans(first, end), bisect_right(self._model_starts, first) - 1
        if len(spans) > 1 or row != bisect_right(self._model_starts, end - 1) - 1:
            return [self._plain(index) for index in range(first, end)]
        frames = spans[0]
        times = self._frames.times_between(frames.start, frames.stop)
        model = self._models[row] if row >= 0 else None
        return [
            StreamChunk(content, None, index, model, "", (), 0, None, at, frame)
            for index, content, at, frame in zip(
                range(first, end), self._contents.between(first, end), times, frames, strict=True
            )
        ]

    def _chunk(self, index: int) -> StreamChunk:
        return self._rich.get(index) or self._plain(index)

    def _plain(self, index: int) -> StreamChunk:
        frame = self._frame_indices[index]
        row = bisect_right(self._model_starts, index) - 1
        model = self._models[row] if row >= 0 else None
        return StreamChunk(self._contents[index], index=index, model=model, at=self._frames.time_of(frame), frame=frame)


class ChunkTexts(ChunkColumns):
    """Keeps the text of the chunks alone: for those who need a run's end and not its course."""

    def add(self, chunk: StreamChunk) -> None:
        """Keeps what it has of the answer."""
        self._contents.append(chunk.content if chunk.choice == 0 else "")
        if chunk.reasoning and chunk.choice == 0:
            self._reasonings.append(chunk.reasoning)

    def add_text(self, content: str, frame: int) -> int:  # noqa: ARG002  the interface
        """Keeps a text, and gives the index of its chunk."""
        return self._contents.append(content)

    def begin_model(self, model: str | None) -> None:
        """Nothing is kept of it."""
