"""A compressed body is unpacked exactly, in bounded pieces, however it was cut."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.transports.bounded_inflation import PIECE_BYTES, can_inflate, inflated


async def cut(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def unpacked(data: bytes, encoding: str, size: int = 1000) -> list[bytes]:
    return [piece async for piece in inflated(cut(data, size), encoding)]


@given(st.binary(max_size=3000), st.sampled_from(["gzip", "deflate", "raw"]), st.integers(1, 50))
async def test_it_gives_what_was_packed(data: bytes, form: str, size: int) -> None:
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = {"gzip": gzip.compress(data), "deflate": zlib.compress(data), "raw": raw.compress(data) + raw.flush()}[
        form
    ]
    assert b"".join(await unpacked(packed, "gzip" if form == "gzip" else "deflate", size)) == data


async def test_what_swells_comes_in_bounded_pieces() -> None:
    pieces = await unpacked(gzip.compress(b"A" * 50_000_000), "gzip", 65536)
    assert sum(map(len, pieces)) == 50_000_000
    assert max(map(len, pieces)) <= PIECE_BYTES


async def test_what_is_not_packed_is_an_error() -> None:
    with pytest.raises(zlib.error):
        await unpacked(b"this is no gzip, no.", "gzip")


def test_other_encodings_are_left_to_the_library() -> None:
    assert [can_inflate(name) for name in ("gzip", " GZip", "deflate", "br", "gzip, br")] == [
        True,
        True,
        True,
        False,
        False,
    ]
