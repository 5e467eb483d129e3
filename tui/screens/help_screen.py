"""The help of the focused pane, and every key."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui.panes.line_view import Span
from tui.panes.rows_pane import Row, RowsPane
from tui.panes.wrapped_text import WrappedText
from tui.screens.base_screen import BaseModal
from tui.screens.help_texts import KEYS, PANES


class HelpRows(RowsPane):
    """The text of the help."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"help--title", "help--key"}
    DEFAULT_CSS = """
    HelpRows {
        & .help--title { text-style: bold; color: $accent; }
        & .help--key { text-style: bold; }
    }
    """


class HelpScreen(BaseModal):
    """A modal over the current screen; any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f1,question_mark", "dismiss", "close", id="help.close"),
    ]
    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > Vertical {
        width: 90%; max-width: 96; height: 90%; max-height: 36;
        border: round $accent; background: $surface; padding: 0 1;
    }
    """

    def __init__(self, pane: str) -> None:
        super().__init__()
        self._pane = pane

    def compose(self) -> ComposeResult:
        """One view in a frame."""
        with Vertical() as frame:
            frame.border_title = "help"
            frame.border_subtitle = "esc closes"
            yield HelpRows(id="help")

    def on_resize(self) -> None:
        """Wraps for the width there is."""
        self.call_after_refresh(self._fill)

    def _rows(self, width: int) -> list[Row]:
        """What the help says, in rows of `width` columns."""
        return help_rows(self._pane, width)

    def _fill(self) -> None:
        for view in self.query(HelpRows):  # none once the help was closed
            view.is_following = False
            view.reset()
            view.show(self._rows(max(20, view.scrollable_content_region.width)), [])
            view.scroll_home(animate=False)


def help_rows(pane: str, width: int) -> list[Row]:
    """The rows of the help: the pane's own text, then the keys."""
    title, text = PANES.get(pane, PANES["text"])
    rows: list[Row] = [[Span(title, "help--title")]]
    wrapped = WrappedText(width)
    wrapped.append(text)
    rows += [[Span(wrapped.row_text(row))] for row in range(wrapped.row_count)]
    rows += [[], [Span("keys", "help--title")]]
    for identity, key, action in KEYS:
        rows.append([Span(f"{key:<16}", "help--key"), Span(f"{action}  ({identity})"[: max(4, width - 16)])])
    return rows
