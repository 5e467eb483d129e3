"""A growing text with styles and marks: what pane 1 draws from. Pure: no Textual.

Wraps as `WrappedText` does and remembers for each stretch its style, and where each content chunk begins. Marks
(headings, gaps, joints, notes) are drawn in the text but are no part of it: they are never copied or searched.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from tui.panes.wrapped_text import WrappedText

if TYPE_CHECKING:
    from tui.panes.piece_places import PiecePlaces

CONTENT, SLOW, STALLED, REASONING, TOOL, HEADING, GAP, JOINT, NOTE = range(9)
STYLE_NAMES = ("", "slow", "stalled", "reasoning", "tool", "heading", "gap", "joint", "note")
_FIRST_MARK = HEADING


class Stretch(NamedTuple):
    """A piece of a row in one style; `style` indexes STYLE_NAMES."""

    text: str
    style: int
    start: int

    @property
    def is_mark(self) -> bool:
        """Whether it is no part of the text."""
        return self.style >= _FIRST_MARK


class StyledText:
    """Append-only until `clear`. Offsets count everything drawn, marks included."""

    def __init__(self, width: int = 80) -> None:
        self.wrapped = WrappedText(width)
        self._starts = array("Q")
        self._styles = bytearray()
        self._pieces: list[str] = []
        self._length = 0
        self._content_starts = array("Q")
        self._content_chars = array("Q")
        self._content_length = 0
        self._others: PiecePlaces | None = None  # the pieces of thinking and of tool calls, once there are any

    @property
    def is_empty(self) -> bool:
        """Whether nothing was added."""
        return self._length == 0

    @property
    def length(self) -> int:
        """How many code points are drawn, marks included."""
        return self._length

    @property
    def ends_with_newline(self) -> bool:
        """Whether the next stretch begins a line."""
        last = self._pieces[-1] if self._pieces else self.wrapped.slice(self._length - 1, self._length)
        return last.endswith("\n")

    def add(self, text: str, style: int) -> None:
        """Adds a stretch; it is drawn after the next `flush`."""
        if not text:
            return
        if not self._styles or self._styles[-1] != style:
            self._starts.append(self._length)
            self._styles.append(style)
        self._pieces.append(text)
        self._length += len(text)

    def add_other(self, text: str, style: int, frame: int) -> None:
        """Adds a stretch that is no content, and remembers the frame it came in."""
        if not text:
            return
        if self._others is None:
            from tui.panes.piece_places import PiecePlaces  # noqa: PLC0415  the first paint waits for no piece

            self._others = PiecePlaces()
        self._others.add(self._length, self._length + len(text), frame)
        self.add(text, style)

    def place_of_frame(self, frame: int) -> tuple[int, int] | None:
        """From where to where the first piece of thinking or of a tool call is drawn that came in a frame."""
        return None if self._others is None else self._others.of_frame(frame)

    def frame_of(self, offset: int) -> int | None:
        """The frame of the thinking or the piece of a tool call that is drawn at an offset; None for content.

        Of a heading it is that of what stands under it.
        """
        if self._others is None:
            return None
        style = bisect_right(self._starts, offset) - 1
        return self._others.frame_at(offset, or_next=style >= 0 and self._styles[style] == HEADING)

    def begin_content(self, char_count: int) -> None:
        """The next stretch is a content chunk of that many code points."""
        if not self._content_starts or self._length - self._content_starts[-1] != (
            self._content_length - self._content_chars[-1]
        ):  # else it goes on where the chunk before ended
            self._content_starts.append(self._length)
            self._content_chars.append(self._content_length)
        self._content_length += char_count

    def flush(self) -> int | None:
        """Wraps what was added; gives the first row that may have changed, or None when nothing was added."""
        if not self._pieces:
            return None
        pieces, self._pieces = self._pieces, []
        return self.wrapped.append("".join(pieces))

    def stretches(self, row: int) -> list[Stretch]:
        """What stands in a row, cut where the style changes, without its newline."""
        start, end = self.wrapped.row_start(row), self.wrapped.row_start(row + 1)
        between = self._between(start, end)
        return [Stretch(shown, style, begin) for begin, text, style in between if (shown := text.rstrip("\n"))]

    def plain(self, start: int, end: int) -> str:
        """The text between two offsets without its marks."""
        return "".join(text for _, text, style in self._between(start, end) if style < _FIRST_MARK)

    def unmarked(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        """(offset, text) between two offsets without its marks; a heading counts as the end of a line."""
        for offset, text, style in self._between(start, end):
            if style < _FIRST_MARK:
                yield offset, text
            elif style == HEADING:
                yield offset, "\n"

    def offset_of(self, content_offset: int) -> int:
        """Where a code point of the content (choice 0) is drawn."""
        if not self._content_chars:
            return 0
        index = max(0, bisect_right(self._content_chars, content_offset) - 1)
        return self._content_starts[index] + content_offset - self._content_chars[index]

    def content_offset_of(self, offset: int) -> int:
        """The code point of the content that is drawn at an offset, or the last one before it."""
        if not self._content_starts:
            return 0
        index = max(0, bisect_right(self._content_starts, offset) - 1)
        first = self._content_chars[index]
        end = self._content_chars[index + 1] if index + 1 < len(self._content_chars) else self._content_length
        return min(first + max(0, offset - self._content_starts[index]), max(first, end - 1))

    def _between(self, start: int, end: int) -> Iterator[tuple[int, str, int]]:
        index = max(0, bisect_right(self._starts, start) - 1)
        while start < end and index < len(self._starts):
            upto = min(end, self._starts[index + 1]) if index + 1 < len(self._starts) else end
            yield start, self.wrapped.slice(start, upto), self._styles[index]
            start, index = upto, index + 1
