"""A response that another ASGI app makes, and what becomes of it when the gateway ends in the middle.

Used for what is passed on as it comes (chat completions, models): no generation and no log stand behind it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Coroutine
from contextlib import AbstractContextManager
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tui.core.wire.sse_codec import SSEEvent
from tui.gateway.closing import Closing, going_away
from tui.gateway.error_responses import error_body, error_response


class RelayedResponse(Response):
    """A response that another ASGI app makes, inside a lease that is taken as it begins (and may refuse).

    When the gateway is about to end, an event stream gets an error event in the upstream's own shape if it stands
    between two events, and is cut if it does not; what has not begun is refused.
    """

    def __init__(self, answer: ASGIApp, lease: AbstractContextManager[None], closing: Closing) -> None:
        super().__init__()
        self._answer = answer
        self._lease = lease
        self._closing = closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands the request on."""
        with self._lease, self._closing.serving():
            progress = _Progress(send)
            answering = self._answer(scope, receive, progress.send)
            if await _is_over_before(self._closing.begun(), answering):
                return
            if not progress.has_begun:
                await error_response(going_away())(scope, receive, send)
            elif progress.is_between_events:
                await send({"type": "http.response.body", "body": _going_away_event(), "more_body": False})


class _Progress:
    """What was sent of a response so far."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._is_stream = False
        self._tail = b"\n\n"
        self.has_begun = False

    @property
    def is_between_events(self) -> bool:
        """Whether a further event may follow."""
        return self._is_stream and self._tail.endswith((b"\n\n", b"\r\n\r\n", b"\r\r"))

    async def send(self, message: Message) -> None:
        """Sends a message and keeps its end."""
        if message["type"] == "http.response.start":
            self.has_begun = True
            headers = Headers(raw=message["headers"])
            is_plain = "content-encoding" not in headers
            self._is_stream = is_plain and headers.get("content-type", "").startswith("text/event-stream")
        else:
            self._tail = (self._tail + message.get("body", b""))[-4:]
        await self._send(message)


def _going_away_event() -> bytes:
    refusal = going_away()
    return SSEEvent(json.dumps(error_body(refusal.status, refusal.code, str(refusal)))).encode().encode("ascii")


async def _is_over_before(end: Coroutine[Any, Any, None], work: Awaitable[None]) -> bool:
    """Runs `work`, until `end` at the longest; says whether it came to its own end. Raises what `work` raises."""
    ended_first = False

    async def watch() -> None:
        nonlocal ended_first
        await end
        ended_first = working.cancel()  # False when the work was done just before

    async def run() -> None:
        await work

    try:
        async with asyncio.TaskGroup() as tasks:
            working = tasks.create_task(run())
            watching = tasks.create_task(watch())
            working.add_done_callback(lambda _: watching.cancel())
    except ExceptionGroup as group:
        raise group.exceptions[0] from group
    return not ended_first
