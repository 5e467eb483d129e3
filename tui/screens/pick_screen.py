"""A list to choose one thing from."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.core.sanitize import sanitize_line
from tui.screens.base_screen import BaseModal


class PickScreen(BaseModal):
    """Gives the chosen name, or None when it was closed. Options are (name, description)."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "close", id="pick.close")]
    DEFAULT_CSS = """
    PickScreen { align: center middle; }
    PickScreen > OptionList { width: 90%; max-width: 90; height: auto; max-height: 80%; }
    PickScreen > OptionList, PickScreen > OptionList:focus { border: round $accent; }
    """

    def __init__(self, title: str, options: list[tuple[str, str]], chosen: str | None = None) -> None:
        super().__init__()
        self._title = title
        self._options = options
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        """The list, its current choice highlighted."""
        rows = [Option(_line(name, text)) for name, text in self._options]
        choices = OptionList(*rows)
        choices.border_title = Content(sanitize_line(self._title))
        choices.border_subtitle = "enter chooses, esc closes"
        names = [name for name, _ in self._options]
        choices.highlighted = names.index(self._chosen) if self._chosen in names else 0
        yield choices

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Ends with the choice."""
        self.dismiss(self._options[event.option_index][0])


def _line(name: str, text: str) -> Content:
    return Content.assemble((sanitize_line(name), "bold"), "  ", (sanitize_line(text), "dim"))
