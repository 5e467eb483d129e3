"""One-row widgets: the header with its lamp, tabs, and the key hints of the footer. All text is made safe here."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import RenderResult
from textual.geometry import Offset
from textual.strip import Strip

from tui.core.sanitize import sanitize_line
from tui.panes.kept_drawing import KeptDrawing
from tui.panes.line_view import Span


class StatusLine(KeptDrawing):
    """A row with spans at the left and spans at the right; what does not fit is cut at the left part."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"status--{tone}" for tone in ("idle", "waiting", "thinking", "good", "warn", "bad")),
        "status--strong",
        "status--dim",
        "status--key",
        "status--label",
    }
    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        & .status--idle, & .status--waiting { color: $text-muted; }
        & .status--thinking { color: $primary; text-style: bold; }
        & .status--good { color: $success; text-style: bold; }
        & .status--warn { color: $warning; text-style: bold; }
        & .status--bad { color: $error; text-style: bold; }
        & .status--strong { text-style: bold; }
        & .status--dim { text-style: dim; }
        & .status--key { color: $accent; text-style: bold; }
        & .status--label { color: $text-muted; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._left: list[Span] = []
        self._right: list[Span] = []

    def show(self, left: list[Span], right: list[Span] | None = None) -> None:
        """Replaces both parts; draws only when something changed."""
        safe_left = [Span(sanitize_line(span.text), span.style) for span in left]
        safe_right = [Span(sanitize_line(span.text), span.style) for span in right or []]
        if (safe_left, safe_right) != (self._left, self._right):
            self._left, self._right = safe_left, safe_right
            self.refresh()

    @property
    def plain(self) -> str:
        """What stands in the row, left then right."""
        return "".join(span.text for span in (*self._left, Span("  "), *self._right)).strip()

    def left_offsets(self) -> list[Offset]:
        """Where each span of the left part begins on the screen."""
        starts, x = [], self.region.x
        for span in self._left:
            blank = len(span.text) - len(span.text.lstrip())
            starts.append(Offset(x + blank, self.region.y))
            x += cell_len(span.text)
        return starts

    def render(self) -> RenderResult:
        """Unused: the line API draws."""
        return ""

    def render_line(self, y: int) -> Strip:
        """The one row."""
        del y
        width = self.size.width
        right_width = sum(cell_len(span.text) for span in self._right)
        gap = min(2, max(0, width - right_width)) if self._left and self._right else 0
        left = self._fitted(max(0, width - right_width - gap))
        parts = [left, Strip.blank(gap, self.base_style), Strip(self._segments(self._right))]
        return Strip.join(parts).adjust_cell_length(width, self.base_style)

    def _fitted(self, room: int) -> Strip:
        """The left part in exactly `room` cells; a cut is marked."""
        text_width = sum(cell_len(span.text) for span in self._left)
        strip = Strip(self._segments(self._left))
        if text_width <= room:
            return strip.adjust_cell_length(room, self.base_style)
        if room < 2:
            return Strip.blank(room, self.base_style)
        cut = strip.crop(0, room - 2)
        return Strip.join([cut, Strip([Segment("… ", self.base_style)])]).adjust_cell_length(room, self.base_style)

    def _segments(self, spans: list[Span]) -> list[Segment]:
        base = self.base_style
        return [
            Segment(span.text, base + self.get_component_rich_style(span.style, partial=True) if span.style else base)
            for span in spans
        ]


def key_spans(hints: list[tuple[str, str]]) -> list[Span]:
    """Key hints of a footer: key in the accent, then its action."""
    spans = [Span(" ")]
    for index, (key, action) in enumerate(hints):
        gap = "" if index == len(hints) - 1 else "   "
        spans += [Span(key, "status--key"), Span(f" {action}{gap}", "status--label")]
    return spans
