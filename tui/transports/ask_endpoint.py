"""One bounded question to an endpoint: its health, its models, the end of a generation."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from tui.core.request import RunPlan, TransportName
from tui.errors import UsageError
from tui.transports.classify import classify
from tui.transports.credentials import credentials_of
from tui.transports.endpoints import endpoint_of

_PATIENCE_S = 5.0
_ANSWER_LIMIT_BYTES = 1024 * 1024


async def ask_endpoint(
    plan: RunPlan, method: str, path: str, environ: Mapping[str, str] = os.environ
) -> dict[str, Any]:
    """The answer to `METHOD path` at the root of a plan's endpoint: `status` and `body` (JSON), or `error`.

    Never raises: what went wrong is a sentence in `error`.
    """
    try:
        via = TransportName.SSE if plan.transport is TransportName.WS else plan.transport
        over_http = replace(plan, transport=via)
        endpoint = endpoint_of(over_http)
        headers = credentials_of(over_http, endpoint, environ).request_headers()
    except UsageError as error:
        return {"status": None, "body": None, "error": str(error)}
    root = urlsplit(endpoint.url)
    url = urlunsplit((root.scheme, root.netloc, path, "", ""))
    try:
        return await _ask(method, url, headers, trust_env=not endpoint.is_loopback)
    except Exception as error:  # noqa: BLE001  the edge of the probe: every failure is told in words
        return {"status": None, "body": None, "error": classify(error, label=endpoint.label).message}


async def _ask(method: str, url: str, headers: list[tuple[str, str]], *, trust_env: bool) -> dict[str, Any]:
    limits = httpx.Timeout(_PATIENCE_S)
    async with (
        httpx.AsyncClient(timeout=limits, follow_redirects=False, trust_env=trust_env) as client,
        client.stream(method, url, headers=headers) as response,
    ):
        data = b""
        async for piece in response.aiter_bytes():
            data += piece
            if len(data) > _ANSWER_LIMIT_BYTES:
                return {"status": response.status_code, "body": None, "error": "the answer is larger than 1 MiB"}
        return {"status": response.status_code, "body": _parsed(response, data), "error": None}


def _parsed(response: httpx.Response, data: bytes) -> Any:
    try:
        return httpx.Response(response.status_code, content=data).json()
    except ValueError:
        return None
