"""A row of a form that chooses one of a few words: left and right go through them, no letter does anything."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message

from tui.panes.line_view import Span
from tui.panes.status_line import StatusLine


class ChoiceLine(StatusLine, can_focus=True):
    """Shows (value, word) pairs, the chosen one marked; `value` is the chosen value."""

    DEFAULT_CSS = """
    ChoiceLine { background: $panel; &:focus { background: $primary-muted; } }
    """

    class Changed(Message):
        """Another one was chosen by the user."""

        def __init__(self, line: ChoiceLine) -> None:
            super().__init__()
            self.line = line

    class Submitted(Message):
        """Enter was pressed on the row."""

    def __init__(self, options: Sequence[tuple[str, str]], chosen: str, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._options = list(options)
        known = [value for value, _ in options]
        if chosen not in known:
            self._options.append((chosen, chosen))
        self.value = chosen

    def on_mount(self) -> None:
        """Draws the row."""
        self.choose(self.value)

    def choose(self, value: str) -> None:
        """Marks a value; what is chosen stands in brackets, so that it can be told without colours."""
        self.value = value
        spans = [Span(" ")]
        for option, word in self._options:
            is_chosen = option == value
            spans.append(Span(f"[{word}]" if is_chosen else f" {word} ", "status--key" if is_chosen else ""))
            spans.append(Span(" "))
        self.show(spans)

    def key_left(self) -> None:
        """The word before."""
        self._step(-1)

    def key_right(self) -> None:
        """The next word."""
        self._step(1)

    def key_enter(self, event: events.Key) -> None:
        """Hands the form in; the key is no more to the screen that comes to the front then."""
        event.stop()
        self.post_message(self.Submitted())

    def on_click(self, event: events.Click) -> None:
        """The word that was clicked on."""
        at = 1
        for value, word in self._options:
            if at <= event.x < at + len(word) + 2:
                self._take(value)
                return
            at += len(word) + 3

    def _step(self, step: int) -> None:
        values = [value for value, _ in self._options]
        self._take(values[(values.index(self.value) + step) % len(values)])

    def _take(self, value: str) -> None:
        if value != self.value:
            self.choose(value)
            self.post_message(self.Changed(self))
