"""Searches in a text and in rows: every place, no mark of the app, whatever arrives when; and how places are marked."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.panes.line_view import Span
from tui.panes.row_search import RowSearch, SearchedRows
from tui.panes.search_marks import MATCH, MOST_MATCHES, NOW, FindPlace, found_ranges, marked_spans, needle_pattern
from tui.panes.styled_text import CONTENT, GAP, HEADING, JOINT, NOTE, REASONING, SLOW, StyledText
from tui.panes.text_search import TextSearch


def text_of(*pieces: tuple[str, int]) -> StyledText:
    text = StyledText(20)
    for piece, style in pieces:
        text.add(piece, style)
    text.flush()
    return text


def drawn(text: StyledText, search: TextSearch) -> list[str]:
    """What stands at the places, marks included."""
    ranges = search.ranges(0, text.length)
    return [text.wrapped.slice(low, high) for low, high, _ in ranges]


def search_all(search: TextSearch) -> None:
    while not search.place.is_all and search.place.found < MOST_MATCHES:
        search.look_on()


def test_a_place_is_found_across_pieces_and_styles_and_the_marks_in_it_are_no_part_of_it() -> None:
    text = text_of(
        ("that clients do not com", CONTENT), ("⟨+0.9 s⟩", GAP), ("e ba", SLOW), ("|", JOINT), ("ck.", CONTENT)
    )
    for needle, shown in (("come", "com⟨+0.9 s⟩e"), ("back", "ba|ck"), ("0.9", None), ("|", None), ("come back", "")):
        search = TextSearch(text, needle)
        search_all(search)
        assert search.place.found == (shown is not None), needle
        if shown:
            assert drawn(text, search) == [shown]


def test_notes_and_headings_are_not_found_and_nothing_is_found_across_a_heading() -> None:
    text = text_of(
        ("▏thinking\n", HEADING), ("foo", REASONING), ("\n", HEADING), ("bar", CONTENT), ("\n\nfoobar", NOTE)
    )
    for needle, count in (("foo", 1), ("bar", 1), ("foobar", 0), ("thinking", 0)):
        search = TextSearch(text, needle)
        search_all(search)
        assert search.place == FindPlace(0, count, True), needle


@pytest.mark.parametrize(("needle", "found"), [("list", 3), ("List", 1), ("LIST", 1), ("ist", 3), (".", 1), ("ß", 1)])
def test_a_needle_without_a_capital_letter_finds_every_case(needle: str, found: int) -> None:
    search = TextSearch(text_of(("A list, a List, a LIST. ß", CONTENT)), needle)
    search_all(search)
    assert search.place.found == found


def test_steps_go_round_and_begin_where_the_reader_is() -> None:
    text = text_of(("one two one two one", CONTENT))
    search = TextSearch(text, "one")
    search_all(search)
    assert search.step(0, 5) == 8
    assert search.place == FindPlace(2, 3, True)
    assert [search.step(1, 0), search.step(1, 0), search.step(-1, 0)] == [16, 0, 16]
    assert [style for _, _, style in search.ranges(0, text.length)] == [MATCH, MATCH, NOW]
    back = TextSearch(text, "one")
    search_all(back)
    assert back.step(-1, 5) == 0
    assert TextSearch(text, "none").step(1, 0) is None


def test_there_is_an_end_to_the_counting() -> None:
    text = text_of(("a" * (MOST_MATCHES + 5), CONTENT))
    search = TextSearch(text, "a")
    search_all(search)
    search.look_on()
    assert search.place.found == MOST_MATCHES
    assert search.place.words == f"0 of {MOST_MATCHES}+" or search.place.is_all


@given(
    st.lists(st.tuples(st.text("ab\n", max_size=6), st.sampled_from((CONTENT, SLOW, GAP, JOINT))), max_size=40),
    st.text("ab", min_size=1, max_size=4),
)
def test_any_arrival_finds_what_a_search_of_the_whole_finds(pieces: list[tuple[str, int]], needle: str) -> None:
    text = StyledText(7)
    search = TextSearch(text, needle)
    for piece, style in pieces:
        text.add(piece, style)
        text.flush()
        search.look_on()
    search_all(search)
    plain = "".join(piece for piece, style in pieces if style in (CONTENT, SLOW))
    assert search.place.found == len(re.findall(needle, plain))
    for low, high, _ in search.ranges(0, text.length):
        assert text.plain(low, high).lower() == needle


def rows_search(rows: list[str], needle: str, finals: int | None = None, clock: list[float] | None = None) -> RowSearch:
    times = iter(clock or [])
    searched = SearchedRows(
        lambda: 1, lambda: len(rows), lambda row: rows[row], lambda row: row < (len(rows) if finals is None else finals)
    )
    return RowSearch(searched, needle, (lambda: next(times)) if clock else (lambda: 0.0))


def test_rows_with_the_needle_are_counted_and_stepped_through_round_the_end() -> None:
    search = rows_search(["x head", "x 1", "2", "X 3", "4 x"], "x")
    search.look_on()
    assert search.place == FindPlace(0, 3, True), "the heading is no row of the list"
    assert [search.step(0, 2), search.step(1, 3), search.step(1, 4), search.step(-1, 1)] == [3, 4, 1, 4]
    assert search.place.shown == 3


def test_rows_that_still_change_are_looked_at_anew() -> None:
    rows = ["head", "x 1", "still ope"]
    search = rows_search(rows, "open", finals=2)
    search.look_on()
    assert search.place.found == 0
    rows[2] = "still open"
    search.look_on()
    assert search.place == FindPlace(0, 1, True)
    rows[2] = "closed"
    rows.append("new")
    search.look_on()
    assert search.place.found == 0


def test_a_look_at_many_rows_takes_a_moment_only() -> None:
    rows = ["x"] * 1000
    clock = [0.0, *[step * 0.005 for step in range(1, 400)]]
    search = rows_search(rows, "x", clock=clock)
    search.look_on()
    assert 0 < search.place.found < 999
    assert not search.place.is_all
    for _ in range(20):
        search.look_on()
    assert search.place == FindPlace(0, 999, True)


def test_a_style_is_laid_over_parts_of_spans_that_a_place_crosses() -> None:
    spans = [Span("ab", "one"), Span("cd", "two"), Span("ef")]
    marked = marked_spans(spans, found_ranges(spans, needle_pattern("bcde"), NOW))
    assert marked == [Span("a", "one"), Span("b", NOW), Span("cd", NOW), Span("e", NOW), Span("f")]
    assert marked_spans(spans, []) == spans


@given(st.lists(st.text("abc", max_size=4), max_size=6), st.text("abc", min_size=1, max_size=3))
def test_marking_never_changes_the_text(texts: list[str], needle: str) -> None:
    spans = [Span(text, str(index)) for index, text in enumerate(texts)]
    marked = marked_spans(spans, found_ranges(spans, needle_pattern(needle), MATCH))
    assert "".join(span.text for span in marked) == "".join(texts)
    held = "".join(span.text for span in marked if span.style == MATCH)
    assert len(held) == len(needle) * len(re.findall(needle, "".join(texts)))
