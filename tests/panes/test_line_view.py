"""The view under every pane: what is drawn, when it follows, what is copied."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
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
