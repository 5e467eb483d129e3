"""One block of a server-sent event stream: its fields as lines are read, and as lines are written.

Holds no stream state: when a block ends and what it then means is decided in `sse_codec`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

MAX_RETRY_MS: Final = 2**53 - 1
"""The largest reconnection time: the largest integer that every JSON reader keeps exactly."""

_LINE_END: Final = re.compile(r"[\r\n]")
_LINE_END_OR_NUL: Final = re.compile(r"[\r\n\0]")


@dataclass(slots=True)
class EventBlock:
    """The fields of a block that has not ended. None means that no line set the field."""

    data: list[str] = field(default_factory=list)
    event: str | None = None
    id: str | None = None
    retry: int | None = None
    has_comment: bool = False
    _measured_lines: int = 0
    _measured_bytes: int = 0

    def take(self, name: str, value: str) -> bool:
        """Takes the field of a line; says False of a field that the standard ignores (WHATWG HTML 9.2.6)."""
        if name == "data":
            self.data.append(value)
        elif name == "event":
            self.event = value
        elif name == "id" and "\0" not in value:
            self.id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry = _clamped(value)
        else:
            return False
        return True

    def measure(self) -> int:
        """The size of the data in bytes, each line with its newline; looks at new lines only, so it is linear.

        U+FFFD counts one byte, as it may stand for one: so a line never measures more than it had on the wire.
        """
        for line in self.data[self._measured_lines :]:
            size = len(line) if line.isascii() else len(line.encode()) - 2 * line.count("\ufffd")
            self._measured_bytes += size + 1
        self._measured_lines = len(self.data)
        return self._measured_bytes

    def encode(self) -> str:
        """The lines of type, id and data; "" if there is none of them."""
        return field_lines(self.event, self.id) + (data_lines("\n".join(self.data)) if self.data else "")


def field_lines(event: str | None, event_id: str | None, retry: int | None = None) -> str:
    """The lines before the data; raises ValueError when a value cannot reach the other side whole."""
    lines = ""
    if event:
        if _LINE_END.search(event):
            raise ValueError(f"an event type must be one line, without CR and LF, not {event[:80]!r}")
        lines = f"event: {event}\n"
    if event_id is not None:
        if _LINE_END_OR_NUL.search(event_id):
            raise ValueError(f"an event id must be one line, without CR, LF and NUL, not {event_id[:80]!r}")
        lines += f"id: {event_id}\n"
    if retry is not None:
        if not 0 <= retry <= MAX_RETRY_MS:
            raise ValueError(f"a retry must be within 0 and {MAX_RETRY_MS} ms, and this one is not")
        lines += f"retry: {retry}\n"
    return lines


def data_lines(data: str) -> str:
    """One line for each line of `data`, which may end in CRLF, LF or CR; an empty text is one line."""
    text = data.replace("\r\n", "\n").replace("\r", "\n") if "\r" in data else data
    return f"data: {text}\n" if "\n" not in text else "data: " + text.replace("\n", "\ndata: ") + "\n"


def _clamped(digits: str) -> int:
    """The number, or MAX_RETRY_MS if it is larger; int() alone raises on thousands of digits."""
    significant = digits.lstrip("0") or "0"
    return min(int(significant), MAX_RETRY_MS) if len(significant) <= 16 else MAX_RETRY_MS
