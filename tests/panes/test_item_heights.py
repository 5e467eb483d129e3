"""Heights as a tree against a plain list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.panes.item_heights import ItemHeights

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.just(0), st.integers(0, 9)),
        st.tuples(st.just("set"), st.integers(0, 40), st.integers(0, 9)),
        st.tuples(st.just("pop"), st.just(0), st.just(0)),
    ),
    max_size=60,
)


@given(STEPS)
def test_every_row_is_found_in_the_item_that_a_plain_list_says(steps: list[tuple[str, int, int]]) -> None:
    heights, plain = ItemHeights(), list[int]()
    for step, item, height in steps:
        if step == "append":
            heights.append(height)
            plain.append(height)
        elif step == "pop":
            heights.pop()
            del plain[-1:]
        elif item < len(plain):
            heights.set(item, height)
            plain[item] = height
    assert heights.count == len(plain)
    assert [heights.height(item) for item in range(len(plain))] == plain
    rows = [(item, row) for item, height in enumerate(plain) for row in range(height)]
    assert heights.total == len(rows)
    assert [heights.find(row) for row in range(len(rows))] == rows
    with pytest.raises(IndexError):
        heights.find(len(rows))
