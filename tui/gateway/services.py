"""What the routes work with: the settings and the parts made of them, put together once for an app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from tui.gateway import gateway_settings
from tui.gateway.closing import Closing
from tui.gateway.demo_upstream import DemoUpstream
from tui.gateway.gateway_settings import GatewaySettings
from tui.gateway.generation_log import LogLimits
from tui.gateway.generations import Generations
from tui.gateway.local_upstream import LocalUpstream
from tui.gateway.log_store import MemoryLogStore, Retention
from tui.gateway.sse_adapter import SSEStreamAdapter
from tui.gateway.stream_slots import StreamSlots
from tui.gateway.upstream_probe import UpstreamProbe
from tui.gateway.upstreams import Upstream
from tui.gateway.url_upstream import URLUpstream
from tui.gateway.ws_handler import WebSocketStreamHandler


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of one gateway."""

    settings: GatewaySettings
    upstream: Upstream
    slots: StreamSlots
    closing: Closing
    generations: Generations
    sse_adapter: SSEStreamAdapter
    ws_handler: WebSocketStreamHandler
    probe: UpstreamProbe


def make_services(settings: GatewaySettings, upstream: Upstream | None = None) -> Services:
    """The parts for these settings; `upstream` replaces the one that they name."""
    limits = settings.limits
    source = upstream or _upstream(settings)
    closing = Closing()
    slots = StreamSlots(limits.stream_count, closing)
    store = MemoryLogStore(
        LogLimits(limits.log_events, limits.log_bytes),
        Retention(limits.retained_count, limits.retained_bytes, limits.retained_s),
    )
    generations = Generations(source, limits, slots, store, closing=closing, grace_s=settings.resume_grace_s)
    return Services(
        settings=settings,
        upstream=source,
        slots=slots,
        closing=closing,
        generations=generations,
        sse_adapter=SSEStreamAdapter(limits.keep_alive_s),
        ws_handler=WebSocketStreamHandler(generations, limits),
        probe=UpstreamProbe(source),
    )


def _upstream(settings: GatewaySettings) -> Upstream:
    match settings.upstream:
        case gateway_settings.DEMO:
            return DemoUpstream(settings.limits.send_s, LocalUpstream(settings))
        case gateway_settings.LOCAL:
            return LocalUpstream(settings)
        case _:
            return URLUpstream(settings)


async def _services_of(connection: HTTPConnection) -> Services:
    services: Services = connection.app.state.services
    return services


AppServices = Annotated[Services, Depends(_services_of)]
"""The parameter by which a route gets the parts of its own app."""
