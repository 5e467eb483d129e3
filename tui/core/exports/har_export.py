"""Captures as HAR 1.2: one entry a connection, with the SSE events or WebSocket messages and their times.

What HAR has no place for (the network's reads, markers, the outcome) stands in `_streamscope`, so that a HAR of
streamscope's opens as the very same capture. Request headers are not in a capture, so none are in the HAR.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from tui.core.capture import CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.capture_codec import encode_record
from tui.core.readers.har_file import OWN_RECORDS, SSE_MESSAGES, WS_MESSAGES
from tui.core.wire.sse_codec import SSEDecoder

_EPOCH: Final = "1970-01-01T00:00:00.000+00:00"
_SSE: Final = "text/event-stream"


def har_text(captures: Sequence[Iterable[Record]], version: str) -> str:
    """One HAR with the entries of all captures; each is given as its records, the header first."""
    entries: list[dict[str, Any]] = []
    for number, records in enumerate(captures):
        entries += _entries_of(list(records), number)
    creator = {"name": "streamscope", "version": version}
    return json.dumps({"log": {"version": "1.2", "creator": creator, "pages": [], "entries": entries}}, indent=1)


def _entries_of(records: list[Record], number: int) -> list[dict[str, Any]]:
    header = records[0]
    if not isinstance(header, CaptureHeader):
        raise TypeError("a capture begins with its header")
    return [_entry(header, part, number) for part in _connections(records)]


def _connections(records: list[Record]) -> list[list[Record]]:
    """The records cut before each response head but the first, so that each part has the reads of one response."""
    parts: list[list[Record]] = [[]]
    has_head = False
    for record in records:
        if isinstance(record, ResponseHead):
            if has_head:
                parts.append([])
            has_head = True
        parts[-1].append(record)
    return parts


def _entry(header: CaptureHeader, part: list[Record], number: int) -> dict[str, Any]:
    head = next((record for record in part if isinstance(record, ResponseHead)), ResponseHead(200, (), 0.0))
    reads = [record for record in part if isinstance(record, Read)]
    sent = next((record.at for record in part if isinstance(record, Marker) and record.name == "sent"), None)
    start = sent if sent is not None else min([head.at, *(read.at for read in reads)], default=0.0)
    last = reads[-1].at if reads else head.at
    entry = {
        "startedDateTime": _moment(header, start),
        "time": _ms(last - start),
        "request": _request(header),
        "response": _response(head, reads),
        "cache": {},
        "timings": {"send": 0, "wait": _ms(head.at - start), "receive": _ms(last - head.at)},
        OWN_RECORDS: {"capture": number, "records": [_skeleton(record) for record in part]},
    }
    if header.transport == "ws":
        entry[WS_MESSAGES] = [_ws_message(header, read) for read in reads]
    elif header.has_times and (messages := _sse_messages(header, head, reads)):
        entry[SSE_MESSAGES] = messages
    return entry


def _request(header: CaptureHeader) -> dict[str, Any]:
    body = json.dumps(header.request)
    is_ws = header.transport == "ws"
    request: dict[str, Any] = {
        "method": "GET" if is_ws else "POST",
        "url": header.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "queryString": [],
        "headersSize": -1,
        "bodySize": -1 if is_ws else len(body.encode()),
    }
    return request if is_ws else request | {"postData": {"mimeType": "application/json", "text": body}}


def _response(head: ResponseHead, reads: list[Read]) -> dict[str, Any]:
    body = b"".join(read.data for read in reads if isinstance(read.data, bytes))
    content: dict[str, Any] = {"size": len(body), "mimeType": head.header("content-type") or ""}
    try:
        content["text"] = body.decode("utf-8")
    except UnicodeDecodeError:
        content |= {"text": b64encode(body).decode("ascii"), "encoding": "base64"}
    return {
        "status": head.status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in head.headers],
        "content": content,
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": sum(read.wire_bytes for read in reads) or -1,
    }


def _skeleton(record: Record) -> dict[str, Any]:
    """A record without the bytes that stand elsewhere in the entry."""
    if isinstance(record, Read):
        size = {} if isinstance(record.data, str) else {"size": len(record.data)}
        return {"type": "read", "t": record.at, "wire": record.wire_bytes, **size}
    members: dict[str, Any] = json.loads(encode_record(record))
    return members


def _sse_messages(header: CaptureHeader, head: ResponseHead, reads: list[Read]) -> list[dict[str, Any]]:
    """The events of a body that is an event stream by name or by its beginning; of any other none."""
    named = (head.header("content-type") or "").startswith(_SSE)
    decoder = SSEDecoder()
    messages: list[dict[str, Any]] = []
    for read in reads:
        if isinstance(read.data, bytes):
            time = _epoch(header, read.at)
            messages += [
                {"time": time, "eventName": event.event or "message", "eventId": event.id or "", "data": event.data}
                for event in decoder.feed(read.data)
            ]
    return messages if named or not head.headers else []


def _ws_message(header: CaptureHeader, read: Read) -> dict[str, Any]:
    is_text = isinstance(read.data, str)
    data = read.data if isinstance(read.data, str) else b64encode(read.data).decode("ascii")
    return {"type": "receive", "time": _epoch(header, read.at), "opcode": 1 if is_text else 2, "data": data}


def _start_of(header: CaptureHeader) -> datetime:
    try:
        start = datetime.fromisoformat(header.started or _EPOCH)
    except ValueError:
        start = datetime.fromisoformat(_EPOCH)
    return start if start.tzinfo is not None else start.replace(tzinfo=UTC)


def _epoch(header: CaptureHeader, at: float) -> float:
    return round(_start_of(header).timestamp() + at, 6)


def _moment(header: CaptureHeader, at: float) -> str:
    return datetime.fromtimestamp(_epoch(header, at), UTC).isoformat(timespec="milliseconds")


def _ms(seconds: float) -> float:
    return round(max(0.0, seconds) * 1000, 3)
