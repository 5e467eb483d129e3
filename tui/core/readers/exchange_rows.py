"""One HTTP exchange as JSON rows `request`, `head`, `body`, `end`: the form of the recorded streams of the tests.

Body rows with one `t` came in one network read. `how` of the end says who closed.
"""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import replace
from typing import Any, Final

from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome
from tui.core.public_url import public_url
from tui.core.readers.base import unrecorded_end
from tui.core.readers.line_splitter import Line, LineSplitter
from tui.core.readers.safe_records import safe_headers, safe_request
from tui.errors import CaptureError

_CLOSED_HERE: Final = "client-cancel"
_FAULTS: Final = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


class ExchangeRows:
    """Reads the rows up to the first that is none."""

    name = "recorded exchange"

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._lines = LineSplitter()
        self._read_at, self._read_data = 0.0, b""
        self._is_over = False
        self._has_begun = False
        self._at = 0.0

    def feed(self, data: bytes, at: float = 0.0) -> list[Record]:  # noqa: ARG002  the rows have their own times
        """The records that `data` completes."""
        records: list[Record] = []
        for line in self._lines.feed(data):
            records += self._take(line)
        return records

    def finish(self, at: float = 0.0) -> list[Record]:  # noqa: ARG002  as above
        """What is left, and an end. Raises CaptureError when there was no row."""
        lines = self._lines
        records = self._take(Line(lines.number, lines.offset, lines.pending))
        if not self._has_begun:
            raise CaptureError(self.notes[0] if self.notes else "It is empty.")
        if not self._is_over:
            records += self._break_off("The file has no end row: the recording was cut there.")
        return records

    def _take(self, line: Line) -> list[Record]:
        if self._is_over or not line.data.strip():
            return []
        try:
            row = json.loads(line.data)
            return self._records(row, row["kind"])
        except _FAULTS as error:
            sentence = f"Line {line.number} (byte {line.offset:,} on) is damaged: {type(error).__name__} ({error})."
            return self._break_off(sentence)

    def _records(self, row: dict[str, Any], kind: str) -> list[Record]:
        if kind == "request" and not self._has_begun:
            return self._begin(row)
        if not self._has_begun:
            raise ValueError("expected a request row first")
        match kind:
            case "head":
                pairs = safe_headers((str(name), str(value)) for name, value in row["headers"])
                return [*self._last_read(), ResponseHead(int(row["status"]), pairs, self._time(row))]
            case "body":
                return self._take_body(row)
            case "end":
                return [*self._last_read(), self._end(row)]
        raise ValueError(f"no row of the kind {kind!r}")

    def _begin(self, row: dict[str, Any]) -> list[Record]:
        self._has_begun = True
        host = next((str(value) for name, value in row.get("headers") or () if str(name).lower() == "host"), "")
        url = public_url(f"http://{host}{row.get('path') or ''}") if host else ""
        software = {"recorded from": str(row["peer"])} if row.get("peer") else {}
        header = CaptureHeader("direct", url, safe_request(row.get("body")), software=software)
        return [header, Marker("sent", 0.0)]

    def _take_body(self, row: dict[str, Any]) -> list[Record]:
        data = b64decode(row["b64"], validate=True) if "b64" in row else str(row["text"]).encode()
        at = self._time(row)
        if self._read_data and self._read_at == at:
            self._read_data += data
            return []
        before, self._read_at, self._read_data = self._last_read(), at, data
        return before

    def _last_read(self) -> list[Record]:
        data, self._read_data = self._read_data, b""
        return [Read(self._read_at, data)] if data else []

    def _end(self, row: dict[str, Any]) -> CaptureEnd:
        self._is_over = True
        end = unrecorded_end(self._time(row))
        if row.get("how") == _CLOSED_HERE:
            return replace(end, outcome=Outcome.CANCELLED, is_recorded=True)
        return end

    def _time(self, row: dict[str, Any]) -> float:
        at = float(row["t"])
        if not 0 <= at < float("inf"):
            raise ValueError(f"{at} is no time")
        self._at = max(self._at, at)
        return at

    def _break_off(self, sentence: str) -> list[Record]:
        self._is_over = True
        self.notes.append(sentence)
        return [*self._last_read(), unrecorded_end(self._at, sentence)] if self._has_begun else []
