"""Fenced code blocks of a Markdown text that arrives in pieces: text in, finished blocks out.

Here live the cutting into lines and what a block holds; which line opens or holds a block is told by
`fence_containers`. The text comes from the chunks of a stream; the blocks go to the pipeline and the screens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from html.entities import html5
from typing import Final

from tui.core.text.fence_containers import MARKER_CHARACTERS, BlockStructure, Fence, FenceStart, LineCursor

_LINE_END = re.compile(r"\r\n?|\n")
_PLAIN_CHARACTER = re.compile(rf"[^{re.escape(MARKER_CHARACTERS)}]")
_PLAIN_LINE = re.compile(rf"[^\r\n{re.escape(MARKER_CHARACTERS)}]")
_FENCE_RUN = re.compile(r"```|~~~")
_ESCAPE_OR_ENTITY = re.compile(
    r"""\\([!-/:-@\[-`{-~])|&(?:\#([0-9]{1,7})|\#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]*));"""
)
_REPLACEMENT: Final = "\ufffd"
_MAX_PIECES: Final = 1024  # then they are joined
_LONG_TEXT: Final = 512  # below, looking for lines to skip costs more than it saves


@dataclass(slots=True)
class CodeBlock:
    """A fenced code block.

    `info` is the text behind the opening fence, decoded and stripped, `language` its first word. `code` is the lines
    between the fences without their prefixes, each ended by one line feed (the last one not if the text ended
    inside it). `closed` tells whether a closing fence was seen. `start` and `end` are code-point offsets in the whole
    text: where the line of the opening fence begins, and where the last line of the block ends, without its line end.
    """

    language: str | None
    info: str
    code: str
    closed: bool
    start: int
    end: int


class OpenBlock:
    """A block whose end has not come yet; it grows as the parser is fed.

    `language`, `info` and `start` are those of the `CodeBlock` that it will be; `line_count` is the number of lines
    in `code`, the last of which may be unfinished. `end` is the end of the last finished line of the block.
    Only the parser calls the methods.
    """

    __slots__ = ("_code", "_recent", "_settled", "end", "fence", "info", "language", "line_count", "start")

    def __init__(self, fence: Fence, raw_info: str, start: int) -> None:
        self.fence = fence
        self.info = _decode_info(raw_info)
        self.language = next(iter(self.info.split(maxsplit=1)), None)
        self.start = self.end = start
        self.line_count = 0
        self._code = ""
        self._settled: list[str] = []
        self._recent: list[str] = []

    @property
    def code(self) -> str:
        """The code so far; of an unfinished line only what can no longer become a fence.

        Only the pieces that came since it was last asked are joined to it. CPython then lengthens the string in
        place, unless the caller still holds the last one.
        """
        if self._recent or self._settled:
            code, self._code = self._code, ""
            code += "".join([*self._settled, *self._recent])
            self._code = code
            self._settled.clear()
            self._recent.clear()
        return self._code

    def begin_line(self, text: str) -> None:
        """Adds a content line as far as it is known."""
        self.line_count += 1
        self.append(text)

    def append(self, text: str) -> None:
        """Adds a further piece to the last line."""
        self._recent.append(text)
        if len(self._recent) >= _MAX_PIECES:  # many small strings take ten times the memory of their text
            self._settled.append("".join(self._recent))
            self._recent.clear()

    def add_lines(self, text: str) -> None:
        """Adds whole lines, each ended by a line feed."""
        self.line_count += text.count("\n")
        self.append(text)

    def finish(self, *, closed: bool) -> CodeBlock:
        """The block as it is now, for good."""
        return CodeBlock(self.language, self.info, self.code, closed, self.start, self.end)


class _LineState(Enum):
    """How far the line being read is decided."""

    UNDECIDED = auto()  # only marker characters so far; they are kept
    INFO = auto()  # behind an opening fence, which a backtick in the info can still undo
    CONTENT = auto()  # a line of the open block
    CLOSING = auto()  # a closing fence, which is seen only when the line is whole
    OTHER = auto()  # nothing in the rest of the line matters; it is not kept


# Looking a member up in its class costs as much as the rest of what a short piece of text needs.
_UNDECIDED: Final = _LineState.UNDECIDED
_INFO: Final = _LineState.INFO
_CONTENT: Final = _LineState.CONTENT
_CLOSING: Final = _LineState.CLOSING
_OTHER: Final = _LineState.OTHER


class CodeBlockParser:
    r"""Finds the fenced code blocks of CommonMark 0.31 (4.5), also in block quotes and list items.

    However the text is cut into pieces, the blocks are the same, and each is out with the end of its last line.
    Only `\n`, `\r\n` and `\r` end a line. Kept are the open block and the undecided beginning of one line.
    """

    def __init__(self) -> None:
        self._reset()

    @property
    def open_block(self) -> OpenBlock | None:
        """The block that is open, from the end of its opening line on; None outside blocks."""
        return self._block

    def add(self, text: str) -> list[CodeBlock]:
        """The blocks that end in this piece of text, in the order of their ends; never raises."""
        if self._is_after_return:
            text = self._without_line_feed(text)
        if "\n" in text or "\r" in text:
            self._add_lines(text)
        elif text and self._state is not _OTHER:
            self._take(text)
        self._fed += len(text)
        return self._take_finished() if self._finished else []

    def flush(self) -> list[CodeBlock]:
        """The block that the end of the text ends, if any, after one that ends in the last line.

        The parser is then as new: offsets of a further text begin at 0.
        """
        if self._fed > self._line_start:
            self._settle_line(self._fed)
        if self._block is not None:
            self._finish_block(closed=False)
        finished = self._take_finished()
        self._reset()
        return finished

    def _reset(self) -> None:
        self._structure = BlockStructure()
        self._block: OpenBlock | None = None
        self._finished: list[CodeBlock] = []
        self._fed = 0
        self._line_start = 0
        self._is_after_return = False
        self._state = _UNDECIDED
        self._pieces: list[str] = []  # of the undecided line, or of the info behind a fence
        self._fence_start: FenceStart | None = None

    def _without_line_feed(self, text: str) -> str:
        """The text without a leading line feed, whose carriage return has already ended the line."""
        self._is_after_return = not text
        if not text.startswith("\n"):
            return text
        self._fed += 1
        self._line_start += 1
        return text[1:]

    def _add_lines(self, text: str) -> None:
        """Takes text with line ends in it."""
        position = next_skip = 0
        skip_end = text.rfind("\n") + 1 if len(text) >= _LONG_TEXT else 0
        while line_end := _LINE_END.search(text, position):
            if self._state is not _OTHER:
                self._take_end(text[position : line_end.start()], self._fed + line_end.start())
            self._state = _UNDECIDED
            position = line_end.end()
            if next_skip <= position < skip_end:
                position, next_skip = self._skip_lines(text, position, skip_end)
            self._line_start = self._fed + position
        self._is_after_return = text.endswith("\r")
        if position < len(text):
            self._take(text[position:])

    def _skip_lines(self, text: str, position: int, end: int) -> tuple[int, int]:
        """Takes many whole lines at once where they need not be looked at one by one.

        `position` is the start of a line and `end` the start of the last one. Gives the start of the next line to
        read, and from where on another call is of use.
        """
        if self._block is None:
            return self._skip_prose(text, position, end)
        if self._structure.depth == 0 and self._block.fence.indent == 0:
            return self._skip_content(self._block, text, position, end)
        return position, position

    def _skip_prose(self, text: str, position: int, end: int) -> tuple[int, int]:
        """Goes to the last plain line behind a blank one before the next fence: nothing before it matters there."""
        fence = _FENCE_RUN.search(text, position, end)
        next_skip = fence.start() if fence else end
        blank = text.rfind("\n\n", position, next_skip)
        while blank >= 0 and not _PLAIN_LINE.match(text, blank + 2):
            blank = text.rfind("\n\n", position, blank + 1)
        if blank < 0:
            return position, next_skip
        self._structure.close_all()
        return blank + 2, next_skip

    def _skip_content(self, block: OpenBlock, text: str, position: int, end: int) -> tuple[int, int]:
        """Adds all lines before the next one that holds as many fence characters as a closing fence needs."""
        fence = text.find(block.fence.character * block.fence.length, position, end)
        if fence >= 0:
            end = max(position, text.rfind("\n", position, fence) + 1)
        if end > position:
            block.add_lines(_LINE_END.sub("\n", text[position:end]))
            block.end = self._fed + end - (2 if text.endswith("\r\n", position, end) else 1)
        return end, max(fence, end)

    def _take(self, piece: str) -> None:
        """Takes a piece of a line, or the whole of it."""
        if self._state is _UNDECIDED:
            self._take_undecided(piece)
        elif self._state is _INFO:
            self._take_info(piece)
        elif self._state is _CONTENT and self._block is not None:
            self._block.append(piece)

    def _take_undecided(self, piece: str) -> None:
        if not _PLAIN_CHARACTER.search(piece):
            self._pieces.append(piece)
        elif self._pieces:
            self._decide("".join([*self._pieces, piece]))
        else:
            self._decide(piece)

    def _take_end(self, piece: str, end: int) -> None:
        """Takes the last piece of a line, which may be empty or the whole line; `end` is its offset in the text."""
        if self._state is _UNDECIDED and not self._pieces:
            self._decide(piece)
        else:
            self._take(piece)
        if self._state is not _OTHER:
            self._settle_line(end)
        if self._state is _CONTENT and self._block is not None:
            self._block.append("\n")

    def _settle_line(self, end: int) -> None:
        """Does what only the whole line, which ends at `end`, can tell."""
        if self._state is _UNDECIDED:
            self._decide("".join(self._pieces))
        if self._state is _INFO:
            self._open_block()
        if self._block is not None:
            self._block.end = end
            if self._state is _CLOSING:
                self._finish_block(closed=True)

    def _decide(self, beginning: str) -> None:
        """Decides the line from its beginning, which holds a plain character or is the whole line."""
        self._pieces.clear()
        if self._block is not None and self._structure.depth == 0:
            self._decide_at_top(self._block, beginning)
        elif self._block is None and _PLAIN_LINE.match(beginning):
            self._structure.begin_plain_line()
            self._state = _OTHER
        else:
            self._decide_in_containers(LineCursor(beginning))

    def _decide_in_containers(self, cursor: LineCursor) -> None:
        depth = self._structure.match(cursor)
        if self._block is not None and depth == self._structure.depth:
            self._decide_in_block(self._block, cursor)
            return
        self._finish_block(closed=False)
        self._fence_start = self._structure.begin_line(cursor, depth)
        if self._fence_start is None:
            self._state = _OTHER
        else:
            self._state = _INFO
            self._take_info(self._fence_start.info)

    def _decide_at_top(self, block: OpenBlock, beginning: str) -> None:
        """As `_decide_in_block`, with no containers around; nearly all lines of code are simple ones."""
        if block.fence.indent or beginning.lstrip(" ").startswith(block.fence.character):
            self._decide_in_block(block, LineCursor(beginning))
        else:
            block.begin_line(beginning)
            self._state = _CONTENT

    def _decide_in_block(self, block: OpenBlock, cursor: LineCursor) -> None:
        if cursor.closes(block.fence):
            self._state = _CLOSING
            return
        cursor.skip_columns(block.fence.indent)
        block.begin_line(cursor.rest)
        self._state = _CONTENT

    def _take_info(self, piece: str) -> None:
        """Keeps a piece of info, unless it shows that the line is no fence: one of backticks has none in its info."""
        start = self._fence_start
        if start is not None and start.fence.character == "`" and "`" in piece:
            self._structure.go_on_as_text(start)
            self._fence_start = None
            self._pieces.clear()
            self._state = _OTHER
        else:
            self._pieces.append(piece)

    def _open_block(self) -> None:
        if self._fence_start is not None:
            self._structure.open_fence(self._fence_start)
            self._block = OpenBlock(self._fence_start.fence, "".join(self._pieces), self._line_start)
            self._fence_start = None
            self._pieces.clear()

    def _finish_block(self, *, closed: bool) -> None:
        if self._block is not None:
            self._finished.append(self._block.finish(closed=closed))
            self._block = None

    def _take_finished(self) -> list[CodeBlock]:
        finished = self._finished
        self._finished = []
        return finished


def _decode_info(raw: str) -> str:
    """The info string: stripped, with backslash escapes and entities decoded (CommonMark 2.4, 2.5 and 4.5)."""
    return _ESCAPE_OR_ENTITY.sub(_decoded, raw.strip(" \t"))


def _decoded(match: re.Match[str]) -> str:
    escaped, decimal, hexadecimal, name = match.groups()
    if escaped is not None:
        return str(escaped)
    if name is not None:
        return html5.get(f"{name};", match[0])
    number = int(decimal) if decimal is not None else int(hexadecimal, 16)
    is_character = 0 < number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF
    return chr(number) if is_character else _REPLACEMENT
