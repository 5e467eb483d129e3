"""Pane 1 alone: the mark of a stall that still goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.selection import Selection

from tui.core.chunks import StreamChunk
from tui.panes.text_pane import TextPane

WIDTH = 40


class PaneApp(App[None]):
    def compose(self) -> ComposeResult:
        yield TextPane()

    @property
    def pane(self) -> TextPane:
        return self.query_one(TextPane)

    def add(self, text: str, at: float = 1.0) -> None:
        self.pane.add_chunks([StreamChunk(text, None, 0, "m", at=at)])

    @property
    def rows(self) -> list[str]:
        pane = self.pane
        return ["".join(span.text for span in pane.row_spans(row)) for row in range(pane.row_count)]


@asynccontextmanager
async def showing() -> AsyncIterator[tuple[PaneApp, Pilot[None]]]:
    app = PaneApp()
    async with app.run_test(size=(WIDTH, 8)) as pilot:
        await pilot.pause()
        yield app, pilot


async def test_a_stall_that_goes_on_is_told_behind_the_last_text() -> None:
    async with showing() as (app, _):
        app.add("one\n    raise")
        app.pane.set_waiting(0.5)
        assert app.rows == ["one", "    raise ⟨waiting 0.50 s⟩"]
        app.pane.set_waiting(0.7)
        assert app.rows == ["one", "    raise ⟨waiting 0.70 s⟩"]
        app.add(" Error")
        assert app.rows == ["one", "    raise Error"], "what comes takes the mark away at once"
        app.pane.set_waiting(0.3)
        app.pane.set_waiting(None)
        assert app.rows == ["one", "    raise Error"]


async def test_the_mark_has_a_row_of_its_own_where_the_last_one_is_full() -> None:
    async with showing() as (app, pilot):
        app.add("x" * (WIDTH - 5))
        app.pane.set_waiting(12.0)
        assert app.rows == ["x" * (WIDTH - 5), "⟨waiting 12.00 s⟩"]
        await pilot.pause()
        app.add("yyyyy")
        assert app.rows == ["x" * (WIDTH - 5) + "yyyyy"]


async def test_the_mark_is_no_part_of_the_text_and_ends_with_the_run() -> None:
    async with showing() as (app, _):
        app.pane.set_waiting(0.5)
        assert "waiting" not in "".join(app.rows), "nothing has come that could be waited after"
        app.add("some text")
        app.pane.set_waiting(0.5)
        assert app.pane.get_selection(Selection(None, None)) == ("some text", "\n")
        app.pane.add_note(["▲ The stream was cut"])
        assert not [row for row in app.rows if "waiting" in row]
        app.add("more")
        app.pane.set_waiting(0.5)
        app.pane.clear()
        assert not [row for row in app.rows if "waiting" in row]
