"""The help of the Compare screen."""

from __future__ import annotations

from tui.panes.line_view import Span
from tui.panes.rows_pane import Row
from tui.panes.wrapped_text import WrappedText
from tui.screens.compare_words import HELP, KEYS
from tui.screens.help_screen import HelpScreen


class CompareHelp(HelpScreen):
    """What the lanes, bars and numbers mean, and the keys of this screen."""

    def _rows(self, width: int) -> list[Row]:
        return _help_rows(width)


def _help_rows(width: int) -> list[Row]:
    title, text = HELP
    wrapped = WrappedText(width)
    wrapped.append(text)
    rows: list[Row] = [[Span(title, "help--title")]]
    rows += [[Span(wrapped.row_text(row))] for row in range(wrapped.row_count)]
    rows += [[], [Span("keys", "help--title")]]
    for identity, key, action in KEYS:
        rows.append([Span(f"{key:<16}", "help--key"), Span(f"{action}  ({identity})"[: max(4, width - 16)])])
    return rows
