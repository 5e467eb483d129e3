"""What the gateway is told at its start: address, upstream, keys and limits; frozen, made by the command line.

No environment is read here and nothing is opened; `check` is the one place that judges the combination.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from tui.core.request import Clocks
from tui.errors import UsageError
from tui.gateway.faults import Fault
from tui.local_model import LOCAL_MODEL, check_local_model

DEMO = "demo"
LOCAL = LOCAL_MODEL
DEFAULT_PORT = 8787
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class GatewayLimits:
    """The bounds that keep one client from spending what belongs to all; times in seconds."""

    body_bytes: int = _MEBIBYTE
    body_s: float = 30.0
    message_count: int = 256
    json_depth: int = 64
    max_tokens: int = 32_768
    choice_count: int = 8
    stream_count: int = 256
    connection_count: int = 1_024
    generation_s: float = 600.0
    stream_bytes: int = 32 * _MEBIBYTE
    log_bytes: int = 4 * _MEBIBYTE
    log_events: int = 16_384
    retained_s: float = 300.0
    retained_bytes: int = 8 * _MEBIBYTE
    retained_count: int = 1_000
    send_s: float = 30.0
    keep_alive_s: float = 15.0
    first_message_s: float = 30.0


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """How to serve. `upstream` is `demo`, `local` or the http(s) URL of an OpenAI-compatible endpoint.

    `token` is what clients must send (never shown). `resume_grace_s` is how long a generation goes on without
    a reader. `fault` disturbs every answer, `allow_faults` lets clients ask for one. `allow_origins` are browser
    origins besides the gateway's own; `allow_hosts` further names that a Host header may carry.
    """

    upstream: str = DEMO
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    token: str | None = field(default=None, repr=False)
    tls_cert: str | None = None
    tls_key: str | None = None
    ready_json: bool = False
    end_with_stdin: bool = False
    resume_grace_s: float = 0.0
    allow_origins: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()
    insecure_http: bool = False
    fault: Fault | None = None
    allow_faults: bool = False
    clocks: Clocks = field(default_factory=lambda: Clocks(idle_s=60.0))
    limits: GatewayLimits = field(default_factory=GatewayLimits)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect."""
        return is_loopback_host(self.host)

    @property
    def makes_faults(self) -> bool:
        """Whether an answer may be disturbed on purpose."""
        return self.fault is not None or self.allow_faults

    def check(self) -> None:
        """Raises UsageError with a sentence that says what to change."""
        if not self.is_loopback and not self.token:
            raise UsageError(f"{self.host} can be reached from other machines, so a token is compulsory: --token-file")
        if (self.tls_cert is None) != (self.tls_key is None):
            raise UsageError("--tls-cert and --tls-key belong together: give both or neither")
        if self.token is not None and not _is_header_text(self.token):
            raise UsageError("a token must be one word of printable ASCII")
        if not 0 <= self.port <= 65_535:
            raise UsageError(f"{self.port} is no port: expected 0 (a free one) to 65535")
        if self.resume_grace_s < 0:
            raise UsageError("--resume-grace is a number of seconds, 0 or more")
        _check_upstream(self.upstream)


def is_loopback_host(host: str) -> bool:
    """Whether a host name or address (no port, no brackets) means this machine only."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_header_text(token: str) -> bool:
    return bool(token) and all("!" <= character <= "~" for character in token)


def _check_upstream(upstream: str) -> None:
    if upstream == DEMO:
        return
    if upstream == LOCAL:
        check_local_model()
        return
    expected = f"expected {DEMO}, {LOCAL} or the URL of an OpenAI-compatible endpoint such as https://host/v1"
    try:
        parts = urlsplit(upstream)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_url = False
    if not is_url:
        raise UsageError(f"{upstream!r} is no upstream: {expected}")
    if parts.username is not None or parts.query or parts.fragment:
        raise UsageError(f"the URL of the upstream carries more than an address (key, query or fragment): {expected}")
