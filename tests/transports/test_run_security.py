"""TLS is verified, proxies and compression do not get between, and no key is where it must not be."""

import gzip
from pathlib import Path

import pytest

from tests.transports.run_support import (
    ALL,
    HTTP,
    Recorded,
    cut,
    healthy,
    open_stream,
    plan_of,
    send_end,
    send_tokens,
    tokens,
)
from tests.transports.scripted_server import CERTIFICATE, CHAT_DONE, Peer, ScriptedServer, chat_event, server_tls
from tui.core.chunks import Outcome


@ALL
async def test_a_private_certificate_is_accepted_when_it_is_named(transport: str) -> None:
    recorded = Recorded()
    async with ScriptedServer(healthy(transport), tls=server_tls()) as server:
        result = await recorded.finish(plan_of(transport, server.url, ca_file=str(CERTIFICATE)))
    assert (result.outcome, result.content) == (Outcome.COMPLETED, tokens(5))
    assert recorded.reads()


@ALL
async def test_a_certificate_that_nobody_vouches_for_is_refused(transport: str) -> None:
    async with ScriptedServer(healthy(transport), tls=server_tls()) as server:
        result = await Recorded().finish(plan_of(transport, server.url))
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (Outcome.FAILED, "tls")
    assert "certificate" in result.problem.message


@ALL
async def test_a_server_without_tls_on_the_port_is_named(transport: str) -> None:
    async def plain(peer: Peer) -> None:
        await peer.reader.read(1)
        await peer.raw(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")

    async with ScriptedServer(plain) as server:
        result = await Recorded().finish(plan_of(transport, server.url.replace("http", "https")))
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (Outcome.FAILED, "tls")


@ALL
async def test_a_certificate_file_that_cannot_be_read_is_named(transport: str, tmp_path: Path) -> None:
    plan = plan_of(transport, "https://127.0.0.1:9", ca_file=str(tmp_path / "missing.pem"))
    result = await Recorded().finish(plan)
    assert result.problem is not None
    assert result.outcome is Outcome.FAILED
    assert "missing.pem" in result.problem.message


@ALL
async def test_a_proxy_of_the_environment_is_passed_by_for_this_machine(
    transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ScriptedServer(cut) as proxy, ScriptedServer(healthy(transport)) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        result = await Recorded().finish(plan_of(transport, server.url))
    assert result.outcome is Outcome.COMPLETED
    assert not proxy.peers


@HTTP
async def test_a_proxy_of_the_environment_is_used_for_others_and_its_reads_are_recorded(
    transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = Recorded()
    async with ScriptedServer(healthy(transport)) as proxy:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        result = await recorded.finish(plan_of(transport, "http://far.example"), environ={})
    assert result.outcome is Outcome.COMPLETED
    assert proxy.peers[0].request is not None
    assert "//far.example/v1/" in proxy.peers[0].request.line
    assert recorded.reads()[0].wire_bytes > 0
    assert recorded.markers()[1].name == "sent"


@HTTP
async def test_compression_is_not_asked_for_and_undone_when_it_comes(transport: str) -> None:
    recorded = Recorded()
    body = gzip.compress((chat_event("small") + chat_event("", "stop") + CHAT_DONE).encode())

    async def script(peer: Peer) -> None:
        request = await peer.read_request()
        assert request.headers["accept-encoding"] == "identity"
        await peer.head(200, str(len(body)), content_encoding="gzip")
        await peer.raw(body)

    async with ScriptedServer(script) as server:
        result = await recorded.finish(plan_of(transport, server.url))
    assert (result.outcome, result.content) == (Outcome.COMPLETED, "small")
    assert recorded.reads()[-1].wire_bytes >= len(body)
    assert b"data: [DONE]" in b"".join(read.data for read in recorded.reads() if isinstance(read.data, bytes))


@HTTP
async def test_a_damaged_compression_is_a_decoding_fault(transport: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.read_request()
        await peer.head(200, "20", content_encoding="gzip")
        await peer.raw(b"this is no gzip, no.")

    async with ScriptedServer(script) as server:
        result = await Recorded().finish(plan_of(transport, server.url))
    assert result.problem is not None
    assert result.problem.kind == "decode"


@ALL
async def test_cookies_of_a_server_do_not_reach_the_capture(transport: str) -> None:
    recorded = Recorded()

    async def script(peer: Peer) -> None:
        await peer.read_request()
        await peer.head(403, "0", set_cookie="session=very-private")

    async with ScriptedServer(script) as server:
        await recorded.finish(plan_of(transport, server.url))
    assert recorded.heads()[0].header("set-cookie") == "(hidden)"
    assert "very-private" not in repr(recorded.records)


@HTTP
async def test_a_refusal_without_end_is_bounded(transport: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.read_request()
        await peer.head(500)
        for _ in range(2000):
            await peer.chunks("x" * 10_000)

    recorded = Recorded()
    async with ScriptedServer(script) as server:
        result = await recorded.finish(plan_of(transport, server.url, event_limit_bytes=200_000))
    assert result.outcome is Outcome.FAILED
    assert sum(len(read.data) for read in recorded.reads()) < 1_000_000


async def test_a_full_path_gets_its_body_and_only_the_named_headers() -> None:
    async def script(peer: Peer) -> None:
        await open_stream(peer, "direct")
        await send_tokens(peer, "direct", 0, 1)
        await send_end(peer, "direct", 1)

    async with ScriptedServer(script) as server:
        plan = plan_of(
            "sse", server.url + "/api/generate", raw_body='{"own": true}', header_env=(("x-api-key", "NAMED"),)
        )
        recorded = Recorded()
        result = await recorded.finish(plan, environ={"NAMED": "value-one", "STREAMSCOPE_TOKEN": "unused-token"})
        chat = await Recorded().finish(plan_of("sse", server.url + "/other/chat/completions"))
    assert (result.outcome, chat.outcome) == (Outcome.COMPLETED, Outcome.COMPLETED)
    first, second = (peer.request for peer in server.peers)
    assert first is not None
    assert second is not None
    assert (first.line, first.body) == ("POST /api/generate HTTP/1.1", b'{"own": true}')
    assert first.headers["x-api-key"] == "value-one"
    assert "authorization" not in first.headers
    assert second.json()["stream"] is True
    assert second.json()["stream_options"] == {"include_usage": True}


async def test_direct_sends_what_was_asked_and_a_dummy_key_where_there_is_none() -> None:
    async with ScriptedServer(healthy("direct")) as server:
        await Recorded().finish(plan_of("direct", server.url + "/v1"), environ={})
    request = server.peers[0].request
    assert request is not None
    assert request.line == "POST /v1/chat/completions HTTP/1.1"
    assert request.headers["authorization"] == "Bearer none"
    assert request.json() == {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
