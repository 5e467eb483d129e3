"""Plays one fault on what is sent of one response: event stream or WebSocket, whichever route made it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from starlette.datastructures import Headers
from starlette.types import Message, Send

from tui.gateway.fault_wires import FaultWire, SSEWire, WSWire
from tui.gateway.faults import ConnectionCutError, Fault

PING_S = 0.5
PIECE_GAP_S = 0.02
"""Between the pieces of one frame, so that each is a read of its own at the client."""
_MERGED = 4
_OF_STREAM = frozenset({"http.response.body", "websocket.send", "websocket.close"})


class FaultSender:
    """Stands between an app and `send`. What is neither event stream nor WebSocket passes."""

    def __init__(self, fault: Fault, send: Send) -> None:
        self._fault = fault
        self._send = send
        self._wire: FaultWire | None = None
        self._count = 0
        self._held: list[bytes] = []
        self._is_silent = False
        self._pings = asyncio.Event()
        self._play: Callable[[FaultWire, bytes, int], Awaitable[None]] = {
            "stall": self._fall_silent,
            "ping-only": self._ping_only,
            "cut": self._cut,
            "slow-first": self._slow_first,
            "burst": self._hold,
            "merge-frames": self._merge,
            "split-utf8": self._split,
            "drop-done": self._drop_done,
            "bad-json": self._break_json,
            "crlf": self._crlf,
            "duplicate": self._duplicate,
        }[fault.name]

    async def send(self, message: Message) -> None:
        """Sends what the fault makes of a message. Raises ConnectionCutError where the connection is to end."""
        kind = message["type"]
        if kind == "http.response.start" and _is_event_stream(message):
            self._wire = SSEWire()
        elif kind == "websocket.accept":
            self._wire = WSWire()
        if self._wire is None or kind not in _OF_STREAM:
            await self._send(message)
            return
        if kind != "websocket.close":
            for frame in self._wire.frames(message):
                await self._take(self._wire, frame)
        if kind == "websocket.close" or (kind == "http.response.body" and not message.get("more_body", False)):
            await self._end(self._wire, message)

    async def keep_pinging(self) -> None:
        """Sends keep-alives from the moment that the fault asks for them; ends when it is cancelled."""
        await self._pings.wait()
        while self._wire is not None:
            await self._send(self._wire.ping())
            await asyncio.sleep(PING_S)

    async def _take(self, wire: FaultWire, frame: bytes) -> None:
        if self._is_silent:
            return
        if not wire.is_counted(frame):
            await self._send(wire.together([frame]))
            return
        number, self._count = self._count, self._count + 1
        if number < self._fault.after and self._fault.name != "slow-first":
            await self._send(wire.together([frame]))
        else:
            await self._play(wire, frame, number)
        if self._fault.name == "cut" and self._count >= self._fault.after:
            raise ConnectionCutError

    async def _end(self, wire: FaultWire, message: Message) -> None:
        """The end of the response, unless the fault is that there is none."""
        is_body = message["type"] == "http.response.body"
        if self._is_silent and is_body:
            await asyncio.Event().wait()  # until the client leaves, or the gateway ends
        await self._release(wire, wire.rest())
        await self._send({**message, "body": b""} if is_body else message)

    async def _release(self, wire: FaultWire, further: Sequence[bytes] = ()) -> None:
        held, self._held = [*self._held, *further], []
        if held and not self._is_silent:
            await self._send(wire.together(held))

    # One method a fault; each takes a frame from number `after` on.

    async def _fall_silent(self, _wire: FaultWire, _frame: bytes, _number: int) -> None:
        self._is_silent = True

    async def _ping_only(self, _wire: FaultWire, _frame: bytes, _number: int) -> None:
        self._is_silent = True
        self._pings.set()

    async def _cut(self, _wire: FaultWire, _frame: bytes, _number: int) -> None:
        raise ConnectionCutError

    async def _slow_first(self, wire: FaultWire, frame: bytes, number: int) -> None:
        if number == 0:
            await asyncio.sleep(self._fault.after)
        await self._send(wire.together([frame]))

    async def _hold(self, wire: FaultWire, frame: bytes, _number: int) -> None:
        self._held.append(frame)
        if wire.is_last(frame):
            await self._release(wire)

    async def _merge(self, wire: FaultWire, frame: bytes, _number: int) -> None:
        self._held.append(frame)
        if len(self._held) == _MERGED or wire.is_last(frame):
            await self._release(wire)

    async def _split(self, wire: FaultWire, frame: bytes, _number: int) -> None:
        for message in wire.in_pieces(wire.split(frame)):
            await self._send(message)
            await asyncio.sleep(PIECE_GAP_S)

    async def _drop_done(self, wire: FaultWire, frame: bytes, _number: int) -> None:
        if not wire.is_done(frame):
            await self._send(wire.together([frame]))
        elif (farewell := wire.farewell()) is not None:
            await self._send(farewell)
            self._is_silent = True

    async def _break_json(self, wire: FaultWire, frame: bytes, number: int) -> None:
        await self._send(wire.together([wire.broken(frame) if number == self._fault.after else frame]))

    async def _crlf(self, wire: FaultWire, frame: bytes, _number: int) -> None:
        await self._send(wire.together([wire.with_crlf(frame)]))

    async def _duplicate(self, wire: FaultWire, frame: bytes, _number: int) -> None:
        await self._send(wire.together([frame, frame]))


def _is_event_stream(message: Message) -> bool:
    headers = Headers(raw=message["headers"])
    is_stream = headers.get("content-type", "").startswith("text/event-stream")
    return message["status"] == 200 and is_stream and "content-encoding" not in headers
