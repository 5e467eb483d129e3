"""Bytes in, whole lines with their place out; linear for any chunking."""

from __future__ import annotations

from typing import NamedTuple


class Line(NamedTuple):
    """A line without its line feed; `number` from 1 and `offset` in bytes say where it begins."""

    number: int
    offset: int
    data: bytes


class LineSplitter:
    """Splits at line feeds; what stands behind the last one waits."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.number = 1
        self.offset = 0

    def feed(self, data: bytes) -> list[Line]:
        """The lines that `data` completes."""
        head, newline, rest = data.partition(b"\n")
        self._pieces.append(head)
        if not newline:
            return []
        first = b"".join(self._pieces)
        *whole, last = rest.split(b"\n")
        self._pieces = [last]
        return [self._line(line) for line in (first, *whole)]

    @property
    def pending(self) -> bytes:
        """The line that has no line feed yet."""
        self._pieces = [b"".join(self._pieces)]
        return self._pieces[0]

    def _line(self, data: bytes) -> Line:
        line = Line(self.number, self.offset, data)
        self.number += 1
        self.offset += len(data) + 1
        return line
