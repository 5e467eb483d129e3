"""The block quotes, list items and paragraphs that are open around a line of Markdown.

Here lives what decides whether a line can open, hold or end a fenced code block (CommonMark 0.31, sections 4 and 5);
what a block holds must not live here. Lines come from `code_blocks` without their line ends. HTML blocks are not
tracked, and a paragraph of link reference definitions alone counts as text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

# Characters that can be part of the beginning of a block. A line is decided at the first character that is none.
MARKER_CHARACTERS: Final = " \t>-+*0123456789.)#`~=_"

# White space of so many columns makes a line indented code, if no paragraph is open.
CODE_INDENT: Final = 4

_TAB_STOP: Final = 4
_WHITE_SPACE: Final = (" ", "\t")
_QUOTE: Final = 0

_SPACES = re.compile(r"[ \t]*+")
_FENCE_RUN = re.compile(r"`{3,}+|~{3,}+")
_CLOSING_FENCE = re.compile(r"(`{3,}+|~{3,}+)[ \t]*+\Z")
_HEADING = re.compile(r"#{1,6}+(?:[ \t]|\Z)")
_SETEXT_UNDERLINE = re.compile(r"(?:=++|-++)[ \t]*+\Z")
_THEMATIC_RUNS = {character: re.compile(rf"[{re.escape(character)} \t]*+") for character in "-*_"}
_LIST_MARKER = re.compile(r"(?:[-+*]|([0-9]{1,9})[.)])(?=[ \t]|\Z)")


class LineCursor:
    """A place in a line, counted in code points and in columns (a tab goes to the next multiple of four).

    `offset` and `column` are the place; `text_offset` is that of the next character that is neither space nor tab,
    `indent` the columns up to it, `is_blank` whether there is none. When only some columns of a tab are used up,
    `offset` stays on the tab.
    """

    __slots__ = ("_is_tab_split", "_no_rule_before", "column", "indent", "is_blank", "line", "offset", "text_offset")

    def __init__(self, line: str) -> None:
        self.line = line
        self._is_tab_split = False
        self._no_rule_before = 0
        self._go_to(0, 0)

    @property
    def rest(self) -> str:
        """The line from here on; what is left of a split tab comes as spaces (CommonMark 2.2)."""
        if not self._is_tab_split:
            return self.line[self.offset :]
        return " " * (_TAB_STOP - self.column % _TAB_STOP) + self.line[self.offset + 1 :]

    def skip_columns(self, count: int) -> None:
        """Goes over up to `count` columns of white space."""
        count = min(count, self.indent)
        self.indent -= count
        while count:
            width = _TAB_STOP - self.column % _TAB_STOP if self.line[self.offset] == "\t" else 1
            self._is_tab_split = width > count
            self.column += min(width, count)
            self.offset += not self._is_tab_split
            count -= min(width, count)

    def skip_marker(self, length: int) -> None:
        """Goes behind the next `length` characters of text."""
        self._is_tab_split = False
        self._go_to(self.text_offset + length, self.column + self.indent + length)

    def take_quote_marker(self) -> bool:
        """Goes behind `>` and the one column of white space that belongs to it; False if there is none."""
        if self.indent >= CODE_INDENT or not self.line.startswith(">", self.text_offset):
            return False
        self.skip_marker(1)
        self.skip_columns(1)
        return True

    def closes(self, fence: Fence) -> bool:
        """Whether the rest of the line, which must be whole, is a closing fence of `fence` (CommonMark 4.5)."""
        if self.indent >= CODE_INDENT:
            return False
        match = _CLOSING_FENCE.match(self.line, self.text_offset)
        return match is not None and match[1][0] == fence.character and len(match[1]) >= fence.length

    def is_thematic_break(self) -> bool:
        """Whether the rest of the line is three or more of one of `- * _` and white space (CommonMark 4.1).

        What one call ruled out is remembered, so that `- - - ... x` costs no more than its length.
        """
        if self.text_offset < self._no_rule_before:
            return False
        character = self.line[self.text_offset]
        run = _THEMATIC_RUNS.get(character)
        if run is None:
            return False
        match = run.match(self.line, self.text_offset)
        self._no_rule_before = match.end() if match else 0
        return self._no_rule_before == len(self.line) and self.line.count(character, self.text_offset) >= 3

    def _go_to(self, offset: int, column: int) -> None:
        self.offset = self.text_offset = offset
        self.column = column
        self.indent = 0
        if self.line.startswith(_WHITE_SPACE, offset):
            self._measure_indent()
        self.is_blank = self.text_offset == len(self.line)

    def _measure_indent(self) -> None:
        match = _SPACES.match(self.line, self.offset)
        space = match[0] if match else ""
        self.text_offset += len(space)
        if "\t" in space:  # tab stops count from the start of the line
            self.indent = len((" " * (self.column % _TAB_STOP) + space).expandtabs(_TAB_STOP)) - self.column % _TAB_STOP
        else:
            self.indent = len(space)


@dataclass(slots=True)
class Fence:
    """An opening fence: its character, its length, and the columns of white space before it."""

    character: str
    length: int
    indent: int


@dataclass(slots=True)
class FenceStart:
    """A fence that a line may open: `depth` containers go on around it, `info` is the raw text behind it."""

    fence: Fence
    depth: int
    info: str


class BlockStructure:
    """The containers that are open, outermost first, and whether a paragraph is open in the innermost.

    A container is kept as one number: for a list item the columns of indentation that its further lines need, for a
    block quote 0.
    """

    __slots__ = ("_containers", "_is_in_paragraph", "_is_item_empty", "_quotes")

    def __init__(self) -> None:
        self._containers: list[int] = []
        self._quotes: list[int] = []  # indices into _containers
        self._is_in_paragraph = False
        self._is_item_empty = False  # the innermost container is a list item in which nothing began yet

    @property
    def depth(self) -> int:
        """How many containers are open."""
        return len(self._containers)

    def match(self, cursor: LineCursor) -> int:
        """How many of the open containers go on in this line; moves the cursor behind their prefixes."""
        for depth, width in enumerate(self._containers):
            if width == _QUOTE:
                if not cursor.take_quote_marker():
                    return depth
            elif cursor.indent >= width and not (cursor.is_blank and self._is_empty_item(depth)):
                cursor.skip_columns(width)
            elif cursor.is_blank:
                cursor.skip_columns(cursor.indent)
                return self._match_blank(depth)
            else:
                return depth
        return len(self._containers)

    def begin_line(self, cursor: LineCursor, depth: int) -> FenceStart | None:
        """Opens and ends blocks as the line behind its `depth` matching containers tells.

        If the line may open a fence, nothing but new containers is opened, and the caller goes on with `open_fence`
        or `go_on_as_text`, for which the whole line must be known.
        """
        while cursor.indent < CODE_INDENT and not cursor.is_blank:
            if cursor.line[cursor.text_offset] not in MARKER_CHARACTERS:
                break
            if cursor.take_quote_marker():
                self._open_container(_QUOTE, depth)
            elif run := _FENCE_RUN.match(cursor.line, cursor.text_offset):
                return FenceStart(Fence(run[0][0], len(run[0]), cursor.indent), depth, cursor.line[run.end() :])
            elif self._is_leaf_of_one_line(cursor, depth):
                self._close_to(depth)
                return None
            elif not self._open_item(cursor, depth):
                break
            depth = len(self._containers)
        self._end_line_as_text(cursor, depth)
        return None

    def begin_plain_line(self) -> None:
        """What `match` and `begin_line` do for a line that begins with text in its first column."""
        if not self._is_in_paragraph:
            self._close_to(0)
            self._is_in_paragraph = True

    def close_all(self) -> None:
        """What a blank line does that is followed by text in the first column."""
        self._close_to(0)

    def open_fence(self, start: FenceStart) -> None:
        """Ends what the new fenced block ends: containers that did not match and the paragraph."""
        self._close_to(start.depth)

    def go_on_as_text(self, start: FenceStart) -> None:
        """Takes the line as text, since its fence turned out to be none."""
        if not self._is_in_paragraph:
            self._close_to(start.depth)
            self._is_in_paragraph = True

    def _is_empty_item(self, depth: int) -> bool:
        return self._is_item_empty and depth == len(self._containers) - 1

    def _match_blank(self, depth: int) -> int:
        """A blank rest of a line belongs to every list item up to the next quote or an item that is still empty.

        Looked up, not walked: deep nesting and many blank lines must not multiply.
        """
        end = len(self._containers) - self._is_item_empty
        index = bisect_left(self._quotes, depth)
        return min(end, self._quotes[index]) if index < len(self._quotes) else end

    def _close_to(self, depth: int) -> None:
        """Closes the paragraph and all but `depth` containers; the innermost one left holds something."""
        del self._containers[depth:]
        while self._quotes and self._quotes[-1] >= depth:
            self._quotes.pop()
        self._is_in_paragraph = self._is_item_empty = False

    def _open_container(self, width: int, depth: int) -> None:
        self._close_to(depth)
        if width == _QUOTE:
            self._quotes.append(depth)
        self._containers.append(width)

    def _is_leaf_of_one_line(self, cursor: LineCursor, depth: int) -> bool:
        """Whether the line is a heading, the underline of one, or a thematic break."""
        if _HEADING.match(cursor.line, cursor.text_offset):
            return True
        if self._continues_paragraph(depth) and _SETEXT_UNDERLINE.match(cursor.line, cursor.text_offset):
            return True
        return cursor.is_thematic_break()

    def _continues_paragraph(self, depth: int) -> bool:
        return self._is_in_paragraph and depth == len(self._containers)

    def _open_item(self, cursor: LineCursor, depth: int) -> bool:
        """Opens the list item that begins here, if one does (CommonMark 5.2)."""
        marker = _LIST_MARKER.match(cursor.line, cursor.text_offset)
        if marker is None or (self._continues_paragraph(depth) and not _can_interrupt(marker)):
            return False
        width = cursor.indent + len(marker[0])
        cursor.skip_marker(len(marker[0]))
        is_code_or_blank = cursor.is_blank or cursor.indent > CODE_INDENT
        padding = 1 if is_code_or_blank else cursor.indent
        cursor.skip_columns(padding)
        self._open_container(width + padding, depth)
        self._is_item_empty = cursor.is_blank
        return True

    def _end_line_as_text(self, cursor: LineCursor, depth: int) -> None:
        """Takes a line that begins no further block: blank, text, a lazy line of a paragraph, or indented code."""
        if cursor.is_blank:
            is_item_empty = self._is_item_empty and depth == len(self._containers)
            self._close_to(depth)
            self._is_item_empty = is_item_empty
        elif not self._is_in_paragraph:
            self._close_to(depth)
            self._is_in_paragraph = cursor.indent < CODE_INDENT


def _can_interrupt(marker: re.Match[str]) -> bool:
    """Whether a list item may end a paragraph: it is not empty, and its number, if any, is 1."""
    is_empty = _SPACES.fullmatch(marker.string, marker.end()) is not None
    return not is_empty and (marker[1] is None or int(marker[1]) == 1)
