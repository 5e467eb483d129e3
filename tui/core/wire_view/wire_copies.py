"""Rows of the wire as text for a clipboard: their data, their raw bytes, JSON lines; and the request as curl.

What is copied is what came, not what is shown. No key is in any of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from tui.core.capture import CaptureHeader
from tui.core.wire_view.wire_log import Entry, WireLog

_CHAT_ROUTE: Final = "/chat/completions"
_GATEWAY_ROUTE: Final = "/v1/stream"


def data_of(log: WireLog, rows: Iterable[int]) -> str:
    """The data of frames, one after another on lines of their own; of a row that is no frame its raw text."""
    return "\n".join(_data(log, log.entry(row)) for row in rows)


def raw_of(log: WireLog, rows: Iterable[int]) -> str:
    """The rows as they came on the wire, framing included; bytes that are no text become U+FFFD."""
    data = b"".join(_bytes(log, log.entry(row)) for row in rows)
    return data.decode("utf-8", "replace")


def json_lines_of(log: WireLog, rows: Iterable[int]) -> str:
    """One JSON object a row: frame, read and byte numbers as on the screen, seconds, event, data."""
    return "".join(f"{json.dumps(_members(log, log.entry(row)))}\n" for row in rows)


def curl_of(header: CaptureHeader) -> str:
    """The request as a curl command; keys stand as names of environment variables.

    A WebSocket run is asked for over SSE, which the same gateway speaks: curl knows no such messages.
    """
    url, is_chat, key = _target(header)
    body = dict(header.request)
    if is_chat:
        body = {**body, "stream": True, "stream_options": {"include_usage": True}}
    lines = [f"curl -N {_quoted(url)}", "-H 'content-type: application/json'"]
    lines += [f'-H "authorization: Bearer ${key}"'] if key else []
    lines.append(f"-d {_quoted(json.dumps(body, ensure_ascii=False))}")
    return " \\\n  ".join(lines)


def _target(header: CaptureHeader) -> tuple[str, bool, str]:
    """URL, whether it takes a chat completions body, and the variable of its key."""
    parts = urlsplit(header.url)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    path = parts.path
    is_root = path in ("", "/") or path.endswith(("/", "/v1"))
    if header.transport == "direct":
        path = (path.rstrip("/").removesuffix(_CHAT_ROUTE) or "/v1") + _CHAT_ROUTE
        return urlunsplit((scheme, parts.netloc, path, parts.query, "")), True, "OPENAI_API_KEY"
    is_route = is_root or path.startswith(_GATEWAY_ROUTE) or header.transport == "ws"
    if is_root:
        path = path.rstrip("/").removesuffix("/v1") + _GATEWAY_ROUTE
    elif header.transport == "ws":
        path = path.replace("/v1/ws/stream", _GATEWAY_ROUTE)
    key = "STREAMSCOPE_TOKEN" if is_route else ""
    return urlunsplit((scheme, parts.netloc, path, parts.query, "")), not is_route, key


def _data(log: WireLog, entry: Entry) -> str:
    decoder = log.run.decoder
    if entry.frame is None or decoder is None:
        return _bytes(log, entry).decode("utf-8", "replace").rstrip("\r\n")
    return decoder.frames[entry.frame].text


def _bytes(log: WireLog, entry: Entry) -> bytes:
    return log.run.capture.bytes_between(entry.start, entry.end)


def _members(log: WireLog, entry: Entry) -> Mapping[str, Any]:
    decoder = log.run.decoder
    frame = decoder.frames[entry.frame] if entry.frame is not None and decoder is not None else None
    return {
        "frame": entry.frame,
        "at": round(entry.at, 6),
        "gap": round(entry.gap_s, 6),
        "read": entry.read + 1,
        "byte": entry.start,
        "size": entry.size,
        "kind": entry.kind.name.lower(),
        "event": frame.event if frame is not None else None,
        "data": _data(log, entry),
    }


def _quoted(text: str) -> str:
    """As one word of a shell."""
    return "'" + text.replace("'", "'\"'\"'") + "'"
