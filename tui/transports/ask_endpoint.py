"""One bounded question to an endpoint: its health, its models, the end of a generation."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from tui.core.endpoints import SSE_ROUTE, Endpoint, endpoint_of
from tui.core.request import RunPlan, TransportName
from tui.errors import InsecureError, UsageError
from tui.transports.classify import classify
from tui.transports.credentials import credentials_of, mask_secrets
from tui.transports.tls_contexts import plain_context, tls_context

_PATIENCE_S = 5.0
_ANSWER_LIMIT_BYTES = 1024 * 1024


async def ask_endpoint(
    plan: RunPlan, method: str, path: str, environ: Mapping[str, str] = os.environ
) -> dict[str, Any]:
    """The answer to `METHOD path` at the root of a plan's endpoint: `status` and `body` (JSON), or `error`.

    `took_s` is how long the answer took, `has_key` whether a key or token went with the question. Never raises: what
    went wrong is a sentence in `error`, its kind (one of the closed set, or None) in `kind`.
    """
    try:
        via = TransportName.SSE if plan.transport is TransportName.WS else plan.transport
        over_http = replace(plan, transport=via)
        endpoint = endpoint_of(over_http)
        keys = credentials_of(over_http, endpoint, environ)
    except UsageError as error:
        kind = "insecure" if isinstance(error, InsecureError) else None
        return {"status": None, "body": None, "error": str(error), "kind": kind}
    url = _url(endpoint, path, is_direct=plan.transport is TransportName.DIRECT)
    asked_at = time.monotonic()
    try:
        async with asyncio.timeout(_PATIENCE_S):  # of the whole, however slowly the answer drips
            status, data = await _ask(method, url, keys.request_headers(), _client(plan, endpoint))
    except Exception as error:  # noqa: BLE001  the edge of the probe: every failure is told in words
        problem = classify(error, label=endpoint.label)
        return {"status": None, "body": None, "error": problem.message, "kind": problem.kind}
    if len(data) > _ANSWER_LIMIT_BYTES:
        return {"status": status, "body": None, "error": "the answer is larger than 1 MiB"}
    return {
        "status": status,
        "body": _parsed(mask_secrets(data.decode("utf-8", "replace"), keys.secrets)),
        "error": None,
        "took_s": round(time.monotonic() - asked_at, 6),
        "has_key": not keys.is_empty,
    }


def _url(endpoint: Endpoint, path: str, *, is_direct: bool) -> str:
    """The path at the root of a gateway or provider, which may itself lie under a prefix: `/api/v1` has `/api`.

    What begins with /v1 is asked of a provider at its base URL, whatever that ends in.
    """
    parts = urlsplit(endpoint.url)
    if is_direct and path.startswith("/v1/"):
        return urlunsplit((parts.scheme, parts.netloc, parts.path + path.removeprefix("/v1"), "", ""))
    if endpoint.is_gateway_route:
        prefix = parts.path.rpartition(SSE_ROUTE)[0]
    elif parts.path.endswith("/v1"):
        prefix = parts.path.removesuffix("/v1")
    else:
        prefix = ""
    return urlunsplit((parts.scheme, parts.netloc, prefix + path, "", ""))


def _client(plan: RunPlan, endpoint: Endpoint) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        verify=tls_context(plan.ca_file) if endpoint.is_secure else plain_context(),
        timeout=_PATIENCE_S,
        follow_redirects=False,
        trust_env=not endpoint.is_loopback,  # a proxy has no way to this machine's own addresses
    )


async def _ask(
    method: str, url: str, headers: list[tuple[str, str]], client: httpx.AsyncClient
) -> tuple[int, bytearray]:
    """Status and body, which is not read further than just past the limit."""
    data = bytearray()
    async with client, client.stream(method, url, headers=headers) as response:
        async for piece in response.aiter_bytes():
            data += piece
            if len(data) > _ANSWER_LIMIT_BYTES:
                break
        return response.status_code, data


def _parsed(text: str) -> Any:
    """The JSON value; None for what is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
