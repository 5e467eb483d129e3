"""Rows of the wire as text for a clipboard: their data, their raw bytes, JSON lines; and the request as curl.

What is copied is what came, not what is shown. No key is in any of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tui.core.capture import CaptureHeader
from tui.core.endpoints import WS_ROUTE, endpoint_for
from tui.core.request import IDENTITY, TransportName
from tui.core.wire_view.wire_log import Entry, WireLog
from tui.errors import UsageError

_CHAT_ROUTE: Final = "/chat/completions"


def data_of(log: WireLog, rows: Iterable[int]) -> str:
    """The data of frames, one after another on lines of their own; of a row that is no frame its raw text."""
    return "\n".join(_data(log, log.entry(row)) for row in rows)


def raw_of(log: WireLog, rows: Iterable[int]) -> str:
    """The rows as they came on the wire, framing included; bytes that are no text become U+FFFD."""
    data = b"".join(_bytes(log, log.entry(row)) for row in rows)
    return data.decode("utf-8", "replace")


def text_of(log: WireLog, rows: Iterable[int]) -> str:
    """The visible text that frames brought, joined."""
    run = log.run
    frames = (frame for row in rows if (frame := log.entry(row).frame) is not None)
    ranges = ((run.chunks_before_frame(frame), run.chunks_before_frame(frame + 1)) for frame in frames)
    return "".join(chunk.content for first, end in ranges for chunk in run.chunks[first:end])


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
    compressed = "" if header.accept_encoding == IDENTITY else "--compressed "
    lines = [f"curl -N {compressed}{_quoted(url)}", "-H 'content-type: application/json'"]
    lines += [f'-H "authorization: Bearer ${key}"'] if key else []
    lines.append(f"-d {_quoted(json.dumps(body, ensure_ascii=False))}")
    return " \\\n  ".join(lines)


def _target(header: CaptureHeader) -> tuple[str, bool, str]:
    """URL, whether it takes a chat completions body, and the variable of its key."""
    is_direct = header.transport == TransportName.DIRECT
    try:
        endpoint = endpoint_for(TransportName.DIRECT if is_direct else TransportName.SSE, _over_http(header.url))
    except UsageError:  # the address of a recording that names none
        return header.url, True, ""
    if is_direct:
        return f"{endpoint.url}{_CHAT_ROUTE}", True, "OPENAI_API_KEY"
    return endpoint.url, not endpoint.is_gateway_route, "STREAMSCOPE_TOKEN" if endpoint.is_gateway_route else ""


def _over_http(url: str) -> str:
    """The address of a gateway's WebSocket as that of the gateway."""
    return url.removesuffix(WS_ROUTE) if url.startswith(("ws:", "wss:")) else url


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
