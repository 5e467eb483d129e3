"""A run as an async generator of chunks: what the three client classes have in common.

The generator owns the task of its run: closing it ends the run and closes the socket.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Mapping
from typing import Any

from tui.core.capture import Record
from tui.core.chunks import Outcome, StreamChunk, StreamResult
from tui.core.request import ChatMessage, RunPlan, StreamRequest
from tui.errors import StreamscopeError
from tui.transports.run_stream import StreamRun

MessageLike = ChatMessage | Mapping[str, str]
"""A message, or a mapping with `role` and `content`."""

ActiveRuns = dict[StreamRun, "asyncio.Task[StreamResult]"]
"""Runs that have not ended, with their tasks."""


class StreamBrokenError(StreamscopeError):
    """A stream ended without proof that it is complete; `result` holds what came and the problem."""

    def __init__(self, result: StreamResult) -> None:
        message = result.problem.message if result.problem else "the stream was cancelled"
        super().__init__(f"{result.outcome}: {message}")
        self.result = result


def request_of(messages: Iterable[MessageLike], **settings: Any) -> StreamRequest:
    """A request of messages given as ChatMessage or as mappings. Raises KeyError or TypeError on another shape."""
    return StreamRequest(
        messages=tuple(m if isinstance(m, ChatMessage) else ChatMessage(m["role"], m["content"]) for m in messages),
        **settings,
    )


async def iterate_chunks(
    plan: RunPlan,
    active: ActiveRuns | None = None,
    **options: Any,
) -> AsyncGenerator[StreamChunk, None]:
    """The chunks of a run as they come; `options` are those of StreamRun. The run is in `active` while it lasts.

    Chunks that the caller has not taken yet wait in memory. Raises StreamBrokenError at the end of a stream that
    did not complete and was not cancelled.
    """
    waiting: deque[StreamChunk] = deque()
    came = asyncio.Event()

    def note(chunks: list[StreamChunk]) -> None:
        waiting.extend(chunks)
        came.set()

    run = StreamRun(plan, _ignore, on_chunks=note, **options)
    task = asyncio.get_running_loop().create_task(run.run())  # owned: awaited below, however this generator ends
    task.add_done_callback(lambda _: came.set())
    active = {} if active is None else active
    active[run] = task
    try:
        while waiting or not task.done():
            while waiting:
                yield waiting.popleft()
            await came.wait()
            came.clear()
        result = await task
    finally:
        run.cancel()
        await asyncio.wait([task])
        del active[run]
    if result.outcome not in (Outcome.COMPLETED, Outcome.CANCELLED):
        raise StreamBrokenError(result)


def _ignore(_record: Record) -> None:
    """The chunks are all that is wanted of the capture."""
