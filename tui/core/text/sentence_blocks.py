"""What a line starts: the Markdown blocks that end a sentence at a line break.

Pure functions over a text and a position; no state and no sentence rules live here. `None` always
means that the text so far cannot tell, and the caller asks again when more of it has come.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from tui.core.text.sentence_rules import BULLETS, LOOKAHEAD

_INDENT = re.compile(r"[ \t]*")
_WORD_THEN_GAP = re.compile(r"\S+[ \t]+")
_FENCE = re.compile(r"`+|~+")
_NO_BACKTICK = re.compile(r"[^`\r\n]*")
_HEADING = re.compile(r"#+")
_RULE = re.compile(r"([-*_])(?:[ \t]*\1)+[ \t]*|=+[ \t]*")
_MARKER = re.compile(r"[*_]{0,3}((?:\d{1,3}|[a-zA-Z])(?:\.\)|[.)]))[*_]{0,3}(?=\s)")
_MARKER_SO_FAR = re.compile(r"[*_]{0,3}(?:(?:\d{1,3}|[a-zA-Z])(?:(?:\.\)|[.)])[*_]{0,3})?)?")

# What most lines start with; the reader below says the same of them, at more cost.
_COMMON = re.compile(
    r"(?P<blank>[ \t]{0,8}[\r\n])|(?P<row>\||\#{1,6}[ \t])|(?P<text>(?:\*\*)?[^\W\d_]{2})"
    r"|(?P<item>[ \t]{0,8}(?:[-*+]|(?P<marker>\d{1,3}[.)]))[ \t](?=(?:\*\*)?[^\W\d_]{2}))",
)


class LineKind(Enum):
    """What a line is; PENDING is a block for certain, whose kind is not certain yet."""

    BLANK = auto()
    TEXT = auto()
    ITEM = auto()
    WHOLE_LINE = auto()
    FENCE = auto()
    PENDING = auto()


@dataclass(frozen=True, slots=True)
class Fence:
    """An open code fence: its sign, its length, the quote marks and the columns before it."""

    sign: str
    length: int
    quotes: int
    indent: int


@dataclass(slots=True)
class LineStart:
    """How a line starts: its kind, where its content begins, its quote marks, its list marker."""

    kind: LineKind
    content: int
    quotes: int = 0
    marker: str = ""
    fence: Fence | None = None
    is_block: bool = False


def read_line_start(text: str, at: int, quotes_before: int, *, final: bool) -> LineStart | None:
    """The start of the line at `at`, or None if more text is needed.

    `quotes_before` is the number of quote marks of the line before: only a deeper quote is a block.
    CommonMark 0.31 sections 4 and 5, with any indent and with the list markers of this project.
    """
    common = _COMMON.match(text, at)
    if common is None:
        return _LineReader(text, at, quotes_before, final=final).read()
    name = common.lastgroup
    if name == "text":
        return LineStart(LineKind.TEXT, at)
    if name == "blank":
        return LineStart(LineKind.BLANK, common.end() - 1)
    if name == "row":
        return LineStart(LineKind.WHOLE_LINE, at, is_block=True)
    return LineStart(LineKind.ITEM, common.end(), 0, common["marker"] or "", is_block=True)


def read_marker(text: str, at: int, *, final: bool) -> tuple[int, str] | None:
    """The list marker at `at`, after spaces: where its content begins, and the marker or "".

    None if more text is needed. Unlike at a line start, a lower case letter with a dot counts.
    """
    end = min(len(text), at + LOOKAHEAD)
    position = _INDENT.match(text, at, end).end()  # type: ignore[union-attr]  # matches the empty text too
    if text[position : position + 2].isalpha() and position + 2 <= end:
        return position, ""  # most sentences; the long way says the same
    marker = ""
    while position < end and text[position] in BULLETS:
        marker = marker or text[position]
        position = _INDENT.match(text, position + 1, end).end()  # type: ignore[union-attr]  # as above
    found = _MARKER.match(text, position, end)
    if found is None:
        waits = not final and end < at + LOOKAHEAD and _MARKER_SO_FAR.fullmatch(text, position, end)
        return None if waits else (position, marker)
    own = found[1]
    if own[0].isupper() and own[-1] == ".":
        return position, marker
    return found.end(), marker or own


def following_marker(marker: str) -> str:
    """The marker that continues the list: "2." after "1.", "b)" after "a)", the same bullet; else ""."""
    token = marker.rstrip(".)")
    style = marker[len(token) :]
    if token.isdecimal():
        return f"{int(token) + 1}{style}"
    if token.isalpha():
        return "" if token in "zZ" else chr(ord(token) + 1) + style
    return marker


class FenceLine(Enum):
    """What a line inside a fence is; LEFT means that the quote around the fence has ended."""

    CODE = auto()
    BLANK = auto()
    CLOSE = auto()
    LEFT = auto()


def read_fence_line(text: str, at: int, fence: Fence, *, final: bool) -> FenceLine | None:
    """What the line at `at` is inside `fence`, or None if more text is needed (CommonMark 0.31, 4.5)."""
    end = min(len(text), at + LOOKAHEAD)
    known = final or len(text) >= at + LOOKAHEAD
    position = at
    for _ in range(fence.quotes):
        position = _INDENT.match(text, position, end).end()  # type: ignore[union-attr]  # matches the empty text too
        if position == end:
            return _unseen(at, end) if known else None
        if text[position] != ">":
            return FenceLine.LEFT
        position += 1
    content = _INDENT.match(text, position, end).end()  # type: ignore[union-attr]  # as above
    if content == end:
        return _unseen(at, end) if known else None
    if text[content] in "\r\n":
        return FenceLine.BLANK
    if text[content] != fence.sign or content - at > fence.indent + 3:
        return FenceLine.CODE
    return _closing(text, content, end, fence, known=known)


def _unseen(at: int, end: int) -> FenceLine:
    """A line with nothing but white space to the end: of the text, or of the reach."""
    return FenceLine.BLANK if end < at + LOOKAHEAD else FenceLine.CODE


def _closing(text: str, content: int, end: int, fence: Fence, *, known: bool) -> FenceLine | None:
    run_end = _FENCE.match(text, content, end).end()  # type: ignore[union-attr]  # the caller saw the sign
    rest = _INDENT.match(text, run_end, end).end()  # type: ignore[union-attr]  # matches the empty text too
    if rest == end and not known:
        return None
    long_enough = run_end - content >= fence.length
    return FenceLine.CLOSE if long_enough and (rest == end or text[rest] in "\r\n") else FenceLine.CODE


class _LineReader:
    """One reading of a line start: it walks through quote marks and list markers to the content."""

    def __init__(self, text: str, at: int, quotes_before: int, *, final: bool) -> None:
        self._text = text
        self._at = at
        self._end = min(len(text), at + LOOKAHEAD)
        self._known = final or len(text) >= at + LOOKAHEAD
        self._position = at
        self._quotes = 0
        self._quotes_before = quotes_before
        self._marker = ""
        self._is_item = False

    def read(self) -> LineStart | None:
        while True:
            self._position = self._past_indent(self._position)
            if self._position == self._end:
                return self._out_of_text()
            character = self._text[self._position]
            if character in "\r\n":
                return self._found(LineKind.ITEM if self._is_item else LineKind.BLANK)
            if character == ">":
                self._quotes += 1
                self._position += 1
            elif character in BULLETS:
                self._take_marker(self._position + 1, character)
            elif character.isalpha() and self._next_is_letter():
                return self._found(LineKind.TEXT)
            elif not self._take_list_marker(character):
                return self._read_content(character)

    def _past_indent(self, position: int) -> int:
        return _INDENT.match(self._text, position, self._end).end()  # type: ignore[union-attr]  # matches "" too

    def _next_is_letter(self) -> bool:
        after = self._position + 1
        return after < self._end and self._text[after].isalpha()

    def _take_marker(self, content: int, marker: str) -> None:
        self._is_item = True
        self._marker = self._marker or marker
        self._position = content

    def _take_list_marker(self, character: str) -> bool:
        """Step over a dash, star, plus, number or letter marker; False if there is none for certain."""
        position = self._position
        if character in "-*+":
            rule = _RULE.match(self._text, position, self._end)
            may_be_rule = rule and (rule.end() == self._end or self._text[rule.end()] in "\r\n")
            if may_be_rule or self._text[position + 1 : position + 2] not in {" ", "\t"}:
                return self._take_numbered() if character == "*" and not may_be_rule else False
            self._is_item = True
            self._position = position + 1
            return True
        return self._take_numbered() if character.isalnum() or character == "_" else False

    def _take_numbered(self) -> bool:
        found = _MARKER.match(self._text, self._position, self._end)
        # A letter with a dot is an initial or an abbreviation more often than a list: "z. B."
        if found is None or (found[1][0].isalpha() and found[1][-1] == "."):
            return False
        self._take_marker(found.end(), found[1])
        return True

    def _read_content(self, character: str) -> LineStart | None:
        if character == "#":
            return self._read_heading()
        if character == "|":
            return self._found(LineKind.WHOLE_LINE)
        if character in "`~":
            return self._read_fence(character)
        if character in "-*_=+":
            return self._read_rule(character)
        return self._read_text()

    def _read_heading(self) -> LineStart | None:
        end = _HEADING.match(self._text, self._position, self._end).end()  # type: ignore[union-attr]  # "#" was seen
        if end == self._end and not self._known:
            return self._wait()
        is_heading = end - self._position <= 6 and (end == self._end or self._text[end].isspace())
        return self._found(LineKind.WHOLE_LINE if is_heading else LineKind.TEXT)

    def _read_fence(self, character: str) -> LineStart | None:
        run_end = _FENCE.match(self._text, self._position, self._end).end()  # type: ignore[union-attr]  # was seen
        if run_end == self._end and not self._known:
            return self._wait()
        length = run_end - self._position
        if length < 3:
            return self._found(LineKind.TEXT)
        if character == "`":
            info_end = _NO_BACKTICK.match(self._text, run_end, self._end).end()  # type: ignore[union-attr]  # "" too
            if info_end == self._end and not self._known:
                return self._wait()
            if info_end < self._end and self._text[info_end] == "`":
                return self._text_after_wait(info_end)
        line = self._found(LineKind.FENCE)
        line.fence = Fence(character, length, self._quotes, self._position - self._at)
        return line

    def _read_rule(self, character: str) -> LineStart | None:
        found = _RULE.match(self._text, self._position, self._end)
        end = found.end() if found else self._position + 1
        if end == self._end:
            if not self._known:
                return self._wait()
        elif self._text[end] not in "\r\n":
            return self._text_after_wait(end) if found else self._read_text()
        length = sum(self._text.count(sign, self._position, end) for sign in character)
        if length == 1 and character in "-*+":
            self._is_item = True
            return self._found(LineKind.ITEM)
        is_rule = length >= (2 if character in "-=" else 3) and character != "+"
        return self._found(LineKind.WHOLE_LINE if is_rule else LineKind.TEXT)

    def _read_text(self) -> LineStart | None:
        if not self._known and _MARKER_SO_FAR.fullmatch(self._text, self._position, self._end):
            return self._wait()
        return self._found(LineKind.TEXT)

    def _text_after_wait(self, end: int) -> LineStart | None:
        """Text after all; but if two words of it came before that was certain, a sentence was cut here."""
        line = self._read_text()
        if line is not None and self._two_words_came(end):
            line.is_block = True
        return line

    def _found(self, kind: LineKind) -> LineStart:
        if kind is LineKind.TEXT and self._is_item:
            kind = LineKind.ITEM
        is_block = self._is_sure() or kind in (LineKind.ITEM, LineKind.WHOLE_LINE, LineKind.FENCE)
        return LineStart(kind, self._position, self._quotes, self._marker, is_block=is_block)

    def _wait(self) -> LineStart | None:
        if self._is_sure() or self._two_words_came(self._end):
            return LineStart(LineKind.PENDING, self._position, self._quotes, is_block=True)
        return None

    def _is_sure(self) -> bool:
        return self._is_item or self._quotes > self._quotes_before

    def _two_words_came(self, end: int) -> bool:
        """Whether two words of the line are complete: a sentence before it may not wait any longer."""
        first = _WORD_THEN_GAP.match(self._text, self._position, end)
        return first is not None and _WORD_THEN_GAP.match(self._text, first.end(), end) is not None

    def _out_of_text(self) -> LineStart | None:
        if not self._known:
            return self._wait()
        is_blank = self._position < self._at + LOOKAHEAD and not self._is_item
        return self._found(LineKind.BLANK if is_blank else LineKind.TEXT)
