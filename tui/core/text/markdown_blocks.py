"""Where blocks of lines begin: Markdown's top-level blocks, and paragraphs between blank lines.

Told complete lines one after another, in order; keeps what is open, never the text. CommonMark 0.31 sections 4 and 5
and GFM 4.10 (tables), without HTML blocks and link reference definitions, which count as paragraphs. Containers nest:
the content of a quote or list item is told to another `MarkdownLines`.
"""

from __future__ import annotations

import re
from enum import Enum, auto

_HEADING = re.compile(r"#{1,6}(?: |$)").match
_UNDERLINE = re.compile(r"(?:=+|-+) *$").match
_BREAK = re.compile(r"([-_*]) *(?:\1 *){2,}$").match
_FENCE = re.compile(r"(`{3,}+)[^`]*$|(~{3,})").match
_MARKER = re.compile(r"([-+*]|([0-9]{1,9})[.)])( +|$)").match
_TABLE_RULE = re.compile(r"\|? *:?-+:? *(?:\| *:?-+:? *)*\|? *$").match
_ESCAPED = re.compile(r"\\.")
_STARTERS = frozenset("#>`~-+*_0123456789")
# Containers in containers: the content of deeper ones counts as a paragraph.
_DEPTH_LIMIT = 24
_NO_COLUMN = 1 << 30


class _Open(Enum):
    """The block that is open; CLOSED: one came and ended, the next line that is not blank begins another."""

    NOTHING = auto()
    CLOSED = auto()
    PARAGRAPH = auto()
    CODE = auto()
    FENCE = auto()
    TABLE = auto()
    QUOTE = auto()
    LIST = auto()


class MarkdownLines:
    """Tells which lines begin a block at the top level of the Markdown that it is given line by line."""

    def __init__(self) -> None:
        self._top = _Level(0)

    @property
    def awaits_text(self) -> bool:
        """Whether the next line that is not blank begins a block, whatever it is."""
        return self._top.open is _Open.CLOSED

    @property
    def open_fence(self) -> _Level | None:
        """The level of nesting whose fenced code is open."""
        level = self._top.innermost
        return level if level.is_fenced else None

    def take(self, line: str) -> int:
        """How many lines, this one included, are in a block that this line is known to begin.

        0: none begins. 1: this line begins it. 2: the line before began it, a table that this line confirms. The very
        first block and the blank lines before it count as one that began before.
        """
        return self._top.take(line.rstrip("\r\n").expandtabs(4))


class _Level:
    """One level of nesting: the document, or the content of a quote or of a list item.

    Lines are without their break and without the prefixes of the levels around, tabs as spaces.
    """

    def __init__(self, depth: int) -> None:
        self.open = _Open.NOTHING
        self.inner: _Level | None = None
        self._depth = depth
        self._fence = ""
        # Columns of the last line, should it be the header of a table; whether it is the paragraph's first.
        self._header_columns = 0
        self._is_first_line = False
        # Of a list: its kind of marker (a bullet, or what follows the number) and where the item's content starts.
        self._marker = ""
        self._content_column = 0

    @property
    def is_fenced(self) -> bool:
        """Whether the block open at this level is fenced code."""
        return self.open is _Open.FENCE

    @property
    def innermost(self) -> _Level:
        """The deepest open level, which may be this one."""
        level = self
        while level.inner and level.open in (_Open.QUOTE, _Open.LIST):
            level = level.inner
        return level

    def take(self, line: str) -> int:
        """As `MarkdownLines.take`, for this level."""
        body = line.lstrip(" ")
        if not body:
            self._take_blank()
            return 0
        indent = len(line) - len(body)
        if self.open is _Open.PARAGRAPH and self._is_table_rule(body, indent):
            self.open = _Open.TABLE
            return 0 if self._is_first_line else 2
        if self._continues(line, body, indent):
            return 0
        is_first_block = self.open is _Open.NOTHING
        self._begin(line, body, indent)
        return 0 if is_first_block else 1

    def _take_blank(self) -> None:
        if self.open in (_Open.PARAGRAPH, _Open.TABLE, _Open.QUOTE):
            self.open = _Open.CLOSED
        elif self.open is _Open.LIST and self.inner:
            if self.inner.open is _Open.NOTHING:
                self._content_column = _NO_COLUMN  # CommonMark 5.2: an item may begin with at most one blank line
            self.inner.take("")

    def _continues(self, line: str, body: str, indent: int) -> bool:
        match self.open:
            case _Open.FENCE:
                return self._continues_fence(body, indent)
            case _Open.PARAGRAPH:
                return self._continues_paragraph(body, indent)
            case _Open.LIST:
                return self._continues_list(line, body, indent)
            case _Open.QUOTE:
                return self._continues_quote(body, indent)
            case _Open.TABLE:
                return indent < 4 and not _starts_block(body, indent)
            case _:
                return self.open is _Open.CODE and indent >= 4

    def _continues_fence(self, body: str, indent: int) -> bool:
        rest = body.rstrip(" ")
        if indent < 4 and len(rest) >= len(self._fence) and not rest.strip(self._fence[0]):
            self.open = _Open.CLOSED
        return True

    def _continues_paragraph(self, body: str, indent: int) -> bool:
        if indent < 4 and _UNDERLINE(body):
            self.open = _Open.CLOSED
            return True
        if _starts_block(body, indent, is_in_paragraph=True):
            return False
        self._header_columns = _columns_of(body) if indent < 4 else 0
        self._is_first_line = False
        return True

    def _is_table_rule(self, body: str, indent: int) -> bool:
        """Whether this line makes the one before it the header of a table (GFM 4.10)."""
        if not self._header_columns or indent >= 4 or len(body) < 2 or body.startswith("- "):
            return False
        return _TABLE_RULE(body) is not None and len(body.strip("| ").split("|")) == self._header_columns

    def _continues_quote(self, body: str, indent: int) -> bool:
        if indent < 4 and body[0] == ">" and self.inner:
            self.inner.take(_quoted(body))
            return True
        return self._is_lazy(body, indent)

    def _continues_list(self, line: str, body: str, indent: int) -> bool:
        if indent >= self._content_column and self.inner:
            self.inner.take(line[self._content_column :])
            return True
        marker = _MARKER(body) if indent < 4 and not _BREAK(body) else None
        if marker and marker[1][-1] == self._marker:
            self._begin_item(marker, line, indent)
            return True
        return self._is_lazy(body, indent)

    def _is_lazy(self, body: str, indent: int) -> bool:
        """Whether the line goes on an inner paragraph without the prefixes of its containers (CommonMark 5.1)."""
        return self.innermost.open is _Open.PARAGRAPH and not _starts_block(body, indent)

    def _begin(self, line: str, body: str, indent: int) -> None:
        self.inner = None
        if indent >= 4:
            self.open = _Open.CODE
        elif not _starts_block(body, indent) or (self._depth >= _DEPTH_LIMIT and body[0] not in "#`~"):
            self.open = _Open.PARAGRAPH
            self._is_first_line = True
            self._header_columns = _columns_of(body)
        elif body[0] in "`~":
            self.open = _Open.FENCE
            self._fence = body[: len(body) - len(body.lstrip(body[0]))]
        elif body[0] == ">":
            self.open = _Open.QUOTE
            self.inner = _Level(self._depth + 1)
            self.inner.take(_quoted(body))
        elif not _BREAK(body) and (marker := _MARKER(body)):
            self.open = _Open.LIST
            self._begin_item(marker, line, indent)
        else:
            self.open = _Open.CLOSED

    def _begin_item(self, marker: re.Match[str], line: str, indent: int) -> None:
        self._marker = marker[1][-1]
        # CommonMark 5.2: five or more spaces are one space and indented code; an empty item counts one.
        spaces = len(marker[3]) if len(marker[3]) <= 4 and marker.end() < len(marker.string) else 1
        self._content_column = indent + len(marker[1]) + spaces
        self.inner = _Level(self._depth + 1)
        if content := line[self._content_column :].rstrip(" "):
            self.inner.take(content)


class ParagraphLines:
    """Tells which lines begin a paragraph: the first with text after blank lines that are not in fenced code."""

    def __init__(self) -> None:
        self._blocks = MarkdownLines()
        self._has_text = False
        self._is_after_blank = False

    @property
    def awaits_text(self) -> bool:
        """Whether the next line that is not blank begins a paragraph, whatever it is."""
        return self._has_text and self._is_after_blank and self._blocks.open_fence is None

    def take(self, line: str) -> int:
        """1 if this line begins a paragraph, else 0; the very first one began before."""
        fence = self._blocks.open_fence if self._is_after_blank else None
        self._blocks.take(line)
        if not line.strip(" \t\r\n"):
            self._is_after_blank = True
            return 0
        begins = self._has_text and self._is_after_blank and not self._is_code(fence)
        self._has_text = True
        self._is_after_blank = False
        return int(begins)

    def _is_code(self, fence: _Level | None) -> bool:
        """Whether the line just taken is code of this fence or closed it; else a container ended, and the code too."""
        return fence is not None and (not fence.is_fenced or self._blocks.open_fence is fence)


def _starts_block(body: str, indent: int, *, is_in_paragraph: bool = False) -> bool:
    """Whether a line begins something other than a paragraph; fewer list items may interrupt one (CommonMark 5.2)."""
    first = body[0]
    if indent >= 4 or first not in _STARTERS:
        return False
    match first:
        case ">":
            return True
        case "#":
            return _HEADING(body) is not None
        case "`" | "~":
            return _FENCE(body) is not None
    marker = _MARKER(body)
    is_item = marker is not None and (not is_in_paragraph or _may_interrupt(marker))
    return is_item or _BREAK(body) is not None


def _may_interrupt(marker: re.Match[str]) -> bool:
    """Whether a list item may follow a paragraph's line: it is not empty, and it is a bullet or number 1."""
    return marker.end() < len(marker.string) and (marker[2] is None or int(marker[2]) == 1)


def _quoted(body: str) -> str:
    """The content of a quote's line: without the marker and one space after it."""
    return body[2:] if body.startswith("> ") else body[1:]


def _columns_of(body: str) -> int:
    """The columns of a line as a table's header; 0 if it cannot be one."""
    if "|" not in body:
        return 0
    cells = _ESCAPED.sub("..", body.strip(" ")).split("|")
    return len(cells) - (not cells[0]) - (not cells[-1]) if len(cells) > 1 else 0
