"""Who may ask for a fault: the gateway's own `--fault`, or a client's header where `--allow-faults` says so.

A fault acts on the first connection of an answer; one that comes back to go on gets the rest undisturbed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from tui.core.wire.dialects.gateway import FAULT_HEADER
from tui.errors import GatewayError
from tui.gateway.error_responses import error_response
from tui.gateway.fault_sender import FaultSender
from tui.gateway.faults import ConnectionCutError, Fault, parse_fault
from tui.gateway.request_log import note_request


class FaultGuard:
    """Plays the fault that a request asks for, or that all get."""

    def __init__(self, app: ASGIApp, fault: Fault | None, *, is_allowed: bool) -> None:
        self._app = app
        self._fault = fault
        self._is_allowed = is_allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, disturbed or not, or answers it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            fault = self._fault_of(headers)
        except GatewayError as refusal:
            await error_response(refusal)(scope, receive, send)
            return
        if fault is None or "last-event-id" in headers:
            await self._app(scope, receive, send)
        else:
            note_request(fault=fault.name)
            await self._play(fault, scope, receive, send)

    def _fault_of(self, headers: Headers) -> Fault | None:
        asked = headers.get(FAULT_HEADER)
        if asked is None:
            return self._fault
        if not self._is_allowed:
            raise GatewayError(403, "faults_not_allowed", "This gateway makes no faults: it needs --allow-faults.")
        try:
            return parse_fault(asked)
        except ValueError as unknown:
            raise GatewayError(422, "unknown_fault", f"{FAULT_HEADER}: {unknown}.") from unknown

    async def _play(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        sender = FaultSender(fault, send)
        is_resumed = False

        async def receive_watched() -> Message:
            nonlocal is_resumed
            message = await receive()
            is_resumed = is_resumed or _is_resume(message)
            return message

        async def send_disturbed(message: Message) -> None:
            await (send if is_resumed else sender.send)(message)

        async def serve() -> None:
            await self._app(scope, receive_watched, send_disturbed)

        try:
            async with asyncio.TaskGroup() as tasks:
                pinging = tasks.create_task(sender.keep_pinging())
                tasks.create_task(serve()).add_done_callback(lambda _: pinging.cancel())
        except* ConnectionCutError:
            pass  # the response is left without its end: uvicorn closes the connection


class RawWebSocketProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's protocol, which also writes bytes as they are: messages in one segment, and one in fragments."""

    async def send(self, message: Any) -> None:
        """Sends an ASGI message, or the bytes of `streamscope.raw`."""
        if message["type"] != "streamscope.raw":
            await super().send(message)
            return
        await self.writable.wait()
        if not (self.close_sent or self.disconnected or self.transport.is_closing()):
            self.transport.write(message["data"])


def _is_resume(message: Message) -> bool:
    """Whether a client's message asks to go on."""
    if message["type"] != "websocket.receive" or len(message.get("text") or "") > 1_000:
        return False
    with contextlib.suppress(ValueError, RecursionError):
        value = json.loads(message.get("text") or "null")
        return isinstance(value, dict) and value.get("type") == "resume"
    return False
