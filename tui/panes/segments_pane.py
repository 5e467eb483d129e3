"""Pane 2: the units as a buffer released them, each with its release time and how long it was held."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len, set_cell_size

from tui.core.sanitize import sanitize, sanitize_line
from tui.core.text.segment_log import SegmentLog
from tui.panes.line_view import LineView, Span
from tui.panes.wrapped_text import WrappedText

_UNIT_COLUMN = 18


class SegmentsPane(LineView):
    """One row a unit; the last row is the text that is held now."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"segments--time", "segments--head", "segments--held", "segments--flushed"}
    DEFAULT_CSS = """
    SegmentsPane {
        & .segments--time { text-style: dim; }
        & .segments--head { text-style: dim; }
        & .segments--held { text-style: dim italic; }
        & .segments--flushed { text-style: italic; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._log: SegmentLog | None = None
        self._count = 0
        self._held = ""
        self._held_s = 0.0
        self._hint: list[str] = []

    @property
    def row_count(self) -> int:
        """A heading, the units, and the held text if there is some; or the hint."""
        if not self._count and self._hint:
            return len(self._hint)
        return 1 + self._count + bool(self._held)

    def row_is_final(self, row: int) -> bool:
        """Units never change; the held row does."""
        return 0 < row <= self._count

    def show(self, log: SegmentLog | None, now: float, hint: str) -> None:
        """Shows the units of a log as they stand at `now` (seconds on the run's clock); one call a frame."""
        is_same = log is self._log
        first = self._count + 1 if is_same and self._count else None
        self._log = log
        self._count = log.count if log else 0
        self._held = log.held_text if log else ""
        self._held_s = max(0.0, now - log.held_since) if log and log.held_since is not None else 0.0
        wrapped = WrappedText(max(1, self.scrollable_content_region.width))
        wrapped.append(sanitize(hint))
        self._hint = [wrapped.row_text(row) for row in range(wrapped.row_count)]
        self.rows_changed(first)

    def row_spans(self, row: int) -> list[Span]:
        """The cells of a row."""
        if not self._count and self._hint:
            return [Span(self._hint[row], "segments--time")]
        if row == 0:
            return [Span("at       held    unit", "segments--head")]
        if row > self._count or self._log is None:
            return self._held_row()
        unit = self._log.segment(row - 1)
        times = f"{unit.emitted_at:.2f} s".ljust(9) + f"{unit.hold_s:.2f} s".ljust(8)
        mark = "⟨flushed⟩ " if unit.is_flushed else ""
        style = "segments--flushed" if unit.is_flushed else ""
        return [
            Span(times, "segments--time"),
            Span(mark, "segments--time"),
            Span(self._fit(unit.text, cell_len(mark)), style),
        ]

    def _held_row(self) -> list[Span]:
        return [
            Span("held     " + f"{self._held_s:.2f} s".ljust(8), "segments--time"),
            Span(self._fit(self._held), "segments--held"),
        ]

    def _fit(self, text: str, used: int = 0) -> str:
        """As much of a unit as fits on its row behind `used` cells; cut text ends in an ellipsis."""
        room = max(4, self.size.width - _UNIT_COLUMN - used)
        piece = sanitize_line(text[: 2 * room + 16].strip("\n"))
        if cell_len(piece) <= room:
            return piece
        return set_cell_size(piece, room - 1).rstrip() + "…"
