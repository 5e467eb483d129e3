"""The view under every pane: what is drawn, when it follows, what is copied."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

from textual.app import App, ComposeResult
from textual.content import Content
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.selection import Selection

from tui.panes.line_view import Span
from tui.panes.rows_pane import RowsPane


class OnePane(App[None]):
    """Nothing but the pane."""

    def compose(self) -> ComposeResult:
        yield RowsPane(id="pane")


@asynccontextmanager
async def one_pane(size: tuple[int, int] = (30, 6)) -> AsyncIterator[tuple[RowsPane, Pilot[None]]]:
    app = OnePane()
    async with app.run_test(size=size) as pilot:
        yield app.query_one(RowsPane), pilot


def rows(first: int, stop: int) -> list[list[Span]]:
    return [[Span(f"row {index}")] for index in range(first, stop)]


def on_screen(pane: RowsPane) -> list[str]:
    return [pane.render_line(y).text.rstrip() for y in range(pane.size.height)]


async def test_it_follows_the_end_until_the_user_leaves_it_and_again_when_they_return() -> None:
    async with one_pane() as (pane, pilot):
        pane.show(rows(0, 50), [])
        await pilot.pause()
        assert on_screen(pane)[-1] == "row 49"
        pane.scroll_to(y=10, animate=False, immediate=True)
        await pilot.pause()
        assert not pane.is_following
        pane.show(rows(50, 60), [])
        await pilot.pause()
        assert on_screen(pane)[0] == "row 10"
        pane.scroll_end(animate=False, immediate=True)
        await pilot.pause()
        pane.show(rows(60, 70), [])
        await pilot.pause()
        assert on_screen(pane)[-1] == "row 69"


async def test_open_rows_are_drawn_anew_and_fixed_rows_stay() -> None:
    async with one_pane() as (pane, pilot):
        pane.show(rows(0, 2), [[Span("open a")]])
        await pilot.pause()
        assert on_screen(pane)[:3] == ["row 0", "row 1", "open a"]
        pane.show([], [[Span("open b")]])
        await pilot.pause()
        assert on_screen(pane)[:4] == ["row 0", "row 1", "open b", ""]
        pane.reset()
        await pilot.pause()
        assert on_screen(pane) == [""] * 6


async def test_a_row_wider_than_the_pane_is_cut_and_every_row_fills_it() -> None:
    async with one_pane() as (pane, pilot):
        pane.show([[Span("x" * 100)], [Span("漢" * 100)], [Span("a\tb")]], [])
        await pilot.pause()
        assert {pane.render_line(y).cell_length for y in range(3)} == {30}
        assert on_screen(pane)[2] == "a    b"


async def test_a_selection_is_copied_as_it_stands() -> None:
    async with one_pane() as (pane, pilot):
        pane.show([[Span("first row")], [Span("a\tb"), Span(" c")], [Span("third")]], [])
        await pilot.pause()
        chosen = pane.get_selection(Selection(Offset(6, 0), Offset(3, 2)))
        assert chosen is not None
        assert chosen[0] == "row\na    b c\nthi"


async def test_a_row_that_is_added_draws_itself_and_not_what_stands_above() -> None:
    async with one_pane() as (pane, pilot):
        pane.show(rows(0, 3), [])
        await pilot.pause()
        drawn: list[int] = []
        spans = pane.row_spans

        def noted(row: int) -> list[Span]:
            drawn.append(row)
            return spans(row)

        pane.row_spans = noted  # type: ignore[method-assign]
        pane.show(rows(3, 4), [])
        await pilot.pause()
        assert drawn
        assert min(drawn) >= 3
        assert on_screen(pane)[:4] == ["row 0", "row 1", "row 2", "row 3"]


class KeepingPane(RowsPane):
    """As pane 1: rows look the same wherever they stand."""

    KEEPS_LINES = True
    DEFAULT_CSS = "KeepingPane { border: round red; } KeepingPane:focus { border: round blue; }"


class OneKeepingPane(App[None]):
    def compose(self) -> ComposeResult:
        yield KeepingPane(id="pane")


def whole_lines(pane: RowsPane) -> list[str]:
    return [strip.text for strip in pane.render_lines(pane.outer_size.region)]


async def test_kept_lines_show_what_lines_drawn_anew_would() -> None:
    app = OneKeepingPane()
    async with app.run_test(size=(30, 8)) as pilot:
        pane = app.query_one(KeepingPane)
        for first in range(0, 40, 3):
            pane.show(rows(first, first + 3), [[Span(f"open {first}")]])
            await pilot.pause()
            if first % 5 == 0:
                pane.scroll_to(y=first // 2)
            kept = whole_lines(pane)
            pane.notify_style_update()
            pane.refresh()
            assert kept == whole_lines(pane)
        pane.follow()
        await pilot.pause()
        assert "open 39" in whole_lines(pane)[-2]
        pane.show([], [[Span("changed")]])
        await pilot.pause()
        assert "changed" in whole_lines(pane)[-2]
        assert "row 41" in whole_lines(pane)[-3]


async def test_kept_lines_follow_the_focus_the_theme_the_selection_and_the_size() -> None:
    app = OneKeepingPane()
    async with app.run_test(size=(30, 8)) as pilot:
        pane = app.query_one(KeepingPane)
        pane.show(rows(0, 5), [])
        app.set_focus(None)
        await pilot.pause()
        looks = [pane.render_lines(pane.outer_size.region)[1]]
        app.set_focus(pane)
        await pilot.pause()
        looks.append(pane.render_lines(pane.outer_size.region)[1])
        app.theme = "textual-light"
        await pilot.pause()
        looks.append(pane.render_lines(pane.outer_size.region)[1])
        app.screen.selections = {pane: Selection(Offset(0, 0), Offset(3, 0))}
        await pilot.pause()
        looks.append(pane.render_lines(pane.outer_size.region)[1])
        assert all(before != after for before, after in pairwise(looks))
        await pilot.resize_terminal(20, 8)
        await pilot.pause()
        assert {line.cell_length for line in pane.render_lines(pane.outer_size.region)} == {20}


async def test_the_scroll_bar_comes_with_the_first_row_too_many_and_tells_where_the_view_stands() -> None:
    async with one_pane() as (pane, pilot):
        has_bar = []
        for first, stop in ((0, 6), (6, 7)):
            pane.show(rows(first, stop), [])
            await pilot.pause()
            has_bar.append(pane.show_vertical_scrollbar)
        assert has_bar == [False, True]
        pane.show(rows(7, 300), [])
        await pilot.pause()
        bar = pane.vertical_scrollbar
        assert (bar.window_virtual_size, bar.position) == (300, 294)
        pane.scroll_to(y=100)
        await pilot.pause()
        assert bar.position == 100
        pane.reset()
        await pilot.pause()
        assert not pane.show_vertical_scrollbar


async def test_a_new_title_is_on_the_frame() -> None:
    app = OneKeepingPane()
    async with app.run_test(size=(30, 8)) as pilot:
        pane = app.query_one(KeepingPane)
        pane.show(rows(0, 3), [])
        for title in ("one", "two"):
            pane.set_title(Content(title))
            await pilot.pause()
            assert title in whole_lines(pane)[0]
