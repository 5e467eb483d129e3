"""A far end in memory: it speaks like an upstream or a gateway, is cut when told, and goes on where it was left."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from websockets.exceptions import ConnectionClosedError
from websockets.frames import Close

from tests.transports.scripted_server import CHAT_DONE, WS_START, chat_event, gateway_done, gateway_event, ws_chunk
from tui.core.capture import Marker, Read, ResponseHead
from tui.core.request import RunPlan, TransportName
from tui.transports.base import Now, ResumePoint, Take

HEAD = (("content-type", "text/event-stream"), ("x-streamscope-generation", "g"))


class ScriptedLink:
    """A transport. `tokens` are what the far end made, whether or not anybody was there to hear it.

    `is_break` says, while it is being cancelled, that a clock ended the connection and nobody cancelled.
    """

    def __init__(self, transport: TransportName) -> None:
        self.is_gateway = transport is not TransportName.DIRECT
        self.is_websocket = transport is TransportName.WS
        self.is_break: Callable[[], bool] = bool
        self.tokens: list[str] = []
        self.is_done = False
        self.connections = 0
        self.was_told_to_stop = False
        self._inbox: asyncio.Queue[bytes | str | Exception | None] | None = None

    @property
    def is_connected(self) -> bool:
        """Whether somebody listens."""
        return self._inbox is not None

    async def exchange(self, _plan: RunPlan, take: Take, now: Now, resume_after: ResumePoint | None = None) -> None:
        """As the protocol of transports says."""
        self.connections += 1
        inbox: asyncio.Queue[bytes | str | Exception | None] = asyncio.Queue()
        self._inbox = inbox
        if self.is_websocket:
            inbox.put_nowait(json.dumps(WS_START))
        first = resume_after[1] + 1 if resume_after is not None else 0
        for seq in range(first, len(self.tokens)):
            inbox.put_nowait(self._said(seq))
        if self.is_done:
            inbox.put_nowait(self._end())
        try:
            is_wanted = self._begin(take, now)
            while is_wanted and (item := await inbox.get()) is not None:
                if isinstance(item, Exception):
                    raise item
                is_wanted = take(Read(now(), item))
        except asyncio.CancelledError:
            self.was_told_to_stop = True
            if self.is_websocket and not self.is_break():
                take(Read(now(), json.dumps({"type": "cancelled", "data": {"seq": len(self.tokens)}})))
            raise
        finally:
            self._inbox = None

    def _begin(self, take: Take, now: Now) -> bool:
        """A WebSocket is open before anything is asked; otherwise the head is the answer."""
        if self.is_websocket:
            is_wanted = take(ResponseHead(101, (("upgrade", "websocket"),), now()))
            take(Marker("sent", now()))
            return is_wanted
        take(Marker("sent", now()))
        return take(ResponseHead(200, HEAD if self.is_gateway else HEAD[:1], now()))

    def makes(self, text: str, cut: int) -> None:
        """One token, in one read or in two; a message is always whole."""
        self.tokens.append(text)
        data = self._said(len(self.tokens) - 1)
        cut = 0 if self.is_websocket else cut % len(data)
        for piece in (data[:cut], data[cut:]):
            self._put(piece)

    def ends(self) -> None:
        """The proof, and a proper end."""
        self.is_done = True
        self._put(self._end())

    def breaks(self, error: Exception | None) -> None:
        """The connection breaks, or ends in good order but without a proof."""
        if self._inbox is not None:
            self._inbox.put_nowait(_closed_by(error) if self.is_websocket else error)

    def _put(self, data: bytes | str) -> None:
        if self._inbox is not None and data:
            self._inbox.put_nowait(data)

    def _said(self, seq: int) -> bytes | str:
        text = self.tokens[seq]
        if self.is_websocket:
            return json.dumps(ws_chunk(seq, text))
        return (gateway_event(seq, text) if self.is_gateway else chat_event(text)).encode()

    def _end(self) -> bytes | str:
        if self.is_websocket:
            return json.dumps({"type": "done", "data": {"finish_reason": "stop", "seq": len(self.tokens)}})
        if self.is_gateway:
            return gateway_done(len(self.tokens)).encode()
        return (chat_event("", "stop") + CHAT_DONE).encode()


def _closed_by(error: Exception | None) -> Exception | None:
    """How the WebSocket library tells of it: a lost link, a gateway that restarts, or a close in good order."""
    if isinstance(error, EOFError):
        return ConnectionClosedError(Close(1012, "restart"), None)
    return None if error is None else ConnectionClosedError(None, None)
