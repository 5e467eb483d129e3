"""One HTTP answer of the upstream handed on as it comes: status, a few headers, and the bytes untouched.

The client that leaves closes the upstream at once. Faults before the head are typed errors without the
upstream's address; a fault behind it breaks the client's connection too, so that a cut stays a cut.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from http import HTTPStatus

import httpx
from starlette.types import Receive, Scope, Send

from tui.errors import GatewayError
from tui.gateway.error_responses import error_response
from tui.gateway.gateway_events import mask
from tui.gateway.gateway_settings import GatewayLimits
from tui.gateway.live_response import STREAM_HEADERS, send_within, until_client_leaves
from tui.gateway.secret_filter import SecretFilter
from tui.transports.classify import classify

RELAYED_HEADERS = frozenset(
    {
        "content-type",
        "content-encoding",
        "date",
        "openai-model",
        "openai-processing-ms",
        "openai-version",
        "retry-after",
        "retry-after-ms",
        "x-request-id",
        "x-should-retry",
    }
)
RELAYED_FAMILY = "x-ratelimit-"
"""What of the upstream's head reaches the client, and all of it."""
PASSED_ON_HEADERS = frozenset({"idempotency-key", "openai-beta", "x-client-request-id", "x-request-id"})
"""What of the client's head reaches the upstream, besides the gateway's own."""
ERROR_BODY_BYTES = 1024 * 1024


class CompletionRelay:
    """An ASGI response that makes one upstream request.

    `keys` reach the client in no byte; `addresses` in no error, since an answer may speak of any address.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        request: httpx.Request,
        *,
        keys: Sequence[str],
        addresses: Sequence[str],
        limits: GatewayLimits,
    ) -> None:
        self._client = client
        self._request = request
        self._keys = keys
        self._secrets = (*keys, *addresses)
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers when the upstream's head is there."""
        await until_client_leaves(receive, self._relay(scope, receive, send))

    async def _relay(self, scope: Scope, receive: Receive, send: Send) -> None:
        deadline = asyncio.get_running_loop().time() + self._limits.generation_s
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._client.send(self._request, stream=True)
        except (httpx.HTTPError, TimeoutError) as error:
            await error_response(_unreachable(error))(scope, receive, send)
            return
        try:
            async with asyncio.timeout_at(deadline):
                await self._relay_response(response, scope, receive, send)
        except (httpx.HTTPError, TimeoutError):
            return  # the body is left without its end: uvicorn closes the client's connection
        finally:
            await response.aclose()

    async def _relay_response(self, response: httpx.Response, scope: Scope, receive: Receive, send: Send) -> None:
        if response.is_redirect:
            refusal = GatewayError(502, "upstream_redirect", "The upstream points elsewhere; that is not followed.")
            await error_response(refusal)(scope, receive, send)
        elif response.is_error:
            await self._relay_error(response, send)
        else:
            await self._relay_body(response, send)

    async def _relay_body(self, response: httpx.Response, send: Send) -> None:
        """The body as it is, but for the key, which a chain of gateways may echo in an event."""
        await self._send_head(response, send)
        keys = SecretFilter(self._keys)
        async for raw in response.aiter_raw():
            if piece := keys.feed(raw):
                message = {"type": "http.response.body", "body": piece, "more_body": True}
                await send_within(send, message, self._limits.send_s)
        await send({"type": "http.response.body", "body": keys.flush(), "more_body": False})

    async def _relay_error(self, response: httpx.Response, send: Send) -> None:
        """An error's body is read first: providers echo the key and the address in it."""
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > ERROR_BODY_BYTES:
                break
        text = bytes(body).decode("utf-8", "surrogateescape")
        await self._send_head(response, send, without="content-encoding")
        masked = mask(text, self._secrets).encode("utf-8", "surrogateescape")
        await send({"type": "http.response.body", "body": masked, "more_body": False})

    async def _send_head(self, response: httpx.Response, send: Send, without: str = "") -> None:
        headers = [
            (name.lower(), value)
            for name, value in response.headers.raw
            if _is_relayed(name.lower().decode("latin-1")) and name.lower().decode("latin-1") != without
        ]
        headers += [(name.lower().encode(), value.encode()) for name, value in STREAM_HEADERS.items()]
        await send({"type": "http.response.start", "status": response.status_code, "headers": headers})


def _is_relayed(name: str) -> bool:
    return name in RELAYED_HEADERS or name.startswith(RELAYED_FAMILY)


def _unreachable(error: httpx.HTTPError | TimeoutError) -> GatewayError:
    """502, or 504 when it was the time; the code is the kind of the problem."""
    problem = classify(error, label="the upstream", has_head=False)
    status = HTTPStatus.GATEWAY_TIMEOUT if problem.kind == "timeout" else HTTPStatus.BAD_GATEWAY
    return GatewayError(status, f"upstream_{problem.kind}", "The upstream cannot be reached.")
