"""Text to a JSON value, with one kind of error for everything that can go wrong.

Only parsing; the meaning belongs to the dialects.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


_decode = json.JSONDecoder(parse_constant=_refuse).raw_decode
_BLANK = " \t\r\n"
_MAX_DIGITS = 4000  # int() refuses more than 4300


def parse_json(text: str) -> Any:
    """The value of a whole JSON text. Raises ValueError, whose message says where and why, for any other text.

    NaN and the infinities are no JSON (RFC 8259 section 6), though Python reads them. Whole numbers too long for an
    int become floats; nesting too deep for the parser counts as no JSON.
    """
    try:
        value, end = _decode(text)
        if end == len(text):
            return value
    except (ValueError, RecursionError):
        pass
    return _parse_with_care(text.strip(_BLANK))


def _parse_with_care(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError:
        raise
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except ValueError:
        return json.loads(text, parse_int=_whole_number, parse_constant=_refuse)


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MAX_DIGITS else float(digits)
