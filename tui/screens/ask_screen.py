"""A small box that asks for one line: a pattern, a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.core.sanitize import sanitize_line
from tui.screens.base_screen import BaseModal


class LineInput(Input):
    """One line of text; what is pasted, from whichever clipboard, brings no control characters to the terminal."""

    def validate_value(self, value: str) -> str:
        """The value with its unsafe characters replaced, one for one."""
        return sanitize_line(value)


class AskScreen(BaseModal):
    """Gives the line that was entered, or None when it was closed. `complaint` says what is wrong with a line."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "close", id="ask.close")]
    DEFAULT_CSS = """
    AskScreen { align: center middle; }
    AskScreen > Vertical {
        width: 80%; max-width: 80; height: auto; border: round $accent; background: $surface; padding: 0 1;
    }
    AskScreen LineInput, AskScreen LineInput:focus { border: none; padding: 0; height: 1; background: $surface; }
    AskScreen Static { height: auto; color: $text-muted; }
    """

    def __init__(self, title: str, hint: str, text: str, complaint: Callable[[str], str | None]) -> None:
        super().__init__()
        self._title, self._hint, self._text = title, hint, text
        self._complaint = complaint

    def compose(self) -> ComposeResult:
        """The line, and under it the hint or what is wrong."""
        with Vertical() as frame:
            frame.border_title = Content(sanitize_line(self._title))
            frame.border_subtitle = "enter takes it, esc closes"
            yield LineInput(sanitize_line(self._text), select_on_focus=False)
            yield Static(Content(sanitize_line(self._hint)), id="ask-hint", markup=False)

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        complaint = self._complaint(message.value)
        if complaint is None:
            self.dismiss(message.value)
        else:
            self.query_one("#ask-hint", Static).update(Content(sanitize_line(complaint)))
