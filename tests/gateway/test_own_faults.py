"""A fault of the gateway itself: its client gets a typed sentence and nothing of the inside; nobody else notices."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse
from starlette.types import ASGIApp
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError
from websockets.frames import Frame, Opcode

from tests.gateway.running_gateway import HELLO, gateway_settings, read_events, running_gateway
from tests.gateway.scripted_upstream import Exchange, ScriptedUpstream
from tui.core.request import StreamRequest
from tui.gateway.upstreams import OnChunks, UpstreamRun
from tui.transports.base import Room

INSIDE = "CANARY of /srv/secret/place.py"


class BrokenUpstream:
    """Whatever is asked of it fails as only a fault of the program's own does."""

    name = "broken"
    secrets: tuple[str, ...] = ()

    async def start(self) -> None:
        """Nothing has to be made ready."""

    def open_run(self, request: StreamRequest, on_chunks: OnChunks, room: Room) -> UpstreamRun:
        raise KeyError(INSIDE, request, on_chunks, room)

    def complete(self, body: dict[str, Any], raw_body: bytes, headers: Mapping[str, str]) -> ASGIApp:
        raise KeyError(INSIDE, body, raw_body, headers)

    def models(self) -> JSONResponse:
        raise KeyError(INSIDE)

    async def is_reachable(self) -> bool:
        return True

    async def aclose(self) -> None:
        """Nothing is open."""


async def test_a_fault_of_its_own_is_a_typed_error_without_a_trace(capfd: pytest.CaptureFixture[str]) -> None:
    async with (
        running_gateway(gateway_settings(), BrokenUpstream()) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        (event,) = await read_events(server)
        assert (event.name, event.data["kind"], event.data["outcome"]) == ("error", "internal", "incomplete")
        assert event.data["count"] == 0
        async with connect(server.url.replace("http", "ws", 1) + "/v1/ws/stream", proxy=None) as connection:
            for _ in range(2):
                await connection.send(json.dumps({"type": "complete", "data": HELLO}))
                assert json.loads(await connection.recv())["type"] == "start"
                told = json.loads(await connection.recv())
                assert (told["type"], told["data"]["kind"]) == ("error", "internal")
        answers = [await client.post("/v1/chat/completions", json=HELLO), await client.get("/v1/models")]
        for answer in answers:
            assert answer.status_code == 500
            assert set(answer.json()["error"]) == {"message", "type", "code"}
        assert (await client.get("/health")).json()["streams"] == 0
        seen = [json.dumps(event.data), json.dumps(told), *(answer.text for answer in answers)]
        assert not any("CANARY" in text or "Traceback" in text for text in seen)
    assert "CANARY" not in capfd.readouterr().err


async def test_bytes_that_are_no_text_close_their_own_websocket_and_no_other() -> None:
    go_on = asyncio.Event()

    async def answer(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.tokens("one")
        await go_on.wait()
        await exchange.finish()

    async with ScriptedUpstream(answer) as upstream, running_gateway(gateway_settings(upstream.url)) as server:
        url = server.url.replace("http", "ws", 1) + "/v1/ws/stream"
        async with connect(url, proxy=None) as neighbour, connect(url, proxy=None) as bad:
            await neighbour.send(json.dumps({"type": "complete", "data": HELLO}))
            assert json.loads(await neighbour.recv())["type"] == "start"
            bad.transport.write(Frame(Opcode.TEXT, b"\xff\xfe").serialize(mask=True, extensions=[]))
            with pytest.raises(ConnectionClosedError) as closed:
                await bad.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1007
            go_on.set()
            types = [json.loads(text)["type"] async for text in _until_done(neighbour)]
        assert types[-1] == "done"


async def _until_done(connection: Any) -> Any:
    async for text in connection:
        yield text
        if '"done"' in text:
            return
