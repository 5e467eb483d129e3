"""A real gateway on a free loopback port, and what a plain client reads from it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx

from tui.core.wire.sse_codec import SSEDecoder
from tui.gateway.gateway_settings import GatewayLimits, GatewaySettings
from tui.gateway.server import GatewayServer, bind, create_app
from tui.gateway.upstreams import Upstream

HELLO = {"messages": [{"role": "user", "content": "hello"}]}


@dataclass(frozen=True)
class Event:
    """A decoded event: its name, its data, and its id."""

    name: str | None
    data: dict[str, Any]
    id: str


@asynccontextmanager
async def running_gateway(settings: GatewaySettings, upstream: Upstream | None = None) -> AsyncIterator[GatewayServer]:
    settings = replace(settings, port=0)
    server = GatewayServer(create_app(settings, upstream), settings)
    with bind(settings) as listener:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve(sockets=[listener]))
            assert await asyncio.to_thread(server.listening.wait, 10)
            try:
                yield server
            finally:
                server.should_exit = True


def gateway_settings(upstream: str = "demo", **members: Any) -> GatewaySettings:
    """Settings with limits among the members put where they belong."""
    names = GatewayLimits.__dataclass_fields__
    limits = {name: members.pop(name) for name in tuple(members) if name in names}
    return GatewaySettings(upstream=upstream, port=0, limits=GatewayLimits(**limits), **members)


def decode_events(data: bytes) -> list[Event]:
    decoder = SSEDecoder()
    events = [Event(event.event, json.loads(event.data), event.id or "") for event in decoder.feed(data)]
    assert decoder.pending == b""
    return events


async def read_events(
    server: GatewayServer, path: str = "/v1/stream", body: Any = HELLO, **headers: str
) -> list[Event]:
    """All events of one request, read to its end."""
    async with httpx.AsyncClient(base_url=server.url, timeout=20, trust_env=False) as client:
        response = await client.post(path, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
        assert response.status_code == 200, response.text
        return decode_events(response.content)


async def events_of(response: httpx.Response) -> AsyncIterator[Event]:
    """The events of an open response, one by one."""
    decoder = SSEDecoder()
    async for piece in response.aiter_raw():
        for event in decoder.feed(piece):
            yield Event(event.event, json.loads(event.data), event.id or "")
