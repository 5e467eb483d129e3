"""What the race screen shows of its lanes: texts, rows on one clock, wire bytes, verdict. Draws; decides nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from tui.core.aligned_lanes import AlignedCell
from tui.core.lane_view import LaneMoment
from tui.core.race_cells import BLANK, OTHER, TEXT, LaneCell, lane_cells, origin_of
from tui.panes.line_view import Span
from tui.panes.note_lines import NoteLines
from tui.panes.race_raster import RIGHT_CELLS, RaceFrame, RaceRaster, RaceRow
from tui.panes.status_line import StatusLine, key_spans
from tui.screens import race_words
from tui.screens.compare_frame import ahead_of
from tui.screens.live_words import text_hint, view_lamp
from tui.screens.problem_words import problem_lines
from tui.screens.small_lines import short_lamp

if TYPE_CHECKING:
    from tui.screens.race_runs import Race, RacingLane
    from tui.screens.race_screen import RaceScreen

_WORK_S = 0.008  # of each frame, besides what is done between two
_MOST_LABEL_CELLS = 21
_LEAST_AXIS_S = 1e-3
_SAME = AlignedCell(None)


class RaceDrawing:
    """Draws a race screen; knows whether there is more to draw."""

    def __init__(self, screen: RaceScreen) -> None:
        self._screen = screen
        self._is_final = False
        self._is_compared = False

    @property
    def is_settled(self) -> bool:
        """Whether the screen shows all there is of a race that is over, and the view stands still."""
        return self._is_final and not self._race.cursor.is_playing

    def restart(self) -> None:
        """Another race, or the same once more."""
        self._is_final = self._is_compared = False

    def draw(self, *, is_due: bool) -> None:
        """What came since the last frame: texts at once, rows and numbers when they are due, and at the end."""
        was_final, self._is_final = self._is_final, self.work(_WORK_S) and self._race.is_over
        is_due = is_due or self._is_final is not was_final
        self._draw_texts(is_due=is_due)
        if is_due:
            self._draw_rest()

    @property
    def _race(self) -> Race:
        return self._screen.race

    def work(self, work_s: float) -> bool:
        """Derives and compares for about so long, if there is so much to do; whether nothing is left."""
        stop_at = time.monotonic() + work_s
        if self._screen.is_aligned and self._race.is_over:
            self._is_compared = _is_done_by(stop_at, self._race.compare)
        is_derived = _is_done_by(stop_at, self._race.advance)
        return is_derived and self._screen.is_aligned <= self._is_compared

    def _draw_texts(self, *, is_due: bool) -> None:
        now = self._screen.scope.controller.clock()
        are_shown = self._screen.query_one("#racers").display
        for pane, lane in self._screen.racers():
            pane.show_lane(lane.view)
            if are_shown and pane.display:
                pane.draw_new(lane.seconds(now), is_due=is_due, moment=self._moment(lane))

    def _moment(self, lane: RacingLane) -> LaneMoment | None:
        """A lane where the view is held; None where that follows."""
        position = self._race.cursor.position
        if position is None or lane.view is None or lane.derived is None:
            return None
        return lane.view.after_frames(lane.derived.frames_until(position.at + origin_of(lane.derived)))

    def _draw_rest(self) -> None:
        self._draw_header()
        self._draw_titles()
        self._draw_raster()
        self._draw_judgement()
        self._draw_footer()

    def _draw_header(self) -> None:
        screen, race = self._screen, self._race
        is_wide, lamp = screen.fit.is_wide, race_words.lamp_of(race)
        left = [Span(" streamscope", "status--strong")] if is_wide else []
        left.append(Span("  Race" if is_wide else " Race"))
        plan = race.lanes[0].run.plan if race.lanes else None
        label = screen.scope.endpoint.labelled(plan, is_wide=False)
        left.append(Span(f"   {len(race.lanes)} lanes" + (", one prompt, one clock" if is_wide and not label else "")))
        left.append(Span(f"   {label}", "status--dim"))
        right = [Span(short_lamp(lamp.text, screen.fit.width), f"status--{lamp.tone}"), Span(" ")]
        if view := view_lamp(race.cursor, is_streaming=not race.is_over):
            right.append(Span(f" {view} ", "status--thinking"))
        screen.query_one("#header", StatusLine).show([] if screen.fit.is_tiny else left, right)

    def _draw_titles(self) -> None:
        for pane, lane in self._screen.racers():
            pane.set_hint(self._hint(lane))
            moment = self._moment(lane)
            count = lane.view.released_length if lane.view is not None else 0
            pane.show_title(f"{lane.letter} {lane.name}", count if moment is None else moment.released_length)

    def _hint(self, lane: RacingLane) -> str:
        """What stands in a lane without text: what it waits for, or why none came."""
        scope, run = self._screen.scope, lane.derived
        if run is None or run.result is None or run.result.problem is None:
            return scope.keys.said(text_hint(lane.run, lane.run.seconds(scope.controller.clock()), is_demo=False))
        title, sentence, _ = problem_lines(run.result.problem, lane.run, os.environ)
        return f"▲ {title}. {sentence}"

    @property
    def _is_overlay(self) -> bool:
        """Whether the lanes are laid over one another; until their texts are compared they stay on one clock."""
        return self._screen.is_aligned and self._is_compared

    def _aligned_frame(self, labels: list[str], width: int) -> RaceFrame:
        """The lanes by output offset."""
        runs = [lane.derived for lane in self._race.lanes if lane.derived is not None]
        rows: list[RaceRow] = []
        for label, lane in zip(labels, self._race.aligned_cells(width), strict=True):
            later = "" if lane.lag_s is None else f"{lane.lag_s:+.2f} s"
            parts = "" if not rows else "same" if lane.parts_at is None else str(lane.parts_at)
            cells = [
                LaneCell(OTHER) if cell.differs and not before.differs else _step_cell(cell.step)
                for before, cell in pairwise([_SAME, *lane.cells])
            ]
            rows.append(RaceRow(label, cells, later, parts))
        longest = max((run.pipeline.content.length for run in runs), default=0)
        return RaceFrame(0.0, float(max(1, longest)), rows, is_aligned=True)

    def _draw_raster(self) -> None:
        screen, race = self._screen, self._race
        labels = [f" {lane.letter} {lane.name}" for lane in race.lanes]
        label_cells = min(_MOST_LABEL_CELLS, max(map(len, labels), default=0) + 2)
        width = max(2, screen.size.width - label_cells - RIGHT_CELLS - 1)
        frame = self._aligned_frame(labels, width) if self._is_overlay else self._clock_frame(labels, width)
        raster = screen.query_one(RaceRaster)
        raster.show_frame(frame, label_cells, width, is_spread=screen.is_roomy)
        if raster.size.height != raster.row_count:
            raster.styles.height = raster.row_count

    def _clock_frame(self, labels: list[str], width: int) -> RaceFrame:
        """The lanes since their own requests."""
        race = self._race
        end = max(_LEAST_AXIS_S, race.end_s if race.is_over else ahead_of(race.seconds()))
        connect = race.connect_s()
        start = -connect if connect >= end / width else 0.0
        rows = [self._row(label, lane, width, start, end) for label, lane in zip(labels, race.lanes, strict=True)]
        position = race.cursor.position
        cursor = None if position is None else (position.at, f"{position.at:.2f} s")
        return RaceFrame(start, end, rows, cursor)

    def _row(self, label: str, lane: RacingLane, width: int, start: float, end: float) -> RaceRow:
        run = lane.derived
        if run is None:
            return RaceRow(label, [])
        now = lane.seconds(self._screen.scope.controller.clock())
        shape, is_odd = race_words.shape_word(run)
        return RaceRow(
            label,
            lane_cells(run, now, width, start, end),
            race_words.first_of(run),
            str(run.stats.read_count),
            shape,
            is_odd,
        )

    def _draw_judgement(self) -> None:
        screen, race = self._screen, self._race
        said = screen.scope.keys.said(race_words.verdict_line(race))
        judgement = screen.query_one("#judgement", NoteLines)
        notes = [race_words.wire_row(race), said, *race_words.receipt_lines(race)]
        if screen.is_aligned:
            comparing = screen.scope.keys.said(race_words.comparing(race.aligned.share))
            notes = race.aligned.notes() if self._is_overlay else [comparing]
        judgement.show_notes(notes)
        screen.mark_front()
        if not screen.is_alone and judgement.size.height != judgement.row_count:
            judgement.styles.height = judgement.row_count
        elif screen.is_alone:
            judgement.styles.height = "1fr"
        screen.query_one("#last", StatusLine).show([Span(said if screen.fit.is_tiny else "")])

    def _draw_footer(self) -> None:
        screen, race = self._screen, self._race
        keys = screen.scope.keys
        hints = key_spans(keys.hints(race_words.footer_hints(race, screen.fit), "race"))
        cancel = [] if race.is_over else [Span(f" {keys.hint('x cancel', 'race')}  ", "status--warn")]
        screen.query_one("#footer", StatusLine).show([*cancel, *hints])


def _is_done_by(stop_at: float, work: Callable[[], bool]) -> bool:
    """Works in portions until nothing is left or the time has come, at least one; whether nothing is left."""
    while not (is_done := work()) and time.monotonic() <= stop_at:
        pass
    return is_done


def _step_cell(step: int | None) -> LaneCell:
    """How much later a lane is, as the height of its mark; nothing where its text has ended."""
    return LaneCell(BLANK) if step is None else LaneCell(TEXT, 2**step)
