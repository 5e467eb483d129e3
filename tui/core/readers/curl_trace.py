"""`curl --trace FILE` (with `--trace-time` or without): every network read with its bytes, size and time.

The hexadecimal dump holds the exact bytes; `--trace-ascii` does not (it writes a dot for a line feed), so it is
refused. What was sent is looked at for address and body only: keys in it go nowhere.
"""

from __future__ import annotations

import re
from typing import Final

from tui.core.capture import CaptureHeader, Marker, Read, Record
from tui.core.public_url import public_url
from tui.core.readers.base import unrecorded_end
from tui.core.readers.chunked_body import ChunkedBody
from tui.core.readers.line_splitter import Line, LineSplitter
from tui.core.readers.response_heads import parse_head
from tui.core.readers.safe_records import safe_request
from tui.errors import CaptureError

_EVENT: Final = re.compile(
    rb"(?:(\d\d):(\d\d):(\d\d(?:\.\d+)?) )?(?:\[[0-9-]+\] )?"
    rb"(==|=>|<=) (Info|Send header|Send data|Recv header|Recv data|Send SSL data|Recv SSL data)[:,]"
    rb"(?: (\d+) bytes \(0x[0-9a-f]+\))?"
)
_HEX: Final = re.compile(rb"[0-9a-f]{4,}: ((?:[0-9a-f]{2} ){1,16})")
_BYTES_A_LINE: Final = 16
_DAY_S: Final = 86_400.0
_NO_TIMES: Final = "It has no times (--trace-time adds them): reads are counted, numbers of time are not defined."
_ASCII: Final = "This is curl's --trace-ascii, which loses line feeds and bytes: record with --trace FILE instead."


def is_trace(line: bytes) -> bool:
    """Whether a line is one with which curl begins an entry of a trace."""
    return _EVENT.match(line) is not None


class CurlTrace:
    """Reads a trace. Time 0 is its first entry; `sent` is when the request's head was written."""

    name = "curl trace"

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._lines = LineSplitter()
        self._kind = b""
        self._left = 0
        self._entry = bytearray()
        self._began: float | None = None
        self._at = 0.0
        self._has_times = True
        self._sent_head = bytearray()
        self._sent_body = bytearray()
        self._received_head = bytearray()
        self._chunked: ChunkedBody | None = None
        self._has_header = False
        self._is_secure = False
        self._broken_off = ""
        self._sent_at: float | None = None

    def feed(self, data: bytes, at: float = 0.0) -> list[Record]:  # noqa: ARG002  the trace has its own times
        """The records that `data` completes. Raises CaptureError on a trace that has lost bytes from the beginning."""
        records: list[Record] = []
        for line in self._lines.feed(data):
            records += self._read(line)
        return records

    def finish(self, at: float = 0.0) -> list[Record]:  # noqa: ARG002  as above
        """What is left, and an end that was not recorded."""
        lines = self._lines
        records = self._read(Line(lines.number, lines.offset, lines.pending), is_last=True)
        if self._left and not self._broken_off:
            self._break_off(f"Its last entry is cut: {self._left} bytes are missing.")
        records += self._entry_read()
        return [*self._begin(), *records, unrecorded_end(self._at, self._broken_off)]

    def _read(self, line: Line, *, is_last: bool = False) -> list[Record]:
        if self._broken_off:
            return []
        match = _EVENT.match(line.data)
        if match is None:
            return self._take_dump(line, is_last=is_last) if self._left else []
        records = self._entry_read()
        self._note_time(match)
        self._kind, self._left = match[5], int(match[6] or 0) if match[4] != b"==" else 0
        self._is_secure = self._is_secure or b"SSL" in self._kind
        return records

    def _note_time(self, match: re.Match[bytes]) -> None:
        if match[1] is None:
            self._has_times = False
            return
        clock = int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3])
        if self._began is None:
            self._began = clock
        while clock - self._began < self._at - _DAY_S / 2:
            clock += _DAY_S
        self._at = round(max(self._at, clock - self._began), 6)

    def _take_dump(self, line: Line, *, is_last: bool) -> list[Record]:
        match, size = _HEX.match(line.data), min(self._left, _BYTES_A_LINE)
        data = bytes.fromhex(match[1][: 3 * size].decode("ascii")) if match is not None else b""
        self._entry += data
        self._left -= len(data)
        if len(data) < size and not is_last:
            if not self._has_header:
                raise CaptureError(_ASCII)
            self._break_off(f"Line {line.number} (byte {line.offset:,} on) is damaged: it is no dump of {size} bytes.")
        return [] if self._left else self._entry_read()

    def _break_off(self, sentence: str) -> None:
        self._broken_off = sentence
        self.notes.append(sentence)

    def _entry_read(self) -> list[Record]:
        """The records of an entry whose bytes are there."""
        data, self._entry, self._left = bytes(self._entry), bytearray(), 0
        if not data:
            return []
        match self._kind:
            case b"Send header":
                self._sent_head += data
                self._sent_at = self._at if self._sent_at is None else self._sent_at
            case b"Send data":
                self._sent_body += data
            case b"Recv header":
                return self._take_head(data)
            case b"Recv data":
                return self._take_data(data)
        return []

    def _take_head(self, data: bytes) -> list[Record]:
        self._received_head += data
        if not self._received_head.endswith((b"\r\n\r\n", b"\n\n")):
            return []
        head = parse_head(bytes(self._received_head.strip()), self._time)
        self._received_head.clear()
        is_chunked = "chunked" in (head.header("transfer-encoding") or "")
        self._chunked = ChunkedBody() if is_chunked else None
        return [*self._begin(), head]

    def _take_data(self, data: bytes) -> list[Record]:
        content = data if self._chunked is None else self._chunked.feed(data)
        return [*self._begin(), *([Read(self._time, content, len(data))] if content else [])]

    @property
    def _time(self) -> float:
        return self._at if self._has_times else 0.0

    def _begin(self) -> list[Record]:
        """The header, once it is known what was asked, and the moment of asking."""
        if self._has_header:
            return []
        self._has_header = True
        if not self._has_times:
            self.notes.append(_NO_TIMES)
        header = CaptureHeader("sse", self._url(), safe_request(bytes(self._sent_body)), has_times=self._has_times)
        is_timed = self._has_times and self._sent_at is not None
        return [header, Marker("sent", self._sent_at or 0.0)] if is_timed else [header]

    def _url(self) -> str:
        """The address that the request's head tells."""
        lines = bytes(self._sent_head).decode("utf-8", "replace").split("\r\n")
        path = [*lines[0].split(" "), "", ""][1]
        host = next((line[5:].strip() for line in lines if line.lower().startswith("host:")), "")
        scheme = "https" if self._is_secure else "http"
        return public_url(f"{scheme}://{host}{path}") if host else ""
