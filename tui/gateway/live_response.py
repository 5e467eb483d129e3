"""Responses that live as long as their client: the watch for its leaving, and a body sent piece by piece.

Starlette's own __call__ leaves a generator that is held at a send unclosed, waits for ever on a reader that takes
nothing, and runs nothing of a body whose client left before the first piece; all three matter here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Mapping
from contextlib import AbstractContextManager, aclosing
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from tui.gateway.generation_log import LogGapError

STREAM_HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}


async def until_client_leaves(receive: Receive, work: Coroutine[Any, Any, None]) -> None:
    """Runs `work` to its end, or cancels it at once when the client is gone. Raises what `work` raises."""
    try:
        async with asyncio.TaskGroup() as tasks:
            working = tasks.create_task(work)
            watching = tasks.create_task(_wait_for_disconnect(receive))
            working.add_done_callback(lambda _: watching.cancel())
            watching.add_done_callback(lambda _: working.cancel())
    except ExceptionGroup as group:
        raise group.exceptions[0] from group


async def send_within(send: Send, message: dict[str, Any], limit_s: float) -> None:
    """Sends one ASGI message. Raises TimeoutError when the client takes nothing for `limit_s`."""
    async with asyncio.timeout(limit_s):
        await send(message)


class LiveResponse(StreamingResponse):
    """A streamed body. `lease` is held from the first moment to the last; a slow reader is cut off after `send_s`."""

    def __init__(
        self,
        pieces: AsyncGenerator[bytes, None],
        *,
        lease: AbstractContextManager[None],
        send_s: float,
        media_type: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(pieces, media_type=media_type, headers={**STREAM_HEADERS, **(headers or {})})
        self._pieces = pieces
        self._lease = lease
        self._send_s = send_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  ASGI's signature
        """Sends the pieces. A reader that was cut off gets no last message, so uvicorn closes the connection."""
        with self._lease:
            await until_client_leaves(receive, self._send_all(send))

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            async with aclosing(self._pieces) as pieces:
                async for piece in pieces:
                    message = {"type": "http.response.body", "body": piece, "more_body": True}
                    await send_within(send, message, self._send_s)
        except (TimeoutError, LogGapError):
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
