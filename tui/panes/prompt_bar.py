"""The prompt: enter sends, ctrl+j is a new line, pasted text never sends and never brings control characters."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from tui.core.sanitize import sanitize


class PromptArea(TextArea):
    """A small text area of one to five rows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "send", id="prompt.send", show=False),
        Binding("ctrl+j,shift+enter", "new_line", "new line", id="prompt.newline", show=False),
    ]

    class Sent(Message):
        """Enter was pressed; `text` is the whole prompt."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, text: str = "", *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(sanitize(text), id=id, soft_wrap=True, show_line_numbers=False, tab_behavior="focus")
        self.highlight_cursor_line = False

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
        if self._sends(event.key):
            actions[event.key] = self.action_send
        if event.key in actions:
            event.prevent_default()
            event.stop()
            actions[event.key]()
        else:
            await super()._on_key(event)

    def _sends(self, key: str) -> bool:
        """Whether a key is bound to sending, by the user's keymap if there is one; Textual tells that no one else."""
        bindings = self._bindings.copy()
        bindings.apply_keymap(self.app._keymap)  # noqa: SLF001  as above
        return any(binding.id == "prompt.send" for binding in bindings.key_to_bindings.get(key, ()))

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self.insert(event.text.replace("\r\n", "\n").replace("\r", "\n"))
