"""Pane 4: the numbers of a run by a definition set, or its gaps as a histogram; then the notes of an ended run.

Draws what the statistics of the core say and keeps a cursor over the numbers. Where a number comes from is answered
by the screen that gets `MetricAsked`; what is shown is given whole at each `show_stats`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer

from tui.core.sanitize import sanitize
from tui.panes.line_view import Span
from tui.panes.rows_pane import Row, RowsPane
from tui.panes.wrapped_text import WrappedText

if TYPE_CHECKING:
    from tui.core.arrivals import ArrivalLog
    from tui.core.stats import StreamStats
    from tui.panes.metric_cells import MetricQuestion
    from tui.panes.note_rows import Note
    from tui.panes.number_grid import PlacedCell
    from tui.panes.number_sheet import NumberSheet

CHANGES_SHOWN_S = 10.0
FIRST_DEFINITION = "streamscope"
NO_TIMES = "n/a: no times in this capture, its frames have no clock."
_FEW_ROWS = 5  # of notes; more need a taller pane to be seen whole
_UNKNOWN_WIDTH = 50  # of a pane that was never laid out


class _CopyingApp(Protocol):
    def copy_text(self, text: str) -> None: ...


class StatsPane(RowsPane):
    """Numbers keep their place when they change; the first two rows do so in every definition set."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "stats--label",
        "stats--value",
        "stats--hint",
        "stats--problem",
        "stats--cursor",
        "stats--changed",
        "stats--bar",
        "stats--bar-slow",
        "stats--bar-stall",
        "stats--axis",
    }
    DEFAULT_CSS = """
    StatsPane {
        & .stats--label { text-style: dim; }
        & .stats--value { text-style: bold; }
        & .stats--hint { text-style: dim; }
        & .stats--problem { text-style: bold; color: $error; }
        & .stats--cursor { background: $primary-muted; text-style: bold; }
        & .stats--changed { text-style: bold; color: $accent; }
        & .stats--bar { color: $success; }
        & .stats--bar-slow { color: $text-warning; }
        & .stats--bar-stall { color: $warning; text-style: bold; }
        & .stats--axis { text-style: dim; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g,home", "first_number", "first", id="list.first", show=False),
        Binding("G,end", "last_number", "last", id="list.last", show=False),
        Binding("k,up", "number_row(-1)", "up", id="list.up", show=False),
        Binding("j,down", "number_row(1)", "down", id="list.down", show=False),
        Binding("left", "number(-1)", "left", id="list.left", show=False),
        Binding("right", "number(1)", "right", id="list.right", show=False),
        Binding("enter", "ask_source", "where from", id="item.source", show=False),
        Binding("y", "copy_numbers", "copy", id="item.copy", show=False),
        Binding("v", "next_view", "numbers, gaps", id="view.next", show=False),
    ]

    class MetricAsked(Message):
        """Enter on a number: asks for its formula and its anchors."""

        def __init__(self, question: MetricQuestion) -> None:
            super().__init__()
            self.question = question

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self.definition = FIRST_DEFINITION
        self.shows_gaps = False
        self._stats: StreamStats | None = None
        self._notes: Sequence[Note] = ()
        self._note_rows: list[Row] = []
        self._hint = ""
        self._arrivals: ArrivalLog | None = None
        self._now_s: float | None = None
        self._stamp_error_s: float | None = None
        self._placed: list[PlacedCell] = []
        self._cursor = 0
        self._changes: dict[str, str] | None = None  # None: nothing is said of them
        self._changes_timer: Timer | None = None

    # In.

    def show_stats(
        self,
        stats: StreamStats | None,
        notes: Sequence[Note],
        hint: str,
        *,
        arrivals: ArrivalLog | None = None,
        now_s: float | None = None,
        stamp_error_s: float | None = None,
    ) -> None:
        """Shows the numbers as they stand and the notes, or the hint without any; one call a frame at most.

        `arrivals` and `now_s`, on the run's clock, are for the speed under the histogram; `stamp_error_s` is how
        late stamps may be, None where nobody measured it.
        """
        if stats is not self._stats:
            self._changes = None
        self._stats, self._notes, self._hint = stats, notes, hint
        self._arrivals, self._now_s, self._stamp_error_s = arrivals, now_s, stamp_error_s
        self._show_all()

    def next_definition(self) -> None:
        """The next definition set; shows for a moment what it changes."""
        from tui.panes.number_sheet import definition_after

        self.set_definition(definition_after(self.definition))

    def set_definition(self, name: str) -> None:
        """Shows another definition set and for a moment what it changes. Raises UsageError for an unknown name."""
        from tui.panes.number_sheet import definition_named

        before, self.definition = self._sheet(), definition_named(name)
        after = self._sheet()
        self._changes = before.changes_to(after) if before is not None and after is not None else {}
        if self._changes_timer is not None:
            self._changes_timer.stop()
        self._changes_timer = self.set_timer(CHANGES_SHOWN_S, self._forget_changes)
        self.shows_gaps = False
        self.scroll_to(y=0, animate=False, immediate=True, force=True)
        self._show_all()

    # Out.

    @property
    def title_info(self) -> str:
        """What stands at the right of the pane's title."""
        return "v numbers" if self.shows_gaps else f"M {self.definition}"

    @property
    def chosen_key(self) -> str | None:
        """The key of the number under the cursor; None where there is none."""
        return self._placed[self._cursor].cell.key if self._placed else None

    @property
    def numbers_text(self) -> str:
        """All numbers of the definition set as text, one a line, with all their digits."""
        sheet = self._sheet()
        return sheet.text if sheet is not None else ""

    @property
    def listed_numbers(self) -> list[tuple[str, str, str]]:
        """(key, name, value in words) of every number of the definition set; empty before there are any."""
        sheet = self._sheet()
        return sheet.listed if sheet is not None else []

    def wrap(self, text: str, style: str = "") -> list[Row]:
        """Untrusted text as safe rows of the pane's width."""
        wrapped = WrappedText(max(10, self.scrollable_content_region.width))
        wrapped.append(sanitize(text))
        return [[Span(wrapped.row_text(row), style)] for row in range(wrapped.row_count)]

    # Keys and mouse.

    def action_number(self, step: int) -> None:
        """The next number (1) or the one before (-1)."""
        self._move(self._cursor + step)

    def action_number_row(self, step: int) -> None:
        """The number under (1) or above (-1); in the histogram, one row."""
        sheet = self._sheet()
        if not self._placed or sheet is None:
            self.scroll_relative(y=step, animate=False)
        else:
            self._move(sheet.neighbour(self._placed, self._cursor, step))

    def action_first_number(self) -> None:
        """The first number."""
        self._move(0)

    def action_last_number(self) -> None:
        """The last number of the set."""
        self._move(len(self._placed) - 1)

    def action_ask_source(self) -> None:
        """Asks where the number under the cursor comes from; the histogram is asked for its median."""
        key = "gap_p50_s" if self.shows_gaps else self.chosen_key
        if key is not None:
            self.ask(key)

    def ask(self, key: str) -> None:
        """Asks where the number of a key comes from."""
        sheet = self._sheet()
        if sheet is not None:
            self.post_message(self.MetricAsked(sheet.question(key)))

    def action_copy_numbers(self) -> None:
        """Copies the numbers as text, or the histogram as it is drawn."""
        sheet = self._sheet()
        if sheet is None:
            return
        drawn = "\n".join("".join(span.text for span in row).rstrip() for row in self._gap_rows(sheet))
        cast("_CopyingApp", self.app).copy_text(drawn if self.shows_gaps else sheet.text)

    def action_next_view(self) -> None:
        """Numbers or histogram."""
        self.shows_gaps = not self.shows_gaps
        self._forget_changes()
        self.scroll_to(y=0, animate=False, immediate=True, force=True)

    def on_click(self, event: events.Click) -> None:
        """Moves the cursor to the number clicked on."""
        offset, sheet = event.get_content_offset(self), self._sheet()
        if sheet is not None and offset is not None and self.text_selection is None:
            index = sheet.cell_at(self._placed, offset.y + round(self.scroll_offset.y), offset.x)
            if index is not None:
                self._move(index)

    def watch_has_focus(self, has_focus: bool) -> None:
        """Shows the cursor, or hides it."""
        super().watch_has_focus(has_focus)
        self._show_all()

    def on_resize(self) -> None:
        """Places the numbers for the width there is."""
        self._show_all()
        self.rows_changed()

    def rows_changed(self, first_row: int | None = None) -> None:
        """As in LineView, but never follows the end: the first rows are the ones to see."""
        self.is_following = False
        super().rows_changed(first_row)

    # Drawing.

    @property
    def _room(self) -> int:
        width: int = self.scrollable_content_region.width
        return width or _UNKNOWN_WIDTH

    def _sheet(self) -> NumberSheet | None:
        """The numbers as they stand; None where there are none yet."""
        if self._stats is None or not self._stats.chunk_count:
            return None
        from tui.panes.number_sheet import NumberSheet

        return NumberSheet(self._stats, self.definition, self._stamp_error_s)

    def _noted(self) -> list[Row]:
        if not self._notes:
            return []
        from tui.panes.note_rows import note_rows

        return note_rows(self._notes, self._room)

    def _show_all(self) -> None:
        sheet = self._sheet()
        self._note_rows = self._noted()
        self.set_class(len(self._note_rows) > _FEW_ROWS, "-noted")
        if sheet is None:
            self._placed = []
            self.show([], self._note_rows or self.wrap(self._hint, "stats--hint"))
        elif self.shows_gaps:
            self._placed = []
            self.show([], [*self._gap_rows(sheet), *self._note_rows])
        else:
            self.show([], self._number_rows(sheet))

    def _number_rows(self, sheet: NumberSheet) -> list[Row]:
        """The two fixed rows, what a change of the set brought, the notes, then all other numbers."""
        no_clock = [] if sheet.has_times else self.wrap(NO_TIMES, "stats--hint")
        between = [*no_clock, *self._change_rows(sheet), *self._note_rows]
        top, rest = sheet.place(self._room, len(between))
        self._placed = [*top, *rest]
        self._cursor = min(self._cursor, len(self._placed) - 1)
        chosen = self._placed[self._cursor] if self.has_focus else None
        changed = self._changes or {}
        return [*sheet.rows_of(top, chosen, changed), *between, *sheet.rows_of(rest, chosen, changed)]

    def _change_rows(self, sheet: NumberSheet) -> list[Row]:
        if self._changes is None:
            return []
        return [*sheet.change_rows(self._changes, self._room), *self.wrap(sheet.sentence, "stats--hint")]

    def _gap_rows(self, sheet: NumberSheet) -> list[Row]:
        if not sheet.has_times:
            return self.wrap(NO_TIMES, "stats--hint")
        times = self._arrivals.times if self._arrivals is not None else ()
        return sheet.gap_rows(times, self._now_s, self._room, max(4, self.scrollable_content_region.height))

    def _move(self, index: int) -> None:
        if not self._placed:
            return
        self._cursor = min(max(index, 0), len(self._placed) - 1)
        self._forget_changes()
        row, top, height = self._placed[self._cursor].row, round(self.scroll_offset.y), self.size.height
        if not top <= row < top + height:
            self.scroll_to(y=row if row < top else row - height + 1, animate=False, immediate=True, force=True)

    def _forget_changes(self) -> None:
        self._changes = None
        if self._changes_timer is not None:
            self._changes_timer.stop()
            self._changes_timer = None
        self._show_all()
