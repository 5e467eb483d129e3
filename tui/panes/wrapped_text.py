"""A long, growing text as rows of a given width. Pure: no Textual, no screen.

The text is kept in sealed blocks and a short tail; the rows are one array of offsets. Appending re-wraps from the
start of the last row only, so a million tokens cost no more per token than a thousand.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from functools import lru_cache

from rich.cells import get_character_cell_size

TAB_CELLS = 4
_BLOCK_CHARS = 32768


def cells_of(char: str) -> int:
    """How many cells a code point takes on the screen; a tab is always four, so that offsets stay 1:1."""
    return TAB_CELLS if char == "\t" else get_character_cell_size(char)


class WrappedText:
    """Rows over an append-only text. Row i covers offsets `row_start(i)` to `row_start(i + 1)`.

    A line breaks after its last space that fits, else at the width; the newline belongs to the row it ends.
    Offsets are code points.
    """

    def __init__(self, width: int = 80) -> None:
        self._blocks: list[str] = []
        self._block_starts = array("Q")
        self._tail_text = ""
        self._tail_start = 0
        self._width = max(1, width)
        self._rows = array("Q", [0])

    @property
    def width(self) -> int:
        """The width in cells that the rows are made for."""
        return self._width

    @property
    def length(self) -> int:
        """How many code points there are."""
        return self._tail_start + len(self._tail_text)

    @property
    def row_count(self) -> int:
        """How many rows there are; 1 for the empty text. A last row after a newline counts."""
        return len(self._rows)

    def append(self, text: str) -> int:
        """Adds text at the end and gives the first row that may have changed."""
        self._tail_text += text
        first = len(self._rows) - 1
        start = self._rows.pop()
        self._wrap_from(start)
        self._seal()
        return first

    def clear(self) -> None:
        """Forgets the text; the width stays."""
        self.__init__(self._width)  # type: ignore[misc]  # the constructor is the definition of empty

    def set_width(self, width: int) -> None:
        """Makes all rows anew for another width."""
        width = max(1, width)
        if width == self._width:
            return
        self._width = width
        self._rows = array("Q")
        for start, block in zip(self._block_starts, self._blocks, strict=True):
            self._rewrap_block(start, block)
        if not self._rows:
            self._rows.append(0)
        self._wrap_from(self._rows.pop())

    def row_start(self, row: int) -> int:
        """The offset at which a row begins; the length of the text for rows past the end."""
        return self._rows[row] if row < len(self._rows) else self.length

    def row_at(self, offset: int) -> int:
        """The row that holds the code point at `offset`."""
        return max(0, bisect_right(self._rows, offset) - 1)

    def row_text(self, row: int) -> str:
        """The text of a row without its newline."""
        return self.slice(self.row_start(row), self.row_start(row + 1)).rstrip("\n")

    def slice(self, start: int, end: int) -> str:
        """The text between two offsets."""
        if start >= self._tail_start:
            return self._tail_text[start - self._tail_start : end - self._tail_start]
        pieces = []
        index = max(0, bisect_right(self._block_starts, start) - 1)
        while index < len(self._blocks) and self._block_starts[index] < end:
            block_start = self._block_starts[index]
            pieces.append(self._blocks[index][max(0, start - block_start) : end - block_start])
            index += 1
        if end > self._tail_start:
            pieces.append(self._tail_text[: end - self._tail_start])
        return "".join(pieces)

    def _wrap_from(self, start: int) -> None:
        """Wraps the tail from `start`, which is the start of a row."""
        base = min(start, self._tail_start)
        text = self._tail_text if base == self._tail_start else self.slice(base, self.length)
        self._rows.append(start)
        self._rows.extend(base + end for end in wrap_ends(text, self._width, start - base))

    def _seal(self) -> None:
        """Moves all but the last row of a long tail into a block of its own."""
        if len(self._tail_text) <= 2 * _BLOCK_CHARS:
            return
        cut = self._rows[-2] if len(self._rows) > 1 and self._rows[-2] > self._tail_start else self._rows[-1]
        if cut <= self._tail_start:
            return
        self._blocks.append(self._tail_text[: cut - self._tail_start])
        self._block_starts.append(self._tail_start)
        self._tail_text = self._tail_text[cut - self._tail_start :]
        self._tail_start = cut

    def _rewrap_block(self, start: int, block: str) -> None:
        """Continues the rows through a sealed block, whose first row may begin in the block before."""
        begin = self._rows.pop() if self._rows else 0
        text = block if begin == start else self.slice(begin, start) + block
        self._rows.append(begin)
        self._rows.extend(begin + end for end in wrap_ends(text, self._width, 0))


def wrap_ends(text: str, width: int, start: int) -> list[int]:
    """The offsets at which rows end, but for the last row, when `text` is wrapped from `start` on."""
    if text.isascii() and "\t" not in text:
        return _narrow_ends(text, width, start, len(text))
    not_surely_narrow = _not_surely_narrow()
    if not_surely_narrow.search(text, start) is None:
        return _narrow_ends(text, width, start, len(text))
    ends: list[int] = []
    while start <= len(text):
        newline = text.find("\n", start)
        line_end = len(text) if newline < 0 else newline + 1
        if not_surely_narrow.search(text, start, line_end) is None:
            ends += _narrow_ends(text, width, start, line_end)
        else:
            ends += _wide_ends(text, width, start, line_end)
        if newline < 0:
            break
        start = line_end
    return ends


@lru_cache(maxsize=1)
def _not_surely_narrow() -> re.Pattern[str]:
    """Characters that are not one cell wide, as a first guess that may only err towards "look closer".

    Tab, combining marks, and everything from the first East Asian wide block on. It takes longer to compile than
    everything else before the first paint that is needed for the first text only.
    """
    return re.compile(
        "[\t\u0300-\u036f\u0483-\u0489\u0591-\u1cff\u1dc0-\u1dff\u200d\u20d0-\u20ff\u231a-\u2bff"
        "\u2cef-\ufe6f\uff00-\uffef\U00010000-\U0010ffff]"
    )


@lru_cache(maxsize=32)
def _row_pattern(width: int) -> re.Pattern[str]:
    """A row that is followed by another: a line that fits, with its newline, or as much as fits up to a space.

    One space may hang over the edge. What fits and has no newline yet is the last row and matches nothing.
    """
    fits = rf"[^\n]{{0,{width}}}+ ?\n"
    overflows = rf"(?=[^\n]{{{width}}}(?:[^\n ]| [^\n]))"
    return re.compile(rf"{fits}|{overflows}(?:[^\n]{{0,{width}}} |[^\n]{{{width}}})")


def _narrow_ends(text: str, width: int, start: int, end: int) -> list[int]:
    return [match.end() for match in _row_pattern(width).finditer(text, start, end)]


def _wide_ends(text: str, width: int, start: int, end: int) -> list[int]:
    """As `_narrow_ends`, by the same rule, for one line that holds characters of other widths."""
    has_newline = end > start and text[end - 1] == "\n"
    line_end = end - 1 if has_newline else end
    ends: list[int] = []
    while (fit := _fit_end(text, width, start, line_end)) < line_end:
        if text[fit] == " " and fit + 1 == line_end:
            break
        start = _cut_at(text, start, fit)
        ends.append(start)
    return [*ends, end] if has_newline else ends


def _fit_end(text: str, width: int, start: int, end: int) -> int:
    """The first offset whose character no longer fits in a row that begins at `start`."""
    used = 0
    for offset in range(start, end):
        used += cells_of(text[offset])
        if used > width:
            return offset
    return end


def _cut_at(text: str, start: int, fit: int) -> int:
    """Where a row that overflows at `fit` ends: after its last space, else at the width; at least one character."""
    if text[fit] == " ":
        return fit + 1
    space = text.rfind(" ", start, fit)
    return space + 1 if space >= start else max(fit, start + 1)
