"""What the headers of a response mean for streaming: every header, those that matter with a sign and a sentence."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui.core.capture import ResponseHead
from tui.core.sanitize import sanitize, sanitize_line
from tui.core.wire_view.header_notes import GOOD, LOOK, HeaderNote, all_notes
from tui.panes.line_view import Span
from tui.panes.rows_pane import Row, RowsPane
from tui.panes.wrapped_text import WrappedText
from tui.screens.base_screen import BaseModal

_SIGN_STYLES = {GOOD: "head--good", LOOK: "head--look"}
_INDENT = 4


class HeadRows(RowsPane):
    """The heads in rows; stays where the reader is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"head--title", "head--name", "head--good", "head--look", "head--said"}
    DEFAULT_CSS = """
    HeadRows {
        & .head--title { text-style: bold; color: $accent; }
        & .head--name { text-style: bold; }
        & .head--good { color: $success; text-style: bold; }
        & .head--look { color: $text-warning; text-style: bold; }
        & .head--said { text-style: dim; }
    }
    """

    def rows_changed(self, first_row: int | None = None) -> None:
        """As in LineView, without following the end."""
        self.is_following = False
        super().rows_changed(first_row)


class HeadScreen(BaseModal):
    """Shows the heads of a run, one after another; any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "dismiss", "close", id="head.close")]
    DEFAULT_CSS = """
    HeadScreen { align: center middle; }
    HeadScreen > Vertical {
        width: 90%; max-width: 100; height: 90%; max-height: 36;
        border: round $accent; background: $surface; padding: 0 1;
    }
    HeadScreen HeadRows { background: $surface; }
    """

    def __init__(self, heads: list[ResponseHead]) -> None:
        super().__init__()
        self._heads = heads

    def compose(self) -> ComposeResult:
        """One view in a frame."""
        with Vertical() as frame:
            frame.border_title = "head"
            frame.border_subtitle = "arrows scroll, esc closes"
            yield HeadRows(id="heads")

    def on_mount(self) -> None:
        """The view has the focus, so that arrows scroll it."""
        self.query_one(HeadRows).focus()

    def on_resize(self) -> None:
        """Wraps for the width there is."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        for view in self.query(HeadRows):  # none once it was closed
            view.show([], head_rows(self._heads, max(30, view.scrollable_content_region.width)))


def head_rows(heads: list[ResponseHead], width: int) -> list[Row]:
    """The heads in rows; everything in them is safe to show."""
    if not heads:
        return [[Span("No response head has come yet.")]]
    rows: list[Row] = []
    for head in heads:
        rows += [[]] if rows else []
        rows.append([Span(f"status {head.status}", "head--title"), Span(f"   at {head.at:.3f} s", "head--said")])
        for note in all_notes(head):
            rows += _note_rows(note, width)
    return rows


def _note_rows(note: HeaderNote, width: int) -> list[Row]:
    """The header, and under it what it means."""
    sign = Span(f"{note.sign or ' '} ", _SIGN_STYLES.get(note.sign, ""))
    value = _wrapped(f"{sanitize_line(note.name)}: {sanitize_line(note.value)}", width - 2)
    rows: list[Row] = [[sign, Span(value[0], "head--name" if note.sentence else "")]]
    rows += [[Span("  "), Span(text)] for text in value[1:]]
    said = _wrapped(sanitize(note.sentence), width - _INDENT) if note.sentence else []
    return rows + [[Span(" " * _INDENT), Span(text, "head--said")] for text in said]


def _wrapped(text: str, width: int) -> list[str]:
    wrapped = WrappedText(max(10, width))
    wrapped.append(text)
    return [wrapped.row_text(row).rstrip() for row in range(wrapped.row_count)]
