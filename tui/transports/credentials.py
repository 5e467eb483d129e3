"""The keys of a run: from the environment or a 0600 file, never from the plan, never into a capture.

Says what goes out with the request and which values must be masked wherever text of the far end is shown.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tui.core.endpoints import Endpoint
from tui.core.public_url import secret_parts
from tui.core.request import RunPlan, TransportName
from tui.errors import InsecureError, UsageError

PROVIDER_KEY = "OPENAI_API_KEY"
GATEWAY_TOKEN = "STREAMSCOPE_TOKEN"
MASK = "[hidden]"
_SHORTEST_MASKED = 4  # shorter values would blot out plain words
_TOKEN_FILE_LIMIT_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Credentials:
    """What authenticates a run: a bearer key or None, further (name, value) headers, and all values to mask."""

    bearer: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing secret goes out."""
        return self.bearer is None and not self.headers

    def request_headers(self) -> list[tuple[str, str]]:
        """The headers to send; one that the user named replaces the bearer's."""
        has_own = any(name.lower() == "authorization" for name, _ in self.headers)
        bearer = [] if self.bearer is None or has_own else [("authorization", f"Bearer {self.bearer}")]
        return [*bearer, *self.headers]


def credentials_of(
    plan: RunPlan,
    endpoint: Endpoint,
    environ: Mapping[str, str],
    key_name: str = PROVIDER_KEY,
) -> Credentials:
    """The credentials of a plan (design, "Endpoints" and section 6).

    sse and ws send the gateway's token to the gateway's routes and only the named headers to a full path;
    direct sends the provider's key (the variable `key_name`), but to a gateway the token. Raises UsageError
    when a variable or file is missing or unfit, and when a key would cross a network unprotected.
    """
    headers = tuple((name, _named_value(variable, environ)) for name, variable in plan.header_env)
    bearer = _bearer(plan, endpoint, environ, key_name)
    known = (environ.get(PROVIDER_KEY), environ.get(GATEWAY_TOKEN), environ.get(key_name), bearer)
    values = {value.strip() for value in (*known, *(v for _, v in headers), *secret_parts(plan.url)) if value}
    credentials = Credentials(bearer, headers, tuple(sorted(values, key=len, reverse=True)))
    _refuse_unprotected(plan, endpoint, credentials)
    return credentials


def known_secrets(plan: RunPlan, environ: Mapping[str, str], key_name: str = PROVIDER_KEY) -> tuple[str, ...]:
    """All values of keys that this plan could make use of, whether they are sent or not; never raises."""
    names = (PROVIDER_KEY, GATEWAY_TOKEN, key_name, *(variable for _, variable in plan.header_env))
    values = {environ.get(name, "").strip() for name in names} | set(secret_parts(plan.url))
    if plan.token_file is not None:
        with contextlib.suppress(UsageError):
            values.add(read_token_file(plan.token_file))
    return tuple(sorted(filter(None, values), key=len, reverse=True))


def mask_secrets(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret value in it hidden."""
    for secret in secrets:
        if len(secret) >= _SHORTEST_MASKED:
            text = text.replace(secret, MASK)
    return text


def read_token_file(name: str) -> str:
    """The key in a file, without white space around it. Raises UsageError if others may read the file (0600)."""
    path = Path(name).expanduser()
    try:
        mode = path.stat().st_mode
        if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
            raise UsageError(f"the key file {path.name} can be read by others: chmod 600 it")
        with path.open("rb") as file:
            value = file.read(_TOKEN_FILE_LIMIT_BYTES).decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the key file {path.name} cannot be read ({type(error).__name__})") from error
    return _checked(value, f"the key file {path.name}")


def _bearer(plan: RunPlan, endpoint: Endpoint, environ: Mapping[str, str], key_name: str) -> str | None:
    is_direct = plan.transport is TransportName.DIRECT
    if not is_direct and not endpoint.is_gateway_route:
        return None
    if plan.token_file is not None:
        return read_token_file(plan.token_file)
    name = key_name if is_direct and not plan.is_gateway else GATEWAY_TOKEN
    value = environ.get(name, "").strip()
    return _checked(value, name) if value else None


def _named_value(variable: str, environ: Mapping[str, str]) -> str:
    value = environ.get(variable, "").strip()
    if not value:
        raise UsageError(f"the environment variable {variable} is not set")
    return _checked(value, variable)


def _checked(value: str, source: str) -> str:
    if not value or not value.isascii() or not value.isprintable():
        raise UsageError(f"{source} holds no key that a header can carry (printable ASCII on one line)")
    return value


def _refuse_unprotected(plan: RunPlan, endpoint: Endpoint, credentials: Credentials) -> None:
    is_carried = not credentials.is_empty or endpoint.has_userinfo or bool(secret_parts(plan.url))
    if is_carried and not endpoint.is_secure and not endpoint.is_loopback and not plan.insecure_http:
        raise InsecureError(f"a key would go to {endpoint.label} over plain http, where anyone on the way can read it")
