"""The find bar: what is searched, in which pane, and where the search stands."""

from __future__ import annotations

from typing import cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.panes.line_view import Span
from tui.panes.search_marks import Findable
from tui.panes.status_line import StatusLine
from tui.screens.ask_screen import LineInput
from tui.screens.find_keys import is_findable

_LOOKS_PER_S = 10
_COUNT_CELLS = 16


class FindBar(Horizontal):
    """One row: the needle and `3 of 17`. It follows the focus from pane to pane; `close` takes all marks away."""

    DEFAULT_CSS = """
    FindBar { height: 1; background: $panel; }
    FindBar #find-sign { width: 3; color: $accent; }
    FindBar #find-needle, FindBar #find-needle:focus {
        border: none; height: 1; padding: 0; width: 1fr; background: $panel;
    }
    """

    def __init__(self, pane: Widget, came_from: Widget | None, needle: str = "") -> None:
        super().__init__(id="find-bar")
        self._first_needle = needle
        self.is_closed = False
        self._pane = pane
        self.came_from = came_from
        self._is_new = False

    def compose(self) -> ComposeResult:
        """Sign, needle, count."""
        yield Static(" / ", id="find-sign", markup=False)
        yield LineInput(self._first_needle, id="find-needle")
        count = StatusLine(id="find-count")
        count.styles.width = _COUNT_CELLS
        yield count

    def on_mount(self) -> None:
        """Looks on a few times a second, and goes where the focus goes."""
        self.set_interval(1 / _LOOKS_PER_S, self._look_on)
        self.watch(self.screen, "focused", self._follow_focus, init=False)
        self.query_one(LineInput).focus()
        self._search(self._first_needle)

    @property
    def pane(self) -> Findable:
        """The pane that is searched."""
        return cast("Findable", self._pane)

    @property
    def needle(self) -> str:
        """What is searched for."""
        return self.query_one(LineInput).value

    def step(self, step: int) -> None:
        """The next place, or the one before."""
        self._is_new = False
        self.pane.find_step(step)
        self._look_on()

    def close(self) -> None:
        """Takes the marks and the bar away."""
        self.is_closed = True
        self.pane.find("")
        self.remove()

    @on(Input.Changed)
    def _needle_changed(self, message: Input.Changed) -> None:
        self._search(message.value)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self._pane.focus()

    def _search(self, needle: str) -> None:
        self.pane.find(needle)
        self._is_new = bool(needle)
        self._look_on()

    def _look_on(self) -> None:
        place = self.pane.find_more()
        if place is not None and self._is_new and place.found:
            self._is_new = False
            self.pane.find_step(0)
            place = self.pane.find_more()
        count = self.query_one("#find-count", StatusLine)
        if place is None:
            count.show([])
        elif place.found or not place.is_all:
            count.show([], [Span(f"{place.words} ", "status--strong")])
        else:
            count.show([], [Span("not found ", "status--warn")])

    def _follow_focus(self, focused: Widget | None) -> None:
        if focused is not None and focused is not self._pane and is_findable(focused):
            self.pane.find("")
            self._pane = focused
            self._search(self.needle)
