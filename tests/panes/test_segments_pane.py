"""Pane 2: times that keep their place, a cursor, whole units, and the same cost for any number of them."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.panes.pane_host import hosted, rows_of, screen_of
from tui.core.sanitize import sanitize_line
from tui.core.text.segment_log import SegmentLog
from tui.panes.cursor_view import fitted, spans_cells
from tui.panes.line_view import Span
from tui.panes.segments_pane import SegmentsPane

LONG = "A sentence of many words that can by no means stand on one row of a pane as narrow as this one is."


def log_of(*units: str, mode: str = "line") -> SegmentLog:
    log = SegmentLog(mode)
    for index, unit in enumerate(units):
        log.take(unit, index, index / 2)
    return log


async def test_times_stand_right_aligned_in_columns_and_the_held_row_is_last() -> None:
    log = log_of("one\n", "two\n", "thr")
    async with hosted(SegmentsPane()) as (app, _):
        pane = app.pane
        assert isinstance(pane, SegmentsPane)
        pane.show(log, 1.75, "")
        rows = rows_of(pane)
        assert rows[0].split() == ["at", "held", "unit"]
        assert [row[1:] for row in rows[1:3]] == [" 0.00 s  0.00 s  one", " 0.50 s  0.00 s  two"]
        assert rows[3] == "▸   held  0.75 s  thr"
        pane.show(log, 120.0, "")
        units = [row.index(unit) for row, unit in zip(rows_of(pane), ("unit", "one", "two", "thr"), strict=True)]
        assert len(set(units)) == 1


async def test_a_flushed_tail_is_marked_and_a_whole_unit_is_not() -> None:
    log = log_of("one\n", "cut off")
    log.flush(3.0)
    async with hosted(SegmentsPane()) as (app, _):
        assert isinstance(app.pane, SegmentsPane)
        app.pane.show(log, 3.0, "")
        assert [("⟨flushed⟩" in row) for row in rows_of(app.pane)] == [False, False, True]


async def test_a_unit_that_was_cut_is_shown_whole_under_the_cursor_alone() -> None:
    log = log_of("short\n", LONG + "\n", "other\n")
    async with hosted(SegmentsPane()) as (app, pilot):
        pane = app.pane
        assert isinstance(pane, SegmentsPane)
        pane.show(log, 1.0, "")
        assert pane.row_count == 4
        assert rows_of(pane)[2].endswith("…")
        await pilot.press("up")
        detail = rows_of(pane)[3:-1]
        assert " ".join(row.strip() for row in detail) == LONG
        assert rows_of(pane)[-1].endswith("other")
        await pilot.press("up")
        assert pane.row_count == 4


async def test_a_unit_higher_than_the_pane_can_be_read_to_its_end() -> None:
    words = " ".join(f"word{number}" for number in range(300))
    async with hosted(SegmentsPane()) as (app, pilot):
        pane = app.pane
        assert isinstance(pane, SegmentsPane)
        pane.show(log_of(words + "\n", "next\n"), 1.0, "")
        await pilot.press("g")
        seen = " ".join(screen_of(pane))
        for _ in range(200):
            if pane.cursor == 2:
                break
            await pilot.press("down")
            seen += " ".join(screen_of(pane))
        assert pane.cursor == 2
        assert all(f"word{number}" in seen for number in range(300))


async def test_keys_move_the_cursor_and_the_end_follows_what_comes() -> None:
    log = log_of(*(f"unit {number}\n" for number in range(40)))
    async with hosted(SegmentsPane()) as (app, pilot):
        pane = app.pane
        assert isinstance(pane, SegmentsPane)
        pane.show(log, 20.0, "")
        assert pane.cursor == 40
        assert screen_of(pane)[-1].endswith("unit 39")
        assert "unit" in screen_of(pane)[0].split()
        for key, cursor in (("k", 39), ("up", 38), ("j", 39), ("g", 1), ("down", 2), ("home", 1), ("end", 40)):
            await pilot.press(key)
            assert pane.cursor == cursor, key
        await pilot.press("g")
        assert screen_of(pane)[1].endswith("unit 0")
        log.take("new\n", 40, 20.0)
        pane.show(log, 20.0, "")
        assert pane.cursor == 1
        assert screen_of(pane)[1].endswith("unit 0")
        await pilot.press("G")
        log.take("newer\n", 41, 20.0)
        pane.show(log, 20.0, "")
        assert screen_of(pane)[-1].endswith("newer")
        assert pane.cursor == 42
        await pilot.press("pageup")
        first_page = pane.cursor
        assert 28 < first_page < 36
        await pilot.press("pagedown")
        assert pane.cursor == 42


async def test_copy_gives_the_unit_as_it_came_and_enter_asks_for_its_chunks() -> None:
    log = SegmentLog("line")
    for index, piece in enumerate(("on", "e\x1b[2J\n", "two\n", "held\ud800")):
        log.take(piece, index, float(index))
    async with hosted(SegmentsPane()) as (app, pilot):
        assert isinstance(app.pane, SegmentsPane)
        app.pane.show(log, 4.0, "")
        await pilot.press("y", "enter", "g", "y", "enter")
        assert app.copied == ["held\ufffd", "one\x1b[2J\n"]
        assert app.asked == [(2, None, None), (0, 1, None)]


async def test_an_empty_pane_shows_its_hint_and_every_key_is_harmless() -> None:
    async with hosted(SegmentsPane()) as (app, pilot):
        assert isinstance(app.pane, SegmentsPane)
        app.pane.show(SegmentLog("line"), 0.0, "No line is complete yet. " * 5)
        await pilot.press("y", "enter", "g", "G", "up", "down", "pageup", "pagedown", "left", "right", "s")
        assert not app.copied
        assert not app.asked
        assert "complete yet." in "".join(rows_of(app.pane))
        app.pane.show(log_of("one\n"), 1.0, "No line is complete yet.")
        assert rows_of(app.pane)[1].endswith("one")


async def test_hostile_text_is_drawn_as_signs_on_its_row_and_in_the_detail() -> None:
    hostile = "\x1b[2J \x9b31m \u202e [bold]x[/nope] \x00 \ufeff " * 5
    async with hosted(SegmentsPane()) as (app, pilot):
        assert isinstance(app.pane, SegmentsPane)
        app.pane.show(log_of(hostile + "\n", hostile), 1.0, "")
        await pilot.press("up")
        for row in rows_of(app.pane):
            assert row == sanitize_line(row)


async def test_a_row_is_drawn_at_the_same_cost_among_many_as_among_few() -> None:
    few, many = log_of("some words\n" * 100), SegmentLog("line")
    for number in range(3000):
        many.take("some words\n" * 100, number, number / 10)
    costs: dict[int, float] = {}
    async with hosted(SegmentsPane()) as (app, _):
        pane = app.pane
        assert isinstance(pane, SegmentsPane)
        for log in (few, many, few, many, few, many):
            pane.show(log, 1.0, "")
            began = time.process_time()
            for number in range(100):
                log.take("another line\n", 3000 + number, 300.0)
                pane.show(log, 300.0, "")
                screen_of(pane)
            spent = time.process_time() - began
            costs[id(log)] = min(spent, costs.get(id(log), spent))
    assert costs[id(many)] < 3 * costs[id(few)]


SPANS = st.lists(st.sampled_from([Span("abc"), Span("漢字", "x"), Span("\t"), Span("e\u0301"), Span("")]), max_size=8)


@settings(deadline=None)
@given(SPANS, st.integers(2, 20))
def test_spans_are_cut_to_the_room_and_the_cut_is_marked(spans: list[Span], room: int) -> None:
    kept = fitted(spans, room)
    assert spans_cells(kept) <= room
    if spans_cells(spans) <= room:
        assert kept == spans
    else:
        assert kept[-1].text.endswith("…")
