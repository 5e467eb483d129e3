"""Runs against real sockets: outcomes, clocks, cancel, retries, resume, and that nothing is left behind."""

import asyncio
from typing import Any

import pytest
from run_support import CLOCKS, ENVIRON, Recorded, open_stream, plan_of, send_end, send_tokens, tokens
from scripted_server import Peer, ScriptedServer, Script, chat_event, gateway_event, ws_chunk

from tui.core.capture import CaptureEnd, CaptureHeader, Marker
from tui.core.chunks import Outcome
from tui.core.request import Clocks
from tui.transports.base import Now, ResumePoint, Take
from tui.transports.run_stream import StreamRun

ALL = pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
HTTP = pytest.mark.parametrize("transport", ["direct", "sse"])


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


@ALL
async def test_a_healthy_stream_is_completed(transport: str) -> None:
    recorded = Recorded()
    async with ScriptedServer(healthy(transport)) as server:
        result = await recorded.finish(plan_of(transport, server.url))
    assert (result.outcome, result.content, result.problem) == (Outcome.COMPLETED, tokens(5), None)
    assert "".join(chunk.content for chunk in recorded.chunks) == tokens(5)
    assert [head.status for head in recorded.heads()] == [101 if transport == "ws" else 200]
    assert recorded.marker_names() == ["connecting", "sent"]


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


@ALL
async def test_a_refused_connection_fails_and_says_so(transport: str) -> None:
    async with ScriptedServer(cut) as server:
        url = server.url
    result = await Recorded().finish(plan_of(transport, url))
    assert result.outcome is Outcome.FAILED
    assert result.problem is not None
    assert result.problem.kind == "connect"
    assert "refused" in result.problem.message
    assert url.removeprefix("http://") in result.problem.message


@ALL
async def test_a_name_without_address_fails(transport: str) -> None:
    result = await Recorded().finish(plan_of(transport, "https://no-such-host.invalid"))
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (Outcome.FAILED, "dns")


@ALL
@pytest.mark.parametrize(("end", "kinds"), [(cut, {"disconnected"}), (reset, {"reset", "disconnected"})])
async def test_a_connection_that_ends_before_the_answer_fails(transport: str, end: Script, kinds: set[str]) -> None:
    async def script(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        await end(peer)

    async with ScriptedServer(script) as server:
        result = await Recorded().finish(plan_of(transport, server.url))
    assert result.outcome is Outcome.FAILED
    assert result.problem is not None
    assert result.problem.kind in kinds


@ALL
async def test_a_reset_keeps_the_text(transport: str) -> None:
    async with ScriptedServer(after_tokens(transport, reset)) as server:
        result = await Recorded().finish(plan_of(transport, server.url))
    assert (result.outcome, result.content) == (Outcome.INCOMPLETE, tokens(3))
    assert result.problem is not None
    assert result.problem.kind == "reset"


@pytest.mark.parametrize(("transport", "kind"), [("direct", "truncated"), ("sse", "truncated"), ("ws", "ws_1006")])
async def test_a_cut_keeps_the_text(transport: str, kind: str) -> None:
    async with ScriptedServer(after_tokens(transport, cut)) as server:
        result = await Recorded().finish(plan_of(transport, server.url))
    assert (result.outcome, result.content) == (Outcome.INCOMPLETE, tokens(3))
    assert result.problem is not None
    assert result.problem.kind == kind


@ALL
async def test_a_clean_end_without_proof_is_incomplete(transport: str) -> None:
    async def end(peer: Peer) -> None:
        await (peer.close_websocket(1000) if transport == "ws" else peer.end())

    async with ScriptedServer(after_tokens(transport, end)) as server:
        result = await Recorded().finish(plan_of(transport, server.url))
    assert (result.outcome, result.content) == (Outcome.INCOMPLETE, tokens(3))
    assert result.problem is not None
    assert result.problem.kind == "no_terminal"


@pytest.mark.parametrize(
    ("code", "kind"),
    [(1001, "server_going_away"), (1011, "server_error"), (1012, "try_again_later"), (1013, "try_again_later"),
     (1008, "ws_1008"), (4401, "ws_4401")],
)  # fmt: skip
async def test_a_websocket_close_is_named_by_its_code(code: int, kind: str) -> None:
    async with ScriptedServer(after_tokens("ws", lambda peer: peer.close_websocket(code, "bye"))) as server:
        result = await Recorded().finish(plan_of("ws", server.url))
    assert (result.outcome, result.content) == (Outcome.INCOMPLETE, tokens(3))
    assert result.problem is not None
    assert result.problem.kind == kind
    assert f"{code}: bye" in result.problem.message


@ALL
async def test_a_message_over_the_limit_is_refused(transport: str) -> None:
    async def end(peer: Peer) -> None:
        if transport == "ws":
            await peer.messages_out(ws_chunk(3, "x" * 5000))
        else:
            await peer.chunks("data: " + "x" * 5000)
        await peer.read_message() if transport == "ws" else await peer.wait_gone()

    async with ScriptedServer(after_tokens(transport, end)) as server:
        result = await Recorded().finish(plan_of(transport, server.url, event_limit_bytes=2000))
    assert (result.outcome, result.content) == (Outcome.FAILED, tokens(3))
    assert result.problem is not None
    assert result.problem.kind == "too_large"
    assert transport != "ws" or server.peers[0].close_code == 1009


@HTTP
async def test_a_key_that_the_server_echoes_is_masked(transport: str) -> None:
    key = ENVIRON["OPENAI_API_KEY" if transport == "direct" else "STREAMSCOPE_TOKEN"]
    body = f'{{"error":{{"message":"Incorrect key: {key}","type":"{key}"}}}}'.encode()
    seen: list[str] = []

    async def script(peer: Peer) -> None:
        await peer.answer(401, body, x_key=key)
        assert peer.request is not None
        seen.append(peer.request.headers["authorization"])

    run = Recorded()
    async with ScriptedServer(script) as server:
        async with asyncio.timeout(5):
            result = await run.start(plan_of(transport, server.url)).run()
    assert seen == [f"Bearer {key}"]
    assert result.problem is not None
    assert (result.outcome, result.problem.kind, result.problem.status) == (Outcome.FAILED, "auth", 401)
    assert "Incorrect key" in result.problem.message
    assert key not in repr(result.problem) + repr(run.heads())


@HTTP
@pytest.mark.parametrize(
    ("status", "headers", "body", "kind"),
    [
        (404, {}, b'{"error":{"message":"no such model"}}', "http_404"),
        (503, {}, b"", "http_503"),
        (200, {"content_type": "text/html"}, b"<html>Sign in</html>", "content_type"),
        (302, {"location": "https://user:word@evil.example/x"}, b"", "redirect"),
        (307, {"location": "/elsewhere"}, b"", "redirect"),
    ],
)
async def test_an_answer_that_is_no_stream_fails(
    transport: str, status: int, headers: dict[str, str], body: bytes, kind: str
) -> None:
    recorded = Recorded()
    async with ScriptedServer(lambda peer: peer.answer(status, body, **headers)) as server:
        result = await recorded.finish(plan_of(transport, server.url))
    assert result.outcome is Outcome.FAILED
    assert result.problem is not None
    assert result.problem.kind == kind
    assert len(server.peers) == 1
    assert recorded.heads()[0].status == status
    if kind == "redirect":
        assert server.url.removeprefix("http://") in result.problem.message
        assert "word" not in result.problem.message
        assert ("evil.example" in result.problem.message) is ("evil" in headers["location"])


async def test_a_redirected_handshake_is_not_followed() -> None:
    target = ScriptedServer(cut)
    async with target, ScriptedServer(lambda peer: peer.answer(307, b"", location=target.url)) as server:
        result = await Recorded().finish(plan_of("ws", server.url))
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (Outcome.FAILED, "redirect")
    assert target.url.removeprefix("http://") in result.problem.message
    assert not target.peers


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


@ALL
async def test_slow_tokens_are_no_time_out(transport: str) -> None:
    async def script(peer: Peer) -> None:
        await open_stream(peer, transport)
        for index in range(4):
            await send_tokens(peer, transport, index, index + 1)
            await asyncio.sleep(0.2)
        await send_end(peer, transport, 4)

    async with ScriptedServer(script) as server:
        result = await Recorded().finish(plan_of(transport, server.url, clocks=Clocks(5, 5, 0.5)))
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
async def test_no_token_after_the_head_is_incomplete(transport: str) -> None:
    async def script(peer: Peer) -> None:
        await open_stream(peer, transport)
        await peer.wait_gone()

    async with ScriptedServer(script) as server:
        result = await Recorded().finish(plan_of(transport, server.url, clocks=Clocks(5, 0.2, 5)))
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (Outcome.INCOMPLETE, "timeout")


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
    assert gone[0] - called[0] < 0.25
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
    async with ScriptedServer(stall) as server:
        run = recorded.start(plan_of(transport, server.url))
        asyncio.get_running_loop().call_later(0.1, run.cancel)
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


def failing(status: int, **headers: str) -> Script:
    return lambda peer: peer.answer(status, b'{"error":{"message":"rate"}}', **headers)


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


async def test_a_key_is_not_sent_over_plain_http_to_another_machine() -> None:
    result = await Recorded().finish(plan_of("direct", "http://far.example/v1"))
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (Outcome.FAILED, "insecure")


@pytest.mark.parametrize("url", ["nonsense", "ftp://h/", "http://[::1"])
async def test_an_address_that_is_none_fails_in_words(url: str) -> None:
    result = await Recorded().finish(plan_of("sse", url))
    assert result.outcome is Outcome.FAILED
    assert result.problem is not None
    assert "URL" in result.problem.message


async def test_a_fault_of_our_own_is_an_outcome() -> None:
    class Broken:
        async def exchange(self, plan: Any, take: Take, now: Now, resume_after: ResumePoint | None = None) -> None:
            raise LookupError("details that must not be shown")

    recorded = Recorded()
    result = await recorded.finish(plan_of("sse", "http://h"), transport=Broken())
    assert result.problem is not None
    assert (result.problem.kind, result.outcome) == ("internal", Outcome.FAILED)
    assert "LookupError" in result.problem.message
    assert "details" not in result.problem.message


async def test_a_transport_of_the_callers_own_is_used_as_it_is() -> None:
    class Given:
        async def exchange(self, plan: Any, take: Take, now: Now, resume_after: ResumePoint | None = None) -> None:
            take(Marker("sent", now()))

    result = await StreamRun(plan_of("sse", "http://h", clocks=CLOCKS), lambda _: None, transport=Given()).run()
    assert result.outcome is not Outcome.COMPLETED
