"""JSON laid out for reading keeps every character and its place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.wire_view.json_layout import (
    KEY,
    LITERAL,
    NUMBER,
    PUNCTUATION,
    STRING,
    SYNTHETIC,
    Member,
    json_rows,
    members_of,
    tokens_of,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


def laid(text: str, width: int = 20) -> list[str]:
    return ["".join(piece.text for piece in row) for row in json_rows(tokens_of(text), width)]


def test_members_have_rows_and_small_containers_stay_on_theirs() -> None:
    text = '{"choices":[],"usage":{"in":7,"out":{}},"list":[1,[2],"a long string, longer"]}'
    assert laid(text, 32) == [
        "{",
        '  "choices": [],',
        '  "usage": {"in": 7, "out": {}},',
        '  "list": [',
        "    1,",
        "    [2],",
        '    "a long string, longer"',
        "  ]",
        "}",
    ]


def test_the_outermost_container_is_never_on_one_row_unless_it_is_empty() -> None:
    assert laid("[1]") == ["[", "  1", "]"]
    assert laid("{}") == ["{}"]
    assert laid("7") == ["7"]


def test_deep_nesting_is_not_indented_out_of_sight() -> None:
    rows = laid("[" * 40 + "1" * 60 + "]" * 40)
    assert max(len(row) - len(row.lstrip()) for row in rows) == 24


@pytest.mark.parametrize("text", ["{no", '{"a": 1}}', "]", '{"a":', '"open', '"a\\', "[1 2}", "", "\n", ',:"'])
def test_what_is_no_json_has_a_layout_too(text: str) -> None:
    pieces = [piece for row in json_rows(tokens_of(text), 10) for piece in row if piece.at != SYNTHETIC]
    assert "".join(piece.text for piece in pieces).split() == "".join(text.split()).split()


@given(VALUES, st.integers(1, 60), st.sampled_from([None, 2]), st.booleans())
def test_every_character_is_there_once_and_knows_its_place(
    value: object, width: int, indent: int | None, ascii_: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_)
    pieces = [piece for row in json_rows(tokens_of(text), width) for piece in row if piece.at != SYNTHETIC]
    assert all(text.startswith(piece.text, piece.at) for piece in pieces)
    assert [piece.at for piece in pieces] == sorted({piece.at for piece in pieces})
    assert json.loads("".join(piece.text for piece in pieces)) == value


def test_tokens_have_the_style_of_what_they_are() -> None:
    row = [piece for row in json_rows(tokens_of('{"a":"b","c":[1,true]}'), 9) for piece in row if piece.at >= 0]
    styles = [(piece.text, piece.style) for piece in row]
    assert ('"a"', KEY) in styles
    assert ('"b"', STRING) in styles
    assert ("1", NUMBER) in styles
    assert ("true", LITERAL) in styles
    assert ("{", PUNCTUATION) in styles


def test_members_are_found_with_their_values() -> None:
    text = '{"a": [1, {"b": "x"}], "c": null}'
    assert members_of(tokens_of(text)) == [
        Member("a", 6, 21),
        Member("b", 16, 19),
        Member("c", 28, 32),
    ]
