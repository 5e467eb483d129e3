"""The bar of filter words on the Wire screen: one line, and beside it what is wrong with it or what there is."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tui.core.wire_view.frame_filter import HELP, FrameFilter
from tui.errors import UsageError
from tui.panes.line_view import Span
from tui.panes.status_line import StatusLine
from tui.screens.ask_screen import LineInput


class FilterBar(Horizontal):
    """Hidden until it is opened; enter gives words that can be read, others stay with their complaint."""

    DEFAULT_CSS = """
    FilterBar { height: 1; display: none; background: $surface; }
    FilterBar.-open { display: block; }
    FilterBar #filter-sign { width: 3; height: 1; color: $accent; }
    FilterBar #filter, FilterBar #filter:focus {
        width: 1fr; height: 1; border: none; padding: 0; background: $surface;
    }
    FilterBar #filter-note { width: 60%; background: $surface; }
    """

    class Entered(Message):
        """These words are to hold."""

        def __init__(self, words: FrameFilter) -> None:
            super().__init__()
            self.words = words

    def compose(self) -> ComposeResult:
        """Sign, words, note."""
        yield Static(" f ", id="filter-sign", markup=False)
        yield LineInput(id="filter", select_on_focus=False)
        yield StatusLine(id="filter-note")

    @property
    def is_open(self) -> bool:
        """Whether it can be seen."""
        return self.has_class("-open")

    def open(self, words: str) -> None:
        """Shows it with the words that hold now, and goes there."""
        self.add_class("-open")
        line = self.query_one("#filter", LineInput)
        line.value = words
        self._tell(words)
        line.focus()

    def close(self) -> None:
        """Hides it."""
        self.remove_class("-open")

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        self._tell(message.value)

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        try:
            self.post_message(self.Entered(FrameFilter.parse(message.value)))
        except UsageError:
            self._tell(message.value)

    def _tell(self, words: str) -> None:
        try:
            FrameFilter.parse(words)
            note = Span(HELP, "status--dim")
        except UsageError as error:
            note = Span(str(error), "status--warn")
        self.query_one("#filter-note", StatusLine).show([Span("  "), note])
