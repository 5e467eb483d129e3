"""A few sentences under a table or in an empty screen, wrapped to the width there is."""

from __future__ import annotations

from typing import ClassVar

from textual import events

from tui.core.sanitize import sanitize_line
from tui.panes.line_view import Span
from tui.panes.rows_pane import Row, RowsPane
from tui.panes.wrapped_text import WrappedText


class NoteLines(RowsPane, can_focus=False):
    """Sentences, each from a row of its own on; not a stop of the focus."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"notes--sign"}
    DEFAULT_CSS = """
    NoteLines {
        height: auto; overflow-y: hidden;
        & .notes--sign { color: $success; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._notes: list[str] = []

    def show_notes(self, notes: list[str]) -> None:
        """Shows the sentences; a first `►` is coloured."""
        self._notes = notes
        self.is_following = False
        width = max(10, self.scrollable_content_region.width - 1)
        rows: list[Row] = []
        for note in notes:
            wrapped = WrappedText(width)
            wrapped.append(sanitize_line(note))
            for row in range(wrapped.row_count):
                text = wrapped.row_text(row)
                has_sign = row == 0 and text.startswith("►")
                rows.append([Span(" "), Span("►", "notes--sign"), Span(text[1:])] if has_sign else [Span(f" {text}")])
        self.show([], rows)

    def on_resize(self, event: events.Resize) -> None:
        """Wraps anew for another width."""
        del event
        self.show_notes(self._notes)
