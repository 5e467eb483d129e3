"""Bytes that only grow, in blocks of one size: neither a growing array's spare room nor a copy when it moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

_BLOCK_BYTES: Final = 1024 * 1024


class Block(Protocol):
    """Some bytes that are kept somewhere."""

    def __getitem__(self, part: slice, /) -> bytes:
        """A part of them."""


Keep = Callable[[bytes], Block]
"""Keeps the bytes of a full block, in memory or elsewhere."""


class ByteStore:
    """Append-only bytes, known by their offset. `keep` says where full blocks are kept: usually in memory."""

    def __init__(self, keep: Keep | None = None) -> None:
        self._keep = keep
        self._full: list[Block] = []
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
        return self.size

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
            return self._full[block][start:end]
        if block > len(self._full):
            return b""
        with memoryview(self._last) as view:  # a slice of a bytearray would be copied twice
            return bytes(view[start:end])
