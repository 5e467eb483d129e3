"""Capture records to lines of JSON and back: the format of the capture file and of the probe's pipe.

One object a line, ASCII only (a file can be shown by `cat` without reaching the terminal's controls). Line 1 is
the header. A line on the probe's pipe has one more member, `stream`.
"""

from __future__ import annotations

import json
import math
from base64 import b64decode, b64encode
from collections.abc import Callable
from json.encoder import encode_basestring_ascii
from typing import Any

from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome, StreamProblem
from tui.core.request import IDENTITY
from tui.errors import CaptureError

FORMAT = "streamscope-capture"
VERSION = 1


def encode_record(record: Record, stream: int | None = None) -> str:
    """One line, newline included. `stream` adds the probe's member."""
    tail = "}\n" if stream is None else f',"stream":{stream}}}\n'
    if isinstance(record, Read):
        return _encode_read(record) + tail
    return json.dumps(_members(record), separators=(",", ":"))[:-1] + tail


def decode_line(line: str | bytes) -> tuple[Record, int | None]:
    """The record of a line, and its `stream` if it has one.

    Raises CaptureError with the reason when the line is no record.
    """
    try:
        members = json.loads(line)
        return _RECORDS[members["type"]](members), members.get("stream")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CaptureError(f"not a line of a capture: {type(error).__name__} ({error})") from error


def _encode_read(read: Read) -> str:
    """The hot path: a read is most of a capture, so its line is put together by hand."""
    head = f'{{"type":"read","t":{read.at:.6f},"wire":{read.wire_bytes}'
    if isinstance(read.data, str):
        return f'{head},"kind":"message","text":{encode_basestring_ascii(read.data)}'
    try:
        return f'{head},"kind":"bytes","text":{encode_basestring_ascii(read.data.decode("utf-8"))}'
    except UnicodeDecodeError:  # a read may end inside a character
        return f'{head},"kind":"bytes","b64":"{b64encode(read.data).decode("ascii")}"'


def _members(record: CaptureHeader | ResponseHead | Marker | CaptureEnd | Read) -> dict[str, Any]:
    match record:
        case CaptureHeader():
            return _header_members(record)
        case ResponseHead():
            headers = [list(pair) for pair in record.headers]
            return {"type": "head", "t": record.at, "status": record.status, "headers": headers}
        case Marker():
            return {
                "type": "mark",
                "t": record.at,
                "name": record.name,
                "text": record.text,
                "attempt": record.attempt,
            }
        case CaptureEnd():
            return _end_members(record)
        case Read():
            raise TypeError("a read is encoded by its own path")


def _header_members(header: CaptureHeader) -> dict[str, Any]:
    members = {
        "type": "header",
        "format": FORMAT,
        "version": VERSION,
        "transport": header.transport,
        "url": header.url,
        "dialect": header.dialect,
        "started": header.started,
        "clock": header.clock,
        "software": header.software,
        "request": header.request,
    }
    missing = [name for name, has in (("times", header.has_times), ("reads", header.has_reads)) if not has]
    encoding = {} if header.accept_encoding == IDENTITY else {"accept_encoding": header.accept_encoding}
    return members | encoding | ({"missing": missing} if missing else {})


def _end_members(end: CaptureEnd) -> dict[str, Any]:
    members = {
        "type": "end",
        "t": end.at,
        "outcome": str(end.outcome),
        "problem": end.problem.to_json() if end.problem else None,
        "attempts": end.attempts,
    }
    return members if end.is_recorded else {**members, "recorded": False}


def _header(members: dict[str, Any]) -> CaptureHeader:
    if members["format"] != FORMAT or members["version"] > VERSION:
        raise CaptureError(f"expected {FORMAT} version {VERSION}, found {members['format']} {members['version']}")
    missing = members.get("missing") or ()
    clock = members.get("clock")
    return CaptureHeader(
        transport=str(members["transport"]),
        url=str(members["url"]),
        request=dict(members.get("request") or {}),
        dialect=str(members.get("dialect", "auto")),
        started=str(members.get("started", "")),
        clock=None if clock is None else _time(clock),
        software={str(name): str(version) for name, version in (members.get("software") or {}).items()},
        has_times="times" not in missing,
        has_reads="reads" not in missing,
        accept_encoding=str(members.get("accept_encoding", IDENTITY)),
    )


def _head(members: dict[str, Any]) -> ResponseHead:
    headers = tuple((str(name), str(value)) for name, value in members["headers"])
    return ResponseHead(_count(members["status"]), headers, _time(members["t"]))


def _read(members: dict[str, Any]) -> Read:
    data: bytes | str
    if "b64" in members:
        data = b64decode(members["b64"], validate=True)
    elif members["kind"] == "message":
        data = str(members["text"])
    else:
        data = members["text"].encode("utf-8")
    return checked_read(members["t"], data, members.get("wire", 0))


def checked_read(at: Any, data: bytes | str, wire_bytes: Any) -> Read:
    """A read of a time and a size that a file names. Raises ValueError or TypeError on what is neither."""
    return Read(_time(at), data, _count(wire_bytes))


def _mark(members: dict[str, Any]) -> Marker:
    return Marker(
        str(members["name"]),
        _time(members["t"]),
        str(members.get("text", "")),
        _count(members.get("attempt", 1)),
    )


def _end(members: dict[str, Any]) -> CaptureEnd:
    problem = StreamProblem.from_json(members["problem"]) if members.get("problem") else None
    return CaptureEnd(
        _time(members["t"]),
        Outcome(members["outcome"]),
        problem,
        _count(members.get("attempts", 1)),
        is_recorded=members.get("recorded") is not False,
    )


def _time(value: Any) -> float:
    seconds = float(value)
    if not math.isfinite(seconds):
        raise ValueError(f"{value} is no time")
    return seconds


def _count(value: Any) -> int:
    count = int(value)
    if not 0 <= count < 2**63:
        raise ValueError(f"{value} is no count")
    return count


_RECORDS: dict[str, Callable[[dict[str, Any]], Record]] = {
    "header": _header,
    "head": _head,
    "read": _read,
    "mark": _mark,
    "end": _end,
}
