"""Titles on the upper edge of a pane: its name at the left, its numbers at the right."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content

from tui.core.sanitize import sanitize_line
from tui.panes.line_view import LineView


def write_title(pane: LineView, name: Content, info: str) -> None:
    """Writes a title; `name` is safe already, `info` is made so. Draws only when it changed."""
    line = "─" * max(1, pane.size.width - name.cell_length - cell_len(info) - 6)
    title = Content.assemble(name, " ", (line, "$border"), " ", sanitize_line(info))
    if getattr(pane, "shown_title", None) != (title.plain, title.markup):
        pane.set_title(title)
        pane.shown_title = (title.plain, title.markup)  # type: ignore[attr-defined]
