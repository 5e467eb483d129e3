"""Heads and bodies that are no stream: a problem from a status, its headers and what the body says.

Sans-IO and without a clock: an HTTP date in Retry-After is taken relative to the response's own Date.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from tui.core.chunks import StreamProblem
from tui.core.wire.json_text import parse_json
from tui.core.wire.reported_errors import mask_keys, message_of, type_of

_QUOTE_CHARS = 80


def quote(body: bytes) -> str:
    """The first 80 characters of a body, control characters as spaces, in quotation marks; "" of an empty one."""
    text = body[: 4 * _QUOTE_CHARS].decode("utf-8", "replace")[:_QUOTE_CHARS]
    shown = "".join(char if char.isprintable() else " " for char in text).strip()
    return f'"{mask_keys(shown)}"' if shown else ""


def http_problem(status: int, headers: Mapping[str, str], body: bytes) -> StreamProblem:
    """The problem of a response whose status is not that of a stream. Header names are in lower case.

    The message is the server's own where the body is JSON that has one, else a sentence.
    """
    value = _json_body(body)
    message = message_of(value)
    return StreamProblem.of(
        _kind(status),
        message or _sentence(status, headers, body),
        type=type_of(value) if message else None,
        status=status,
        retry_after=retry_after_s(headers),
    )


def content_type_problem(content_type: str, body: bytes) -> StreamProblem:
    """The problem of an accepted response whose body is no stream."""
    named = f"is {content_type}" if content_type else "has no content type"
    begin = f"; it begins: {quote(body)}" if body else ""
    return StreamProblem.of("content_type", f"the answer {named} and is no stream{begin}")


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


def _json_body(body: bytes) -> Any:
    """The JSON value of a body, None without one."""
    try:
        return parse_json(body.decode("utf-8", "replace"))
    except ValueError:
        return None


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
