"""Errors as servers word them in JSON: objects, strings and lists of many APIs, read into one problem.

Used for error events of every dialect and for the JSON bodies of HTTP errors.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from tui.core.chunks import StreamProblem
from tui.core.problem_kinds import kind_exists

_KEY: Final = re.compile(r"\b((?:sk|pk|rk|gsk|xai|key)-|Bearer\s+)[A-Za-z0-9_\-.]{8,}")
_MESSAGE_NAMES: Final = ("message", "detail", "title", "msg", "reason")
_SHOWN_CHARS: Final = 200


def mask_keys(text: str) -> str:
    """The text with whatever looks like an API key masked: servers echo keys in their messages."""
    return _KEY.sub(r"\1***", text)


def looks_like_error(value: dict[str, Any], event: str | None = None) -> bool:
    """Whether a JSON object reports an error, in any of the known ways."""
    if value.get("error"):
        return True
    is_marked = event == "error" or value.get("type") == "error" or value.get("object") == "error"
    return is_marked and not value.get("choices")


def problem_of(value: Any, *, is_gateway: bool = False) -> StreamProblem:
    """The problem that an error in the stream reports. A gateway's `kind` is kept if it is of the closed set."""
    error, outer = _error_in(value)
    kind = error.get("kind") if is_gateway else None
    return StreamProblem.of(
        kind if isinstance(kind, str) and kind_exists(kind) else "server_error",
        message_of(value) or _as_sentence(value),
        type=type_of(value),
        status=_status(error.get("status"), error.get("status_code"), error.get("code")),
        retry_after=_seconds(error.get("retry_after"), outer.get("retry_after")),
    )


def message_of(value: Any) -> str:
    """The server's own words, keys masked; "" when there are none."""
    error, outer = _error_in(value)
    for source in (error, outer):
        for name in _MESSAGE_NAMES:
            if text := _words(source.get(name)):
                return mask_keys(text)
    return ""


def type_of(value: Any) -> str:
    """The provider's error type, else its code as text, else `error`."""
    error, _ = _error_in(value)
    own, code = error.get("type"), error.get("code")
    if isinstance(own, str) and own and own != "error":  # an event of the type "error" does not say which
        return own
    is_code = isinstance(code, (str, int)) and not isinstance(code, bool) and code != ""
    return str(code)[:_SHOWN_CHARS] if is_code else "error"


def _error_in(value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The error object and the object around it: `{"error": ...}`, the error itself, a string, a list of these."""
    if isinstance(value, list) and value:
        value = value[0]
    outer = value if isinstance(value, dict) else {"message": value}
    error = outer.get("error") or outer
    return error if isinstance(error, dict) else {"message": error}, outer


def _words(value: Any) -> str:
    """A message: a string, or the messages in FastAPI's list of details."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    return "; ".join(item["msg"] for item in value if isinstance(item, dict) and isinstance(item.get("msg"), str))


def _as_sentence(value: Any) -> str:
    try:
        shown = json.dumps(value, ensure_ascii=False)[:_SHOWN_CHARS]
    except RecursionError:
        shown = "an object nested too deeply to show"
    return mask_keys(f"the server reports an error: {shown}")


def _status(*candidates: Any) -> int | None:
    return next((s for s in candidates if isinstance(s, int) and not isinstance(s, bool) and 100 <= s <= 599), None)


def _seconds(*candidates: Any) -> float | None:
    for value in candidates:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e9:
            return float(value)
    return None
