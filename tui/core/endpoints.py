"""Where a run goes: the URL rules of the design ("Endpoints"), as pure functions of the plan.

No network here. Transports get an `Endpoint` and use its `url` as it is.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

from tui.core.public_url import public_url
from tui.core.request import RunPlan, TransportName
from tui.errors import UsageError

SSE_ROUTE = "/v1/stream"
WS_ROUTE = "/v1/ws/stream"
_SSE_ROUTES = (SSE_ROUTE, f"{SSE_ROUTE}/raw", f"{SSE_ROUTE}/buffered", f"{SSE_ROUTE}/json")
CHAT_ROUTE = "/chat/completions"
NOT_A_GATEWAY = "not a streamscope gateway"
"""What is said of an address that does not know a gateway's routes."""
_SECURE = {"https": True, "wss": True, "http": False, "ws": False}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that a transport can use.

    `url` is complete (for direct: the base URL of the SDK). `is_gateway_route` tells the gateway's own routes
    from a full path; `can_resume` those of them whose events are numbered. `has_userinfo`: the URL itself carries
    a name or password.
    """

    url: str
    host: str
    port: int
    is_secure: bool
    is_gateway_route: bool = False
    can_resume: bool = False
    has_userinfo: bool = False

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine, told by its name alone (nothing is looked up)."""
        return is_loopback_host(self.host)

    @property
    def label(self) -> str:
        """`host:port`, as the messages show it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def endpoint_of(plan: RunPlan) -> Endpoint:
    """The endpoint of a plan. Raises UsageError when the URL cannot be used with the plan's transport."""
    return endpoint_for(plan.transport, plan.url)


def endpoint_for(transport: TransportName, url: str) -> Endpoint:
    """The endpoint of a URL under a transport.

    A path that is empty or ends in `/` or `/v1` is a root: sse and ws put the gateway's route behind it, direct
    adds `/v1` to an empty one only. Any other path is used as it is, by sse and direct. Raises UsageError.
    """
    parts, port = _split(url)
    is_secure = _SECURE[parts.scheme]
    path, is_route = _path(transport, parts.path)
    scheme = ("wss" if is_secure else "ws") if transport is TransportName.WS else ("https" if is_secure else "http")
    return Endpoint(
        url=urlunsplit((scheme, parts.netloc, path, parts.query, "")),
        host=parts.hostname or "",
        port=port,
        is_secure=is_secure,
        is_gateway_route=is_route,
        can_resume=is_route and path.endswith((SSE_ROUTE, WS_ROUTE)),
        has_userinfo=parts.username is not None,
    )


def is_loopback_host(host: str) -> bool:
    """Whether a host name or literal address means this machine."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _split(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise UsageError(f"not a URL: {public_url(url) or 'it cannot be read'} ({error})") from error
    if parts.scheme not in _SECURE or not parts.hostname:
        raise UsageError(f"expected a URL that begins with http:// or https://, found {public_url(url)!r}")
    return parts, port if port is not None else (443 if _SECURE[parts.scheme] else 80)


def _path(transport: TransportName, path: str) -> tuple[str, bool]:
    if transport is TransportName.DIRECT:
        return path.rstrip("/").removesuffix(CHAT_ROUTE) or "/v1", False
    route, own = (WS_ROUTE, (WS_ROUTE,)) if transport is TransportName.WS else (SSE_ROUTE, _SSE_ROUTES)
    if path.endswith(own):
        return path, True
    if path in ("", "/") or path.endswith(("/", "/v1")):
        return path.rstrip("/").removesuffix("/v1") + route, True
    if transport is TransportName.WS:
        raise UsageError(f"ws needs the address of a gateway, found the path {path!r}; a full path is for sse")
    return path, False
