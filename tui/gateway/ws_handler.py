"""One WebSocket connection: `complete`, `cancel` and `resume` in, a generation's log out.

Receiver and sender are two tasks, so that a cancel or a lost client is noticed at once, whatever is being sent.
A message that is not understood brings a complaint and changes nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from tui.core.wire.dialects.gateway import GENERATION_HEADER
from tui.core.wire.ws_messages import CLIENT_TYPES, WSMessage
from tui.errors import GatewayError
from tui.gateway import gateway_events as events
from tui.gateway.error_responses import RETRY_AFTER_S, validation_sentence
from tui.gateway.gateway_settings import GatewayLimits
from tui.gateway.generation_log import GenerationLog, LogEntry, LogGapError
from tui.gateway.generations import Generations, new_id
from tui.gateway.request_log import note_reading
from tui.gateway.request_models import CancelBody, ResumeBody, StreamBody, stream_request

POLICY_VIOLATION, SERVICE_RESTART, TRY_AGAIN_LATER = 1008, 1012, 1013
"""Close codes of RFC 6455 section 7.4.1 and its IANA registry."""
_CLOSE_S = 1.0
_Body = TypeVar("_Body", bound=BaseModel)


class WebSocketStreamHandler:
    """Serves connections; one handler for all of them."""

    def __init__(self, generations: Generations, limits: GatewayLimits) -> None:
        self._generations = generations
        self._limits = limits

    async def handle_connection(self, websocket: WebSocket) -> None:
        """Accepts the connection and serves it until either side closes it."""
        first_id = new_id()
        await websocket.accept(headers=[(GENERATION_HEADER.encode(), first_id.encode())])
        connection = _Connection(websocket, self._generations, self._limits, first_id)
        try:
            async with asyncio.TaskGroup() as tasks:
                receiving = tasks.create_task(connection.receive_all(tasks))
                receiving.add_done_callback(lambda _: connection.stop_sending())
        except* (WebSocketDisconnect, TimeoutError):
            pass  # the client left or takes nothing: what it read is released by now
        if websocket.application_state is WebSocketState.CONNECTED:
            await connection.close_quietly()


@dataclass(slots=True)
class _Sending:
    """The answer that is being sent on a connection."""

    generation_id: str
    task: asyncio.Task[None]


class _Connection:
    """The state of one connection: what is being sent on it, if anything."""

    def __init__(self, websocket: WebSocket, generations: Generations, limits: GatewayLimits, first_id: str) -> None:
        self._websocket = websocket
        self._announced_id: str | None = first_id
        self._generations = generations
        self._limits = limits
        self._sending: _Sending | None = None
        self._lock = asyncio.Lock()
        self._handlers: dict[str, Callable[[dict[str, Any], asyncio.TaskGroup], Awaitable[None]]] = {
            "complete": self._complete,
            "resume": self._resume,
            "cancel": self._cancel,
        }

    async def receive_all(self, tasks: asyncio.TaskGroup) -> None:
        """Acts on each message until the client leaves or never says anything."""
        try:
            async with asyncio.timeout(self._limits.first_message_s):
                received = await self._websocket.receive()
        except TimeoutError:
            await self._close(POLICY_VIOLATION, "no message came")
            return
        while received["type"] != "websocket.disconnect":
            await self._act_on(received, tasks)
            received = await self._websocket.receive()

    def stop_sending(self) -> None:
        """Ends the sender; its generation is released as its task ends."""
        if self._sending is not None:
            self._sending.task.cancel()

    async def close_quietly(self) -> None:
        """Closes a connection whose client may be gone, or take nothing."""
        try:
            async with asyncio.timeout(_CLOSE_S):
                await self._close(1000, "")
        except (WebSocketDisconnect, RuntimeError, TimeoutError):
            return

    async def _act_on(self, received: Any, tasks: asyncio.TaskGroup) -> None:
        text = received.get("text")
        if text is None:
            await self._complain("binary_message", "Messages are JSON text; this one was binary.")
            return
        try:
            message = WSMessage.from_json(text)
        except ValueError as junk:
            await self._complain("invalid_message", f"{junk}.")
            return
        if message.type not in CLIENT_TYPES:
            names = ", ".join(sorted(CLIENT_TYPES))
            await self._complain("unknown_type", f"There is no message of that type; there are: {names}.")
            return
        try:
            await self._handlers[message.type](message.data, tasks)
        except GatewayError as refusal:
            await self._refuse(refusal)

    async def _complete(self, data: dict[str, Any], tasks: asyncio.TaskGroup) -> None:
        self._check_idle()
        request = stream_request(_valid(StreamBody, data), self._limits)
        generation = self._generations.start(request, self._announced_id)
        self._announced_id = None
        self._send_from(generation.id, generation.log, -1, tasks)

    async def _resume(self, data: dict[str, Any], tasks: asyncio.TaskGroup) -> None:
        self._check_idle()
        wanted = _valid(ResumeBody, data)
        log = self._generations.resumable(wanted.gen, wanted.after)
        self._send_from(wanted.gen, log, wanted.after, tasks)

    async def _cancel(self, data: dict[str, Any], _tasks: asyncio.TaskGroup) -> None:
        wanted = _valid(CancelBody, data).gen
        if self._sending is not None and wanted in (None, self._sending.generation_id):
            self._generations.stop(self._sending.generation_id)

    def _check_idle(self) -> None:
        if self._sending is not None:
            raise GatewayError(
                409, "busy", "An answer is being sent on this connection: cancel it, or wait for its end."
            )

    def _send_from(self, generation_id: str, log: GenerationLog, after: int, tasks: asyncio.TaskGroup) -> None:
        task = tasks.create_task(self._send_log(generation_id, log, after))
        self._sending = _Sending(generation_id, task)

    async def _send_log(self, generation_id: str, log: GenerationLog, after: int) -> None:
        try:
            note_reading(generation_id)
            with self._generations.reading(generation_id):
                await self._send(WSMessage("start", {"gen": generation_id}).to_json())
                async with aclosing(log.read(after, self._limits.keep_alive_s)) as batches:
                    async for batch in batches:
                        await self._send_batch(batch)
            note_reading(generation_id, log.terminal)
        except LogGapError:
            await self._close(POLICY_VIOLATION, "events were dropped before they were taken")
        finally:
            if self._sending is not None and self._sending.task is asyncio.current_task():
                self._sending = None
        if self._generations.is_closing:
            await self._close(SERVICE_RESTART, "the gateway is shutting down")

    async def _send_batch(self, batch: Sequence[LogEntry]) -> None:
        """Under one clock and one lock: together they would cost as much as a message."""
        async with asyncio.timeout(self._limits.send_s), self._lock:
            for entry in batch:
                self._note_end(entry)
                await self._websocket.send_text(encode_message(entry))

    def _note_end(self, entry: LogEntry) -> None:
        """A client may ask anew as soon as it has the terminal event, so nothing is being sent from there on."""
        if entry.event != events.CHUNK:
            self._sending = None

    async def _refuse(self, refusal: GatewayError) -> None:
        match refusal.status:
            case 410:
                await self._send_error(str(refusal), refusal, "resume_expired")
            case 503:
                await self._send_error(str(refusal), refusal, "try_again_later", RETRY_AFTER_S)
                await self._close(TRY_AGAIN_LATER, "too many answers at a time")
            case _:
                await self._complain(refusal.code, str(refusal))

    async def _send_error(self, message: str, refusal: GatewayError, kind: str, retry_after: int | None = None) -> None:
        data = {
            **events.complaint_members(message, refusal.code),
            "kind": kind,
            "outcome": "failed",
            "status": refusal.status,
            "retry_after": retry_after,
        }
        await self._send(WSMessage("error", data).to_json())

    async def _complain(self, code: str, message: str) -> None:
        await self._send(WSMessage("error", events.complaint_members(message, code)).to_json())

    async def _send(self, text: str) -> None:
        async with asyncio.timeout(self._limits.send_s), self._lock:
            await self._websocket.send_text(text)

    async def _close(self, code: int, reason: str) -> None:
        async with self._lock:
            await self._websocket.close(code, reason)


def encode_message(entry: LogEntry) -> str:
    """The message of a logged event: its data with `seq` in it, without reading the JSON again."""
    return f'{{"type":"{entry.event}","data":{entry.data[:-1]},"seq":{entry.seq}}}}}'


def _valid(model: type[_Body], data: dict[str, Any]) -> _Body:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise GatewayError(422, "invalid_request", validation_sentence(error.errors())) from error
