"""JSON values of a text as the standard library's decoder finds them: slow, of limited depth, and not incremental.

It knows nothing of the project's automaton: a candidate is valid if `raw_decode` takes it, and still open if
`raw_decode` takes it with some ending put behind it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

# What may be missing from the last token and from the member it is in, before the closing brackets.
_HEX = ("0000", "000", "00", "0")
_TOKEN_ENDS = (
    "",
    *'0"',
    "rue",
    "ue",
    "e",
    "alse",
    "lse",
    "se",
    "ull",
    "ll",
    "l",
    '\\"',
    *(f'{rest}"' for rest in _HEX),
)
_MEMBER_ENDS = ("", ":0", '"":0', "0")
_ENDS = tuple(dict.fromkeys(token + member for token in _TOKEN_ENDS for member in _MEMBER_ENDS))
_STRING = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.DOTALL)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


STRICT = json.JSONDecoder(parse_constant=_refuse)


def decoded(text: str, start: int) -> tuple[Any, int] | None:
    """The value at `start` and the index after it, None if none is complete there."""
    try:
        return STRICT.raw_decode(text, start)
    except ValueError:
        return None


def can_be_completed(text: str) -> bool:
    """Whether some ending makes one value of a text that begins with it."""
    closers: list[str] = []
    for char in _STRING.sub("", text):
        if char in "[{":
            closers.append("]" if char == "[" else "}")
        elif char in "]}" and closers:
            closers.pop()
    brackets = "".join(reversed(closers))
    return any(is_one_value(text + end + brackets) for end in _ENDS)


def is_one_value(text: str) -> bool:
    """Whether the text is one value and nothing else, but for white space around it."""
    try:
        STRICT.decode(text)
    except ValueError:
        return False
    return True


def values_of(text: str, openers: str = "[{") -> Iterator[tuple[int, int, Any]]:
    """Start, end and value of each value that is certain when the text was fed; leftmost opener first."""
    at = 0
    while at < len(text):
        if text[at] not in openers:
            at += 1
        elif (found := decoded(text, at)) is not None:
            yield at, found[1], found[0]
            at = found[1]
        elif can_be_completed(text[at:]):
            return
        else:
            at += 1
