"""The line of the response head on the Wire screen: status, and the headers that matter with a sign and a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.core.sanitize import sanitize_line
from tui.core.wire_view.header_notes import GOOD, LOOK, HeaderNote
from tui.panes.cursor_view import fitted
from tui.panes.line_view import LineView, Span

_VALUE_CHARS = 40
_UNNAMED = "content-type"  # its value says what it is


class HeadLine(LineView):
    """One row; enter asks for the sentences."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"head--label", "head--good", "head--look", "head--value"}
    DEFAULT_CSS = """
    HeadLine {
        height: 1; overflow-y: hidden;
        & .head--label { text-style: dim; }
        & .head--good { color: $success; }
        & .head--look { color: $text-warning; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "ask_source", "what it means", id="item.source", show=False),
    ]

    class HeadAsked(Message):
        """What the headers mean is wanted."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._spans: list[Span] = []

    @property
    def row_count(self) -> int:
        """Always one."""
        return 1

    def row_is_final(self, row: int) -> bool:
        """It changes with the focus."""
        del row
        return False

    def row_spans(self, row: int) -> list[Span]:
        """The spans, cut to the width."""
        del row
        return fitted(self._spans, max(2, self.size.width - 1))

    def show_head(self, notes: Sequence[HeaderNote], status: str) -> None:
        """Shows a head; draws only when it changed."""
        spans = [Span(" head  ", "head--label"), Span(f"{sanitize_line(status)}" if status else "none yet")]
        for note in sorted(notes, key=lambda note: note.sign != LOOK and note.name != _UNNAMED):
            spans += _note_spans(note)
        if spans != self._spans:
            self._spans = spans
            self.rows_changed()

    def action_ask_source(self) -> None:
        """Asks for the sentences."""
        self.post_message(self.HeadAsked())

    def on_click(self) -> None:
        """As enter."""
        self.post_message(self.HeadAsked())


def _note_spans(note: HeaderNote) -> list[Span]:
    """`via 1.1 nginx ◄ a proxy`."""
    value = sanitize_line(note.value)
    if len(value) > _VALUE_CHARS:
        value = value[: _VALUE_CHARS - 1] + "…"
    name = "" if note.name == _UNNAMED else f"{note.name} "
    spans = [Span(f"  {name}", "head--label"), Span(value)]
    if note.sign and not (note.name == _UNNAMED and note.sign == GOOD):
        style = "head--good" if note.sign == GOOD else "head--look"
        spans.append(Span(f" {note.sign}{f' {note.word}' if note.word else ''}", style))
    return spans
