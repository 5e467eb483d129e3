"""JSON in lines and in whole values: bytes to the text of each, in any cutting.

Knows nothing of what the JSON means. Bytes come from a capture's reads; texts go to the response decoder.
"""

from __future__ import annotations

import re

from tui.core.request import DEFAULT_EVENT_LIMIT_BYTES

_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"


class NDJSONDecoder:
    """Lines end with LF (a CR before it is dropped); empty lines are skipped; a BOM at the start is removed.

    Linear for any cutting. A line over the limit sets `is_over_limit`, and nothing more is given.
    """

    def __init__(self, limit_bytes: int = DEFAULT_EVENT_LIMIT_BYTES) -> None:
        self.is_over_limit = False
        self.replacement_count = 0
        self._limit = limit_bytes
        self._tail = bytearray()
        self._is_at_start = True

    @property
    def pending(self) -> bytes:
        """The line that has no end yet."""
        return bytes(self._tail)

    @property
    def unfinished_size(self) -> int:
        """How many bytes of it have come."""
        return len(self._tail)

    def feed(self, data: bytes) -> list[str]:
        """The lines that `data` completes, in order, without their ends."""
        if self.is_over_limit:
            return []
        cut = data.rfind(b"\n") + 1
        if not cut:
            self._keep(data)
            return []
        whole = bytes(self._tail) + data[:cut]
        self._tail.clear()
        self._keep(data[cut:])
        lines = self._begin(whole).split(b"\n")
        return [text for line in lines if (text := self._text(line))]

    def finish(self) -> str:
        """The last line, which has no end; "" when there is none."""
        line = self._begin(bytes(self._tail))
        self._tail.clear()
        return self._text(line)

    def _keep(self, data: bytes) -> None:
        self._tail += data
        if len(self._tail) > self._limit:
            self.is_over_limit = True
            self._tail.clear()

    def _begin(self, data: bytes) -> bytes:
        if self._is_at_start:
            self._is_at_start = False
            return data.removeprefix(_BOM)
        return data

    def _text(self, line: bytes) -> str:
        text = line.strip(_BLANK).decode("utf-8", "replace")
        if "\ufffd" in text:
            self.replacement_count += text.count("\ufffd") - line.count(b"\xef\xbf\xbd")
        if len(line) > self._limit:
            self.is_over_limit = True
            return ""
        return text


class JSONValueSplitter:
    """Objects and arrays one after another, told apart by their brackets: a body that was not streamed, or lines.

    A value is given at its last bracket. What stands between values and is no blank is given as a text of its
    own, up to the end of its line: it is no JSON. Limits as above.
    """

    _STEP = re.compile(rb'["\\{}\[\]]')
    _STRING_STEP = re.compile(rb'["\\]')

    def __init__(self, limit_bytes: int = DEFAULT_EVENT_LIMIT_BYTES) -> None:
        self.is_over_limit = False
        self.replacement_count = 0
        self._limit = limit_bytes
        self._pieces = bytearray()
        self._depth = 0
        self._is_in_string = False
        self._is_escaped = False

    @property
    def pending(self) -> bytes:
        """The value that has no end yet."""
        return bytes(self._pieces)

    @property
    def unfinished_size(self) -> int:
        """How many bytes of it have come."""
        return len(self._pieces)

    def feed(self, data: bytes) -> list[str]:
        """The values that `data` completes, in order."""
        found: list[str] = []
        at = 0
        while at < len(data) and not self.is_over_limit:
            at = self._feed_value(data, at, found) if self._depth else self._feed_between(data, at, found)
            if len(self._pieces) > self._limit:
                self.is_over_limit = True
                self._pieces.clear()
        return found

    def finish(self) -> str:
        """What has no end; "" when there is nothing."""
        text = self._take()
        self._depth = 0
        return text

    def _feed_between(self, data: bytes, at: int, found: list[str]) -> int:
        """Skips blanks, begins a value, or collects a line that is none; gives where to go on."""
        byte = data[at : at + 1]
        if not self._pieces and byte in _BLANK + _BOM:
            return at + 1
        if not self._pieces and byte in b"{[":
            return self._feed_value(data, at, found)
        end = data.find(b"\n", at)
        self._pieces += data[at:] if end < 0 else data[at:end]
        if end >= 0:
            found.append(self._take())
        return len(data) if end < 0 else end + 1

    def _feed_value(self, data: bytes, at: int, found: list[str]) -> int:
        end = self._end_of_value(data, at)
        self._pieces += data[at:end]
        if not self._depth and len(self._pieces) <= self._limit:
            found.append(self._take())
        return end

    def _end_of_value(self, data: bytes, at: int) -> int:
        """Behind the bracket that ends the value, or the end of the data."""
        if self._is_escaped:
            self._is_escaped = False
            at += 1
        while step := (self._STRING_STEP if self._is_in_string else self._STEP).search(data, at):
            at = step.end()
            match step[0]:
                case b'"':
                    self._is_in_string = not self._is_in_string
                case b"\\":
                    self._is_escaped = at == len(data)
                    at += 1
                case b"{" | b"[":
                    self._depth += 1
                case _:
                    self._depth -= 1
            if not self._depth:
                return at
        return len(data)

    def _take(self) -> str:
        text = self._pieces.decode("utf-8", "replace").strip()
        self.replacement_count += text.count("\ufffd") - self._pieces.count(b"\xef\xbf\xbd")
        self._pieces.clear()
        return text
