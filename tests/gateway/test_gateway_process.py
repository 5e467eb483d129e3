from __future__ import annotations

import asyncio
import json
import signal
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.gateway.gateway_process import finished, gateway_process
from tests.gateway.running_gateway import HELLO, events_of, gateway_settings, running_gateway
from tests.gateway.scripted_upstream import Exchange, ScriptedUpstream, for_ever, three_words_then_silence
from tui.core.chunks import Outcome
from tui.core.wire.response_decoder import ResponseDecoder
from tui.errors import UsageError
from tui.gateway.gateway_settings import GatewaySettings
from tui.gateway.server import DRAIN_S, GRACEFUL_S, GatewayServer, bind, create_app


async def test_the_ready_line_is_all_of_stdout_and_the_end_of_stdin_ends_it() -> None:
    async with gateway_process("--end-with-stdin") as (process, url):
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            health = (await client.get("/health")).json()
        assert health["status"] == "healthy"
        assert health["upstream"] == {"kind": "demo", "reachable": True}
        assert process.stdin is not None
        process.stdin.close()
        assert (await finished(process))[:2] == (0, b"")


async def test_without_the_flag_the_end_of_stdin_is_ignored_and_a_signal_ends_it() -> None:
    async with gateway_process() as (process, url):
        assert process.stdin is not None
        process.stdin.close()
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            for _ in range(5):
                assert (await client.get("/health")).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert (await finished(process))[:2] == (0, b"")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_gives_every_open_stream_its_terminal_event(number: signal.Signals) -> None:
    async with (
        gateway_process() as (process, url),
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=10) as client,
        client.stream("POST", "/v1/stream", json={**HELLO, "model": "demo/steady"}) as response,
    ):
        events = events_of(response)
        await anext(events)
        process.send_signal(number)
        rest = [event async for event in events]
        assert rest[-1].name == "error"
        assert (rest[-1].data["kind"], rest[-1].data["outcome"]) == ("server_going_away", "incomplete")
        assert rest[-1].data["count"] == len(rest)
        assert (await finished(process))[:2] == (0, b"")


def test_the_end_takes_less_than_five_seconds() -> None:
    assert DRAIN_S + GRACEFUL_S < 5


async def test_a_reader_that_takes_nothing_does_not_hold_up_the_end() -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.head()
        while True:
            await exchange.tokens("word " * 2_000)

    async with ScriptedUpstream(endless) as upstream, gateway_process("--upstream", upstream.url) as (process, url):
        _, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port, limit=2**10)
        body = json.dumps(HELLO).encode()
        head = f"Host: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(b"POST /v1/stream HTTP/1.1\r\n" + head.encode() + body)
        await upstream.wait_for_requests(1, within_s=20)
        async with asyncio.timeout(20):
            while process.stderr and b"request" not in await process.stderr.readline():
                process.send_signal(signal.SIGTERM)
        assert (await finished(process))[0] == 0
        await upstream.wait_for_hang_ups(1)
        writer.close()


async def test_a_relayed_stream_gets_an_error_in_the_upstreams_shape_at_the_end() -> None:
    async with (
        ScriptedUpstream(three_words_then_silence) as upstream,
        gateway_process("--upstream", upstream.url) as (process, url),
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as client,
        client.stream("POST", "/v1/chat/completions", json={**HELLO, "stream": True}) as response,
    ):
        decoder = ResponseDecoder("openai-chat", headers=dict(response.headers))
        async for piece in response.aiter_raw():
            if decoder.feed(piece):
                process.send_signal(signal.SIGTERM)
        result = decoder.finish()
        assert result.problem is not None
        assert (result.outcome, result.content) == (Outcome.FAILED, "one two three")
        assert (result.problem.kind, result.problem.type) == ("server_error", "server_error")
        assert "shutting down" in result.problem.message
        assert (await finished(process))[0] == 0
        await upstream.wait_for_hang_ups(1)


async def test_a_relayed_stream_inside_an_event_is_cut_at_the_end_and_not_mended() -> None:
    async def half_an_event(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.send(b'data: {"choices":[{"index":0,"del')
        await for_ever()

    async with (
        ScriptedUpstream(half_an_event) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=20) as client,
        client.stream("POST", "/v1/chat/completions", json={**HELLO, "stream": True}) as response,
    ):
        pieces = response.aiter_raw()
        assert (await anext(pieces)).endswith(b'"del')
        server.should_exit = True
        with pytest.raises(httpx.RemoteProtocolError):
            await anext(pieces)


async def test_a_completion_that_waits_for_its_head_is_refused_at_the_end() -> None:
    async def silent(_exchange: Exchange) -> None:
        await for_ever()

    async with (
        ScriptedUpstream(silent) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=20) as client,
        asyncio.TaskGroup() as tasks,
    ):
        asking = tasks.create_task(client.post("/v1/chat/completions", json=HELLO))
        await upstream.wait_for_requests(1)
        server.should_exit = True
        response = await asking
        assert (response.status_code, response.json()["error"]["code"]) == (503, "shutting_down")
        assert int(response.headers["retry-after"]) >= 1


async def test_health_says_when_the_upstream_is_down() -> None:
    async def models(exchange: Exchange) -> None:
        await exchange.head(200, "application/json")
        await exchange.send(b'{"data":[]}')

    async def health(url: str) -> Any:
        async with (
            running_gateway(gateway_settings(url)) as server,
            httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
        ):
            return (await client.get("/health")).json()

    async with ScriptedUpstream(models) as upstream:
        up = await health(upstream.url)
    down = await health(upstream.url)
    assert (up["status"], up["upstream"]["reachable"]) == ("healthy", True)
    assert (down["status"], down["upstream"]["reachable"]) == ("degraded", False)
    assert upstream.address not in json.dumps(down)


async def test_a_silent_upstream_is_degraded_within_its_two_seconds() -> None:
    async def silent(_exchange: Exchange) -> None:
        await for_ever()

    async with (
        ScriptedUpstream(silent) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=4) as client,
    ):
        answers = await asyncio.gather(*(client.get("/health") for _ in range(5)))
        assert {answer.json()["status"] for answer in answers} == {"degraded"}
        assert len(upstream.requests) == 1, "one look serves all who ask"


def test_an_address_in_use_is_a_usage_error_that_names_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"127.0.0.1:{port}.*--port"):
            bind(GatewaySettings(port=port))


def test_a_host_that_is_none_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no address of this machine"):
        bind(GatewaySettings(host="no-such-host.invalid"))


def test_a_certificate_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    certificate = tmp_path / "cert.pem"
    settings = GatewaySettings(tls_cert=str(certificate), tls_key=str(certificate))
    with pytest.raises(UsageError, match="--tls-cert"):
        GatewayServer(create_app(settings), settings)
    certificate.write_text("no certificate")
    with pytest.raises(UsageError, match="--tls-cert"):
        GatewayServer(create_app(settings), settings)


def test_a_key_does_not_travel_unprotected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-CANARY-123456")
    settings = GatewaySettings(upstream="http://upstream.example/v1")
    with pytest.raises(UsageError, match="https") as refused:
        create_app(settings)
    assert "CANARY" not in str(refused.value)
    create_app(GatewaySettings(upstream="https://upstream.example/v1"))
