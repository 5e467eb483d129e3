"""A note for what takes longer than half a second: what is going on, and for how long already."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.app import App

from tui.panes.line_view import Span
from tui.panes.status_line import StatusLine

TOLD_AFTER_S = 0.5
_EVERY_S = 0.1


class ProgressNote(StatusLine):
    """Stands over the row above the footer, at the right, until it is taken away."""

    DEFAULT_CSS = """
    ProgressNote { layer: keys; position: absolute; background: $panel; }
    """

    def __init__(self, text: str, started_at: float) -> None:
        super().__init__()
        self._text = text
        self._started_at = started_at

    def on_mount(self) -> None:
        """Counts from now on."""
        self.set_interval(_EVERY_S, self._count)
        self._count()

    def _count(self) -> None:
        words = f" ◌ {self._text}  {time.monotonic() - self._started_at:.1f} s "
        self.styles.width = len(words)
        self.styles.offset = (max(0, self.screen.size.width - len(words)), max(0, self.screen.size.height - 2))
        self.show([Span(words, "status--strong")])


@asynccontextmanager
async def progress(app: App[Any], text: str) -> AsyncIterator[None]:
    """While the block runs, and only if it takes its time, a note says what it does on the screen that is seen."""
    note = ProgressNote(text, time.monotonic())

    def tell() -> None:
        app.screen.mount(note)

    timer = app.set_timer(TOLD_AFTER_S, tell)
    try:
        yield
    finally:
        timer.stop()
        if note.is_attached:
            note.remove()
