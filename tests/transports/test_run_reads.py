"""What a run hands on of the bytes: one read for each socket read, its time, its size."""

import asyncio
from itertools import pairwise

import pytest

from tests.transports.run_support import (
    ALL,
    HTTP,
    Recorded,
    healthy,
    open_stream,
    plan_of,
    send_end,
    send_tokens,
    tokens,
)
from tests.transports.scripted_server import Peer, ScriptedServer, chat_event, gateway_event, ws_chunk
from tui.core.capture import CaptureHeader
from tui.core.chunks import Outcome
from tui.core.request import Clocks


@ALL
async def test_the_header_has_no_key_and_the_clock_begins_with_the_run(transport: str) -> None:
    recorded = Recorded()
    async with ScriptedServer(healthy(transport)) as server:
        before = asyncio.get_running_loop().time()
        await recorded.finish(plan_of(transport, server.url))
    header = recorded.records[0]
    assert isinstance(header, CaptureHeader)
    assert header.clock is not None
    assert before <= header.clock <= asyncio.get_running_loop().time()
    assert (header.transport, header.url) == (transport, server.url)
    assert header.request["messages"][0]["content"] == "hi"
    assert "streamscope" in header.software


@HTTP
async def test_many_chunks_in_one_segment_are_one_read(transport: str) -> None:
    recorded = Recorded()

    async def script(peer: Peer) -> None:
        await open_stream(peer, transport)
        await asyncio.sleep(0.1)  # the head goes in a segment of its own
        await send_tokens(peer, transport, 0, 20)
        await asyncio.sleep(0.1)
        await send_end(peer, transport, 20)

    async with ScriptedServer(script) as server:
        result = await recorded.finish(plan_of(transport, server.url))
    first, *rest = recorded.reads()
    event = chat_event if transport == "direct" else lambda text: gateway_event(int(text[3:]), text)
    assert first.data == "".join(event(f"tok{index} ") for index in range(20)).encode()
    assert first.wire_bytes > len(first.data)
    assert len(rest) == 1
    assert rest[0].at - first.at >= 0.09
    assert result.content == tokens(20)


@HTTP
async def test_reads_that_are_held_are_taken_together_and_keep_their_times(transport: str) -> None:
    """Nothing but the end of the connection wakes the run after the head. Both ends share a loop, so each token is
    read before the next one is sent."""
    recorded = Recorded()
    loop, sent = asyncio.get_running_loop(), []

    async def script(peer: Peer) -> None:
        await open_stream(peer, transport)
        for index in range(4):
            await asyncio.sleep(0.05)
            sent.append(loop.time())
            await send_tokens(peer, transport, index, index + 1)
        await asyncio.sleep(0.05)
        assert not recorded.reads()
        sent.append(loop.time())

    async with ScriptedServer(script) as server:
        result = await recorded.finish(plan_of(transport, server.url), hold_s=1000.0)
    reads = recorded.reads()
    assert (len(reads), result.content) == (4, tokens(4))
    header = recorded.records[0]
    assert isinstance(header, CaptureHeader)
    stamps = [(header.clock or 0.0) + read.at for read in reads]
    assert all(before - 1e-6 <= stamp <= after for stamp, (before, after) in zip(stamps, pairwise(sent), strict=True))


@HTTP
async def test_a_cancel_takes_what_is_held_along(transport: str) -> None:
    recorded = Recorded()

    async def script(peer: Peer) -> None:
        await open_stream(peer, transport)
        await asyncio.sleep(0.05)
        await send_tokens(peer, transport, 0, 3)
        await asyncio.sleep(0.05)
        assert not recorded.reads()
        assert recorded.run is not None
        recorded.run.cancel()
        await peer.wait_gone()

    async with ScriptedServer(script) as server:
        result = await recorded.finish(plan_of(transport, server.url), hold_s=1000.0)
    assert (result.outcome, result.content) == (Outcome.CANCELLED, tokens(3))


@HTTP
async def test_a_clock_that_runs_out_looks_at_what_is_held_first(transport: str) -> None:
    """The tokens came in time, so the run goes on; then none comes, and the clock for the next one ends it."""
    recorded = Recorded()
    clocks = Clocks(connect_s=5.0, first_token_s=1.5, idle_s=0.2)

    async def script(peer: Peer) -> None:
        await open_stream(peer, transport)
        await asyncio.sleep(0.05)
        await send_tokens(peer, transport, 0, 3)
        await peer.wait_gone()

    async with ScriptedServer(script) as server:
        result = await recorded.finish(plan_of(transport, server.url, clocks=clocks), hold_s=1000.0)
    assert result.problem is not None
    assert (result.problem.kind, result.content) == ("idle_timeout", tokens(3))


async def test_messages_of_one_segment_are_reads_with_one_time() -> None:
    recorded = Recorded()

    async def script(peer: Peer) -> None:
        await open_stream(peer, "ws")
        await asyncio.sleep(0.05)
        await send_tokens(peer, "ws", 0, 20)
        await asyncio.sleep(0.05)
        await send_end(peer, "ws", 20)

    async with ScriptedServer(script) as server:
        await recorded.finish(plan_of("ws", server.url))
    reads = [read for read in recorded.reads() if "chunk" in str(read.data)]
    assert len(reads) == 20
    assert len({read.at for read in reads}) == 1
    assert all(read.wire_bytes == len(str(read.data)) + 2 for read in reads if len(str(read.data)) < 126)


@pytest.mark.parametrize("size", [100, 126, 70_000])
async def test_the_wire_size_of_a_message_counts_its_frame(size: int) -> None:
    recorded = Recorded()

    async def script(peer: Peer) -> None:
        await open_stream(peer, "ws")
        await peer.messages_out(ws_chunk(0, "x" * size))
        await send_end(peer, "ws", 1)

    async with ScriptedServer(script) as server:
        await recorded.finish(plan_of("ws", server.url))
    read = recorded.reads()[1]
    header = 2 if len(read.data) < 126 else 4 if len(read.data) < 65536 else 10  # RFC 6455 5.2, unmasked
    assert read.wire_bytes == len(read.data) + header
