"""Messages of the gateway's WebSocket protocol: values to JSON text, and any text to values.

Knows the envelope and the legal types only; what a message means belongs to the gateway and its dialect.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, Self

CLIENT_TYPES: Final = frozenset({"complete", "cancel", "resume"})
"""What a client may send."""

SERVER_TYPES: Final = frozenset({"start", "chunk", "done", "error", "cancelled"})
"""What the gateway may send."""

_MAX_SHOWN_CHARS: Final = 80


@dataclass(slots=True)
class WSMessage:
    """One message: a JSON object of `type`, a word, and `data`, an object.

    Any word is taken: whether it is of CLIENT_TYPES or SERVER_TYPES is for the receiver to judge.
    """

    type: str
    data: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """The message as one line of ASCII JSON, so that a lone surrogate travels too.

        Raises ValueError when `data` holds NaN or an infinity, TypeError when it holds what JSON has no form for.
        """
        return json.dumps({"type": self.type, "data": self.data}, allow_nan=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The message in `text`; no `data`, or null, is an empty object, and further members are ignored.

        Raises ValueError, and nothing else, with one sentence that says what was expected and what came.
        """
        value = _parsed(text)
        if not isinstance(value, dict):
            raise ValueError(f"a message must be a JSON object, not {_named(value)}")  # noqa: TRY004  junk from the wire has one type
        if "type" not in value:
            raise ValueError(f'a message must have a "type", but there is none in {_shown(text)}')
        kind, data = value["type"], value.get("data")
        if not isinstance(kind, str):
            raise ValueError(f'the "type" of a message must be a string, not {_named(kind)}')  # noqa: TRY004  junk from the wire has one type
        if data is not None and not isinstance(data, dict):
            raise ValueError(f'the "data" of a message must be an object, not {_named(data)}')
        return cls(kind, data or {})


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_number, parse_float=_finite)
    except RecursionError:
        raise ValueError("a message must be JSON of moderate depth, but this one is nested too deeply") from None
    except json.JSONDecodeError as error:
        reason = f"{error.msg} at character {error.pos}"
        raise ValueError(f"a message must be JSON, not {_shown(text)} ({reason})") from error
    except ValueError as error:  # a number that JSON does not have or that Python refuses to read
        raise ValueError(f"a message must be JSON with finite numbers of sane length, not {_shown(text)}") from error


def _refuse_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _refuse_number(digits)


def _named(value: object) -> str:
    """What a JSON value is, in JSON's own words."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"


def _shown(text: str) -> str:
    """The beginning of what came, quoted, with its controls escaped."""
    return ascii(text[:_MAX_SHOWN_CHARS]) + ("..." if len(text) > _MAX_SHOWN_CHARS else "") if text else "an empty text"
