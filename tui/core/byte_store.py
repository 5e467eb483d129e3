"""Bytes that only grow, in blocks of one size: neither a growing array's spare room nor a copy when it moves.

What a stream brings repeats itself: of old blocks, packed, some tenth is left.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

_BLOCK_BYTES: Final = 1024 * 1024
_PLAIN_BLOCKS: Final = 8  # the newest, which are looked at most; packing takes 3 ms a block and unpacking 2
_LEVEL: Final = 1  # higher ones gain little with events, which are so alike


class Block(Protocol):
    """Some bytes that are kept somewhere."""

    def __getitem__(self, part: slice, /) -> bytes:
        """A part of them."""


Keep = Callable[[bytes], Block]
"""Keeps the bytes of a full block, in memory or elsewhere."""


class _PackedBlock(NamedTuple):
    data: bytes


class ByteStore:
    """Append-only bytes, known by their offset. `keep` says where full blocks are kept: usually in memory.

    Neighbours are cheap to get: the packed block asked for last stays unpacked.
    """

    def __init__(self, keep: Keep | None = None) -> None:
        self._keep = keep
        self._full: list[Block | _PackedBlock] = []
        self._unpacked: tuple[int, bytes] = (-1, b"")
        self._last = bytearray()
        self.size = 0

    def append(self, data: bytes) -> int:
        """Appends bytes and gives the offset behind them."""
        last = self._last
        last += data
        self.size += len(data)
        while len(last) >= _BLOCK_BYTES:
            block = bytes(memoryview(last)[:_BLOCK_BYTES])
            self._full.append(block if self._keep is None else self._keep(block))
            self._last = last = last[_BLOCK_BYTES:]
            self._pack(len(self._full) - 1 - _PLAIN_BLOCKS)
        return self.size

    def _pack(self, number: int) -> None:
        """Packs a block, if there is such a one and it is kept in memory."""
        block = self._full[number] if number >= 0 else None
        if isinstance(block, bytes) and len(packed := zlib.compress(block, _LEVEL)) < len(block):
            self._full[number] = _PackedBlock(packed)

    def between(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`, as far as there are any."""
        if start >= end:
            return b""
        first, last = start // _BLOCK_BYTES, (end - 1) // _BLOCK_BYTES
        origin = first * _BLOCK_BYTES
        if first == last:
            return self._piece(first, start - origin, end - origin)
        middle = [self._piece(block, 0, _BLOCK_BYTES) for block in range(first + 1, last)]
        head, tail = self._piece(first, start - origin, _BLOCK_BYTES), self._piece(last, 0, end - last * _BLOCK_BYTES)
        return b"".join([head, *middle, tail])

    def _piece(self, block: int, start: int, end: int) -> bytes:
        if block < len(self._full):
            return self._block(block)[start:end]
        if block > len(self._full):
            return b""
        with memoryview(self._last) as view:  # a slice of a bytearray would be copied twice
            return bytes(view[start:end])

    def _block(self, number: int) -> Block:
        block = self._full[number]
        if not isinstance(block, _PackedBlock):
            return block
        if self._unpacked[0] != number:
            self._unpacked = number, zlib.decompress(block.data)
        return self._unpacked[1]
