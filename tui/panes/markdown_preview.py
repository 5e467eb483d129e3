"""The answer drawn as Markdown, once it is whole: Textual's own widget, fed once and with safe text only."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Markdown

from tui.core.sanitize import sanitize

_LIMIT_CHARS = 200_000  # laying out more takes seconds; the plain view has all of it


class MarkdownPreview(VerticalScroll):
    """Stands in for pane 1; links are shown, never opened."""

    def __init__(self, text: str, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        cut = "" if len(text) <= _LIMIT_CHARS else "\n\n*(the rest is in the plain view: v)*"
        self._shown = sanitize(text[:_LIMIT_CHARS]) + cut

    def compose(self) -> ComposeResult:
        """The document."""
        yield Markdown(self._shown, open_links=False)
