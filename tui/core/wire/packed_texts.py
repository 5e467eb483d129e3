"""Many short texts in little memory: the newest as they are, the rest in compressed blocks.

As strings, the frames of a long chat stream would weigh more than the capture itself. Used by the frame store, the
chunk columns, and for thinking and arguments that come in pieces; knows nothing of any.
"""

from __future__ import annotations

import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

_BLOCK_TEXTS: Final = 256
_BLOCK_CHARS: Final = 262_144
_LEVEL: Final = 1  # texts of one stream are so alike that a higher level gains little


class PackedTexts:
    """An append-only list of texts. Neighbours are cheap to get: the block asked for last stays unpacked."""

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __init__(self) -> None:
        self._newest: list[str] = []
        self._newest_chars = 0
        self._packed_count = 0
        self._blocks: list[bytes] = []
        self._starts = array("Q")
        self._unpacked: tuple[int, list[str]] = (-1, [])

    def append(self, text: str) -> int:
        """Appends a text and gives its index."""
        newest = self._newest
        newest.append(text)
        self._newest_chars += len(text)
        count = self._packed_count + len(newest)
        if len(newest) == _BLOCK_TEXTS or self._newest_chars >= _BLOCK_CHARS:
            self._pack()
        return count - 1

    def __len__(self) -> int:
        return self._packed_count + len(self._newest)

    def __getitem__(self, index: int) -> str:
        """The text with this index, which is not negative."""
        if index >= self._packed_count:
            return self._newest[index - self._packed_count]
        number = bisect_right(self._starts, index) - 1
        return self._block(number)[index - self._starts[number]]

    def between(self, first: int, end: int) -> list[str]:
        """The texts from `first` (not negative) up to `end`."""
        start = first - self._packed_count
        if start >= 0:
            return self._newest[start : end - self._packed_count]
        found: list[str] = []
        while first < min(end, self._packed_count):
            number = bisect_right(self._starts, first) - 1
            block, offset = self._block(number), first - self._starts[number]
            found += block[offset : offset + end - first]
            first = self._starts[number] + len(block)
        return found + self._newest[: max(0, end - self._packed_count)]

    def beginning(self, count: int) -> PackedTexts:
        """The first texts, as a list of their own."""
        found = PackedTexts()
        number = bisect_right(self._starts, count) - 1 if count < self._packed_count else len(self._starts)
        found._blocks, found._starts = self._blocks[:number], self._starts[:number]
        found._packed_count = self._starts[number] if number < len(self._starts) else self._packed_count
        found._newest = self.between(found._packed_count, count)
        found._newest_chars = sum(map(len, found._newest))
        return found

    def joined(self) -> str:
        """All of them as one text."""
        return "".join([*self._joined_blocks(), *self._newest])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PackedTexts):
            return NotImplemented
        return (self._newest, self._blocks) == (other._newest, other._blocks)

    def _joined_blocks(self) -> Iterator[str]:
        return (_unpack(block)[1] for block in self._blocks)

    def _pack(self) -> None:
        self._blocks.append(_packed(self._newest))
        self._starts.append(self._packed_count)
        self._packed_count += len(self._newest)
        self._newest, self._newest_chars = [], 0

    def _block(self, number: int) -> list[str]:
        if self._unpacked[0] != number:
            lengths, joined = _unpack(self._blocks[number])
            ends = list(accumulate(lengths))
            texts = [joined[start:stop] for start, stop in zip([0, *ends], ends, strict=False)]
            self._unpacked = (number, texts)
        return self._unpacked[1]


def _packed(texts: list[str]) -> bytes:
    """How many there are, their lengths, which are as alike as they are, and the texts themselves."""
    lengths = array("I", [len(texts), *map(len, texts)])
    return zlib.compress(lengths.tobytes() + "".join(texts).encode("utf-8", "surrogatepass"), _LEVEL)


def _unpack(block: bytes) -> tuple[array[int], str]:
    """The lengths, and the texts joined."""
    data, lengths = zlib.decompress(block), array("I")
    size = lengths.itemsize
    lengths.frombytes(data[:size])
    lengths.frombytes(data[size : size * (1 + lengths[0])])
    return lengths[1:], data[size * len(lengths) :].decode("utf-8", "surrogatepass")
