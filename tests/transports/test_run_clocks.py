"""The three clocks of a run, and the end of waiting."""

import asyncio
import json

from tests.transports.run_support import (
    ALL,
    HTTP,
    Recorded,
    after_tokens,
    open_stream,
    plan_of,
    send_end,
    send_tokens,
    stall,
    tokens,
)
from tests.transports.scripted_server import Peer, ScriptedServer
from tui.core.capture import CaptureEnd
from tui.core.chunks import Outcome
from tui.core.request import Clocks
from tui.transports.run_watchdog import GROWTH_BYTES


async def test_a_body_of_a_refusal_that_never_ends_is_left() -> None:
    async def script(peer: Peer) -> None:
        await peer.read_request()
        await peer.head(503)
        await peer.chunks('{"error":')
        await peer.wait_gone()

    async with ScriptedServer(script) as server:
        result = await Recorded().finish(plan_of("sse", server.url, clocks=Clocks(5, 0.2, 5)))
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (Outcome.FAILED, "http_503")


@ALL
async def test_a_stall_is_an_idle_time_out(transport: str) -> None:
    async with ScriptedServer(after_tokens(transport, stall)) as server:
        result = await Recorded().finish(plan_of(transport, server.url, clocks=Clocks(5, 5, 0.2)))
    assert (result.outcome, result.content) == (Outcome.INCOMPLETE, tokens(3))
    assert result.problem is not None
    assert result.problem.kind == "idle_timeout"


@HTTP
async def test_comments_are_no_progress(transport: str) -> None:
    async def pings(peer: Peer) -> None:
        for _ in range(200):
            await peer.chunks(": ping\n\n")
            await asyncio.sleep(0.02)

    async with ScriptedServer(after_tokens(transport, pings)) as server:
        result = await Recorded().finish(plan_of(transport, server.url, clocks=Clocks(5, 5, 0.3)))
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (Outcome.INCOMPLETE, "idle_timeout")


@HTTP
async def test_a_long_event_on_its_way_is_no_silence(transport: str) -> None:
    async def one_event(peer: Peer) -> None:
        await peer.chunks("data: ")
        for _ in range(4):
            await peer.chunks("A" * GROWTH_BYTES)
            await asyncio.sleep(0.2)

    async with ScriptedServer(after_tokens(transport, one_event)) as server:
        result = await Recorded().finish(plan_of(transport, server.url, clocks=Clocks(5, 5, 0.5)))
    assert result.problem is not None
    assert result.problem.kind != "idle_timeout"


@HTTP
async def test_an_event_that_drips_is_silence(transport: str) -> None:
    async def drips(peer: Peer) -> None:
        await peer.chunks("data: ")
        for _ in range(200):
            await peer.chunks("A" * 100)
            await asyncio.sleep(0.02)

    async with ScriptedServer(after_tokens(transport, drips)) as server:
        result = await Recorded().finish(plan_of(transport, server.url, clocks=Clocks(5, 5, 0.3)))
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (Outcome.INCOMPLETE, "idle_timeout")


@ALL
async def test_slow_tokens_are_no_time_out(transport: str) -> None:
    async def script(peer: Peer) -> None:
        await open_stream(peer, transport)
        for index in range(4):
            await send_tokens(peer, transport, index, index + 1)
            await asyncio.sleep(0.2)
        await send_end(peer, transport, 4)

    async with ScriptedServer(script) as server:
        result = await Recorded().finish(plan_of(transport, server.url, clocks=Clocks(5, 5, 0.7)))
    assert (result.outcome, result.content) == (Outcome.COMPLETED, tokens(4))


@ALL
async def test_no_answer_is_a_time_out_and_nothing_was_accepted(transport: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.wait_gone()

    async with ScriptedServer(script) as server:
        result = await Recorded().finish(plan_of(transport, server.url, clocks=Clocks(0.2, 0.2, 5)))
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (Outcome.FAILED, "timeout")


@ALL
async def test_no_token_after_the_head_is_incomplete_unless_the_head_is_a_gateways(transport: str) -> None:
    async def script(peer: Peer) -> None:
        await open_stream(peer, transport)
        await peer.wait_gone()

    async with ScriptedServer(script) as server:
        result = await Recorded().finish(plan_of(transport, server.url, clocks=Clocks(5, 0.2, 5)))
    assert result.problem is not None
    expected = (
        Outcome.INCOMPLETE if transport == "direct" else Outcome.FAILED
    )  # a gateway's head comes before any upstream
    assert (result.outcome, result.problem.kind) == (expected, "timeout")


@ALL
async def test_after_the_end_mark_the_connection_is_closed_at_once(transport: str) -> None:
    async def script(peer: Peer) -> None:
        await healthy_without_end(peer)
        await peer.wait_gone()

    async def healthy_without_end(peer: Peer) -> None:
        await open_stream(peer, transport)
        await send_tokens(peer, transport, 0, 2)
        if transport == "ws":
            await peer.messages_out({"type": "done", "data": {"seq": 2}})
        else:
            await peer.chunks(
                "data: [DONE]\n\n" if transport == "direct" else 'id: g:2\nevent: done\ndata: {"done":true}\n\n'
            )

    recorded = Recorded()
    async with ScriptedServer(script) as server:
        result = await recorded.finish(plan_of(transport, server.url))
    assert (result.outcome, result.content) == (Outcome.COMPLETED, tokens(2))
    end = recorded.records[-1]
    assert isinstance(end, CaptureEnd)
    assert end.at - recorded.reads()[-1].at < 1.0


async def test_a_chunk_without_text_is_no_first_token() -> None:
    async def script(peer: Peer) -> None:
        await open_stream(peer, "direct")
        for index in range(100):
            value = {"model": f"m{index}", "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}
            await peer.chunks(f"data: {json.dumps(value)}\n\n")
            await asyncio.sleep(0.02)

    recorded = Recorded()
    async with ScriptedServer(script) as server:
        result = await recorded.finish(plan_of("direct", server.url, clocks=Clocks(5, 0.3, 5)))
    assert recorded.chunks
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (Outcome.INCOMPLETE, "timeout")


async def test_an_idle_time_out_asks_for_no_cancel_whose_answer_could_pass_for_the_outcome() -> None:
    async def end(peer: Peer) -> None:
        if await peer.read_message() is not None:
            await peer.messages_out({"type": "cancelled", "data": {"count": 3}})

    async with ScriptedServer(after_tokens("ws", end)) as server:
        result = await Recorded().finish(plan_of("ws", server.url, clocks=Clocks(5, 5, 0.2)))
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (Outcome.INCOMPLETE, "idle_timeout")
