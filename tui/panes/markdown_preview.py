"""The answer drawn as Markdown, once it is whole: Textual's own widget, fed once and with safe text only.

The parser turns entities and percent signs of the text into characters, so its tokens are made safe once more.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Markdown
from textual.widgets._markdown import MarkdownTable, MarkdownTableContent  # Textual makes them public nowhere

from tui.core.sanitize import sanitize

_LIMIT_CHARS = 200_000  # laying out more takes seconds; the plain view has all of it


class MarkdownPreview(VerticalScroll):
    """Stands in for pane 1; links are shown, never opened."""

    def __init__(self, text: str, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        cut = "" if len(text) <= _LIMIT_CHARS else "\n\n*(the rest is in the plain view: v)*"
        self._shown = sanitize(text[:_LIMIT_CHARS]) + cut
        self.border_title = "1 text as Markdown, v returns"

    def compose(self) -> ComposeResult:
        """The document."""
        yield SafeMarkdown(self._shown, parser_factory=safe_parser, open_links=False)


class CellsWithoutTooltips(MarkdownTableContent):
    """Textual gives each cell a tooltip of its text and reads that as markup, on which `[/x]` ends the app."""

    def compose(self) -> ComposeResult:
        """The cells."""
        for cell in super().compose():
            cell.tooltip = None
            yield cell


class SafeTable(MarkdownTable):
    """A table of such cells."""

    def compose(self) -> ComposeResult:
        """The table."""
        for content in super().compose():
            if isinstance(content, MarkdownTableContent):
                yield CellsWithoutTooltips(content.headers, content.rows)
            else:
                yield content


class SafeMarkdown(Markdown):
    """A document with safe tables."""

    BLOCKS = {**Markdown.BLOCKS, "table_open": SafeTable}  # noqa: RUF012  the type is Textual's


def safe_parser() -> MarkdownIt:
    """A reader of Markdown whose tokens hold no unsafe character, however it was written."""
    parser = MarkdownIt("gfm-like")
    parser.core.ruler.push("safe_text", _make_safe)
    return parser


def _make_safe(state: StateCore) -> None:
    waiting = list(state.tokens)
    while waiting:
        token = waiting.pop()
        token.content, token.info = sanitize(token.content), sanitize(token.info)
        waiting += token.children or []
