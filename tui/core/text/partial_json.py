"""Values from the text of valid JSON, built without recursion and readable while the text still grows.

The text must have been found valid by `json_automaton`; nothing is checked here. Used for the view of an
unfinished value and for finished ones that the C decoder refuses (too deep, or an integer of too many digits).
"""

from __future__ import annotations

import json
import re
from typing import Any

_HIGH = r"\\u[dD][89abAB][0-9a-fA-F]{2}"
# What of a string can be decoded for good: a high surrogate only when it is known whether a low one follows.
_match_decodable = re.compile(
    rf'(?:[^"\\]++|\\[^u]|(?!{_HIGH})\\u[0-9a-fA-F]{{4}}|{_HIGH}(?=[^\\]|\\[^u]|\\u[0-9a-fA-F]{{4}}))*+'
).match
_match_between = re.compile(r"[ \t\n\r,:]*+").match
_match_number = re.compile(r"[-+.0-9eE]*+").match

_LITERALS: dict[str, tuple[str, Any]] = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}
_SAFE_DIGITS = 512  # int() takes at least 640 digits, whatever limit the interpreter is set to


class JSONBuilder:
    """Builds one object or array from pieces of its text; `root` is what is certain so far, None before the first.

    Open containers and strings are in their places and grow; numbers and literals appear when they are whole, a
    key when its value does. Costs are linear in the text fed, however it is cut.
    """

    def __init__(self) -> None:
        self.root: Any = None
        self.length = 0
        self._containers: list[Any] = []
        self._keys: list[str | None] = []  # of each container: the key that waits for its value
        self._carry = ""  # a token cut short, of bounded length
        self._is_in_string = False
        self._key: list[str] | None = None  # decoded pieces, while the string being read is a key
        self._number: list[str] | None = None  # pieces of the number being read

    def add(self, text: str) -> None:
        """Takes the next piece; `length` counts what was taken."""
        self.length += len(text)
        text = self._carry + text
        self._carry = ""
        position = 0
        while position < len(text):
            position = self._read(text, position)

    def _read(self, text: str, position: int) -> int:
        if self._is_in_string:
            return self._read_string(text, position)
        if self._number is not None:
            return self._read_number(text, position)
        match = _match_between(text, position)
        if match and match.end() > position:
            return match.end()
        return self._read_start(text, position)

    def _read_start(self, text: str, position: int) -> int:
        char = text[position]
        if char in "{[":
            self._open({} if char == "{" else [])
        elif char in "}]":
            self._containers.pop()
            self._keys.pop()
        elif char == '"':
            self._begin_string()
        elif char in _LITERALS:
            return self._read_literal(text, position)
        else:
            self._number = []
            return position
        return position + 1

    def _open(self, container: Any) -> None:
        if self._containers:
            self._put(container)
        else:
            self.root = container
        self._containers.append(container)
        self._keys.append(None)

    def _put(self, value: Any) -> None:
        container = self._containers[-1]
        if isinstance(container, list):
            container.append(value)
        else:
            container[self._keys[-1]] = value
            self._keys[-1] = None

    def _begin_string(self) -> None:
        self._is_in_string = True
        container = self._containers[-1]
        if isinstance(container, list):
            container.append("")
        elif self._keys[-1] is None:
            self._key = []
        else:
            container[self._keys[-1]] = ""

    def _read_string(self, text: str, position: int) -> int:
        match = _match_decodable(text, position)
        end = match.end() if match else position
        if end > position:
            self._grow_string(_decoded(text[position:end]))
        if end < len(text) and text[end] == '"':
            self._end_string()
            return end + 1
        self._carry = text[end:]
        return len(text)

    def _grow_string(self, piece: str) -> None:
        if self._key is not None:
            self._key.append(piece)
            return
        container = self._containers[-1]
        place = -1 if isinstance(container, list) else self._keys[-1]
        grown = container[place]
        container[place] = None  # with one reference left, += grows the string in place: no copy for each piece
        grown += piece
        container[place] = grown

    def _end_string(self) -> None:
        self._is_in_string = False
        self._keys[-1] = None if self._key is None else "".join(self._key)
        self._key = None

    def _read_literal(self, text: str, position: int) -> int:
        word, value = _LITERALS[text[position]]
        if len(text) - position < len(word):
            self._carry = text[position:]
            return len(text)
        self._put(value)
        return position + len(word)

    def _read_number(self, text: str, position: int) -> int:
        match = _match_number(text, position)
        end = match.end() if match else position
        digits = self._number if self._number is not None else []
        digits.append(text[position:end])
        if end < len(text):
            self._put(number_of("".join(digits)))
            self._number = None
        return end


def value_of(text: str) -> Any:
    """The value of a valid object or array; of any depth, with integers of any length."""
    try:
        return json.loads(text)
    except (RecursionError, ValueError):  # ValueError: more digits than int() takes at once
        builder = JSONBuilder()
        builder.add(text)
        return builder.root


def number_of(text: str) -> int | float:
    """The value of a valid JSON number; integers are exact (RFC 8259 section 6 leaves the range open)."""
    if text.lstrip("-").isdigit():
        magnitude = _integer(text.lstrip("-"), {})
        return -magnitude if text.startswith("-") else magnitude
    return float(text)


def _integer(digits: str, powers: dict[int, int]) -> int:
    if len(digits) <= _SAFE_DIGITS:
        return int(digits)
    low = _SAFE_DIGITS << (((len(digits) - 1) // _SAFE_DIGITS).bit_length() - 1)
    if low not in powers:
        powers[low] = 10**low
    return _integer(digits[:-low], powers) * powers[low] + _integer(digits[-low:], powers)


def _decoded(piece: str) -> str:
    if "\\" not in piece:
        return piece
    decoded: str = json.loads(f'"{piece}"')
    return decoded
