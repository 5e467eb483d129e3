"""Sources of chunks that move when a test says so, and that tell what was done with them."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field

from tui.core.chunks import StreamChunk


class SourceFailedError(Exception):
    """What a scripted source raises."""


def chunk_of(content: str) -> StreamChunk:
    return StreamChunk(content=content)


async def giving(contents: Iterable[str], end: Exception | None = None) -> AsyncGenerator[StreamChunk, None]:
    """Gives chunks without ever waiting, then ends or fails."""
    for content in contents:
        yield chunk_of(content)
    if end is not None:
        raise end


@dataclass
class ScriptedSource:
    """Gives what is put into it; `given`, `closed` and `waits` say how far it came.

    With `slow_close` its cleanup waits for `may_close`.
    """

    slow_close: bool = False
    given: int = 0
    waits: asyncio.Event = field(default_factory=asyncio.Event)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    may_close: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    script: "asyncio.Queue[StreamChunk | BaseException | None]" = field(default_factory=asyncio.Queue)

    def put(self, *items: "str | BaseException | None") -> "ScriptedSource":
        """Text becomes a chunk, an exception is raised, None is the end."""
        for item in items:
            self.script.put_nowait(chunk_of(item) if isinstance(item, str) else item)
        return self

    async def stream(self) -> AsyncGenerator[StreamChunk, None]:
        try:
            while (item := await self._next()) is not None:
                if isinstance(item, BaseException):
                    raise item
                self.given += 1
                yield item
        finally:
            await self._clean_up()

    async def _next(self) -> StreamChunk | BaseException | None:
        if self.script.empty():
            self.waits.set()
        item = await self.script.get()
        self.waits.clear()
        return item

    async def _clean_up(self) -> None:
        """Awaits in each case, as closing a connection does; an interrupted cleanup is finished all the same."""
        self.closing.set()
        try:
            await (self.may_close.wait() if self.slow_close else asyncio.sleep(0))
        finally:
            self.closed.set()


def only_this_task_is_left() -> bool:
    return asyncio.all_tasks() == {asyncio.current_task()}
