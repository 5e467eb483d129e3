"""HTTP response heads as text in front of a body, as `curl -i` prints them; several where there were several."""

from __future__ import annotations

import re
from typing import Final

from tui.core.capture import ResponseHead
from tui.core.readers.safe_records import safe_headers

_STATUS_LINE: Final = re.compile(rb"HTTP/[0-9.]+ +([0-9]{3})\b")
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_LIMIT_BYTES: Final = 256 * 1024


class HeadParser:
    """Takes the beginning of a log. `heads` are those read so far; `is_done` says that the body begins."""

    def __init__(self) -> None:
        self.heads: list[ResponseHead] = []
        self.is_done = False
        self._waiting = b""

    def feed(self, data: bytes, at: float) -> bytes:
        """What of the body has come."""
        if self.is_done:
            return data
        self._waiting += data
        while not self.is_done:
            end = _HEAD_END.search(self._waiting)
            if self._may_be_head() and end is None and len(self._waiting) < _LIMIT_BYTES:
                return b""
            if end is None or not self._waiting.startswith(b"HTTP/"):
                self.is_done = True
            else:
                self.heads.append(parse_head(self._waiting[: end.start()], at))
                self._waiting = self._waiting[end.end() :]
                if not self._waiting:
                    return b""
        return self._take_waiting()

    def finish(self) -> bytes:
        """What waits, when nothing more comes."""
        self.is_done = True
        return self._take_waiting()

    def _may_be_head(self) -> bool:
        return self._waiting.startswith(b"HTTP/") or b"HTTP/".startswith(self._waiting)

    def _take_waiting(self) -> bytes:
        body, self._waiting = self._waiting, b""
        return body


def parse_head(text: bytes, at: float) -> ResponseHead:
    """A head from its lines; a status that cannot be read is 200, a line without a colon is left out."""
    first, *lines = text.replace(b"\r\n", b"\n").split(b"\n")
    match = _STATUS_LINE.match(first)
    pairs = (line.decode("utf-8", "replace").partition(":") for line in lines if b":" in line)
    headers = safe_headers((name.strip(), value.strip()) for name, _, value in pairs)
    return ResponseHead(int(match[1]) if match else 200, headers, at)
