from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gateway.running_gateway import HELLO, events_of, gateway_settings, running_gateway
from tests.gateway.scripted_upstream import Exchange, ScriptedUpstream, for_ever
from tui.errors import UsageError
from tui.gateway.gateway_settings import GatewaySettings
from tui.gateway.server import GatewayServer, bind, create_app

SERVE = """
import sys
from tui.gateway.gateway_settings import GatewaySettings
from tui.gateway.server import serve
raise SystemExit(serve(GatewaySettings(port=0, ready_json=True, end_with_stdin={end_with_stdin})))
"""


@asynccontextmanager
async def gateway_process(*, end_with_stdin: bool) -> AsyncIterator[tuple[Process, str]]:
    program = SERVE.format(end_with_stdin=end_with_stdin)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(20):
            line = await process.stdout.readline()
        yield process, json.loads(line)["url"]
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def finished(process: Process) -> tuple[int | None, bytes, bytes]:
    async with asyncio.timeout(8):
        output, errors = await process.communicate()
    return process.returncode, output, errors


async def test_the_ready_line_is_all_of_stdout_and_the_end_of_stdin_ends_it() -> None:
    async with gateway_process(end_with_stdin=True) as (process, url):
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            health = (await client.get("/health")).json()
        assert health["status"] == "healthy"
        assert health["upstream"] == {"kind": "demo", "reachable": True}
        assert process.stdin is not None
        process.stdin.close()
        assert await finished(process) == (0, b"", b"")


async def test_without_the_flag_the_end_of_stdin_is_ignored_and_a_signal_ends_it() -> None:
    async with gateway_process(end_with_stdin=False) as (process, url):
        assert process.stdin is not None
        process.stdin.close()
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            for _ in range(5):
                assert (await client.get("/health")).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert await finished(process) == (0, b"", b"")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_gives_every_open_stream_its_terminal_event(number: signal.Signals) -> None:
    async with (
        gateway_process(end_with_stdin=False) as (process, url),
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
        assert await finished(process) == (0, b"", b"")


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
