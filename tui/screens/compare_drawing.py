"""What the Compare screen shows of its comparison: texts, bars, numbers, titles, hints. Draws; decides nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.core.comparison import MOST_LANES, Comparison
from tui.core.price_cells import price_rows, range_cells
from tui.panes.lane_pane import LanePane
from tui.panes.lanes_raster import LanesRaster
from tui.panes.line_view import Span
from tui.panes.note_lines import NoteLines
from tui.panes.price_table import WIDE_TABLE_CELLS, PriceTable
from tui.panes.rows_pane import RowsPane
from tui.panes.status_line import StatusLine, key_spans
from tui.screens import compare_words, live_words, small_lines
from tui.screens.compare_frame import header_spans, raster_frame

if TYPE_CHECKING:
    from tui.playback import Position
    from tui.screens.compare_screen import CompareScreen
    from tui.screens.run_controller import ActiveRun

_WORK_S = 0.008  # of each frame, besides what is done between two
_WORK_CHUNKS = 100
_LABELS_WIDE, _LABELS_NARROW = 21, 13


class CompareDrawing:
    """Draws a Compare screen; knows whether there is more to draw."""

    def __init__(self, screen: CompareScreen) -> None:
        self._screen = screen
        self._run: ActiveRun | None = None
        self._is_final = False

    @property
    def is_settled(self) -> bool:
        """Whether the screen shows all there is of the run, which is over or not there, and the view stands still."""
        is_still = not self._screen.playback.is_playing
        return self._is_final and is_still and self._run is self._screen.scope.controller.run

    def draw(self, *, is_due: bool) -> None:
        """What came since the last frame: texts at once, bars and numbers when they are due, and at the end."""
        controller = self._screen.scope.controller
        is_due = is_due or controller.run is not self._run
        self._run = controller.run
        if controller.derived is not None:  # until a new run begins, the one before stays
            self._comparison.show(controller.derived)
        controller.playback.show(controller.derived)
        self._is_final = self.work(_WORK_S) and not controller.is_streaming
        is_due = is_due or self._is_final
        self._draw_texts(is_due=is_due)
        if is_due:
            self._draw_rest()

    @property
    def _comparison(self) -> Comparison:
        return self._screen.comparison

    @property
    def _position(self) -> Position | None:
        """Where the view of the compared run is held; None where it follows."""
        playback = self._screen.playback
        return playback.position if playback.run is self._comparison.run else None

    @property
    def _now(self) -> float:
        """Now, or the end of a run that is over."""
        run = self._comparison.run
        end = run.capture.end if run is not None else None
        return end.at if end is not None else self._screen.scope.controller.seconds()

    def work(self, work_s: float) -> bool:
        """Derives what came for about so long, if there is so much to do; whether nothing is left."""
        stop_at = time.monotonic() + work_s
        while not (is_done := self._comparison.advance(_WORK_CHUNKS)):
            if time.monotonic() > stop_at:
                break
        return is_done

    def _lane_pane(self, index: int) -> LanePane:
        return self._screen.query_one(f"#lane-{index}", LanePane)

    def _draw_texts(self, *, is_due: bool) -> None:
        views, position = self._comparison.views, self._position
        now = self._now if position is None else position.at
        are_shown = self._screen.query_one("#compare-lanes").display
        for index in range(MOST_LANES):
            pane = self._lane_pane(index)
            pane.show_lane(views[index] if index < len(views) else None)
            if are_shown and pane.display:  # a hidden one catches up at once when it is shown
                view = views[index] if position is not None and index < len(views) else None
                moment = view.after_frames(position.frames) if view is not None and position is not None else None
                pane.draw_new(now, is_due=is_due, moment=moment)

    def _draw_rest(self) -> None:
        screen = self._screen
        screen.set_class(self._run is None, "-empty")
        screen.query_one("#nothing", NoteLines).show_notes([screen.scope.keys.said(compare_words.NOTHING_YET)])
        left, right = header_spans(screen.scope, len(self._comparison.lanes), screen.fit)
        screen.query_one("#header", StatusLine).show(left, right)
        last = small_lines.last_line(self._comparison.run, screen.fit.width) if screen.fit.is_tiny else ""
        screen.query_one("#last", StatusLine).show([Span(last)])
        self._draw_titles()
        if self._comparison.run is not None:
            self._draw_price()
            self._draw_bars()
            views = [screen.query_one(f"#{name}", RowsPane) for name in ("bars", "price", "notes")]
            screen.is_split = screen.fit.is_small and sum(view.row_count for view in views) > screen.fit.height - 2
            screen.mark_front()
            for view in views:
                _fit(view)
        keys = screen.scope.keys
        is_streaming = screen.scope.controller.is_streaming
        words = compare_words.footer_hints(screen.fit, screen.playback, is_streaming=is_streaming)
        hints = key_spans(keys.hints(words, "compare"))
        cancel = f" {keys.hint('x cancel', 'compare')}  " if is_streaming else ""
        screen.query_one("#footer", StatusLine).show([*([Span(cancel, "status--warn")] if cancel else []), *hints])

    def _draw_titles(self) -> None:
        scope = self._screen.scope
        hint = live_words.text_hint(self._run, scope.controller.seconds(), is_demo=bool(scope.endpoint.demo_of(None)))
        if self._run is not None and self._run.is_over:
            hint = compare_words.NO_TEXT
        for index, lane in enumerate(self._comparison.lanes):
            pane = self._lane_pane(index)
            pane.set_hint(scope.keys.said(hint))
            view, position = pane.shown_view, self._position
            if view is None:
                count = 0
            else:
                count = view.released_length if position is None else view.after_frames(position.frames).released_length
            pane.show_title(compare_words.lane_title(index, lane), count)

    def _draw_price(self) -> None:
        screen, comparison = self._screen, self._comparison
        rows = price_rows(comparison.lanes, comparison.prices(), comparison.reader, has_clock=comparison.has_clock)
        has_wide_table = screen.is_wide and screen.fit.width >= WIDE_TABLE_CELLS
        ranges = [range_cells(*ends) for ends in comparison.ranges()]
        screen.query_one(PriceTable).show_prices(
            rows, ranges, comparison.reader, is_wide=has_wide_table, room=screen.fit.width
        )
        verdict = compare_words.verdict(comparison)
        reader = "" if has_wide_table else f"{compare_words.reader_name(comparison.reader)}. "
        notes = [
            f"► {verdict}" if verdict else "",
            reader + screen.scope.keys.said(compare_words.runs_line(comparison)),
        ]
        screen.query_one("#notes", NoteLines).show_notes(notes)

    def _draw_bars(self) -> None:
        bars = self._screen.query_one(LanesRaster)
        labels = _LABELS_WIDE if self._screen.is_wide else _LABELS_NARROW
        cells = max(1, self._screen.size.width - labels - 1)
        frame = raster_frame(self._comparison, self._now, cells, self._position)
        bars.show_frame(frame, labels, cells, is_spread=self._has_spare_rows)

    @property
    def _has_spare_rows(self) -> bool:
        """Whether a narrow screen without text has room for lanes that stand apart."""
        screen = self._screen
        bars = 2 + 2 * len(self._comparison.lanes)
        others = screen.query_one(PriceTable).row_count + screen.query_one("#notes", NoteLines).row_count
        return not screen.is_wide and not screen.is_text_open and screen.size.height >= bars + others + 2


def _fit(view: RowsPane) -> None:
    """Gives a view the height of its rows; only a change costs a layout."""
    if view.size.height != view.row_count:
        view.styles.height = view.row_count
