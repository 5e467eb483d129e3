"""What the Wire screen shows of the controller's run: rows, detail, head, arrivals, hints. Draws; decides nothing."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from tui.core.public_url import public_url
from tui.core.wire_view.filtered_rows import FilteredRows
from tui.core.wire_view.frame_filter import FrameFilter
from tui.core.wire_view.gap_scale import GapScale
from tui.core.wire_view.header_notes import HeaderNote, header_notes
from tui.core.wire_view.marked_rows import stall_ends
from tui.core.wire_view.oddity_list import oddity_count
from tui.core.wire_view.wire_log import WireLog
from tui.errors import UsageError
from tui.panes.frame_detail import FrameDetail
from tui.panes.frames_table import FramesTable, FramesView
from tui.panes.head_line import HeadLine
from tui.panes.line_view import Span
from tui.panes.raster_pane import RasterPane
from tui.panes.status_line import StatusLine, key_spans
from tui.screens import live_words, recording_words, small_lines, wire_words
from tui.screens.arrivals_view import arrivals_of, held_arrivals
from tui.screens.endpoint_choice import TRANSPORT_WORDS
from tui.screens.pane_titles import write_title
from tui.screens.run_lamp import current_lamp

if TYPE_CHECKING:
    from tui.core.derived_run import DerivedRun
    from tui.playback import Playback, Position
    from tui.screens.run_controller import ActiveRun
    from tui.screens.wire_screen import WireScreen

_WORK_S = 0.012  # of each frame at most for reading the capture again and for filtering
_FILTER_ROWS = 64
_TITLE_EDGES = 7  # corners, blanks and one line between name and numbers of a title


class WireDrawing:
    """Draws a Wire screen; knows whether there is more to draw."""

    def __init__(self, screen: WireScreen) -> None:
        self._screen = screen
        self._run: ActiveRun | None = None
        self._rows: FilteredRows | None = None
        self._filter = FrameFilter()
        self._is_final = False
        self._known_stalls: tuple[int, ...] = ()
        self._stalls: frozenset[int] = frozenset()
        self._followed: Position | None = None  # the moment at which the cursor stands

    @property
    def is_settled(self) -> bool:
        """Whether the screen shows all there is of the run, and the run is over or there is none."""
        is_still = not self._playback.is_playing and self._followed == self._playback.position
        return self._is_final and is_still and self._run is self._screen.scope.controller.run

    @property
    def log(self) -> WireLog | None:
        """The rows of the run."""
        return self._rows.log if self._rows is not None else None

    @property
    def words(self) -> str:
        """The filter as it was typed."""
        return self._filter.text

    def set_filter(self, words: FrameFilter) -> None:
        """Shows only the rows that a filter lets pass."""
        self._filter = words
        self._rows = FilteredRows(self._rows.log, words) if self._rows is not None else None
        self.draw(is_due=True)

    def draw(self, *, is_due: bool) -> None:
        """What came since the last frame: rows at once, the rest when it is due, and at the end."""
        self._take_run()
        is_done = self._work()
        controller = self._screen.scope.controller
        self._playback.show(self._derived)
        self._is_final = is_done and not controller.is_streaming
        is_due = is_due or self._is_final
        self._draw_table()
        self._follow_playback()
        if is_due:
            self.draw_detail()
            self._draw_rest()

    def draw_detail(self) -> None:
        """The row under the cursor."""
        table, detail = self._screen.query_one(FramesTable), self._screen.query_one(FrameDetail)
        log, row = self.log, table.selected_row
        entry = log.entry(row) if log is not None and row is not None else None
        detail.show(log, entry)
        if entry is None:
            name, info = Content("no frame"), ""
        else:
            what = f"frame {entry.frame}" if entry.frame is not None else f"row {entry.index}"
            info = f"byte {entry.start}..{entry.end - 1}" if entry.size else f"byte {entry.start}"
            name = Content.assemble((what, "bold"), "  ", detail.title())
            if name.cell_length + len(info) + _TITLE_EDGES > detail.size.width:
                name = Content.assemble((what, "bold"), f"  v {detail.view}")
        write_title(detail, name, info)

    def finish(self) -> None:
        """Reads all that came of the capture at once, for those who go to a row of it."""
        self._take_run()
        while self.log is not None and not self.log.advance():
            pass
        self.draw(is_due=True)

    def _take_run(self) -> None:
        run = self._screen.scope.controller.run
        if run is not self._run or (run is not None and run.derived is not None and self._rows is None):
            self._run, self._is_final = run, False
            log = log_of(run)
            self._rows = FilteredRows(log, self._filter) if log is not None else None

    def _work(self) -> bool:
        """Reads on for as long as a frame may take; whether all is read and judged."""
        rows = self._rows
        if rows is None:
            return True
        stop_at = time.monotonic() + _WORK_S
        is_read = is_judged = False
        try:
            while not (is_read and is_judged) and time.monotonic() < stop_at:
                is_read = is_read or rows.log.advance()
                is_judged = rows.advance(_FILTER_ROWS) and is_read
        except UsageError as error:  # a pattern that runs away
            self._screen.filter_failed(str(error))
        return is_read and is_judged

    def _draw_table(self) -> None:
        table = self._screen.query_one(FramesTable)
        rows, run = self._rows, self._derived
        if rows is None or run is None:
            table.set_hint(wire_words.NO_FRAMES)
            table.show(None)
            return
        count = rows.log.count
        is_emptied = rows.is_filtered and count
        hint = wire_words.no_match(count, rows.filter.text) if is_emptied else wire_words.NO_FRAMES
        table.set_hint(self._screen.scope.keys.said(hint))
        stats = run.stats
        has_times = run.capture.header.has_times
        table.show(
            FramesView(
                rows,
                count,
                GapScale.of(stats.gap_p50_s, stats.stall_threshold_s) if has_times else GapScale(),
                self._stall_frames(run),
                self._screen.time_mode,
                _started(run),
                has_times=has_times,
                has_reads=run.capture.header.has_reads,
                shows_reads=self._screen.shows_reads,
                is_over=run.is_over,
                held=rows.log.rows_at(*position) if (position := self._playback.position) is not None else None,
            )
        )

    def _follow_playback(self) -> None:
        """Puts the cursor on the last row of the moment that is shown; of a run that is followed again, on its end."""
        position, rows = self._playback.position, self._rows
        if position == self._followed or rows is None:
            return
        table = self._screen.query_one(FramesTable)
        if position is None:
            table.action_last_row()
        elif rows.log.frame_count < position.frames:  # not read so far yet
            return
        else:
            table.select(max(0, rows.count_until(rows.log.rows_at(*position)) - 1))
            table.is_following = False  # what comes now comes after the moment
        self._followed = position

    @property
    def _playback(self) -> Playback:
        return self._screen.scope.controller.playback

    def _stall_frames(self, run: DerivedRun) -> frozenset[int]:
        """The frames that ended a stall; found anew only when there is another stall."""
        known = tuple(stall.chunk for stall in run.stats.stall_list)
        if known != self._known_stalls:
            self._known_stalls, self._stalls = known, frozenset(stall_ends(run))
        return self._stalls

    def _draw_rest(self) -> None:
        screen = self._screen
        run = self._derived
        self._draw_header(self._trap_count)
        screen.query_one(HeadLine).show_head(_head_notes(run), _status(run))
        self._draw_title()
        arrivals, position = arrivals_of(run, self._at), self._playback.position
        if position is not None:
            arrivals = held_arrivals(arrivals, *position, wire_words.position_words(self._playback))
        screen.query_one(RasterPane).show(arrivals)
        frame = self._frame_words()
        line = screen.query_one("#wire-time", StatusLine)
        line.styles.width = len(frame) + 1
        line.show([], [Span(frame, "status--dim")])
        playing = live_words.playback_hints(self._playback, is_streaming=screen.scope.controller.is_streaming)
        held = playing[:2] if position is not None else []
        hints = wire_words.footer_hints(screen.fit, held, problems=oddity_count(run))
        last = small_lines.last_line(run, screen.fit.width) if screen.fit.is_tiny else ""
        screen.query_one("#last", StatusLine).show([Span(last)])
        keys = screen.scope.keys
        cancel = f" {keys.hint('x cancel', 'wire')}  " if screen.scope.controller.is_streaming else ""
        urgent = [Span(cancel, "status--warn")] if cancel else []
        screen.query_one("#footer", StatusLine).show([*urgent, *key_spans(keys.hints(hints, "wire"))])

    def _draw_header(self, traps: int) -> None:
        scope, run = self._screen.scope, self._derived
        fit = self._screen.fit
        is_wide = fit.is_wide
        left = [Span(" streamscope", "status--strong")] if is_wide else []
        left.append(Span("  Wire" if is_wide else " Wire"))
        if self._run is not None and run is not None:
            left += [Span(" "), *(Span(f"  {word}") for word in _described(self._run, run, is_wide=is_wide))]
            label = scope.endpoint.labelled(self._run.plan, is_wide=False)
            if label and self._run.recording is None:
                left.append(Span(f"  {label}", "status--dim"))
        now = scope.controller.seconds()
        lamp = recording_words.opening_lamp(self._run, now) or current_lamp(scope.controller)
        odd = "" if fit.is_small else f"   traps {traps}"
        right = [Span(small_lines.short_lamp(lamp.text, fit.width), f"status--{lamp.tone}"), Span(f"{odd} ")]
        if view_lamp := live_words.view_lamp(self._playback, is_streaming=scope.controller.is_streaming):
            right.append(Span(f" {view_lamp} ", "status--thinking"))
        self._screen.query_one("#header", StatusLine).show([] if fit.is_tiny else left, right)

    def _draw_title(self) -> None:
        table, rows = self._screen.query_one(FramesTable), self._rows
        words = self._filter.text or "no filter"
        name = Content.assemble(("frames", "bold"), "  f ", Content(words[:60]))
        if rows is None:
            write_title(table, name, "0 of 0")
            return
        log = rows.log
        start, end = log.pending
        is_reading = not self._is_final and not self._screen.scope.controller.is_streaming
        follow = f"▒ {count} follow  " if (count := self._count_to_come(log)) else ""
        more = "  reading" if is_reading else f"  +{end - start} byte unfinished" if end > start else ""
        write_title(table, name, f"{follow}{table.table_count} of {log.count}{more}")

    def _count_to_come(self, log: WireLog) -> int:
        """How many frames come after the moment that is shown."""
        position = self._playback.position
        return 0 if position is None else max(0, log.frame_count - position.frames)

    @property
    def _trap_count(self) -> int:
        """How many traps there were at the moment that is shown."""
        decoder, position = self._derived.decoder if self._derived is not None else None, self._playback.position
        traps = decoder.traps if decoder is not None else []
        return sum(position is None or trap.frame < position.frames for trap in traps)

    def _frame_words(self) -> str:
        """The moment and the number of the row under the cursor."""
        table, log = self._screen.query_one(FramesTable), self.log
        row = table.selected_row
        if log is None or row is None:
            return ""
        entry = log.entry(row)
        number = "-" if entry.frame is None else str(entry.frame)
        at = f"t {entry.at:.2f} s  " if log.run.capture.header.has_times else ""
        return f"{at}frame {number}/{log.frame_count} "

    @property
    def _derived(self) -> DerivedRun | None:
        return self._run.derived if self._run is not None else None

    @property
    def _at(self) -> float:
        run = self._derived
        end = run.capture.end if run is not None else None
        return end.at if end is not None else self._screen.scope.controller.seconds()


def log_of(run: ActiveRun | None) -> WireLog | None:
    """The log of a run, made once and kept with it; None before the run has begun."""
    if run is None or run.derived is None:
        return None
    if run.wire_log is None:
        run.wire_log = WireLog(run.derived)
    return run.wire_log


def _described(run: ActiveRun, derived: DerivedRun, *, is_wide: bool) -> list[str]:
    """What run this is: the file it was opened from, or transport and address; and how it is read."""
    header = derived.capture.header
    dialect = derived.decoder.dialect_name if derived.decoder is not None else header.dialect
    if run.recording is not None:
        words = recording_words.described(run, is_wide=is_wide)
    else:
        words = [TRANSPORT_WORDS.get(header.transport, header.transport), public_url(header.url)]
    return [*words, f"dialect {dialect}"]


def _head_notes(run: DerivedRun | None) -> list[HeaderNote]:
    return header_notes(run.capture.heads[-1]) if run is not None and run.capture.heads else []


def _status(run: DerivedRun | None) -> str:
    return str(run.capture.heads[-1].status) if run is not None and run.capture.heads else ""


def _started(run: DerivedRun) -> datetime | None:
    """The wall clock at second 0, in this machine's zone."""
    try:
        return datetime.fromisoformat(run.capture.header.started).astimezone()
    except ValueError:
        return None
