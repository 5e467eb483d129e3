"""An OpenAI-compatible endpoint behind the gateway: runs over the shared transports, relays over httpx.

The gateway's own key is used, never a client's; no redirect is followed and nothing is retried. The relay of
chat completions is in completion_relay.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from tui.core.capture import Record
from tui.core.request import Clocks, RunPlan, StreamRequest, TransportName
from tui.errors import UsageError
from tui.gateway.completion_relay import PASSED_ON_HEADERS, CompletionRelay
from tui.gateway.gateway_settings import GatewaySettings, is_loopback_host
from tui.gateway.upstreams import OnChunks, UpstreamRun
from tui.transports.base import Room
from tui.transports.direct import preload
from tui.transports.run_stream import StreamRun

PROBE_S = 2.0
_KEY_VARIABLE = "OPENAI_API_KEY"


class URLUpstream:
    """The endpoint at a URL; `environment` holds its key. Raises UsageError when the key would travel unprotected."""

    name = "openai-compatible"

    def __init__(self, settings: GatewaySettings, environment: Mapping[str, str] = os.environ) -> None:
        preload()  # half a second, before the gateway listens and not within its first request
        self._url = settings.upstream
        self._clocks: Clocks = settings.clocks
        self._insecure_http = settings.insecure_http
        self._limits = settings.limits
        key = environment.get(_KEY_VARIABLE, "")
        parts = urlsplit(settings.upstream)
        is_loopback = is_loopback_host(parts.hostname or "")
        if key and parts.scheme == "http" and not (is_loopback or settings.insecure_http):
            raise UsageError(f"{_KEY_VARIABLE} would travel unprotected to {parts.netloc}: use https")
        self._keys = (key,) if key else ()
        self._addresses = (settings.upstream, parts.netloc)
        self.secrets = (*self._keys, *self._addresses)
        self._client = httpx.AsyncClient(
            base_url=_api_base(settings.upstream),
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(self._clocks.connect_s, read=None),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),
            follow_redirects=False,
            trust_env=not is_loopback,
        )

    async def start(self) -> None:
        """Nothing has to be made ready."""

    def open_run(self, request: StreamRequest, on_chunks: OnChunks, room: Room) -> UpstreamRun:
        """A run over the network that has not begun."""
        plan = RunPlan(
            TransportName.DIRECT,
            self._url,
            request,
            clocks=self._clocks,
            insecure_http=self._insecure_http,
        )
        return StreamRun(plan, _forget, on_chunks=on_chunks, room=room, keeps_chunks=False)

    def complete(self, body: dict[str, Any], raw_body: bytes, headers: Mapping[str, str]) -> CompletionRelay:  # noqa: ARG002  the interface
        """A relay of the client's body, byte for byte."""
        request = self._client.build_request(
            "POST",
            "chat/completions",
            content=raw_body,
            headers={
                **{name: headers[name] for name in PASSED_ON_HEADERS if name in headers},
                "Content-Type": "application/json",
                "Accept-Encoding": "identity",
            },
        )
        return self._relay(request)

    def models(self) -> CompletionRelay:
        """A relay of the upstream's list of models."""
        request = self._client.build_request("GET", "models", headers={"Accept-Encoding": "identity"})
        return self._relay(request)

    def _relay(self, request: httpx.Request) -> CompletionRelay:
        return CompletionRelay(self._client, request, keys=self._keys, addresses=self._addresses, limits=self._limits)

    async def is_reachable(self) -> bool:
        """Whether GET /models brought any answer but a server's failure within 2 s."""
        try:
            response = await self._client.get("models", timeout=PROBE_S)
        except httpx.HTTPError:
            return False
        return response.status_code < 500

    async def aclose(self) -> None:
        """Closes the idle connections."""
        await self._client.aclose()


def _api_base(url: str) -> str:
    """The base of the API as direct has it: `/v1` is added to an empty path only."""
    base = url.rstrip("/").removesuffix("/chat/completions")
    return f"{base}/" if urlsplit(base).path else f"{base}/v1/"


def _forget(_record: Record) -> None:
    """A gateway keeps no capture: what came is in the log."""
