"""Sentences about a run that has ended, as rows; behind a label they hang under themselves. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tui.core.sanitize import sanitize
from tui.panes.line_view import Span
from tui.panes.rows_pane import Row
from tui.panes.wrapped_text import WrappedText

_LABEL_CELLS = 22  # the longest, with a blank at each side
_LEAST_CELLS = 10


class Note(NamedTuple):
    """A sentence, not yet safe to show, in a style of its pane; a label stands before its first row."""

    text: str
    style: str = ""
    label: str = ""


def note_rows(notes: Iterable[Note], width: int) -> list[Row]:
    """Notes as safe rows of at most `width` columns."""
    return [row for note in notes for row in _rows(note, width)]


def _rows(note: Note, width: int) -> list[Row]:
    before = f" {note.label:<{_LABEL_CELLS - 1}}" if note.label else " "
    texts = _wrapped(note.text, max(_LEAST_CELLS, width - len(before)))
    return [
        [Span(before if row == 0 else " " * len(before), "stats--label"), Span(text, note.style)]
        for row, text in enumerate(texts)
    ]


def _wrapped(text: str, width: int) -> list[str]:
    wrapped = WrappedText(width)
    wrapped.append(sanitize(text))
    return [wrapped.row_text(row).rstrip() for row in range(wrapped.row_count)]
