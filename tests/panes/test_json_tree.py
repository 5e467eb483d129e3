"""JSON as foldable rows, against `json.dumps`: nothing lost, nothing unsafe, bounded for any size and depth."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.sanitize import sanitize_line
from tui.core.text.json_parser import JSONStreamParser
from tui.panes.json_tree import FoldMemory, JSONTree, fits, inline_spans

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(["\x1b[2J", "\u202eabc", "漢字", '"\\', "e\u0301" * 30])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=5), inner, max_size=6),
    max_leaves=25,
)


def tree_of(value: Any, width: int, *, is_open: bool = False) -> JSONTree:
    tree = JSONTree(FoldMemory())
    tree.lay(value, width, is_open=is_open)
    return tree


def text_of(tree: JSONTree) -> list[str]:
    return ["".join(span.text for span in tree.spans(row)) for row in range(tree.row_count)]


def leaves(value: Any) -> int:
    """How many scalars and empty containers there are."""
    if isinstance(value, dict | list) and value:
        return sum(leaves(child) for child in (value.values() if isinstance(value, dict) else value))
    return 1


@given(VALUES, st.integers(1, 60))
def test_what_fits_on_a_row_is_the_json_of_the_value(value: Any, room: int) -> None:
    text = json.dumps(value, ensure_ascii=False)
    if text.isascii():
        assert fits(value, room) == (len(text) <= room)
    if fits(value, room):
        assert "".join(span.text for span in inline_spans(value, room)) == sanitize_line(text)


@given(VALUES, st.integers(8, 60))
def test_no_row_holds_what_a_terminal_could_obey(value: Any, width: int) -> None:
    for row in text_of(tree_of(value, width)):
        assert row == sanitize_line(row)


@given(st.lists(st.lists(st.integers(0, 9), min_size=9, max_size=20), min_size=3, max_size=20))
def test_without_room_each_scalar_has_a_row(value: list[list[int]]) -> None:
    rows = text_of(tree_of(value, 12))
    assert len(rows) == 1 + len(value) + leaves(value)


@given(VALUES, st.integers(8, 40))
def test_folding_and_unfolding_gives_the_same_rows(value: Any, width: int) -> None:
    tree = tree_of(value, width)
    before = text_of(tree)
    can_fold = tree.fold(0, is_folded=True)
    assert can_fold == before[0].startswith("▾")
    if can_fold:
        tree.lay(value, width)
        assert tree.row_count == 1
        assert text_of(tree)[0].startswith("▹")
        assert tree.fold(0, is_folded=False)
        tree.lay(value, width)
    assert text_of(tree) == before


def test_small_containers_stand_on_one_row_and_others_do_not() -> None:
    value = {"city": "Paris", "days": [1, 2, 3], "note": "x" * 30}
    assert text_of(tree_of(value, 30)) == [
        "▾ object of 3",
        '  "city": "Paris"',
        '  "days": [1, 2, 3]',
        f'  "note": "{"x" * 30}"',
    ]
    assert text_of(tree_of(value, 120)) == [json.dumps(value)]


def test_a_row_that_is_cut_gives_its_whole_text_and_others_none() -> None:
    tree = tree_of({"short": 1, "long": "line one\nline two " + "y" * 5000}, 40)
    assert tree.full_text(1) == ""
    assert tree.full_text(2) == "long: line one\nline two " + "y" * 5000


def test_a_long_string_of_marks_without_width_is_not_taken_for_whole() -> None:
    tree = tree_of({"a": "\u0301" * 5000}, 40)
    row = next(row for row in range(tree.row_count) if '"a"' in text_of(tree)[row])
    assert tree.full_text(row).count("\u0301") == 5000


def test_many_children_stand_in_groups_and_every_one_can_be_reached() -> None:
    value = list(range(25_000))
    tree = tree_of(value, 40)
    assert tree.row_count < 500
    rows = text_of(tree)
    group = next(row for row, text in enumerate(rows) if "20000 … 24999" in text)
    assert tree.fold(group, is_folded=False)
    tree.lay(value, 40)
    inner = next(row for row, text in enumerate(text_of(tree)) if "24900 … 24999" in text)
    assert tree.fold(inner, is_folded=False)
    tree.lay(value, 40)
    assert any("24999: 24999" in text for text in text_of(tree))
    assert tree.parent_row(tree.row_count - 1) == inner


@pytest.mark.parametrize("is_open", [False, True])
def test_depth_and_size_do_not_matter(is_open: bool) -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value, "x" * 20]
    assert tree_of(value, 40, is_open=is_open).row_count < 2_000
    wide = {f"key {number}": {"a": list(range(30))} for number in range(30_000)}
    assert tree_of(wide, 40, is_open=is_open).row_count < 2_000


def test_a_growing_value_shows_its_newest_part_and_marks_what_may_go_on() -> None:
    parser = JSONStreamParser()
    parser.add('{"rows": [')
    tree = JSONTree(FoldMemory())
    for number in range(250):
        parser.add(f'{{"id": {number}, "name": "something"}}, ')
        partial = parser.partial
        assert partial is not None
        tree.lay(partial.value, 50, is_open=True)
        assert f'"id": {number}' in text_of(tree)[-1]
        assert text_of(tree)[-1].endswith("…")


def test_a_fold_is_kept_when_the_growing_value_is_replaced_by_the_finished_one() -> None:
    folds = FoldMemory()
    growing, finished = JSONTree(folds), JSONTree(folds)
    growing.lay({"a": list(range(50)), "b": []}, 20, is_open=True)
    assert growing.fold(1, is_folded=True)
    finished.lay({"a": list(range(50)), "b": [1]}, 20)
    assert [row.strip() for row in text_of(finished)[1:]] == ['▹ "a": array of 50', '"b": [1]']


def test_an_integer_of_too_many_digits_is_described() -> None:
    (row,) = text_of(tree_of(10**5000, 60))
    assert row == "(an integer of about 5000 digits)"
