"""A stream of chunks as segments of text, or as other chunks.

How text is cut belongs to `tui.core.text.buffers`. No tasks here: each step of the caller is one or more steps of the
source. A source belongs to the generator from its first step on and is closed however that ends: at the end of
the stream, by a failure, by a cancel, or when the caller leaves early (through `contextlib.aclosing`).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Iterator

from tui.core.chunks import StreamChunk
from tui.core.text.buffers import StreamBuffer, make_buffer
from tui.streams.source_closing import closing_source

ChunkFunction = Callable[[StreamChunk], StreamChunk | Iterable[StreamChunk] | None]
"""Gives what takes a chunk's place: one chunk, several, or None for nothing."""


class BufferedStreamProcessor:
    """Cuts the content of a stream into the segments of a buffer.

    `buffer` is a mode of `make_buffer`, and each stream then gets a new one; or a buffer, which then serves one
    stream after the other. `choice` is the answer that is read; the others would only mix with it. Raises
    UsageError for a mode that needs more than its name or that does not exist.
    """

    def __init__(self, buffer: StreamBuffer | str, *, choice: int = 0) -> None:
        self._buffer = buffer
        self._choice = choice
        self._next_buffer()

    async def process_stream(self, stream: AsyncIterable[StreamChunk]) -> AsyncGenerator[str, None]:
        """The segments, each as soon as the buffer is certain of it; joined they are the content.

        When the source fails, the segments that are left come first, then its exception. A caller who leaves early
        gets no more segments; what a given buffer still holds is its `flush`.
        """
        buffer = self._next_buffer()
        failure: Exception | None = None
        async with closing_source(aiter(stream)) as chunks:
            while failure is None:
                try:
                    chunk = await anext(chunks)
                except StopAsyncIteration:
                    break
                except Exception as error:  # noqa: BLE001  raised below, behind the text that came before it
                    failure = error
                else:
                    for segment in buffer.add(chunk.content) if chunk.choice == self._choice else ():
                        yield segment
            for segment in buffer.flush():
                yield segment
        if failure is not None:
            raise failure

    def _next_buffer(self) -> StreamBuffer:
        return make_buffer(self._buffer) if isinstance(self._buffer, str) else self._buffer


class StreamTransformer:
    """Applies functions to each chunk, the first one first; each sees what the one before it gave."""

    def __init__(self, *functions: ChunkFunction) -> None:
        self._functions = functions

    async def transform_stream(self, stream: AsyncIterable[StreamChunk]) -> AsyncGenerator[StreamChunk, None]:
        """What the functions give, in order; without functions the chunks themselves.

        An iterable that a function gives is read as the caller goes on. What a function or the source raises
        passes through.
        """
        async with closing_source(aiter(stream)) as chunks:
            async for chunk in chunks:
                results: Iterable[StreamChunk] = (chunk,)
                for function in self._functions:
                    results = _applied(function, results)
                for result in results:
                    yield result


def _applied(function: ChunkFunction, chunks: Iterable[StreamChunk]) -> Iterator[StreamChunk]:
    for chunk in chunks:
        given = function(chunk)
        if isinstance(given, StreamChunk):
            yield given
        elif given is not None:
            yield from given
