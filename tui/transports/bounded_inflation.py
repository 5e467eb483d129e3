"""Unpacks a compressed body a bounded piece at a time: what a few bytes swell to never stands in memory at once.

httpx unpacks whatever one read brought in one go, a thousandfold if the far end wants that.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable, AsyncIterator

PIECE_BYTES = 256 * 1024
_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


def can_inflate(encoding: str) -> bool:
    """Whether this encoding is unpacked here."""
    return encoding.strip().lower() in _WINDOWS


async def inflated(body: AsyncIterable[bytes], encoding: str) -> AsyncIterator[bytes]:
    """The unpacked body, in pieces of at most PIECE_BYTES. Raises zlib.error on what is none."""
    name = encoding.strip().lower()
    unpacker = zlib.decompressobj(_WINDOWS[name])
    is_first = True
    async for data in body:
        if is_first and name == "deflate" and data[:1] and (data[0] & 0x0F) != zlib.DEFLATED:
            unpacker = zlib.decompressobj(-zlib.MAX_WBITS)  # without the header that the standard asks for
        is_first = is_first and not data
        waiting = data
        while waiting:
            piece = unpacker.decompress(waiting, PIECE_BYTES)
            waiting = unpacker.unconsumed_tail
            if piece:
                yield piece
