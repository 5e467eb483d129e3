"""The prompt: enter sends, ctrl+j is a new line, pasted text never sends and never brings control characters.

Up on the first row and down on the last go through the prompts that were sent before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Protocol

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from tui.core.sanitize import sanitize


class History(Protocol):
    """The prompts before: each gives the one to show instead of `text`, None where there is no further one."""

    def older(self, text: str) -> str | None:
        """The one before."""

    def newer(self, text: str) -> str | None:
        """The one after."""


class PromptArea(TextArea):
    """A small text area of one to five rows.

    `history` is asked where up and down lead; without one, as a field of a form, to the fields above and below.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "send", id="prompt.send", show=False),
        Binding("ctrl+j,shift+enter", "new_line", "new line", id="prompt.newline", show=False),
        Binding("up", "older", "prompt before", id="prompt.older", show=False),
        Binding("down", "newer", "prompt after", id="prompt.newer", show=False),
    ]

    class Sent(Message):
        """Enter was pressed; `text` is the whole prompt."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, history: Callable[[], History] | None = None, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id, soft_wrap=True, show_line_numbers=False, tab_behavior="focus")
        self.highlight_cursor_line = False
        self._history = history

    def load_text(self, text: str) -> None:
        """Replaces the prompt; one that an endpoint suggests brings no control characters either."""
        super().load_text(sanitize(text))

    def edit(self, edit: Edit) -> EditResult:
        """Every change of the text, the app's own clipboard and pasted text included, is made safe here."""
        edit.text = sanitize(edit.text)
        return super().edit(edit)

    def action_send(self) -> None:
        """Sends the prompt."""
        self.post_message(self.Sent(self.text))

    def action_new_line(self) -> None:
        """Begins a new line."""
        self.insert("\n")

    def action_older(self) -> None:
        """One row up; from the first row to the prompt before."""
        if self._cursor_row > 0:
            self.action_cursor_up()
        elif self._history is None:
            self.screen.focus_previous()
        else:
            self._show_other(self._history().older(self.text))

    def action_newer(self) -> None:
        """One row down; from the last row to the prompt after."""
        if self._cursor_row < self.wrapped_document.height - 1:
            self.action_cursor_down()
        elif self._history is None:
            self.screen.focus_next()
        else:
            self._show_other(self._history().newer(self.text))

    @property
    def _cursor_row(self) -> int:
        """The row of the screen that the cursor is on, from the first one of the prompt on."""
        return self.wrapped_document.location_to_offset(self.cursor_location).y

    def _show_other(self, text: str | None) -> None:
        if text is not None:
            self.load_text(text)
            self.move_cursor(self.document.end)

    def action_copy(self) -> None:
        """Copies what is selected here; without a selection ctrl+c belongs to the screen."""
        if self.selected_text:
            super().action_copy()
        else:
            self.app.action_help_quit()

    async def _on_key(self, event: events.Key) -> None:
        """Keys in the order in which they were pressed.

        The text area takes letters and enter here but backspace and delete as bindings, which run later: typed
        fast, a backspace would delete the letter that followed it.
        """
        actions = {"backspace": self.action_delete_left, "delete": self.action_delete_right}
        own = {
            "prompt.send": self.action_send,
            "prompt.newline": self.action_new_line,
            "prompt.older": self.action_older,
            "prompt.newer": self.action_newer,
        }
        action = own.get(self._bound(event.key), actions.get(event.key))
        if action is not None:
            event.prevent_default()
            event.stop()
            action()
        else:
            await super()._on_key(event)

    def _bound(self, key: str) -> str:
        """The id that a key has here by the user's keymap, or empty; Textual tells that no one else."""
        bindings = self._bindings.copy()
        bindings.apply_keymap(self.app._keymap)  # noqa: SLF001  as above
        return next((binding.id for binding in bindings.key_to_bindings.get(key, ()) if binding.id), "")

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self.insert(event.text.replace("\r\n", "\n").replace("\r", "\n"))
