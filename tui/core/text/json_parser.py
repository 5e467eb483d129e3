"""JSON objects and arrays found in running text, each the moment its last code point arrives.

A value is searched as the cases' rules say: the leftmost opener from which a complete RFC 8259 value parses;
openers inside a candidate that failed are candidates too. Text comes from the pipeline; values go back to it.

Cost is linear for every text. A failed candidate leaves its verdict on each opener that it read as structure:
closed at its end, or failed with it. So only openers inside its strings are new. Two candidates that read the same
stretch differ in what is inside a string (else the later opener has its verdict already), and there are two ways.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal, NoReturn

from tui.core.text.json_automaton import COMPLETE, FAILED, JSONAutomaton
from tui.core.text.partial_json import JSONBuilder, value_of

_NO_VALUE, _NO_END = -1, -2
_AHEAD = 256  # from this many code points on, the C decoder is tried first
_AHEAD_FAILURES = 8  # a text; each may cost a pass over it
_PARTS = 1024  # pieces kept before they are joined: one string of four code points takes sixty bytes
_PRUNE = 1024  # verdicts kept before old ones are looked for

# Openers that are not ruled out by the next token: by its first code point, or, if it is a string without escapes,
# by what follows it. It costs the automaton's start some twenty times less, and most of what prose has ends here.
_SPACE = r"[ \t\n\r]*+"
_STRING = r'"[^"\\\x00-\x1f]*+'
_OBJECT = rf'\{{(?={_SPACE}(?:\}}|\Z|{_STRING}(?:\\|\Z|"{_SPACE}(?::|\Z))))'
_ARRAY = rf'\[(?={_SPACE}(?:[\]\[{{\-0-9tfn]|\Z|{_STRING}(?:\\|\Z|"{_SPACE}(?:[,\]]|\Z))))'
_find_object = re.compile(_OBJECT).search
_find_any = re.compile(f"{_OBJECT}|{_ARRAY}").search


class StreamParser(ABC):
    """Finds things in a text that arrives in pieces."""

    @abstractmethod
    def add(self, text: str) -> list[Any]:
        """What became certain with this piece, in the order of the text."""

    @abstractmethod
    def flush(self) -> list[Any]:
        """What is left at the end of the text."""


@dataclass(frozen=True, slots=True)
class JSONValue:
    """A complete object or array; `start` and `end` are code-point offsets in the whole text, `end` exclusive."""

    value: Any
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PartialJSON:
    """A value whose end has not come: its offset in code points, and the part that cannot change any more.

    `value` is the growing tree itself, not a copy: it is longer at the next look; copy what must stay. A later
    duplicate of a key replaces the member, as in the finished value.
    """

    start: int
    value: Any


class JSONStreamParser(StreamParser):
    """Gives every JSON value in the text; see the module for the rule.

    `roots="object"` lets only `{` begin a value: `x[0]` is none, and `[{"a": 1}]` gives its object. No text raises.
    Memory is bounded by the value that is still open.
    """

    def __init__(self, roots: Literal["any", "object"] = "any") -> None:
        self._find = _find_object if roots == "object" else _find_any
        self._fed = 0
        self._automaton = JSONAutomaton()
        self._open: _OpenText | None = None
        self._builder: JSONBuilder | None = None
        self._judged: dict[int, int] = {}  # offset of an opener -> end of its value, or _NO_VALUE
        self._prune_at = _PRUNE

    def add(self, text: str) -> list[JSONValue]:
        """The values that this piece completed, or that a candidate which it ended had held back."""
        base = self._fed
        self._fed += len(text)
        if self._open is not None:
            self._open.add(text)
            reached = self._automaton.feed(text, 0, base)
            return [] if reached >= 0 else self._decide(self._open, base + ~reached)
        if "{" in text or "[" in text:
            return self._search(text, base, 0)
        return []

    def flush(self) -> list[JSONValue]:
        """Nothing, always: a value is out at its last code point. `partial` stays what it is."""
        return []

    @property
    def open_start(self) -> int | None:
        """Where the leftmost value that is still open begins; None while none is."""
        return self._open.start if self._open is not None else None

    @property
    def partial(self) -> PartialJSON | None:
        """The leftmost value still open, as far as it is certain; None while none is. Asking costs what is new."""
        if self._open is None:
            return None
        if self._builder is None:
            self._builder = JSONBuilder()
        self._builder.add(self._open.last(self._fed - self._open.start - self._builder.length))
        return PartialJSON(self._open.start, self._builder.root)

    def _decide(self, candidate: _OpenText, decided_at: int) -> list[JSONValue]:
        """Goes on after the open candidate was completed, or has failed, at this offset."""
        start, text = candidate.start, candidate.joined()
        self._open = self._builder = None
        if self._automaton.verdict is FAILED:
            self._remember()
            return self._search(text, start, 1)
        end = decided_at - start
        return [JSONValue(value_of(text[:end]), start, decided_at), *self._search(text, start, end)]

    def _search(self, text: str, base: int, position: int) -> list[JSONValue]:
        """The values in `text[position:]`; the candidate that reaches the end of the text stays open."""
        found: list[JSONValue] = []
        chances = _AHEAD_FAILURES if len(text) >= _AHEAD else 0
        while match := self._find(text, position):
            position = match.start()
            ahead = _decoded_ahead(text, position) if chances and self._is_worth_a_try(text, base, position) else None
            if ahead is not None:
                value, end = ahead
            elif (end := self._judge(text, base, position)) == _NO_END:
                self._keep(text[position:], base + position)
                return found
            elif end == _NO_VALUE:
                chances -= chances > 0
                position += 1
                continue
            else:
                value = value_of(text[position:end])
            found.append(JSONValue(value, base + position, base + end))
            position = end
        self._forget()
        return found

    def _is_worth_a_try(self, text: str, base: int, position: int) -> bool:
        return len(text) - position >= _AHEAD and base + position not in self._judged

    def _judge(self, text: str, base: int, position: int) -> int:
        """The index after the value that begins here, or _NO_VALUE, or _NO_END where the text ends first."""
        known = self._judged.get(base + position)
        if known is not None:
            return known if known == _NO_VALUE else known - base
        self._automaton.restart()
        reached = self._automaton.feed(text, position, base)
        if reached >= 0:
            return _NO_END
        if self._automaton.verdict is COMPLETE:
            return ~reached
        self._remember()
        return _NO_VALUE

    def _remember(self) -> None:
        """Keeps the verdicts that the failed candidate leaves on the openers after its own."""
        starts, closed = self._automaton.starts, self._automaton.closed
        if closed:
            self._judged.update(closed)
        if len(starts) > 1:
            self._judged.update(dict.fromkeys(starts, _NO_VALUE))

    def _keep(self, text: str, start: int) -> None:
        """Makes this the open candidate; verdicts on openers before it are dropped once they are the most part."""
        self._open = _OpenText(start, text)
        if len(self._judged) > self._prune_at:
            self._judged = {opener: end for opener, end in self._judged.items() if opener > start}
            self._prune_at = max(_PRUNE, 2 * len(self._judged))

    def _forget(self) -> None:
        self._judged.clear()
        self._prune_at = _PRUNE
        self._automaton.restart()


class _OpenText:
    """The text of the open candidate from its opener on, in pieces; `start` is its offset."""

    __slots__ = ("_blocks", "_parts", "start")

    def __init__(self, start: int, text: str) -> None:
        self.start = start
        self._blocks: list[str] = []
        self._parts = [text]

    def add(self, text: str) -> None:
        self._parts.append(text)
        if len(self._parts) == _PARTS:
            self._blocks.append("".join(self._parts))
            self._parts.clear()

    def joined(self) -> str:
        if not self._blocks:
            return "".join(self._parts)
        return "".join(chain(self._blocks, self._parts))

    def last(self, count: int) -> str:
        """The last `count` code points, at the price of these and at most one block."""
        taken: list[str] = []
        missing = count
        for part in chain(reversed(self._parts), reversed(self._blocks)):
            if missing <= 0:
                break
            taken.append(part)
            missing -= len(part)
        return "".join(reversed(taken))[-missing if missing < 0 else 0 :]


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


_strict_decoder = json.JSONDecoder(parse_constant=_refuse)


def _decoded_ahead(text: str, position: int) -> tuple[Any, int] | None:
    """The value that begins here and the index after it, or None where the C decoder does not get through.

    What it accepts is valid: it is strict but for the constants, which are refused here.
    """
    try:
        return _strict_decoder.raw_decode(text, position)
    except (ValueError, RecursionError):
        return None
