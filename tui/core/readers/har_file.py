"""HAR 1.2 to capture records: one entry of the file, with the times of its messages where it has them.

A browser's HAR keeps SSE events and WebSocket messages with their times in `_eventSourceMessages` and
`_webSocketMessages`; a plain body has none. One that streamscope wrote also has its reads, in `_streamscope`.
Keys in it (request headers, cookies) are left behind.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.capture_codec import checked_read, decode_line
from tui.core.public_url import public_url
from tui.core.readers.base import unrecorded_end, with_known_dialect
from tui.core.readers.frame_cutter import FrameCutter
from tui.core.readers.safe_records import safe_headers, safe_request
from tui.core.wire.sse_codec import SSEEvent
from tui.errors import CaptureError

SSE_MESSAGES: Final = "_eventSourceMessages"
WS_MESSAGES: Final = "_webSocketMessages"
OWN_RECORDS: Final = "_streamscope"
_FAULTS: Final = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RuntimeError)
_STREAM_TYPES: Final = ("text/event-stream", "ndjson", "jsonl", "stream+json")
_FAR_S: Final = 86_400.0  # a message further from the entry's start counts on another clock


class HARFile:
    """Reads a HAR when all of it is there. `entry` is the number of the entry from 1; None takes the best one."""

    name = "HAR"

    def __init__(self, entry: int | None = None) -> None:
        self.notes: list[str] = []
        self._entry = entry
        self._pieces: list[bytes] = []

    def feed(self, data: bytes, at: float = 0.0) -> list[Record]:  # noqa: ARG002  a HAR has its own times
        """Nothing yet: a HAR is one JSON value."""
        self._pieces.append(data)
        return []

    def finish(self, at: float = 0.0) -> list[Record]:  # noqa: ARG002  as above
        """The records of the entry. Raises CaptureError on what is no HAR or has no such entry."""
        text, self._pieces = b"".join(self._pieces), []
        try:
            entries = json.loads(text)["log"]["entries"]
            entry = self._choose(entries)
        except _FAULTS as error:
            raise CaptureError(f"It is no whole HAR: {type(error).__name__} ({error}).") from error
        try:
            if OWN_RECORDS not in entry:
                return self._records(entry)
            header, records = _own_records(entries, entry)
            return [with_known_dialect(header, self.notes), *records]
        except _FAULTS as error:
            raise CaptureError(f"The entry cannot be read: {type(error).__name__} ({error}).") from error

    def _choose(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        if not entries:
            raise CaptureError("It holds no entry.")
        if self._entry is not None:
            if not 1 <= self._entry <= len(entries):
                raise CaptureError(f"It has no entry {self._entry}: there are {len(entries)}.")
            return entries[self._entry - 1]
        ranks = [_rank(entry) for entry in entries]
        best = ranks.index(max(ranks))
        others = sum(rank > 1 for rank in ranks) - 1
        if len(entries) > 1:
            more = f"; {others} more hold streams (--entry N chooses)" if others > 0 else ""
            self.notes.append(f"This is entry {best + 1} of {len(entries)}{more}.")
        return entries[best]

    def _records(self, entry: dict[str, Any]) -> list[Record]:
        request, response = entry["request"], entry["response"]
        messages = entry.get(WS_MESSAGES) or entry.get(SSE_MESSAGES)
        has_times = bool(messages) and all("time" in message for message in messages or ())
        header = CaptureHeader(
            transport="ws" if entry.get(WS_MESSAGES) else "sse",
            url=public_url(str(request.get("url", ""))),
            request=safe_request((request.get("postData") or {}).get("text")),
            started=str(entry.get("startedDateTime", "")),
            has_times=has_times,
            has_reads=False,
        )
        if not messages:
            self.notes.append("It has no times of its messages: frames are counted, numbers of time are not defined.")
        clock = _MessageClock(entry, messages[0]["time"]) if messages and has_times else None
        sent = [Marker("sent", 0.0)] if clock is not None and clock.has_start else []
        head = _head(response, 101 if header.transport == "ws" else 200, clock.head_at if clock else 0.0)
        reads = list(_reads(entry, messages, clock))
        end = unrecorded_end(reads[-1].at if reads else head.at)
        return [header, *sent, head, *reads, end]


def _own_records(entries: list[dict[str, Any]], chosen: dict[str, Any]) -> tuple[CaptureHeader, list[Record]]:
    """The capture that an entry belongs to: the records of all its entries, their bytes put in again."""
    number = chosen[OWN_RECORDS]["capture"]
    parts = [entry for entry in entries if entry.get(OWN_RECORDS, {}).get("capture") == number]
    records = [record for entry in parts for record in _with_bytes(entry)]
    header, *rest = records
    has_more = any(isinstance(record, CaptureHeader) for record in rest)
    if not isinstance(header, CaptureHeader) or has_more or any(isinstance(r, CaptureEnd) for r in rest[:-1]):
        raise ValueError(f"the entries of capture {number} are not in their order")
    last = records[-1]
    if isinstance(last, CaptureEnd):
        return header, rest
    at = last.at if not isinstance(last, CaptureHeader) else 0.0
    return header, [*rest, unrecorded_end(at, "The HAR ends before the run.")]


def _with_bytes(entry: dict[str, Any]) -> Iterator[Record]:
    body, start = _body(entry["response"].get("content") or {}), 0
    messages = iter(entry.get(WS_MESSAGES) or ())
    for skeleton in entry[OWN_RECORDS]["records"]:
        if skeleton["type"] != "read":
            yield decode_line(json.dumps(skeleton))[0]
        elif entry.get(WS_MESSAGES):
            yield checked_read(skeleton["t"], _message_data(next(messages)), skeleton["wire"])
        else:
            end = start + int(skeleton["size"])
            yield checked_read(skeleton["t"], body[start:end], skeleton["wire"])
            start = end


class _MessageClock:
    """Seconds since the entry's start for the times of its messages."""

    def __init__(self, entry: dict[str, Any], first: Any) -> None:
        try:
            start = datetime.fromisoformat(str(entry["startedDateTime"])).timestamp()
        except (KeyError, ValueError):
            start = float("-inf")
        self.has_start = abs(float(first) - start) < _FAR_S
        self._origin = start if self.has_start else float(first)
        wait_ms = (entry.get("timings") or {}).get("wait")
        latest = max(0.0, float(first) - self._origin)
        self.head_at = min(latest, max(0.0, float(wait_ms or 0)) / 1000)
        self._at = 0.0

    def seconds(self, time: Any) -> float:
        """Never before what came already."""
        self._at = max(self._at, round(float(time) - self._origin, 6))
        return self._at


def _reads(entry: dict[str, Any], messages: list[dict[str, Any]] | None, clock: _MessageClock | None) -> Iterator[Read]:
    """One read for each message that was received, or for each frame of a plain body."""
    if not messages:
        cutter = FrameCutter()
        for frame in (*cutter.feed(_body(entry["response"].get("content") or {})), *cutter.finish()):
            yield Read(0.0, frame)
        return
    for message in messages:
        if message.get("type") == "send":
            continue
        at = clock.seconds(message["time"]) if clock is not None else 0.0
        yield checked_read(at, _message_data(message) if WS_MESSAGES in entry else _event_bytes(message), 0)


def _message_data(message: dict[str, Any]) -> str | bytes:
    text = str(message["data"])
    return b64decode(text) if message.get("opcode") == 2 else text


def _event_bytes(message: dict[str, Any]) -> bytes:
    name, event_id = message.get("eventName"), message.get("eventId")
    event = SSEEvent(str(message["data"]), None if name in (None, "", "message") else str(name), event_id or None)
    return event.encode().encode("utf-8", "surrogatepass")


def _body(content: dict[str, Any]) -> bytes:
    text = str(content.get("text") or "")
    return b64decode(text) if content.get("encoding") == "base64" else text.encode("utf-8", "surrogatepass")


def _head(response: dict[str, Any], usual: int, at: float) -> ResponseHead:
    """The head; the body in a HAR has its content coding taken off, so the header that names it would mislead."""
    pairs = [(str(header["name"]), str(header["value"])) for header in response.get("headers") or ()]
    headers = [(name, value) for name, value in safe_headers(pairs) if not name.startswith(":")]
    mime = str((response.get("content") or {}).get("mimeType") or "")
    if mime and not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", mime))
    return ResponseHead(int(response.get("status") or usual), tuple(headers), at)


def _rank(entry: dict[str, Any]) -> int:
    """How likely an entry is the stream that is meant."""
    if entry.get(OWN_RECORDS) or entry.get(SSE_MESSAGES) or entry.get(WS_MESSAGES):
        return 3
    content = (entry.get("response") or {}).get("content") or {}
    is_stream = any(word in str(content.get("mimeType", "")) for word in _STREAM_TYPES)
    return (2 if is_stream else 1) if content.get("text") else 0
