"""How runs end, against real sockets."""

import asyncio
from typing import Any

import pytest

from tests.transports.run_support import (
    ALL,
    ENVIRON,
    HTTP,
    Recorded,
    after_tokens,
    cut,
    healthy,
    plan_of,
    reset,
    tokens,
)
from tests.transports.scripted_server import (
    CERTIFICATE,
    CHAT_DONE,
    Peer,
    Script,
    ScriptedServer,
    chat_event,
    server_tls,
    ws_chunk,
)
from tui.core.capture import Read, ResponseHead
from tui.core.chunks import Outcome
from tui.core.request import RunPlan
from tui.transports.base import Now, ResumePoint, Take


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


@ALL
async def test_a_reset_under_tls_is_a_reset(transport: str) -> None:
    async with ScriptedServer(after_tokens(transport, reset), tls=server_tls()) as server:
        result = await Recorded().finish(plan_of(transport, server.url, ca_file=str(CERTIFICATE)))
    assert result.problem is not None
    assert (result.outcome, result.content, result.problem.kind) == (Outcome.INCOMPLETE, tokens(3), "reset")


@HTTP
@pytest.mark.parametrize(("end", "kind"), [(cut, "connect"), (reset, "reset")])
async def test_an_end_during_the_handshake_of_tls_is_no_fault_of_tls(transport: str, end: Script, kind: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.reader.read(65536)
        await end(peer)

    async with ScriptedServer(script) as server:
        result = await Recorded().finish(plan_of(transport, server.url.replace("http", "https")))
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (Outcome.FAILED, kind)


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
        async def exchange(self, *_: Any, **__: Any) -> None:
            raise LookupError("details that must not be shown")

    recorded = Recorded()
    result = await recorded.finish(plan_of("sse", "http://h"), transport=Broken())
    assert result.problem is not None
    assert (result.problem.kind, result.outcome) == ("internal", Outcome.FAILED)
    assert "LookupError" in result.problem.message
    assert "details" not in result.problem.message


async def test_a_transport_of_the_callers_own_is_used_as_it_is() -> None:
    class Given:
        async def exchange(
            self, _plan: RunPlan, take: Take, now: Now, _resume_after: ResumePoint | None = None
        ) -> None:
            take(ResponseHead(200, (("content-type", "text/event-stream"),), now()))
            take(Read(now(), (chat_event("given") + CHAT_DONE).encode()))

    result = await Recorded().finish(plan_of("direct", "http://far.example"), transport=Given())
    assert (result.outcome, result.content) == (Outcome.COMPLETED, "given")


@ALL
async def test_a_dialect_that_is_none_fails_in_words(transport: str) -> None:
    async with ScriptedServer(healthy(transport)) as server:
        result = await Recorded().finish(plan_of(transport, server.url, dialect="klingon"))
    assert result.outcome is Outcome.FAILED
    assert result.problem is not None
    assert "klingon" in result.problem.message
