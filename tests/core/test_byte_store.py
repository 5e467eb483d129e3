"""Bytes in blocks are the bytes that were appended, across every edge of a block."""

from __future__ import annotations

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


@given(st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=700))
def test_pieces_of_text_come_back_one_by_one(texts: list[str]) -> None:
    log = ContentLog()
    assert [log.add(text, float(index), index) for index, text in enumerate(texts)] == list(range(len(texts)))
    assert [log.piece(index) for index in range(log.count)] == [(text, float(i)) for i, text in enumerate(texts)]
    assert log.text() == "".join(texts)
    assert log.tail(5) == "".join(texts)[-5:]
