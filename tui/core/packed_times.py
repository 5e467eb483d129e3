"""Ascending times in a tenth of their memory, for those that nobody may ever ask for."""

from __future__ import annotations

import zlib
from array import array
from itertools import accumulate, islice, repeat
from operator import mul, sub, truediv
from typing import Final

_MICROSECOND: Final = 1e6  # a capture's times are whole microseconds
_LEVEL: Final = 1
_STEPS, _AS_THEY_ARE = b"s", b"t"


def pack_times(times: array[float]) -> bytes:
    """The times, at least one; the inverse gives the very same ones."""
    steps = _steps(times)
    kind, column = (_AS_THEY_ARE, times) if steps is None else (_STEPS, steps)
    return kind + zlib.compress(column.tobytes(), _LEVEL)


def unpack_times(packed: bytes) -> array[float]:
    """The times that were packed."""
    column: array[float] = array("d" if packed[:1] == _AS_THEY_ARE else "q")
    column.frombytes(zlib.decompress(packed[1:]))
    if packed[:1] == _AS_THEY_ARE:
        return column
    return array("d", map(truediv, accumulate(column), repeat(_MICROSECOND)))


def _steps(times: array[float]) -> array[int] | None:
    """The first time and the step to each next one in microseconds; None where that would not be exact."""
    try:
        micros = array("q", map(round, map(mul, times, repeat(_MICROSECOND))))
    except (OverflowError, ValueError):
        return None
    if array("d", map(truediv, micros, repeat(_MICROSECOND))) != times:
        return None
    return array("q", [micros[0], *map(sub, islice(micros, 1, None), micros)])
