"""URLs as they may be shown and kept: without name, password, fragment and what may be a key in a parameter. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_OPEN_PARAMETERS: Final = frozenset(
    {"alt", "api-version", "api_version", "version", "beta", "model", "deployment", "region", "stream", "format"}
)
"""The parameters whose values are no keys. The value of any other is hidden, whatever it holds."""
_SECRET_PARAMETER: Final = re.compile(
    r"api[-_]?key|access[-_]?key|secret|passw|credential|signature|jwt|(?:^|[-_])(?:token|key|auth|sig)$", re.IGNORECASE
)


def public_url(url: str) -> str:
    """The URL without name, password, fragment and the values of parameters that may be keys: fit for a capture."""
    try:
        parts = urlsplit(url)
        netloc = parts.netloc.rpartition("@")[2]
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return ""
    hidden = [(name, value if name.lower() in _OPEN_PARAMETERS or not value else "hidden") for name, value in pairs]
    query = parts.query if hidden == pairs else urlencode(hidden)
    return urlunsplit((parts.scheme, netloc, parts.path, query, ""))


def secret_parts(url: str) -> tuple[str, ...]:
    """The values in a URL that are keys by their names: its password and its key-like parameters."""
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query)
    except ValueError:
        return ()
    values = [value for name, value in pairs if _SECRET_PARAMETER.search(name)]
    return (*values, parts.password) if parts.password else tuple(values)
