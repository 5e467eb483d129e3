"""A far end in memory: it speaks like an upstream or a gateway, is cut when told, and goes on where it was left."""

from __future__ import annotations

import asyncio

from tests.transports.scripted_server import CHAT_DONE, chat_event, gateway_done, gateway_event
from tui.core.capture import Marker, Read, ResponseHead
from tui.core.request import RunPlan, TransportName
from tui.transports.base import Now, ResumePoint, Take

HEAD = (("content-type", "text/event-stream"), ("x-streamscope-generation", "g"))


class ScriptedLink:
    """A transport. `tokens` are what the far end made, whether or not anybody was there to hear it."""

    def __init__(self, transport: TransportName) -> None:
        self.is_gateway = transport is not TransportName.DIRECT
        self.tokens: list[str] = []
        self.is_done = False
        self.connections = 0
        self.was_told_to_stop = False
        self._inbox: asyncio.Queue[bytes | Exception | None] | None = None

    @property
    def is_connected(self) -> bool:
        """Whether somebody listens."""
        return self._inbox is not None

    async def exchange(self, _plan: RunPlan, take: Take, now: Now, resume_after: ResumePoint | None = None) -> None:
        """As the protocol of transports says."""
        self.connections += 1
        inbox: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        self._inbox = inbox
        first = resume_after[1] + 1 if resume_after is not None else 0
        for seq in range(first, len(self.tokens)):
            inbox.put_nowait(self._said(seq))
        if self.is_done:
            inbox.put_nowait(self._end())
        try:
            take(Marker("sent", now()))
            is_wanted = take(ResponseHead(200, HEAD if self.is_gateway else HEAD[:1], now()))
            while is_wanted and (item := await inbox.get()) is not None:
                if isinstance(item, Exception):
                    raise item
                is_wanted = take(Read(now(), item))
        except asyncio.CancelledError:
            self.was_told_to_stop = True
            raise
        finally:
            self._inbox = None

    def makes(self, text: str, cut: int) -> None:
        """One token, in one read or in two."""
        self.tokens.append(text)
        data = self._said(len(self.tokens) - 1)
        cut %= len(data)
        for piece in (data[:cut], data[cut:]):
            self._put(piece)

    def ends(self) -> None:
        """The proof, and a proper end."""
        self.is_done = True
        self._put(self._end())

    def breaks(self, error: Exception | None) -> None:
        """The connection breaks, or ends in good order but without a proof."""
        if self._inbox is not None:
            self._inbox.put_nowait(error)

    def _put(self, data: bytes) -> None:
        if self._inbox is not None and data:
            self._inbox.put_nowait(data)

    def _said(self, seq: int) -> bytes:
        text = self.tokens[seq]
        return (gateway_event(seq, text) if self.is_gateway else chat_event(text)).encode()

    def _end(self) -> bytes:
        if self.is_gateway:
            return gateway_done(len(self.tokens)).encode()
        return (chat_event("", "stop") + CHAT_DONE).encode()
