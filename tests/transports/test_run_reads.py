"""What a run hands on of the bytes: one read for each socket read, its time, its size."""

import asyncio

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
