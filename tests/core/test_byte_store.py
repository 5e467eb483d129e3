"""Bytes in blocks are the bytes that were appended, across every edge of a block."""

from __future__ import annotations

import random
import tracemalloc
from typing import ClassVar

from hypothesis import given
from hypothesis import strategies as st

from tui.core import byte_store
from tui.core.byte_store import ByteStore
from tui.core.content_log import ContentLog

BLOCK = byte_store._BLOCK_BYTES  # noqa: SLF001  the edge is what matters
SIZES = st.sampled_from([0, 1, 7, BLOCK // 2, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 3])
PLACES = st.sampled_from([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 5, 10 * BLOCK])


@given(st.lists(SIZES, max_size=4), PLACES, PLACES)
def test_any_piece_is_that_of_the_whole(sizes: list[int], start: int, end: int) -> None:
    store, whole = ByteStore(), b""
    for number, size in enumerate(sizes):
        piece = bytes([number + 1]) * size
        whole += piece
        assert store.append(piece) == len(whole) == store.size
    assert store.between(start, end) == whole[start:end]


class Elsewhere:
    """A block that is kept by somebody else."""

    asked: ClassVar[list[slice]] = []

    def __init__(self, block: bytes) -> None:
        self._block = block

    def __getitem__(self, part: slice, /) -> bytes:
        self.asked.append(part)
        return self._block[part]


def events(mib: int) -> list[bytes]:
    """So many MiB of events, a MiB each."""
    line = b'data: {"index": %7d, "text": "word "}\n\n'
    size = len(line % 0)
    return [b"".join(line % (block * BLOCK + n) for n in range(BLOCK // size + 1))[:BLOCK] for block in range(mib)]


def test_old_blocks_are_packed_and_come_back_whole() -> None:
    pieces = events(14)
    tracemalloc.start()
    try:
        store = ByteStore()
        for piece in pieces:
            store.append(piece)
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    whole = b"".join(pieces)
    assert held < (byte_store._PLAIN_BLOCKS + 2.5) * BLOCK  # noqa: SLF001  the rest is nearly nothing
    for start in (0, BLOCK - 3, 2 * BLOCK, 5 * BLOCK + 7, 6 * BLOCK - 1, 13 * BLOCK):
        assert store.between(start, start + 9) == whole[start : start + 9]
    assert store.between(0, len(whole)) == whole


def test_blocks_that_do_not_shrink_or_are_kept_elsewhere_stay_as_they_are() -> None:
    noise = random.Random(8).randbytes(12 * BLOCK)
    store = ByteStore()
    store.append(noise)
    assert store.between(0, len(noise)) == noise
    elsewhere = ByteStore(Elsewhere)
    elsewhere.append(b"a" * 12 * BLOCK)
    assert elsewhere.between(BLOCK - 1, BLOCK + 1) == b"aa"
    assert Elsewhere.asked == [slice(BLOCK - 1, BLOCK), slice(0, 1)]


@given(st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=700))
def test_pieces_of_text_come_back_one_by_one(texts: list[str]) -> None:
    log = ContentLog()
    assert [log.add(text, float(index), index) for index, text in enumerate(texts)] == list(range(len(texts)))
    assert [log.piece(index) for index in range(log.count)] == [(text, float(i)) for i, text in enumerate(texts)]
    for first, end in [(0, log.count), (1, log.count), (255, 257), (300, 200), (log.count - 1, log.count)]:
        assert list(log.pieces(first, min(end, log.count))) == [log.piece(i) for i in range(first, min(end, log.count))]
    assert log.text() == "".join(texts)
    assert log.tail(5) == "".join(texts)[-5:]
