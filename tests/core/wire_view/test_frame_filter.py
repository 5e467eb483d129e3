"""Filter words: what each lets pass, and what a wrong one is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.wire_view.test_wire_log import log_of, run_of
from tests.core.wire_view.tool_run import tool_records
from tui.core.derived_run import DerivedRun
from tui.core.wire_view.filtered_rows import FilteredRows
from tui.core.wire_view.frame_filter import FrameFilter
from tui.core.wire_view.wire_log import WireLog
from tui.errors import UsageError


def passed(log: WireLog, words: str) -> list[int]:
    rows = FilteredRows(log, FrameFilter.parse(words))
    assert rows.advance(10_000)
    return [rows.row_at(place) for place in range(rows.count)]


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("", [*range(10)]),
        ("kind:tool", [1, 2, 3, 4, 5, 6]),
        ("kind:comment", [7]),
        ("-kind:tool", [0, 7, 8, 9]),
        ("gap>500ms", [6, 7]),
        ("gap>0.5s", [6, 7]),
        ("gap>500", [6, 7]),
        ("gap<=0", [1, 9]),
        ("size>240", [1, 8]),
        ("size>=0.247k", [1]),
        ("size<15b", [7, 9]),
        ("read:1", [0, 1]),
        ("read:7-8", [7, 8, 9]),
        ("read>7", [8, 9]),
        ("frame:7", [8]),
        ("frame:0-1", [0, 1]),
        ("frame=7", [8]),
        ("at>2.5s", [8, 9]),
        ("at<0.32", [0, 1]),
        ("trap", [0, 5, 6, 8]),
        ("-trap -kind:tool", [7, 9]),
        ("problem", []),
        ("GET_weather", [1]),
        ('"keep-alive"', [7]),
        ('"trap"', []),
        (r"/call_\d/", [1]),
        ("/PAR/", []),
        ("/PAR/i", [3]),
        ("kind:tool gap>500ms", [6]),
        (r"/data: \[/", [9]),
    ],
)
def test_words_let_these_rows_pass(words: str, rows: list[int]) -> None:
    log = log_of(DerivedRun.of_records(tool_records()))
    assert passed(log, words) == rows


def test_event_names_are_whole_but_for_a_star() -> None:
    log = log_of(run_of([b"event: chunk\ndata: 1\n\nevent: chunks\ndata: 2\n\ndata: 3\n\n"]))
    assert passed(log, "event:chunk") == [0]
    assert passed(log, "event:chunk*") == [0, 1]
    assert passed(log, "-event:chunk*") == [2]


def test_text_is_found_as_it_is_on_the_wire_and_as_it_reads() -> None:
    log = log_of(run_of([b'data: {"choices":[{"delta":{"content":"\\u00e9t\\u00e9"}}]}\n\n']))
    assert passed(log, "\u00c9t\u00e9") == [0]
    assert passed(log, r"\u00e9") == [0]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("gap>fast", "gap needs a number, as gap>500ms; this is gap>fast"),
        ("gap:500ms", "gap is compared with >, >=, <, <= or =, as gap>500ms; this is gap:500ms"),
        ("size>1q", "size needs a number, as size>1k; this is size>1q"),
        ("read:x", "read needs a number, as read:3; this is read:x"),
        ("read:1-", "read needs a number, as read:3; this is read:1-"),
        ("event:", "event: needs a name behind it, as event:chunk"),
        ("kind:", "kind: needs a name behind it, as kind:tool"),
        ('"open', 'a quoted text ends with ", but this one does not: "open'),
        ("/open", "a pattern ends with a slash, as /get_.*/, but this one does not: /open"),
        ("/a/x", "behind a pattern only i (any case) is known, not x"),
        ("/(/", "the pattern is wrong at position 1: missing )"),
    ],
)
def test_a_wrong_word_is_told_what_was_expected(words: str, complaint: str) -> None:
    with pytest.raises(UsageError) as told:
        FrameFilter.parse(words)
    assert str(told.value) == complaint


@given(st.text(st.sampled_from('ab:/"-<>= gapsizetr1k.\\('), max_size=20))
def test_any_line_is_a_filter_or_a_complaint(words: str) -> None:
    log = log_of(run_of([b"data: ab\n\n: x\n\n"]))
    try:
        found = FrameFilter.parse(words)
    except UsageError:
        return
    assert found.is_empty == (not words.strip())
    FilteredRows(log, found).advance(10)


def test_a_pattern_that_runs_away_is_stopped() -> None:
    log = log_of(run_of([b"data: " + b"a" * 4000 + b"\n\n"]))
    rows = FilteredRows(log, FrameFilter.parse("/(a+)+$/"))
    with pytest.raises(UsageError, match="longer than 50 ms on row 0"):
        rows.advance(1)


def test_rows_are_judged_in_steps_and_found_by_place_and_time() -> None:
    log = log_of(DerivedRun.of_records(tool_records()))
    rows = FilteredRows(log, FrameFilter.parse("trap"))
    assert [rows.advance(4), rows.count, rows.judged] == [False, 1, 4]
    assert rows.advance(10)
    assert [rows.place_of(row) for row in (0, 1, 5, 9)] == [0, 1, 1, 4]
    assert [rows.count_until(count) for count in (0, 1, 6, 10)] == [0, 1, 2, 4]
    every = FilteredRows(log)
    assert (every.count, every.row_at(3), every.place_of(3), every.count_until(99)) == (10, 3, 3, 10)
