"""Strict RFC 8259 as a push-down automaton that is fed text in pieces and says at which code point it decided.

No values are built here and nothing is looked for here: the caller says where a value begins, `json_parser` and
`json_progress` do so. Text comes from them; what goes back is an index and a verdict.

    step           waits for                              goes to
    _value         the value after `:` or `,`, or a root   _string, _number, _literal, _first_item, _first_key
    _first_item    a value or `]`                          as _value, or closes
    _after_item    `,` or `]`                              _value, or closes
    _first_key     a key or `}`                            _string, or closes
    _key           a key                                   _string
    _colon         `:`                                     _value
    _after_member  `,` or `}`                              _key, or closes
    _string        the closing quote                       the step kept in `then`
    _escape, _hex  the rest of an escape                   _string
    _number        a character that is not part of it      the step on top of `after`
    _literal       the rest of true, false or null         the step on top of `after`
    _done          nothing: the root value is complete
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

_WHITESPACE = " \t\n\r"
_BULK = 128  # from this many characters on, runs of scalars are matched by one regular expression

_skip_whitespace = re.compile(r"[ \t\n\r]*+").match
_ESCAPED = r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})'
_STRING_RUN = rf'(?:[^"\\\x00-\x1f]++|{_ESCAPED})*+'
_SCALAR = rf'(?:"{_STRING_RUN}"|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]++)?+|true|false|null)'
_match_string = re.compile(_STRING_RUN).match
_match_items = re.compile(rf"(?:[ \t\n\r]*+{_SCALAR}[ \t\n\r]*+,)*+").match
_match_members = re.compile(rf'(?:[ \t\n\r]*+"{_STRING_RUN}"[ \t\n\r]*+:[ \t\n\r]*+{_SCALAR}[ \t\n\r]*+,)*+').match

Step = Callable[["JSONAutomaton", str, int], int]


class Verdict(Enum):
    """What is known about the text fed so far: may still become a value, is one, or cannot become one."""

    OPEN = "open"
    COMPLETE = "complete"
    FAILED = "failed"


# Looked up once: a member of an enumeration costs 0.2 us each time in Python 3.11.
OPEN, COMPLETE, FAILED = Verdict.OPEN, Verdict.COMPLETE, Verdict.FAILED


class NumberState:
    """A state inside a number (RFC 8259 section 6): the states it may go on to, and whether it may end here."""

    __slots__ = ("accepts", "following")

    def __init__(self, *, accepts: bool) -> None:
        self.accepts = accepts
        self.following: dict[str, NumberState] = {}


class JSONAutomaton:
    """Decides on one value; `restart` makes it ready for the next.

    Attributes: `step` is the present state and `after[-1]` the one that follows the present value; `starts` are
    the offsets of the containers still open, outermost first; `closed` maps the offset of each container that
    closed to its end (exclusive). Memory is bounded by the number of containers in the value.
    """

    __slots__ = ("after", "base", "closed", "number", "rest", "starts", "step", "then", "verdict")

    def __init__(self) -> None:
        self.verdict: Verdict = OPEN
        self.step: Step = _value
        self.then: Step = _done
        self.after: list[Step] = [_done]
        self.starts: list[int] = []
        self.closed: dict[int, int] = {}
        self.number = _MINUS
        self.rest = ""
        self.base = 0

    def restart(self) -> None:
        """Forgets what was read; the next text fed begins with the value or white space before it."""
        self.verdict = OPEN
        self.step = _value
        del self.after[1:]
        self.starts.clear()
        self.closed.clear()

    def feed(self, text: str, position: int, base: int) -> int:
        """Reads on from `text[position]`, where `base` is the offset of `text[0]` in the whole text.

        Gives `len(text)` while undecided, else `~index`: of the code point after the value (COMPLETE) or of the
        one that cannot be (FAILED). A root number or literal is complete only when something follows it.
        """
        self.base = base
        size = len(text)
        if size - position >= _BULK:
            while 0 <= position < size:
                if self.step is _value or self.step is _key:
                    position = _skip_scalars(self, text, position)
                if position < size:
                    position = self.step(self, text, position)
            return position
        while 0 <= position < size:
            position = self.step(self, text, position)
        return position

    @property
    def is_complete_so_far(self) -> bool:
        """Whether the text fed so far is a whole value, even if it could still grow (`12`)."""
        if self.starts or self.verdict is FAILED:
            return False
        return self.step is _done or (self.step is _number and self.number.accepts)

    @property
    def is_untouched(self) -> bool:
        """Whether nothing but white space came."""
        return self.step is _value and not self.starts

    @property
    def is_in_number(self) -> bool:
        """Whether the last code point fed belongs to a number that could still grow."""
        return self.step is _number

    @property
    def is_in_escape(self) -> bool:
        """Whether an escape of a string has begun and has not ended."""
        return self.step is _escape or self.step is _hex

    @property
    def expectation(self) -> tuple[str, str]:
        """Where the reading stands and what has to follow, in words: `("after a key", "a colon")`."""
        if self.step is _string:
            return ("inside a key" if self.then is _colon else "inside a string"), "control characters to be escaped"
        return _WORDS[self.step]

    def fail(self, position: int) -> int:
        """Marks `text[position]` as the code point that cannot be; what a step then returns."""
        self.verdict = FAILED
        return ~position


def _skip_scalars(automaton: JSONAutomaton, text: str, position: int) -> int:
    """Goes past the members or items that are scalars and have a comma behind them; the step stays the same."""
    if automaton.step is _key:
        match = _match_members(text, position)
    elif automaton.after[-1] is _after_item:
        match = _match_items(text, position)
    else:
        return position
    return match.end() if match else position


def _skip(text: str, position: int) -> int:
    match = _skip_whitespace(text, position)
    return match.end() if match else position


def _value(automaton: JSONAutomaton, text: str, position: int) -> int:
    char = text[position]
    if char == '"':
        automaton.then = automaton.after[-1]
        automaton.step = _string
        return position + 1
    if char in _WHITESPACE:
        return _skip(text, position)
    if char == "{" or char == "[":  # noqa: PLR1714  twice as fast as a set, once a value
        automaton.starts.append(automaton.base + position)
        automaton.after.append(_after_member if char == "{" else _after_item)
        automaton.step = _first_key if char == "{" else _first_item
        return position + 1
    if (number := _NUMBER_STARTS.get(char)) is not None:
        automaton.number = number
        automaton.step = _number
        return position + 1
    if (rest := _LITERALS.get(char)) is not None:
        automaton.rest = rest
        automaton.step = _literal
        return position + 1
    return automaton.fail(position)


def _first_item(automaton: JSONAutomaton, text: str, position: int) -> int:
    char = text[position]
    if char == "]":
        return _close(automaton, position)
    if char in _WHITESPACE:
        return _skip(text, position)
    return _value(automaton, text, position)


def _after_item(automaton: JSONAutomaton, text: str, position: int) -> int:
    char = text[position]
    if char == ",":
        automaton.step = _value
        return position + (2 if text[position + 1 : position + 2] == " " else 1)
    if char == "]":
        return _close(automaton, position)
    if char in _WHITESPACE:
        return _skip(text, position)
    return automaton.fail(position)


def _first_key(automaton: JSONAutomaton, text: str, position: int) -> int:
    if text[position] == "}":
        return _close(automaton, position)
    return _key(automaton, text, position)


def _key(automaton: JSONAutomaton, text: str, position: int) -> int:
    char = text[position]
    if char == '"':
        automaton.then = _colon
        automaton.step = _string
        return position + 1
    if char in _WHITESPACE:
        return _skip(text, position)
    return automaton.fail(position)


def _colon(automaton: JSONAutomaton, text: str, position: int) -> int:
    char = text[position]
    if char == ":":
        automaton.step = _value
        return position + (2 if text[position + 1 : position + 2] == " " else 1)
    if char in _WHITESPACE:
        return _skip(text, position)
    return automaton.fail(position)


def _after_member(automaton: JSONAutomaton, text: str, position: int) -> int:
    char = text[position]
    if char == ",":
        automaton.step = _key
        return position + (2 if text[position + 1 : position + 2] == " " else 1)
    if char == "}":
        return _close(automaton, position)
    if char in _WHITESPACE:
        return _skip(text, position)
    return automaton.fail(position)


def _close(automaton: JSONAutomaton, position: int) -> int:
    position += 1
    starts = automaton.starts
    automaton.closed[starts.pop()] = automaton.base + position
    automaton.after.pop()
    automaton.step = automaton.after[-1]
    if starts:
        return position
    automaton.verdict = COMPLETE
    return ~position


def _string(automaton: JSONAutomaton, text: str, position: int) -> int:
    match = _match_string(text, position)
    if match:
        position = match.end()
    if position == len(text):
        return position
    char = text[position]
    if char == '"':
        automaton.step = automaton.then
        return position + 1
    if char == "\\":
        automaton.step = _escape
        return position + 1
    return automaton.fail(position)


def _escape(automaton: JSONAutomaton, text: str, position: int) -> int:
    char = text[position]
    if char == "u":
        automaton.rest = "0000"
        automaton.step = _hex
        return position + 1
    if char in '"\\/bfnrt':
        automaton.step = _string
        return position + 1
    return automaton.fail(position)


def _hex(automaton: JSONAutomaton, text: str, position: int) -> int:
    if text[position] not in "0123456789abcdefABCDEF":
        return automaton.fail(position)
    automaton.rest = automaton.rest[1:]
    if not automaton.rest:
        automaton.step = _string
    return position + 1


def _number(automaton: JSONAutomaton, text: str, position: int) -> int:
    state = automaton.number
    for index in range(position, len(text)):
        following = state.following.get(text[index])
        if following is None:
            automaton.number = state
            if not state.accepts:
                return automaton.fail(index)
            automaton.step = automaton.after[-1]
            return index
        state = following
    automaton.number = state
    return len(text)


def _literal(automaton: JSONAutomaton, text: str, position: int) -> int:
    for index, expected in enumerate(automaton.rest, position):
        if index == len(text):
            automaton.rest = automaton.rest[index - position :]
            return index
        if text[index] != expected:
            return automaton.fail(index)
    automaton.step = automaton.after[-1]
    return position + len(automaton.rest)


def _done(automaton: JSONAutomaton, _text: str, position: int) -> int:
    automaton.verdict = COMPLETE
    return ~position


_DIGITS = "0123456789"
_LITERALS = {"t": "rue", "f": "alse", "n": "ull"}

_MINUS = NumberState(accepts=False)
_ZERO = NumberState(accepts=True)
_INTEGER = NumberState(accepts=True)
_POINT = NumberState(accepts=False)
_FRACTION = NumberState(accepts=True)
_EXPONENT_MARK = NumberState(accepts=False)
_EXPONENT_SIGN = NumberState(accepts=False)
_EXPONENT = NumberState(accepts=True)
_MINUS.following = {"0": _ZERO} | dict.fromkeys(_DIGITS[1:], _INTEGER)
_ZERO.following = {".": _POINT} | dict.fromkeys("eE", _EXPONENT_MARK)
_INTEGER.following = dict.fromkeys(_DIGITS, _INTEGER) | _ZERO.following
_POINT.following = dict.fromkeys(_DIGITS, _FRACTION)
_FRACTION.following = dict.fromkeys(_DIGITS, _FRACTION) | dict.fromkeys("eE", _EXPONENT_MARK)
_EXPONENT_MARK.following = dict.fromkeys(_DIGITS, _EXPONENT) | dict.fromkeys("+-", _EXPONENT_SIGN)
_EXPONENT_SIGN.following = dict.fromkeys(_DIGITS, _EXPONENT)
_EXPONENT.following = dict.fromkeys(_DIGITS, _EXPONENT)
_NUMBER_STARTS = {"-": _MINUS} | _MINUS.following

_WORDS: dict[Step, tuple[str, str]] = {
    _value: ("before a value", "a value"),
    _first_item: ("after an opening bracket", "a value or a closing bracket"),
    _after_item: ("after an array item", "a comma or a closing bracket"),
    _first_key: ("after an opening brace", "a key in double quotes or a closing brace"),
    _key: ("before a key", "a key in double quotes"),
    _colon: ("after a key", "a colon"),
    _after_member: ("after an object member", "a comma or a closing brace"),
    _escape: ("inside an escape", "one of the escapes of RFC 8259"),
    _hex: ("inside an escape", "four hexadecimal digits"),
    _number: ("inside a number", "a digit"),
    _literal: ("inside a literal", "true, false or null"),
    _done: ("after the value", "nothing but white space"),
}
