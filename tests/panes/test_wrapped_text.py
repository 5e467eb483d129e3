"""Rows over a growing text: the same for any feeding and any width before, each one fitting, nothing lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.panes.wrapped_text import WrappedText, cells_of

PIECES = st.lists(
    st.sampled_from(
        ["the", "a", "quick ", " ", "  ", "\n", "\n\n", "漢字", "é", "\t", "e\u0301", "x" * 40, "👩\u200d👩"]
    ),
    max_size=60,
)


def rows_of(text: WrappedText) -> list[int]:
    return [text.row_start(row) for row in range(text.row_count)]


@given(PIECES, st.integers(1, 30))
def test_feeding_in_pieces_gives_the_rows_of_the_whole(pieces: list[str], width: int) -> None:
    whole, fed = WrappedText(width), WrappedText(width)
    whole.append("".join(pieces))
    for piece in pieces:
        fed.append(piece)
    assert rows_of(fed) == rows_of(whole)


@given(PIECES, st.integers(1, 30), st.integers(1, 30))
def test_another_width_gives_the_rows_of_a_fresh_wrap(pieces: list[str], before: int, width: int) -> None:
    changed, fresh = WrappedText(before), WrappedText(width)
    changed.append("".join(pieces))
    fresh.append("".join(pieces))
    changed.set_width(width)
    assert rows_of(changed) == rows_of(fresh)


@given(PIECES, st.integers(1, 30))
def test_rows_join_to_the_text_and_fit(pieces: list[str], width: int) -> None:
    text = WrappedText(width)
    text.append("".join(pieces))
    rows = [text.slice(text.row_start(row), text.row_start(row + 1)) for row in range(text.row_count)]
    assert "".join(rows) == "".join(pieces)
    for row in rows:
        shown = row.rstrip("\n").removesuffix(" ")
        assert sum(map(cells_of, shown)) <= width or len(shown) == 1


@given(PIECES, st.integers(1, 30))
def test_every_offset_is_in_its_row(pieces: list[str], width: int) -> None:
    text = WrappedText(width)
    text.append("".join(pieces))
    for offset in range(text.length):
        row = text.row_at(offset)
        assert text.row_start(row) <= offset < text.row_start(row + 1)


def test_sealed_blocks_and_tail_are_one_text() -> None:
    text, expected = WrappedText(40), ""
    for number in range(9000):
        piece = f"line {number} with some words in it\n"
        text.append(piece)
        expected += piece
    assert text.slice(0, text.length) == expected
    assert text.row_text(4321) == "line 4321 with some words in it"
    text.set_width(10)
    fresh = WrappedText(10)
    fresh.append(expected)
    assert rows_of(text) == rows_of(fresh)


def test_words_stay_whole_where_they_fit() -> None:
    text = WrappedText(11)
    text.append("the quick brown fox\njumps")
    assert [text.row_text(row) for row in range(text.row_count)] == ["the quick ", "brown fox", "jumps"]
