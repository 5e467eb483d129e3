"""Several streams of chunks as one: fair, bounded in memory, and closed as a whole.

Each source has a task of its own, which alone steps and closes it: a source may therefore hold a task group or a
time-out open while it waits to be asked. The merging generator owns these tasks and holds neither, because it may be
closed by another task than the one that read from it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import overload

from tui.core.chunks import StreamChunk
from tui.errors import StreamscopeError, UsageError
from tui.streams.source_closing import closing_source

StreamName = str | int
"""What a stream is called: its key, or its place in the order given, from 0."""


class SourceCancelledError(StreamscopeError):
    """A stream ended because something inside it was cancelled, not the merge."""


class StreamAggregator:
    """Merges streams. A stream is read at most `max_pending` chunks ahead of the caller; UsageError under 1.

    `failures` holds, by name, what the streams of the merge begun last raised, in the order of its happening; what a
    stream raises while it is being closed counts as well.
    """

    def __init__(self, max_pending: int = 16) -> None:
        if max_pending < 1:
            raise UsageError(f"max_pending must be at least 1 chunk a stream, not {max_pending}")
        self.failures: dict[StreamName, Exception] = {}
        self._max_pending = max_pending

    @overload
    def merge_streams(
        self, streams: Mapping[str, AsyncIterable[StreamChunk]], *, fail_fast: bool = ...
    ) -> AsyncGenerator[tuple[str, StreamChunk], None]: ...

    @overload
    def merge_streams(
        self, streams: Iterable[AsyncIterable[StreamChunk]], *, fail_fast: bool = ...
    ) -> AsyncGenerator[tuple[int, StreamChunk], None]: ...

    def merge_streams(
        self,
        streams: Mapping[str, AsyncIterable[StreamChunk]] | Iterable[AsyncIterable[StreamChunk]],
        *,
        fail_fast: bool = False,
    ) -> AsyncGenerator[tuple[StreamName, StreamChunk], None]:
        """(name, chunk) of all streams, each stream in its own order; of those that have a chunk, each in turn.

        A stream that fails ends alone, and is in `failures`; with `fail_fast` its exception ends the merge, behind the
        chunks that it gave before. From the first step on the sources belong to the merge: all are closed when it
        ends, fails or is cancelled, and when the caller leaves early (through `contextlib.aclosing`). Closing cancels
        what a source waits for and then lets it clean up; a cancel that comes meanwhile is passed on to the sources.
        Raises TypeError for what is no asynchronous iterable.
        """
        named: Iterable[tuple[StreamName, AsyncIterable[StreamChunk]]]
        named = streams.items() if isinstance(streams, Mapping) else enumerate(streams)
        lanes = [_Lane(name, aiter(stream), asyncio.Semaphore(self._max_pending)) for name, stream in named]
        self.failures = {}
        return _merged(lanes, self.failures, fail_fast=fail_fast)


@dataclass(slots=True, eq=False)
class _Lane:
    """One source: the room for chunks read ahead, those that wait for the caller, and its end."""

    name: StreamName
    source: AsyncIterator[StreamChunk]
    room: asyncio.Semaphore
    waiting: deque[StreamChunk] = field(default_factory=deque)
    is_over: bool = False


async def _merged(
    lanes: list[_Lane], failures: dict[StreamName, Exception], *, fail_fast: bool
) -> AsyncGenerator[tuple[StreamName, StreamChunk], None]:
    merge = _Merge(failures)
    loop = asyncio.get_running_loop()
    readers = [loop.create_task(merge.read(lane)) for lane in lanes]  # owned: awaited in `close`
    try:
        open_count = len(lanes)
        while open_count:
            lane = await merge.next_ready()
            if lane.waiting:
                yield lane.name, merge.take(lane)
                continue
            open_count -= 1
            if fail_fast and lane.name in failures:
                raise failures[lane.name]
    finally:
        await merge.close(readers)


class _Merge:
    """The lanes that have something for the caller, in turn.

    A lane is in `_ready` once: while chunks wait in it, and then for its end.
    """

    def __init__(self, failures: dict[StreamName, Exception]) -> None:
        self._failures = failures
        self._ready: deque[_Lane] = deque()
        self._came = asyncio.Event()
        self._is_closing = False

    async def next_ready(self) -> _Lane:
        """The lane whose turn it is."""
        while not self._ready:
            self._came.clear()
            await self._came.wait()
        return self._ready.popleft()

    def take(self, lane: _Lane) -> StreamChunk:
        """The lane's next chunk; the lane goes to the end of the row if there is more."""
        chunk = lane.waiting.popleft()
        lane.room.release()
        if lane.waiting or lane.is_over:
            self._ready.append(lane)
        return chunk

    async def read(self, lane: _Lane) -> None:
        """Reads the source to its end, or until the merge closes, and closes it."""
        try:
            await self._read_ahead(lane)
        except asyncio.CancelledError as error:
            if self._is_closing:
                raise
            cancelled = SourceCancelledError(f"the stream {lane.name!r} was cancelled from within")
            cancelled.__cause__ = error
            self._failures[lane.name] = cancelled
        except Exception as error:  # noqa: BLE001  one source's failure, whatever it is, is not the others'
            self._failures[lane.name] = error
        finally:
            self._note(lane)
            lane.is_over = True

    async def _read_ahead(self, lane: _Lane) -> None:
        async with closing_source(lane.source) as source:
            while not self._is_closing:  # a source may swallow the cancel and go on
                await lane.room.acquire()
                try:
                    chunk = await anext(source)
                except StopAsyncIteration:
                    return
                self._note(lane)
                lane.waiting.append(chunk)

    def _note(self, lane: _Lane) -> None:
        """Puts a lane into the row that has something only now."""
        if not lane.waiting:
            self._ready.append(lane)
            self._came.set()

    async def close(self, readers: list[asyncio.Task[None]]) -> None:
        """Ends all readers; returns, or raises the cancel that came meanwhile, when the last source is closed."""
        self._is_closing = True
        interrupted: asyncio.CancelledError | None = None
        _cancel(readers)
        while pending := [task for task in readers if not task.done()]:
            try:
                await asyncio.wait(pending)
            except asyncio.CancelledError as error:
                interrupted = error
                _cancel(pending)
        if interrupted is not None:
            raise interrupted


def _cancel(readers: list[asyncio.Task[None]]) -> None:
    for task in readers:
        task.cancel()
