"""The bytes of one row of the wire as they are read: raw text, the JSON in it, and where reads join.

All places are characters of the raw text; `ByteText` knows their bytes. Long rows are cut, and say by how much.
"""

from __future__ import annotations

import re
from typing import Final

from tui.core.wire_view.byte_text import ByteText
from tui.core.wire_view.json_layout import Member, Piece, Token, members_of, tokens_of
from tui.core.wire_view.wire_log import Entry, WireLog

LINE_END, FIELD, COMMENT = "end", "field", "comment"
MOST_BYTES: Final = 32_768
_LINE: Final = re.compile(r"([^\r\n]*+)(\r\n|\r|\n|\Z)")
_FIELD: Final = re.compile(r"(data|event|id|retry|error)(?::( ?)|\Z)")


class FrameText:
    """One row. `left_out` is how many of its bytes are not looked at; `values` is where its data stands.

    `joints` tells where another read begins: the offset of its first byte, and the character that this byte is of.
    """

    def __init__(self, log: WireLog, entry: Entry) -> None:
        capture = log.run.capture
        end = min(entry.end, entry.start + MOST_BYTES)
        self.entry = entry
        self.left_out = entry.end - end
        is_message = entry.read < capture.read_count and capture.is_message(entry.read)
        self.raw = ByteText(capture.bytes_between(entry.start, end), entry.start, is_message=is_message)
        self._is_lines = log.is_event_stream(entry.index)
        self.values = self._values()
        self.json = "\n".join(self.raw.text[start:stop] for start, stop in self.values)
        self.joints = self._joints(log)

    @property
    def lines(self) -> list[tuple[int, int, int]]:
        """Each line of the raw text: where it begins, where its end begins, where the next one begins."""
        return [(match.start(), match.end(1), match.end()) for match in _LINE.finditer(self.raw.text) if match[0]]

    def raw_rows(self) -> list[list[Piece]]:
        """A row for each line, its end drawn as a sign; field names apart from values."""
        return [self._raw_row(*line) for line in self.lines]

    def json_tokens(self) -> list[Token]:
        """The tokens of the JSON, by their places in the raw text."""
        return [Token(token.text, self._raw_place(token.at)) for token in tokens_of(self.json)]

    def members(self) -> list[Member]:
        """The members of the JSON, by their places in the raw text."""
        found = members_of(tokens_of(self.json))
        return [Member(key, self._raw_place(start), self._raw_place(end - 1) + 1) for key, start, end in found]

    def raw_place(self, json_place: int) -> int:
        """Where a character of the JSON stands in the raw text."""
        return self._raw_place(min(json_place, len(self.json)))

    def _raw_place(self, place: int) -> int:
        for start, stop in self.values:
            if place <= stop - start:
                return start + place
            place -= stop - start + 1
        return len(self.raw.text)

    def _values(self) -> list[tuple[int, int]]:
        """Where the data stands: behind the names of the fields, or the whole without blanks around it."""
        text = self.raw.text
        if not self._is_lines:
            stripped = text.strip(" \t\r\n")
            start = text.find(stripped)
            return [(start, start + len(stripped))] if stripped else []
        fields = [(_FIELD.match(text, start, stop), stop) for start, stop, _ in self.lines]
        named = [(field[1], field.end(), stop) for field, stop in fields if field is not None]
        data = [(start, stop) for name, start, stop in named if name == "data"]
        return data or [(start, stop) for name, start, stop in named if name == "error"][:1]

    def _raw_row(self, start: int, stop: int, after: int) -> list[Piece]:
        text = self.raw.text
        row: list[Piece] = []
        at = start
        if self._is_lines:
            field = _FIELD.match(text, start, stop)
            if field is not None:
                at = field.end()
                row.append(Piece(text[start:at], start, FIELD))
        if stop > at:
            is_comment = self._is_lines and text.startswith(":", start)
            row.append(Piece(text[at:stop], at, COMMENT if is_comment else ""))
        if after > stop:
            row.append(Piece(text[stop:after], stop, LINE_END))
        return row

    def _joints(self, log: WireLog) -> list[tuple[int, int]]:
        """(offset, character) of each read after the first one."""
        capture = log.run.capture
        if not self.raw.data:
            return []
        first, last = capture.read_of_byte(self.raw.base), capture.read_of_byte(self.raw.end - 1)
        starts = sorted({capture.read_start(read) for read in range(first + 1, last + 1)})
        return [(start, self.raw.char_of(start)) for start in starts]
