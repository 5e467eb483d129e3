"""What the tests of runs share: a plan, a run that is awaited with a limit, and what it emitted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.transports.scripted_server import (
    CHAT_DONE,
    WS_START,
    Peer,
    Script,
    chat_event,
    gateway_done,
    gateway_event,
    ws_chunk,
    ws_done,
)
from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import StreamChunk, StreamResult
from tui.core.request import Clocks, RunPlan, StreamRequest, TransportName
from tui.transports.run_stream import StreamRun

ENVIRON = {"OPENAI_API_KEY": "sk-CANARY-123456", "STREAMSCOPE_TOKEN": "token-CANARY-123456"}
LIMIT_S = 10.0
ALL = pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
HTTP = pytest.mark.parametrize("transport", ["direct", "sse"])
CLOCKS = Clocks(connect_s=5.0, first_token_s=5.0, idle_s=5.0)


def plan_of(transport: str, url: str, **options: Any) -> RunPlan:
    options.setdefault("clocks", CLOCKS)
    return RunPlan(TransportName(transport), url, StreamRequest.of_prompt("hi", model="m"), **options)


@dataclass
class Recorded:
    """A run and all that it emitted."""

    records: list[Record] = field(default_factory=list)
    chunks: list[StreamChunk] = field(default_factory=list)
    run: StreamRun | None = None
    on_chunk_count: Callable[[int], object] | None = None
    on_marker: Callable[[Marker], object] | None = None

    def reads(self) -> list[Read]:
        return [record for record in self.records if isinstance(record, Read)]

    def heads(self) -> list[ResponseHead]:
        return [record for record in self.records if isinstance(record, ResponseHead)]

    def markers(self) -> list[Marker]:
        return [record for record in self.records if isinstance(record, Marker)]

    def marker_names(self) -> list[str]:
        return [marker.name for marker in self.markers()]

    def note(self, chunks: list[StreamChunk]) -> None:
        self.chunks += chunks
        if self.on_chunk_count is not None:
            self.on_chunk_count(len(self.chunks))

    def keep(self, record: Record) -> None:
        self.records.append(record)
        if isinstance(record, Marker) and self.on_marker is not None:
            self.on_marker(record)

    def start(self, plan: RunPlan, **options: Any) -> StreamRun:
        options.setdefault("environ", ENVIRON)
        self.run = StreamRun(plan, self.keep, on_chunks=self.note, **options)
        return self.run

    async def finish(self, plan: RunPlan, **options: Any) -> StreamResult:
        """Runs a plan within the limit, and checks what holds for every run."""
        run = self.run or self.start(plan, **options)
        async with asyncio.timeout(LIMIT_S):
            result = await run.run()
        self.check(result)
        return result

    def check(self, result: StreamResult) -> None:
        header, end = self.records[0], self.records[-1]
        assert isinstance(header, CaptureHeader)
        assert isinstance(end, CaptureEnd)
        assert sum(isinstance(record, CaptureHeader | CaptureEnd) for record in self.records) == 2
        assert (end.outcome, end.problem) == (result.outcome, result.problem)
        assert self.run is not None
        assert end.attempts == self.run.attempts == self.marker_names().count("connecting")
        times = [record.at for record in self.records if not isinstance(record, CaptureHeader)]
        assert min(times) >= 0
        assert all(value not in repr(self.records) + repr(result) for value in ENVIRON.values())


def is_ws(transport: str) -> bool:
    return transport == "ws"


async def open_stream(peer: Peer, transport: str) -> None:
    """Request and head, or handshake and `start`."""
    if is_ws(transport):
        await peer.accept_websocket()
        await peer.messages_out(WS_START)
    else:
        await peer.read_request()
        await peer.head()


async def send_tokens(peer: Peer, transport: str, first: int, stop: int) -> None:
    """tok0, tok1, ... in one write."""
    texts = [(index, f"tok{index} ") for index in range(first, stop)]
    if is_ws(transport):
        await peer.messages_out(*(ws_chunk(index, text) for index, text in texts))
    elif transport == "sse":
        await peer.chunks(*(gateway_event(index, text) for index, text in texts))
    else:
        await peer.chunks(*(chat_event(text) for _, text in texts))


async def send_end(peer: Peer, transport: str, seq: int) -> None:
    """The dialect's proof, and a proper end."""
    if is_ws(transport):
        await peer.messages_out(ws_done(seq))
        await peer.close_websocket(1000)
        return
    await peer.chunks(*([gateway_done(seq)] if transport == "sse" else [chat_event("", "stop"), CHAT_DONE]))
    await peer.end()


def tokens(count: int) -> str:
    return "".join(f"tok{index} " for index in range(count))


def healthy(transport: str, count: int = 5) -> Script:
    async def script(peer: Peer) -> None:
        await open_stream(peer, transport)
        await send_tokens(peer, transport, 0, count)
        await send_end(peer, transport, count)
        await peer.wait_gone()

    return script


def after_tokens(transport: str, end: Script, count: int = 3) -> Script:
    async def script(peer: Peer) -> None:
        await open_stream(peer, transport)
        await send_tokens(peer, transport, 0, count)
        await end(peer)

    return script


async def stall(peer: Peer) -> None:
    await peer.wait_gone()


async def reset(peer: Peer) -> None:
    await asyncio.sleep(0.05)  # the tokens must have left before the reset discards what is queued
    peer.reset()


async def cut(_peer: Peer) -> None:
    return


def failing(status: int, **headers: str) -> Script:
    return lambda peer: peer.answer(status, b'{"error":{"message":"rate"}}', **headers)
