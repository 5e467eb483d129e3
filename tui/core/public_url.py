"""URLs as they may be shown and kept: without name, password and the values of key-like parameters. Pure."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_SECRET_PARAMETERS = frozenset({"key", "api_key", "api-key", "apikey", "token", "access_token", "sig", "signature"})


def public_url(url: str) -> str:
    """The URL without name, password and the values of key-like parameters: fit for a capture or a screen."""
    try:
        parts = urlsplit(url)
        netloc = parts.netloc.rpartition("@")[2]
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return ""
    hidden = [(name, "hidden" if name.lower() in _SECRET_PARAMETERS else value) for name, value in pairs]
    query = parts.query if hidden == pairs else urlencode(hidden)
    return urlunsplit((parts.scheme, netloc, parts.path, query, parts.fragment))


def secret_parts(url: str) -> tuple[str, ...]:
    """The values in a URL that must never be shown: its password and its key-like parameters."""
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query)
    except ValueError:
        return ()
    values = [value for name, value in pairs if name.lower() in _SECRET_PARAMETERS]
    return (*values, parts.password) if parts.password else tuple(values)
