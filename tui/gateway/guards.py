"""Who may ask, and how much: Host, Origin, token, kind and size of a body, judged before any route runs.

Pure ASGI, for HTTP and WebSocket alike: a WebSocket is refused before it is accepted. A browser page of another
site fails at Origin, a rebound DNS name at Host (`reliability`: cross-site WebSocket, DNS rebinding).
"""

from __future__ import annotations

import asyncio
import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tui.errors import GatewayError
from tui.gateway.error_responses import error_response
from tui.gateway.gateway_settings import GatewayLimits, GatewaySettings, is_loopback_host

OPEN_PATHS = frozenset({"/health"})
"""What answers without a token; it then tells nothing but that the gateway lives."""
DISCARDED_BYTES = 16 * 1024 * 1024
"""How much of a body that is too large is still taken, and thrown away, so that its sender reads the answer: a
connection that is closed on unread data is reset, and the answer with it."""
_JSON_TYPE = "application/json"


class AddressGuard:
    """Refuses requests whose Host or Origin is not ours: 403 (Host: 421)."""

    def __init__(self, app: ASGIApp, settings: GatewaySettings) -> None:
        self._app = app
        self._settings = settings
        self._origins = frozenset(origin.lower().rstrip("/") for origin in settings.allow_origins)
        self._hosts = frozenset(name.lower() for name in settings.allow_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on or answers it."""
        if scope["type"] in ("http", "websocket") and (refusal := self._refusal(scope)) is not None:
            await error_response(refusal)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> GatewayError | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_own_host(host):
            return GatewayError(421, "host_not_allowed", "This gateway does not answer for that Host.")
        origins = headers.getlist("origin")
        if all(self._is_allowed_origin(origin, host, scope["scheme"]) for origin in origins):
            return None
        return GatewayError(403, "origin_not_allowed", "Pages of that Origin may not use this gateway.")

    def _is_own_host(self, host: str) -> bool:
        name = _host_name(host)
        if name is None:
            return False
        # Reachable from elsewhere means a token is compulsory, which no rebound page has; its names are unknown.
        return not self._settings.is_loopback or is_loopback_host(name) or name in self._hosts

    def _is_allowed_origin(self, origin: str, host: str, scheme: str) -> bool:
        own = f"{'https' if scheme in ('https', 'wss') else 'http'}://{host}"
        return origin.lower() in self._origins or origin.lower() == own.lower()


class TokenGuard:
    """Refuses requests without the token: 401. `/health` is let through, marked as unknown."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on or answers it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        is_known = self._is_known(Headers(scope=scope).get("authorization", ""))
        if is_known or scope["path"] in OPEN_PATHS:
            scope["streamscope.is_stranger"] = not is_known
            await self._app(scope, receive, send)
        else:
            refusal = GatewayError(401, "unauthorized", "This gateway wants its token: Authorization: Bearer TOKEN.")
            await error_response(refusal)(scope, receive, send)

    def _is_known(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        given = token.strip().encode("latin-1", "replace")
        return hmac.compare_digest(given, self._expected) and scheme.lower() == "bearer"


class BodyGuard:
    """Reads a body whole before the app does, counting; over the limit 413, too slow 408, no JSON 415."""

    def __init__(self, app: ASGIApp, limits: GatewayLimits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with its body, or answers it."""
        if scope["type"] != "http" or scope["method"] not in ("POST", "PUT", "PATCH", "DELETE"):
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(Headers(scope=scope), receive)
        except GatewayError as refusal:
            await error_response(refusal)(scope, receive, send)
            return
        if body is not None:
            await self._app(scope, _replay(body, receive), send)

    async def _read(self, headers: Headers, receive: Receive) -> bytes | None:
        limit = self._limits.body_bytes
        declared = headers.get("content-length", "0")
        size = int(declared[:20]) if declared.isascii() and declared.isdigit() else 0
        if size > limit and (size > limit + DISCARDED_BYTES or "expect" in headers):
            raise self._too_large()
        try:
            async with asyncio.timeout(self._limits.body_s):
                body = await self._count(receive)
        except TimeoutError as late:
            raise GatewayError(408, "request_timeout", "The body did not come in time.") from late
        if body and not _is_json(headers.get("content-type", "")):
            raise GatewayError(415, "unsupported_media_type", f"Send the body as Content-Type: {_JSON_TYPE}.")
        return body

    async def _count(self, receive: Receive) -> bytes | None:
        """The body, None when the client left; what is over the limit is counted and thrown away."""
        body = bytearray()
        size = 0
        limit = self._limits.body_bytes
        while size <= limit + DISCARDED_BYTES:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            piece = message.get("body", b"")
            size += len(piece)
            if size <= limit:
                body += piece
            if not message.get("more_body", False):
                break
        if size > limit:
            raise self._too_large()
        return bytes(body)

    def _too_large(self) -> GatewayError:
        return GatewayError(413, "body_too_large", f"A body may hold {self._limits.body_bytes} bytes, not more.")


def _replay(body: bytes, receive: Receive) -> Receive:
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return first.pop() if first else await receive()

    return replayed


def _is_json(content_type: str) -> bool:
    essence = content_type.partition(";")[0].strip().lower()
    return essence == _JSON_TYPE or (essence.startswith("application/") and essence.endswith("+json"))


def _host_name(host: str) -> str | None:
    try:
        parts = urlsplit(f"//{host}")
        return parts.hostname if parts.port != 0 and parts.netloc == host and parts.username is None else None
    except ValueError:
        return None
