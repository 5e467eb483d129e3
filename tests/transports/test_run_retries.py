"""Further attempts: retries before the first token, reconnections after it."""

import asyncio

import pytest

from tests.transports.run_support import (
    ALL,
    HTTP,
    Recorded,
    after_tokens,
    cut,
    failing,
    healthy,
    open_stream,
    plan_of,
    reset,
    send_end,
    send_tokens,
    stall,
    tokens,
)
from tests.transports.scripted_server import Peer, Script, ScriptedServer
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.core.request import Clocks


@HTTP
async def test_retry_after_is_obeyed(transport: str) -> None:
    recorded = Recorded()
    async with ScriptedServer(failing(429, retry_after="0.3"), healthy(transport)) as server:
        result = await recorded.finish(plan_of(transport, server.url, retries=2))
    assert (result.outcome, result.content) == (Outcome.COMPLETED, tokens(5))
    assert recorded.run is not None
    assert recorded.run.attempts == 2
    retrying = next(marker for marker in recorded.markers() if marker.name == "retrying")
    assert retrying.text == "2 of 3 in 0.3 s (429)"
    again = [marker for marker in recorded.markers() if marker.name == "connecting"][1]
    assert again.at - retrying.at >= 0.29
    assert [marker.attempt for marker in recorded.markers()] == [1, 1, 1, 2, 2]


async def test_a_wait_above_the_cap_is_shown_and_not_waited() -> None:
    async with ScriptedServer(failing(429, retry_after="86400")) as server:
        result = await Recorded().finish(plan_of("sse", server.url, retries=2))
    assert result.problem is not None
    assert (result.outcome, result.problem.retry_after) == (Outcome.FAILED, 86400)
    assert len(server.peers) == 1


async def test_a_cancel_ends_the_wait_before_a_retry() -> None:
    recorded = Recorded()
    async with ScriptedServer(failing(429, retry_after="20")) as server:
        run = recorded.start(plan_of("sse", server.url, retries=2))
        asyncio.get_running_loop().call_later(0.3, run.cancel)
        result = await recorded.finish(plan_of("sse", server.url))
    assert (result.outcome, result.problem) == (Outcome.CANCELLED, None)


@ALL
async def test_a_cut_before_the_answer_is_retried_and_the_count_is_kept(transport: str) -> None:
    async def refuse(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")

    async with ScriptedServer(refuse, healthy(transport)) as server:
        assert (await Recorded().finish(plan_of(transport, server.url, retries=1))).outcome is Outcome.COMPLETED
    async with ScriptedServer(refuse) as server:
        result = await Recorded().finish(plan_of(transport, server.url, retries=1))
    assert (result.outcome, len(server.peers)) == (Outcome.FAILED, 2)


@ALL
async def test_after_a_token_nothing_is_retried(transport: str) -> None:
    async with ScriptedServer(after_tokens(transport, reset)) as server:
        result = await Recorded().finish(plan_of(transport, server.url, retries=3))
    assert (result.outcome, len(server.peers)) == (Outcome.INCOMPLETE, 1)


async def test_an_error_that_a_gateway_reports_before_the_first_token_is_retried() -> None:
    async def script(peer: Peer) -> None:
        await open_stream(peer, "sse")
        data = '{"message":"busy","kind":"http_429","outcome":"failed","status":429,"retry_after":0.1}'
        await peer.chunks(f"id: g:0\nevent: error\ndata: {data}\n\n")
        await peer.end()

    async with ScriptedServer(script, healthy("sse")) as server:
        result = await Recorded().finish(plan_of("sse", server.url, retries=1))
    assert (result.outcome, len(server.peers)) == (Outcome.COMPLETED, 2)


@pytest.mark.parametrize("transport", ["sse", "ws"])
@pytest.mark.parametrize("end", [reset, cut, stall])
async def test_a_broken_answer_is_resumed_where_it_broke(transport: str, end: Script) -> None:
    async def rest(peer: Peer) -> None:
        await open_stream(peer, transport)
        await send_tokens(peer, transport, 3, 6)
        await send_end(peer, transport, 6)

    recorded = Recorded()
    async with ScriptedServer(after_tokens(transport, end), rest) as server:
        plan = plan_of(transport, server.url, resume=True, clocks=Clocks(5, 5, 0.4))
        result = await recorded.finish(plan)
    assert (result.outcome, result.content, result.problem) == (Outcome.COMPLETED, tokens(6), None)
    first, second = server.peers
    assert all(message["type"] != "cancel" for message in first.messages)
    if transport == "ws":
        assert second.messages[0] == {"type": "resume", "data": {"gen": "g", "after": 2}}
    else:
        assert second.request is not None
        assert second.request.headers["last-event-id"] == "g:2"
    assert "retrying" in recorded.marker_names()


async def test_reconnections_end_after_three_and_the_text_stays() -> None:
    async def again(peer: Peer) -> None:
        await open_stream(peer, "sse")

    async with ScriptedServer(after_tokens("sse", reset), again) as server:
        result = await Recorded().finish(plan_of("sse", server.url, resume=True))
    assert (result.outcome, result.content, len(server.peers)) == (Outcome.INCOMPLETE, tokens(3), 4)


async def test_a_gateway_that_is_gone_leaves_the_answer_incomplete() -> None:
    server = ScriptedServer(after_tokens("sse", reset))
    recorded = Recorded()
    async with server:
        plan = plan_of("sse", server.url, resume=True)
        recorded.on_chunk_count = lambda _: server.stop_listening()
        result = await recorded.finish(plan)
    assert result.problem is not None
    assert (result.outcome, result.content, result.problem.kind) == (Outcome.INCOMPLETE, tokens(3), "connect")
    assert recorded.run is not None
    assert recorded.run.attempts == 4


async def test_an_answer_that_expired_says_so() -> None:
    async with ScriptedServer(after_tokens("sse", reset), failing(410)) as server:
        result = await Recorded().finish(plan_of("sse", server.url, resume=True))
    assert result.problem is not None
    assert (result.outcome, result.problem.kind, len(server.peers)) == (Outcome.INCOMPLETE, "resume_expired", 2)


@pytest.mark.parametrize("transport", ["sse", "ws"])
async def test_the_seam_is_in_the_capture_and_in_the_remarks(transport: str) -> None:
    async def rest(peer: Peer) -> None:
        await open_stream(peer, transport)
        await send_tokens(peer, transport, 1, 6)  # events 1 and 2 come again, and are dropped
        await send_end(peer, transport, 6)

    recorded = Recorded()
    async with ScriptedServer(after_tokens(transport, cut), rest) as server:
        result = await recorded.finish(plan_of(transport, server.url, resume=True))
    assert (result.outcome, result.content) == (Outcome.COMPLETED, tokens(6))
    sentence = "reconnected after seq 2, 0 lost"
    assert [(marker.name, marker.text, marker.attempt) for marker in recorded.markers() if marker.name == "seam"] == [
        ("seam", sentence, 2)
    ]
    assert sentence in result.remarks
    derived = DerivedRun.of_records(recorded.records)
    assert derived.result is not None
    assert sentence in derived.result.remarks


async def test_a_gap_behind_the_seam_is_no_seam_but_a_problem() -> None:
    async def with_a_gap(peer: Peer) -> None:
        await open_stream(peer, "sse")
        await send_tokens(peer, "sse", 4, 6)

    recorded = Recorded()
    async with ScriptedServer(after_tokens("sse", cut), with_a_gap) as server:
        result = await recorded.finish(plan_of("sse", server.url, resume=True))
    assert result.problem is not None
    assert (result.outcome, result.problem.kind, result.content) == (Outcome.INCOMPLETE, "sequence", tokens(3))
    assert "seam" not in recorded.marker_names()


@pytest.mark.parametrize("transport", ["sse", "ws"])
async def test_a_cut_before_the_first_event_resumes_by_the_name_in_the_head(transport: str) -> None:
    async def head_alone(peer: Peer) -> None:
        if transport == "ws":
            await peer.accept_websocket(x_streamscope_generation="g")
        else:
            await peer.read_request()
            await peer.head(x_streamscope_generation="g")

    async with ScriptedServer(head_alone, healthy(transport)) as server:
        result = await Recorded().finish(plan_of(transport, server.url, resume=True))
    assert (result.outcome, result.content) == (Outcome.COMPLETED, tokens(5))
    second = server.peers[1]
    if transport == "ws":
        assert second.messages[0] == {"type": "resume", "data": {"gen": "g", "after": -1}}
    else:
        assert second.request is not None
        assert (second.request.headers["last-event-id"], second.request.body) == ("g:-1", b"")


@pytest.mark.parametrize("transport", ["sse", "ws"])
async def test_an_answer_that_nothing_names_is_not_asked_for_again(transport: str) -> None:
    async def head_alone(peer: Peer) -> None:
        if transport == "ws":
            await peer.accept_websocket()
        else:
            await peer.read_request()
            await peer.head()

    async with ScriptedServer(head_alone) as server:
        result = await Recorded().finish(plan_of(transport, server.url, resume=True))
    assert (result.outcome, len(server.peers)) == (Outcome.INCOMPLETE, 1)


async def test_a_route_without_numbers_is_not_resumed() -> None:
    async with ScriptedServer(after_tokens("sse", cut)) as server:
        result = await Recorded().finish(plan_of("sse", f"{server.url}/v1/stream/raw", resume=True))
    assert (result.outcome, result.content, len(server.peers)) == (Outcome.INCOMPLETE, tokens(3), 1)


async def test_a_refused_reconnection_waits_as_it_was_asked_to() -> None:
    async def rest(peer: Peer) -> None:
        await open_stream(peer, "sse")
        await send_tokens(peer, "sse", 3, 5)
        await send_end(peer, "sse", 5)

    recorded = Recorded()
    async with ScriptedServer(after_tokens("sse", cut), failing(503, retry_after="0.7"), rest) as server:
        result = await recorded.finish(plan_of("sse", server.url, resume=True))
    assert (result.outcome, result.content) == (Outcome.COMPLETED, tokens(5))
    texts = [marker.text for marker in recorded.markers() if marker.name == "retrying"]
    assert texts[1] == "2 of 3 in 0.7 s (resume)"


async def test_a_websocket_that_no_longer_has_the_answer_leaves_it_incomplete() -> None:
    async def expired(peer: Peer) -> None:
        await peer.accept_websocket()
        data = {"message": "gone", "kind": "resume_expired", "outcome": "failed", "status": 410}
        await peer.messages_out({"type": "error", "data": data})
        await peer.wait_gone()

    async with ScriptedServer(after_tokens("ws", cut), expired) as server:
        result = await Recorded().finish(plan_of("ws", server.url, resume=True))
    assert result.problem is not None
    assert (result.outcome, result.problem.kind, result.content) == (Outcome.INCOMPLETE, "resume_expired", tokens(3))


async def test_a_cancel_between_two_websockets_tells_the_gateway_over_http() -> None:
    deleted: list[str] = []

    async def take_delete(peer: Peer) -> None:
        deleted.append((await peer.read_request()).line)
        await peer.head(200, "0")

    recorded = Recorded()
    async with ScriptedServer(after_tokens("ws", cut), failing(503, retry_after="9"), take_delete) as server:
        run = recorded.start(plan_of("ws", server.url, resume=True))
        waiting = asyncio.Event()
        recorded.on_marker = lambda marker: waiting.set() if marker.text.startswith("2 of 3") else None
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(recorded.finish(plan_of("ws", server.url)))
            await waiting.wait()
            run.cancel()
    assert running.result().outcome is Outcome.CANCELLED
    assert deleted == ["DELETE /v1/stream/g HTTP/1.1"]
