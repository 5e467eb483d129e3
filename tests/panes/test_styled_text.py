"""Styles and marks over a growing text: everything is drawn once, marks are no part of the text."""

from __future__ import annotations

import tracemalloc

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.panes.styled_text import CONTENT, GAP, HEADING, JOINT, REASONING, SLOW, TOOL, StyledText

STRETCHES = st.lists(
    st.tuples(
        st.text(st.characters(codec="utf-8", categories=["L", "N", "Zs"]) | st.just("\n"), max_size=12),
        st.sampled_from([CONTENT, SLOW, REASONING, HEADING, GAP, JOINT]),
    ),
    max_size=40,
)
PIECES = st.lists(
    st.tuples(
        st.sampled_from([REASONING, TOOL, HEADING, CONTENT, JOINT]),
        st.text("ab\n", max_size=4),
        st.sampled_from([0, 1, 1, 3]),
    ),
    max_size=20,
)


def built(stretches: list[tuple[str, int]], width: int, flush_every: int) -> StyledText:
    text = StyledText(width)
    for number, (piece, style) in enumerate(stretches, 1):
        if piece and style in (CONTENT, SLOW):
            text.begin_content(len(piece))
        text.add(piece, style)
        if number % flush_every == 0:
            text.flush()
    text.flush()
    return text


@given(STRETCHES, st.integers(1, 20), st.integers(1, 9))
def test_every_row_is_drawn_in_the_styles_it_was_given(
    stretches: list[tuple[str, int]], width: int, flush_every: int
) -> None:
    text = built(stretches, width, flush_every)
    drawn = [(char, s.style) for row in range(text.wrapped.row_count) for s in text.stretches(row) for char in s.text]
    given_chars = [(char, style) for piece, style in stretches for char in piece if char != "\n"]
    assert drawn == given_chars


@given(STRETCHES, st.integers(1, 20))
def test_the_plain_text_has_no_marks(stretches: list[tuple[str, int]], width: int) -> None:
    text = built(stretches, width, 3)
    expected = "".join(piece for piece, style in stretches if style < HEADING)
    assert text.plain(0, text.wrapped.length) == expected


@given(STRETCHES)
def test_each_code_point_of_the_content_is_found_where_it_is_drawn(stretches: list[tuple[str, int]]) -> None:
    text = built(stretches, 9, 2)
    content = "".join(piece for piece, style in stretches if style in (CONTENT, SLOW))
    for offset, char in enumerate(content):
        at = text.offset_of(offset)
        assert text.wrapped.slice(at, at + 1) == char


def test_pieces_that_are_no_content_know_their_frames_and_headings_what_is_under_them() -> None:
    text = StyledText(40)
    text.add("▏tool\n", HEADING)
    text.add_other("", TOOL, 1)
    text.add_other("ab", TOOL, 2)
    text.add_other("cd", TOOL, 4)
    text.begin_content(2)
    text.add("xy", CONTENT)
    assert [text.place_of_frame(frame) for frame in (1, 2, 3, 4, 5)] == [None, (6, 8), None, (8, 10), None]
    assert [text.frame_of(offset) for offset in (0, 5, 6, 7, 8, 9, 10, 11)] == [2, 2, 2, 2, 4, 4, None, None]
    assert [text.content_offset_of(offset) for offset in (0, 10, 11, 99)] == [0, 0, 1, 1]
    assert StyledText(40).content_offset_of(3) == 0


@settings(deadline=None)
@given(PIECES, st.sampled_from([1, 40]))
def test_pieces_that_are_no_content_are_found_by_frame_and_place(some: list[tuple[int, str, int]], count: int) -> None:
    text, frame, headings = StyledText(40), 0, set[int]()
    pieces: list[tuple[int, int, int]] = []
    for style, piece, later in some * count:
        frame += later
        start = text.length
        if style in (REASONING, TOOL):
            text.add_other(piece, style, frame)
            pieces += [(start, start + len(piece), frame)] if piece else []
        else:
            text.add(piece, style)
            headings |= set(range(start, text.length)) if style == HEADING else set()
    for asked in range(0, frame + 2, count):
        assert text.place_of_frame(asked) == next(((a, b) for a, b, of in pieces if of == asked), None)
    for offset in range(0, text.length + 1, count):
        inside = next((of for a, b, of in pieces if a <= offset < b), None)
        under = next((of for a, _, of in pieces if a > offset and offset in headings), None)
        assert text.frame_of(offset) == (under if inside is None else inside)


def test_a_piece_of_thinking_costs_few_bytes_beside_its_text() -> None:
    text, count = StyledText(80), 20_000
    tracemalloc.start()
    try:
        for frame in range(count):
            text.add_other("think ", REASONING, frame)
            text.flush()
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held < 12 * count
