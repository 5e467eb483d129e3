"""The table of the Wire screen: every frame with its time, gap, read, size, kind and preview.

A row is made from the run and its number when it is drawn. What is no frame (comments, ignored lines, seams) stands
between the frames, dim and without a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from textual.message import Message

from tui.core.sanitize import sanitize_line
from tui.core.wire_view.filtered_rows import FilteredRows
from tui.core.wire_view.gap_scale import BAR_CELLS, GapScale
from tui.core.wire_view.row_facts import PROBLEM, RowFacts, facts_of
from tui.core.wire_view.wire_log import Entry
from tui.panes.cursor_view import fitted, spans_cells
from tui.panes.line_view import Span
from tui.panes.virtual_table import Column, VirtualTable

GAP, SINCE_START, CLOCK = TIME_MODES = ("gap", "since start", "clock")
_TIME_NAMES = {GAP: "+gap ms", SINCE_START: "at s", CLOCK: "clock"}
_TIME_CELLS = {GAP: 8, SINCE_START: 9, CLOCK: 12}
_BAR_ROOM = 64  # cells from which on there is room for the bars
_KIND_CELLS = 10
_SEARCHED_BYTES = 65_536  # of a row at most


@dataclass(frozen=True, slots=True)
class FramesView:
    """What the table draws: which rows, up to how many rows of the run, and how.

    `stalls` are the frames that ended a stall. `started` is the wall clock at second 0, None where none is known;
    without `has_times` no time is shown, without `has_reads` no read. `is_over` says that nothing will change any
    more. Where the view is held, `held` is how many rows of the run had come by then: the others are dim, with a sign.
    """

    rows: FilteredRows
    upto: int
    scale: GapScale = field(default_factory=GapScale)
    stalls: frozenset[int] = frozenset()
    time_mode: str = GAP
    started: datetime | None = None
    has_times: bool = True
    has_reads: bool = True
    shows_reads: bool = False
    is_over: bool = False
    held: int | None = None


class FramesTable(VirtualTable):
    """Shows a `FramesView`; `show` it a new one once a frame at most."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"frames--{name}" for name in ("dim", "bar", "stall", "same", "kind", "note", "trap", "problem")),
    }
    DEFAULT_CSS = """
    FramesTable {
        & .frames--dim { text-style: dim; }
        & .frames--bar { color: $primary; }
        & .frames--stall { color: $warning; text-style: bold; }
        & .frames--same { color: $accent; }
        & .frames--kind { color: $text-secondary; }
        & .frames--note { color: $success; text-style: bold; }
        & .frames--trap { color: $text-warning; text-style: bold; }
        & .frames--problem { color: $error; text-style: bold; }
    }
    """

    class CopyAsked(Message):
        """The data of the selected rows is wanted on the clipboard."""

    class PlaceAsked(Message):
        """Where the row under the cursor stands in the text."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._view: FramesView | None = None
        self._count = 0
        self._columns: tuple[Column, ...] = ()

    @property
    def view(self) -> FramesView | None:
        """What is shown."""
        return self._view

    @property
    def table_count(self) -> int:
        """How many rows pass the filter."""
        return self._count

    @property
    def columns(self) -> Sequence[Column]:
        """The columns for the present width."""
        return self._columns

    def show(self, view: FramesView | None) -> None:
        """Shows a view; of one that only grew no row is drawn again."""
        before, self._view = self._view, view
        count = view.rows.count_until(view.upto) if view is not None else 0
        known, self._count = self._count, count
        if view is not None and (before is None or before.rows is not view.rows):
            self.is_following, self.cursor = not view.is_over, -1 if not view.is_over else 1
            self.find_again()
        columns, self._columns = self._columns, self._columns_now()
        is_same = before is not None and view is not None and _look_of(before) == _look_of(view)
        if not is_same or columns != self._columns or count < known or not known:
            self.rows_changed()
        elif count > known:
            self.rows_changed(known + 1)

    @property
    def selected_row(self) -> int | None:
        """The row of the run under the cursor."""
        if self._view is None or self.selected is None or self.selected >= self._count:
            return None
        return self._view.rows.row_at(self.selected)

    @property
    def selected_run_rows(self) -> list[int]:
        """The rows of the run in the range, or the one under the cursor."""
        return [] if self._view is None else [self._view.rows.row_at(place) for place in self.selected_rows]

    def select_run_row(self, row: int) -> bool:
        """Puts the cursor on a row of the run, or behind it where a filter hides it; says whether it is there."""
        if self._view is None or not self._count:
            return False
        place = min(self._view.rows.place_of(row), self._count - 1)
        self.select(place)
        return self._view.rows.row_at(place) == row

    def action_copy_item(self) -> None:
        """Asks for the data of the row, or of the range, on the clipboard."""
        self.post_message(self.CopyAsked())

    def action_ask_source(self) -> None:
        """Asks for the place of the row in the text."""
        self.post_message(self.PlaceAsked())

    def searched_text(self, row: int) -> str:
        """The bytes of a row as text, as it is on the wire, then what is shown of it."""
        if self._view is None or not 0 < row <= self._count:
            return ""
        entry = self._entry(row - 1)
        data = self._view.rows.log.run.capture.bytes_between(entry.start, min(entry.end, entry.start + _SEARCHED_BYTES))
        facts = facts_of(self._view.rows.log, entry)
        return sanitize_line(f"{data.decode('utf-8', 'replace')} {facts.kind} {facts.preview}")

    def table_row_is_final(self, row: int) -> bool:
        """Rows never change but with the whole view."""
        return row < self._count

    def row_sign(self, row: int) -> str:
        """The cursor, or that the row comes after the moment that is shown."""
        sign = super().row_sign(row)
        return "▒" if sign == " " and self._is_to_come(row) else sign

    def _is_to_come(self, row: int) -> bool:
        view = self._view
        return view is not None and view.held is not None and view.rows.row_at(row) >= view.held

    def is_band(self, row: int) -> bool:
        """Every second network read, where these are shown."""
        view = self._view
        return view is not None and view.shows_reads and view.has_reads and bool(self._entry(row).read % 2)

    def cells(self, row: int) -> list[Span]:
        """The cells of a row."""
        view = self._view
        if view is None:
            return []
        entry = self._entry(row)
        facts = facts_of(view.rows.log, entry)
        is_frame = entry.frame is not None
        dim = "" if is_frame else "frames--dim"
        spans = [
            Span(str(entry.frame) if is_frame else ":", dim),
            Span(self._time(view, entry), dim),
            *self._bar_cells(view, entry),
            self._read_cell(entry) if view.has_reads else Span("-"),
            Span(_size(entry.size), dim),
            Span(f" {sanitize_line(facts.kind)[:_KIND_CELLS]}", dim or "frames--kind"),
        ]
        spans += self._preview(facts, dim)
        return [Span(span.text, "frames--dim") for span in spans] if self._is_to_come(row) else spans

    def on_resize(self) -> None:  # type: ignore[override]  # as the base, whose event is not looked at
        """Other columns for another width."""
        self._columns = self._columns_now()
        self.rows_changed()

    def _entry(self, row: int) -> Entry:
        assert self._view is not None, "a row is asked for when there is one"  # noqa: S101  states the caller's check
        return self._view.rows.log.entry(self._view.rows.row_at(row))

    def _columns_now(self) -> tuple[Column, ...]:
        view = self._view
        log = view.rows.log if view is not None else None
        frames = len(str(log.frame_count)) if log is not None else 1
        reads = len(str(log.run.capture.read_count)) if log is not None else 1
        mode = view.time_mode if view is not None else GAP
        bars = (Column("▏gap", BAR_CELLS + 1),) if self.row_width >= _BAR_ROOM else ()
        return (
            Column("#", max(3, frames), is_right=True),
            Column(_TIME_NAMES[mode], _TIME_CELLS[mode], is_right=True),
            *bars,
            Column("read", max(4, reads + 2), is_right=True),
            Column("byte", 5, is_right=True),
            Column(" kind", _KIND_CELLS + 1),
            Column("preview"),
        )

    def _time(self, view: FramesView, entry: Entry) -> str:
        if not view.has_times:
            return "-"
        if view.time_mode == SINCE_START:
            return f"{entry.at:.3f}"
        if view.time_mode == CLOCK and view.started is not None:
            return (view.started + timedelta(seconds=entry.at)).strftime("%H:%M:%S.%f")[:12]
        return milliseconds(entry.gap_s)

    def _bar_cells(self, view: FramesView, entry: Entry) -> list[Span]:
        if self.row_width < _BAR_ROOM:
            return []
        if entry.frame is None or not view.has_times:
            return [Span("")]
        bar = view.scale.bar(entry.gap_s)
        if entry.frame in view.stalls:
            return [Span(f"{bar:<{BAR_CELLS}}!", "frames--stall")]
        return [Span(bar, "frames--bar")]

    def _read_cell(self, entry: Entry) -> Span:
        """The number of the read; a sign where it is that of the row before."""
        number = str(entry.read + 1)
        same = entry.index > 0 and self._read_before(entry) == entry.read
        return Span(f"┆ {number}" if same else number, "frames--same" if same else "")

    def _read_before(self, entry: Entry) -> int:
        assert self._view is not None, "a row is drawn for a view"  # noqa: S101  states the caller's check
        return self._view.rows.log.entry(entry.index - 1).read

    def _preview(self, facts: RowFacts, dim: str) -> list[Span]:
        """The preview, cut so that what is marked keeps its word."""
        marks = [Span(f"  {facts.note}", "frames--note")] if facts.note else []
        if facts.mark:
            style = "frames--problem" if facts.mark == PROBLEM else "frames--trap"
            marks.append(Span(f"  ◄ {facts.mark}", style))
        taken = sum(column.cells + 1 for column in self._columns[:-1])
        room = max(4, self.row_width - taken - spans_cells(marks))
        return [*fitted([Span(sanitize_line(facts.preview), dim)], room), *marks]


def milliseconds(seconds: float) -> str:
    """A gap as `24`, `1 120` or `0.3`."""
    value = seconds * 1000
    if value >= 10 or value < 0.05:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.1f}"


def _size(size: int) -> str:
    """Bytes in at most five cells."""
    if size < 100_000:
        return str(size)
    return f"{size / 1e3:.0f}k" if size < 10_000_000 else f"{size / 1e6:.0f}M"


def _look_of(view: FramesView) -> tuple[object, ...]:
    """What every row depends on."""
    return (
        view.rows,
        view.scale,
        view.stalls,
        view.time_mode,
        view.started,
        view.has_times,
        view.has_reads,
        view.shows_reads,
        view.held,
    )
