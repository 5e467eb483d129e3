"""Pane 2: the units as a buffer released them, each with its release time and how long it was held.

One row a unit; a unit that does not fit on its row is shown whole under the cursor. `y` copies it, `enter` asks
which text it came from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui.core.sanitize import sanitize, sanitize_line
from tui.panes.cursor_view import CursorView, SourceAsked, detail_rows, text_cells
from tui.panes.line_view import Span

if TYPE_CHECKING:
    from tui.core.run_view import SegmentsPrefix
    from tui.core.text.segment_log import SegmentLog

_NO_TIME = "n/a"
_TIME_CELLS = 7  # to 99.99 s; in a longer run all rows are drawn anew with wider columns
_MARK = "⟨flushed⟩ "
_MOST_SEEN = 1024  # code points of the held text: what a row of 500 cells could show


class SegmentsPane(CursorView):
    """A heading that stays, the units, and last the text that is held now."""

    JUMPS = True
    STICKY_ROWS: ClassVar[int] = 1
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "segments--time",
        "segments--head",
        "segments--mark",
        "segments--held",
        "segments--flushed",
    }
    DEFAULT_CSS = """
    SegmentsPane {
        & .segments--time { text-style: dim; }
        & .segments--head { text-style: dim; }
        & .segments--mark { color: $text-warning; }
        & .segments--held { text-style: dim italic; }
        & .segments--flushed { text-style: italic; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._log: SegmentLog | SegmentsPrefix | None = None
        self._count = 0
        self._held = (0, "")  # how long it is, and as much of it as a row can show
        self._held_s = 0.0
        self._hint = ""
        self._hint_rows: list[str] = []
        self._time_cells = _TIME_CELLS
        self._has_times = True

    @property
    def list_count(self) -> int:
        """A heading, the units, and the held text if there is some; or the hint."""
        return len(self._hint_rows) if self._is_empty else 1 + self._count + bool(self._held[0])

    @property
    def first_choice(self) -> int:
        """The first unit."""
        return self.list_count if self._is_empty else 1

    def list_is_final(self, row: int) -> bool:
        """Units never change; the held row does."""
        return 0 < row <= self._count

    def show(self, log: SegmentLog | SegmentsPrefix | None, now: float, hint: str, *, has_times: bool = True) -> None:
        """Shows the units of a log as they stand at `now` (seconds on the run's clock); one call a frame.

        A plain log has no times.
        """
        self._has_times = has_times
        before = (_whole(self._log), self._count, self._held, self._held_s, self._hint, self._time_cells)
        is_same, count = _whole(log) is _whole(self._log), log.count if log else 0
        first = self._count + 1 if is_same and 0 < self._count <= count else None
        is_other, self._log, self._count = not is_same, log, count
        if is_other:
            self.is_following, self.cursor = True, -1
        self._held = (log.held_length, log.held_beginning(_MOST_SEEN)) if log else (0, "")
        self._held_s = max(0.0, now - log.held_since) if log and log.held_since is not None else 0.0
        time_cells = max(_TIME_CELLS, len(_seconds(now)))
        if time_cells != self._time_cells:
            self._time_cells, first = time_cells, None
        if hint != self._hint:
            self._hint = hint
            self._hint_rows = detail_rows(sanitize(hint), self.row_width)
        if before != (_whole(self._log), self._count, self._held, self._held_s, self._hint, self._time_cells):
            self.rows_changed(first)
        if is_other:
            self.find_again()

    def searched_text(self, row: int) -> str:
        """The unit itself, or the held text: not its times."""
        return sanitize(self._text_of(row) or "")

    def list_spans(self, row: int) -> list[Span]:
        """The cells of a row; of a long unit somewhat more than fits."""
        if self._is_empty:
            return [Span(self._hint_rows[row], "segments--time")]
        if row == 0:
            return [Span(f"{'at':>{self._time_cells}} {'held':>{self._time_cells}}  unit", "segments--head")]
        if row > self._count or self._log is None:
            return [self._times("held", self._held_s), Span(self._beginning(self._held[1]), "segments--held")]
        unit = self._log.segment(row - 1)
        times = self._times(_seconds(unit.emitted_at), unit.hold_s)
        if unit.is_flushed:
            return [times, Span(_MARK, "segments--mark"), Span(self._beginning(unit.text), "segments--flushed")]
        return [times, Span(self._beginning(unit.text))]

    def full_text(self, row: int) -> str:
        """A unit, or the held text, that does not stand whole on its row."""
        text = self._text_of(row) or ""
        shown = text.strip("\n")
        mark = len(_MARK) if self._is_flushed(row) else 0
        room = self.row_width - 2 * self._time_cells - 3 - mark
        is_whole = len(shown) <= room and "\n" not in shown and text_cells(sanitize_line(shown)) <= room
        return "" if is_whole else sanitize(shown)

    def copied_text(self) -> str | None:
        """The unit under the cursor, or the held text."""
        return self._text_of(self.cursor)

    def source(self) -> SourceAsked | None:
        """The chunks that the unit under the cursor came in; the held text begins where the last unit ended."""
        if self._log is None or self._text_of(self.cursor) is None:
            return None
        if self.cursor <= self._count:
            unit = self._log.segment(self.cursor - 1)
            return SourceAsked(unit.first_chunk, unit.last_chunk)
        return SourceAsked(self._log.segment(self._count - 1).last_chunk if self._count else 0, None)

    def rows_changed(self, first_row: int | None = None) -> None:
        """As in the base; the hint is wrapped for the present width when all rows are new."""
        if first_row is None:
            self._hint_rows = detail_rows(sanitize(self._hint), self.row_width)
        super().rows_changed(first_row)

    @property
    def _is_empty(self) -> bool:
        return not self._count and bool(self._hint)

    def _is_flushed(self, row: int) -> bool:
        return self._log is not None and 0 < row <= self._count and self._log.segment(row - 1).is_flushed

    def _text_of(self, row: int) -> str | None:
        if self._log is None or self._is_empty or row < 1:
            return None
        return self._log.segment(row - 1).text if row <= self._count else self._log.held_text

    def _times(self, at: str, held_s: float) -> Span:
        held = _seconds(held_s)
        if not self._has_times:
            at, held = "held" if at == "held" else _NO_TIME, _NO_TIME
        return Span(f"{at:>{self._time_cells}} {held:>{self._time_cells}}  ", "segments--time")

    def _beginning(self, text: str) -> str:
        """As much of a unit as can be seen on its row, with an ellipsis where that is not all."""
        room = self.row_width
        shown = text[: 2 * room + 16].strip("\n")
        return sanitize_line(shown) + ("…" if len(text) > 2 * room + 16 else "")


def _whole(log: SegmentLog | SegmentsPrefix | None) -> SegmentLog | None:
    """The log whose beginning a held view shows."""
    return None if log is None else log.whole


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s"
