"""Packed ends answer as a list of them would, whatever the lengths between them."""

from __future__ import annotations

import tracemalloc
from bisect import bisect_left, bisect_right
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.packed_ends import BLOCK_ENDS, PackedEnds

LENGTHS = st.lists(st.sampled_from([0, 1, 5, 255, 256, 70_000, 2**33]), max_size=12).flatmap(
    lambda few: st.integers(1, 3 * BLOCK_ENDS).map(lambda times: (few * times)[: 3 * BLOCK_ENDS + 7])
)


def packed(ends: list[int], stride: int = 1) -> PackedEnds:
    found = PackedEnds()
    for number, end in enumerate(ends):
        found.append(end)
        if not number % stride:
            found.pack()
    return found


@given(LENGTHS, st.integers(1, 700), st.integers(0, 800), st.integers(0, 800))
def test_they_are_a_list(lengths: list[int], stride: int, first: int, end: int) -> None:
    ends = list(accumulate(lengths))
    found = packed(ends, stride)
    assert len(found) == len(ends)
    assert list(found) == [found[index] for index in range(len(ends))] == ends
    assert list(found.between(first, end)) == ends[first:end]
    assert [found[index] for index in range(-len(ends), 0)] == ends
    assert found.last == (ends[-1] if ends else 0)
    assert [found.start_of(index) for index in range(len(ends) + 1)] == [0, *ends]


@given(LENGTHS, st.integers(1, 700), st.data())
def test_an_offset_is_found_as_in_a_list(lengths: list[int], stride: int, data: st.DataObject) -> None:
    ends = list(accumulate(lengths))
    found = packed(ends, stride)
    near = data.draw(st.sampled_from([0, *ends])) + data.draw(st.integers(-1, 1))
    assert found.count_before(near) == bisect_left(ends, near)
    assert found.count_until(near) == bisect_right(ends, near)


@given(LENGTHS)
def test_many_at_once_are_as_many_one_by_one(lengths: list[int]) -> None:
    ends = list(accumulate(lengths))
    at_once = PackedEnds()
    at_once.extend(ends[:300])
    at_once.extend(iter(ends[300:]))
    assert list(at_once) == list(packed(ends))


@pytest.mark.parametrize("index", [0, 1, -1, 256, 700, -700])
def test_an_end_that_is_not_there_is_an_index_error(index: int) -> None:
    with pytest.raises(IndexError):
        packed([])[index]
    with pytest.raises(IndexError):
        packed(list(range(BLOCK_ENDS)))[BLOCK_ENDS + index if index >= 0 else index * BLOCK_ENDS - 1]


def test_an_end_of_a_short_piece_takes_little_more_than_a_byte() -> None:
    count = 64 * BLOCK_ENDS
    ends = range(200, 200 * count + 200, 200)
    tracemalloc.start()
    try:
        found = PackedEnds()
        found.extend(ends)
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert found.last == ends[-1]
    assert held < 1.5 * count
