"""Heads and bodies that are no stream: a problem from a status, its headers and what the body says.

Sans-IO and without a clock: an HTTP date in Retry-After is taken relative to the response's own Date.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from tui.core.chunks import StreamProblem

_KEY = re.compile(r"\b((?:sk|pk|rk|gsk|xai|key)-|Bearer\s+)[A-Za-z0-9_\-.]{8,}")
_QUOTE_CHARS = 80


def mask_keys(text: str) -> str:
    """The text with whatever looks like an API key masked: servers echo keys in their messages."""
    return _KEY.sub(r"\1***", text)


def quote(body: bytes) -> str:
    """The first 80 characters of a body, control characters as spaces, in quotation marks; "" of an empty one."""
    text = body[: 4 * _QUOTE_CHARS].decode("utf-8", "replace")[:_QUOTE_CHARS]
    shown = "".join(char if char.isprintable() else " " for char in text).strip()
    return f'"{mask_keys(shown)}"' if shown else ""


def http_problem(status: int, headers: Mapping[str, str], body: bytes) -> StreamProblem:
    """The problem of a response whose status is not that of a stream. Header names are in lower case.

    The message is the server's own where the body is JSON that has one, else a sentence.
    """
    message, kind_of_error = _reported(body)
    return StreamProblem.of(
        _kind(status),
        mask_keys(message) if message else _sentence(status, headers, body),
        type=kind_of_error,
        status=status,
        retry_after=retry_after_s(headers),
    )


def content_type_problem(content_type: str, body: bytes) -> StreamProblem:
    """The problem of an accepted response whose body is no stream."""
    named = content_type or "without a content type"
    begin = f"; it begins: {quote(body)}" if body else ""
    return StreamProblem.of("content_type", f"the answer is no stream but {named}{begin}")


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by `retry-after-ms`, else `retry-after` (seconds, or a date relative to `date`); or None."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    return seconds if seconds is not None else _until(value, headers.get("date"))


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _until(date: str | None, now: str | None) -> float | None:
    if not date or not now:
        return None
    try:
        wait = (parsedate_to_datetime(date) - parsedate_to_datetime(now)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, wait)


def _kind(status: int) -> str:
    if status == HTTPStatus.UNAUTHORIZED:
        return "auth"
    return "redirect" if 300 <= status < 400 else f"http_{status}"


def _reported(body: bytes) -> tuple[str, str | None]:
    """Message and type in a JSON error body, empty and None without one."""
    try:
        value = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return "", None
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, dict):
        return "", None
    error = value.get("error") or value
    if isinstance(error, str):
        return error, "error"
    inner = error if isinstance(error, dict) else {}
    message = next((text for name in ("message", "detail", "title", "msg") if (text := _words(inner.get(name)))), "")
    return message or _words(value.get("message")), _type_of(inner)


def _type_of(error: Mapping[str, Any]) -> str:
    own, code = error.get("type"), error.get("code")
    if isinstance(own, str) and own and own != "error":
        return own
    return str(code)[:200] if isinstance(code, (str, int)) and not isinstance(code, bool) and code != "" else "error"


def _words(value: Any) -> str:
    """A message: a string, or the messages of FastAPI's list of details."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    return "; ".join(item["msg"] for item in value if isinstance(item, dict) and isinstance(item.get("msg"), str))


def _sentence(status: int, headers: Mapping[str, str], body: bytes) -> str:
    if 300 <= status < 400:
        return f"the server answers {status} and points to {quote(headers.get('location', '').encode()) or 'nowhere'}"
    begin = f": {quote(body)}" if body.strip() else ""
    return f"the server answers {status}{_phrase(status)}{begin}"


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""
