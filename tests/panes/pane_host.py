"""One pane alone in an app, with what it copied and what it asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tui.panes.cursor_view import CursorView, SourceAsked
from tui.panes.extracts_pane import SaveAsked


class PaneHost(App[None]):
    """Holds a pane and keeps what comes out of it."""

    def __init__(self, pane: CursorView) -> None:
        super().__init__()
        self.pane = pane
        self.copied: list[str] = []
        self.asked: list[tuple[int, int | None, int | None]] = []
        self.saves: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield self.pane

    def copy_text(self, text: str) -> None:
        text.encode("utf-8")  # as a clipboard would
        self.copied.append(text)

    @on(SourceAsked)
    def _asked(self, message: SourceAsked) -> None:
        self.asked.append((message.first_chunk, message.last_chunk, message.tool))

    @on(SaveAsked)
    def _save(self, message: SaveAsked) -> None:
        self.saves.append((message.text, message.suffix))


@asynccontextmanager
async def hosted(
    pane: CursorView, size: tuple[int, int] = (50, 12), *, focus: bool = True
) -> AsyncIterator[tuple[PaneHost, Pilot[None]]]:
    """The pane, drawn, and with the focus unless told otherwise."""
    app = PaneHost(pane)
    async with app.run_test(size=size) as pilot:
        if focus:
            pane.focus()
        await pilot.pause()
        yield app, pilot


def rows_of(pane: CursorView) -> list[str]:
    """All rows as they would be drawn, without the blanks at their ends."""
    return ["".join(span.text for span in pane.row_spans(row)).rstrip() for row in range(pane.row_count)]


def screen_of(pane: CursorView) -> list[str]:
    """The rows that can be seen."""
    return [pane.render_line(y).text.rstrip() for y in range(pane.scrollable_content_region.height)]
