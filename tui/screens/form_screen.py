"""What the forms have in common: labelled fields, a line that says what is wrong, enter hands in, esc leaves.

No letter acts in a form; up, down and tab go from field to field.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.core.sanitize import sanitize
from tui.panes.choice_line import ChoiceLine
from tui.panes.prompt_bar import PromptArea
from tui.screens.base_screen import BaseModal


class FormScreen(BaseModal):
    """A form; a subclass gives its fields and what to do with them. `HEADING` and `VERB` stand on its frame."""

    HEADING: ClassVar[str]
    VERB: ClassVar[str]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "close", id="form.close")]
    DEFAULT_CSS = """
    FormScreen { align: center middle; }
    FormScreen > Vertical {
        width: 90%; max-width: 96; height: auto; max-height: 100%;
        border: round $accent; background: $surface; padding: 0 1;
    }
    FormScreen Horizontal { height: auto; }
    FormScreen Static { height: auto; }
    FormScreen .form--label { width: 13; }
    FormScreen .form--note { color: $text-muted; margin-left: 13; }
    FormScreen Input, FormScreen Input:focus { border: none; height: 1; padding: 0; background: $panel; width: 1fr; }
    FormScreen Input:focus { background: $primary-muted; }
    FormScreen ChoiceLine { width: 1fr; }
    FormScreen PromptArea, FormScreen PromptArea:focus {
        border: none; padding: 0; height: auto; min-height: 1; max-height: 5; width: 1fr; background: $panel;
    }
    FormScreen #form-status { margin-top: 1; min-height: 1; }
    FormScreen #form-status.-bad { color: $text-error; }
    """

    def fields(self) -> Iterable[tuple[str, Widget, str]]:
        """(label, field, note under it) from the top; an empty note has no row."""
        raise NotImplementedError

    def submit(self) -> None:
        """Enter was pressed in a field."""
        raise NotImplementedError

    def changed(self) -> None:
        """A field was changed."""

    def compose(self) -> ComposeResult:
        """The fields, then the line that says what is wrong."""
        with Vertical() as frame:
            frame.border_title = self.HEADING
            frame.border_subtitle = f"enter {self.VERB}, esc leaves"
            for label, field, note in self.fields():
                with Horizontal():
                    yield Static(Content(label), classes="form--label")
                    yield field
                yield Static(Content(note), id=f"{field.id}-note", classes="form--note")
            yield Static(id="form-status")

    def on_mount(self) -> None:
        """Notes without words have no row."""
        for note in self.query(".form--note").results(Static):
            note.display = bool(str(note.content))

    def note(self, field: str, lines: list[str]) -> None:
        """What stands under a field."""
        note = self.query_one(f"#{field}-note", Static)
        note.update(Content(sanitize("\n".join(lines))))
        note.display = bool(lines)

    def say(self, sentence: str, *, is_bad: bool = False) -> None:
        """The line at the bottom."""
        status = self.query_one("#form-status", Static)
        status.set_class(is_bad, "-bad")
        status.update(Content(sanitize(sentence)))

    def key_up(self) -> None:
        """The field above."""
        self.focus_previous()

    def key_down(self) -> None:
        """The field below."""
        self.focus_next()

    @on(Input.Submitted)
    @on(ChoiceLine.Submitted)
    @on(PromptArea.Sent)
    def _handed_in(self) -> None:
        self.submit()

    @on(Input.Changed)
    @on(ChoiceLine.Changed)
    def _field_changed(self) -> None:
        self.changed()
