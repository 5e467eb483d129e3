"""A JSON text laid out for reading, every character still known by its place in the source.

Tokens are shown as they came, escapes too. Any text has a layout: where it is no JSON, the rest follows as it stands.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Final, NamedTuple

KEY, STRING, NUMBER, LITERAL, PUNCTUATION = "key", "string", "number", "literal", "punctuation"
SYNTHETIC: Final = -1
_INDENT: Final = 2
_MOST_INDENT: Final = 24
_TOKEN: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)
_OPENERS: Final = {"{": "}", "[": "]"}
_CLOSERS: Final = frozenset(_OPENERS.values())


class Piece(NamedTuple):
    """A piece of a row: `at` is the place of its first character in the source, SYNTHETIC for what was put in."""

    text: str
    at: int
    style: str = ""


class Token(NamedTuple):
    """A token of the source and where it begins."""

    text: str
    at: int

    @property
    def end(self) -> int:
        """The place behind it."""
        return self.at + len(self.text)


class Member(NamedTuple):
    """A member of an object: its key without quotes, and where its value begins and ends in the source."""

    key: str
    start: int
    end: int


def tokens_of(text: str) -> list[Token]:
    """The tokens of a JSON text, or of whatever it is."""
    return [Token(match[0], match.start()) for match in _TOKEN.finditer(text)]


def members_of(tokens: list[Token]) -> list[Member]:
    """Every member of every object, in the order of their keys in the source."""
    closes = _closers(tokens)
    found = []
    for index, token in enumerate(tokens[:-2]):
        if token.text[:1] == '"' and tokens[index + 1].text == ":":
            value = tokens[index + 2]
            last = tokens[closes[index + 2]] if index + 2 in closes else value
            found.append(Member(token.text.strip('"'), value.at, last.end))
    return found


def json_rows(tokens: list[Token], width: int) -> list[list[Piece]]:
    """The tokens in rows: containers that fit on their row stay on it, the others have a row for each member."""
    return _Layout(tokens, width).rows


class _Layout:
    def __init__(self, tokens: list[Token], width: int) -> None:
        self.rows: list[list[Piece]] = [[]]
        self._tokens = tokens
        self._width = width
        self._closes = _closers(tokens)
        self._lengths = [0, *accumulate(len(token.text) + (token.text in ":,") for token in tokens)]
        self._depth = 0
        self._used = 0
        self._lay()

    def _lay(self) -> None:
        index = 0
        while index < len(self._tokens):
            text = self._tokens[index].text
            close = self._closes.get(index)
            if close is not None and self._fits(index, close):
                for inner in range(index, close + 1):
                    self._put(inner)
                index = close
            elif text in _OPENERS:
                self._put(index)
                self._depth += 1
                self._new_row()
            elif text in _CLOSERS:
                self._depth = max(0, self._depth - 1)
                self._new_row()
                self._put(index)
            else:
                self._put(index)
                if text == ",":
                    self._new_row()
            index += 1

    def _fits(self, opener: int, closer: int) -> bool:
        """Whether a container goes on one row: an empty one always, the outermost one never."""
        is_empty = closer == opener + 1
        length = self._lengths[closer + 1] - self._lengths[opener]
        return is_empty or (self._depth > 0 and self._used + length <= self._width)

    def _new_row(self) -> None:
        indent = min(_INDENT * self._depth, _MOST_INDENT)
        if self.rows[-1] and self.rows[-1][-1].at != SYNTHETIC:
            self.rows.append([])
        self.rows[-1] = [Piece(" " * indent, SYNTHETIC)] if indent else []
        self._used = indent

    def _put(self, index: int) -> None:
        token = self._tokens[index]
        row = self.rows[-1]
        if row and row[-1].text and row[-1].text in ":,":
            row.append(Piece(" ", SYNTHETIC))
            self._used += 1
        following = self._tokens[index + 1].text if index + 1 < len(self._tokens) else ""
        row.append(Piece(token.text, token.at, _style_of(token.text, following)))
        self._used += len(token.text)


def _closers(tokens: list[Token]) -> dict[int, int]:
    """For each opening bracket that is closed by its like, the index of that."""
    found: dict[int, int] = {}
    open_: list[int] = []
    for index, token in enumerate(tokens):
        if token.text in _OPENERS:
            open_.append(index)
        elif token.text in _CLOSERS and open_:
            opener = open_.pop()
            if _OPENERS[tokens[opener].text] == token.text:
                found[opener] = index
    return found


def _style_of(text: str, following: str) -> str:
    if text[0] == '"':
        return KEY if following == ":" else STRING
    if text in "{}[],:":
        return PUNCTUATION
    return LITERAL if text in ("true", "false", "null") else NUMBER
