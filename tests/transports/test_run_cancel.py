"""Cancelling a run at every moment: what it says, what it closes, what it keeps."""

import asyncio

from tests.transports.run_support import (
    ALL,
    Recorded,
    after_tokens,
    healthy,
    plan_of,
    stall,
    tokens,
)
from tests.transports.scripted_server import Peer, ScriptedServer
from tui.core.capture import CaptureEnd
from tui.core.chunks import Outcome


@ALL
async def test_cancel_closes_the_far_end_and_keeps_the_text(transport: str) -> None:
    gone: list[float] = []
    loop = asyncio.get_running_loop()

    async def end(peer: Peer) -> None:
        if transport == "ws":
            assert await peer.read_message() == {"type": "cancel", "data": {}}
            gone.append(loop.time())
            await peer.messages_out({"type": "cancelled", "data": {"count": 3}})
        await peer.wait_gone()
        gone.append(loop.time())

    recorded = Recorded()
    called: list[float] = []

    def cancel_at_three(count: int) -> None:
        if count >= 3 and recorded.run is not None:
            called.append(loop.time())
            recorded.run.cancel()
            recorded.run.cancel()

    recorded.on_chunk_count = cancel_at_three
    async with ScriptedServer(after_tokens(transport, end)) as server:
        result = await recorded.finish(plan_of(transport, server.url))
    assert (result.outcome, result.content, result.problem) == (Outcome.CANCELLED, tokens(3), None)
    assert recorded.marker_names() == ["connecting", "sent", "cancelling", "cancelled"]
    assert gone[0] - called[0] < 0.9, "the far end sees it before any time limit of ours runs out"
    recorded.run.cancel() if recorded.run else None
    assert isinstance(recorded.records[-1], CaptureEnd)


async def test_a_websocket_server_that_ignores_cancel_is_left_after_a_second() -> None:
    recorded = Recorded()
    recorded.on_chunk_count = lambda _: recorded.run.cancel() if recorded.run else None
    async with ScriptedServer(after_tokens("ws", stall)) as server:
        result = await recorded.finish(plan_of("ws", server.url))
    assert result.outcome is Outcome.CANCELLED
    times = {marker.name: marker.at for marker in recorded.markers()}
    assert 0.9 <= times["cancelled"] - times["cancelling"] < 2.0


@ALL
async def test_cancel_while_connecting_and_before_the_run(transport: str) -> None:
    recorded = Recorded()

    async def cancel_and_stall(peer: Peer) -> None:
        assert recorded.run is not None
        recorded.run.cancel()
        await stall(peer)

    async with ScriptedServer(cancel_and_stall) as server:
        result = await recorded.finish(plan_of(transport, server.url))
        assert result.outcome is Outcome.CANCELLED
        early = Recorded()
        early.start(plan_of(transport, server.url)).cancel()
        assert (await early.finish(plan_of(transport, server.url))).outcome is Outcome.CANCELLED
    assert len(server.peers) == 1


@ALL
async def test_a_cancel_after_the_proof_changes_nothing(transport: str) -> None:
    recorded = Recorded()
    async with ScriptedServer(healthy(transport)) as server:
        result = await recorded.finish(plan_of(transport, server.url))
        assert recorded.run is not None
        recorded.run.cancel()
    recorded.check(result)
    assert result.outcome is Outcome.COMPLETED


@ALL
async def test_a_cancelled_task_closes_its_socket_emits_its_end_and_raises(transport: str) -> None:
    recorded = Recorded()
    async with ScriptedServer(after_tokens(transport, stall)) as server:
        run = recorded.start(plan_of(transport, server.url))
        async with asyncio.TaskGroup() as group:
            task = group.create_task(run.run())
            recorded.on_chunk_count = lambda _: task.cancel()
    assert task.cancelled()
    end = recorded.records[-1]
    assert isinstance(end, CaptureEnd)
    assert end.outcome is Outcome.CANCELLED


async def test_a_cancel_tells_a_gateway_that_might_wait_for_a_reconnection() -> None:
    async def delete(peer: Peer) -> None:
        await peer.answer(200, b"{}")

    recorded = Recorded()
    recorded.on_chunk_count = lambda _: recorded.run.cancel() if recorded.run else None
    async with ScriptedServer(after_tokens("sse", stall), delete) as server:
        result = await recorded.finish(plan_of("sse", server.url, resume=True))
    assert result.outcome is Outcome.CANCELLED
    assert server.peers[1].request is not None
    assert server.peers[1].request.line.startswith("DELETE /v1/stream/g ")
