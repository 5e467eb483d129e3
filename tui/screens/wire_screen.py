"""The Wire screen: every frame with its read, gap and size, and the bytes of the one under the cursor. Layout and keys.

What the rows are is the model in `tui.core.wire_view`; the run is the controller's, live or over.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.events import DescendantFocus, Resize
from textual.timer import Timer

from tui.core.wire_view.frame_filter import FrameFilter
from tui.core.wire_view.oddity_list import row_of
from tui.panes.frame_detail import FrameDetail
from tui.panes.frames_table import TIME_MODES, FramesTable
from tui.panes.head_line import HeadLine
from tui.panes.line_view import LineView
from tui.panes.raster_pane import RasterPane
from tui.panes.status_line import StatusLine
from tui.screens import wire_words
from tui.screens.base_screen import BaseScreen
from tui.screens.filter_bar import FilterBar
from tui.screens.find_keys import FIND_KEYS, FindKeys
from tui.screens.frame_places import has_place
from tui.screens.frame_ticker import FRAMES_PER_S, FrameTicker
from tui.screens.head_screen import HeadScreen
from tui.screens.oddities_screen import OdditiesScreen
from tui.screens.playback_keys import PLAYBACK_BINDINGS
from tui.screens.screen_commands import wire_commands
from tui.screens.screen_sizes import Fit
from tui.screens.wire_copying import WireCopying
from tui.screens.wire_drawing import WireDrawing
from tui.screens.wire_playback import WirePlayback

if TYPE_CHECKING:
    from tui.app import StreamscopeApp
    from tui.core.wire_view.wire_log import WireLog

_REST_S = 0.2  # how often a screen at rest looks whether something began


class WireScreen(WirePlayback, WireCopying, FindKeys, BaseScreen):
    """Draws the controller's run on one ticker. `frame` is the one to begin at; without it the end is followed."""

    ESCAPE_TO_MINIMIZE = False
    AUTO_FOCUS = "#frames"
    FIND_BEFORE = "#wire-arrivals"
    CSS = """
    WireScreen {
        overflow: hidden;
        & #wire-body { height: 1fr; }
        &.-wide #wire-body { layout: horizontal; }
        &.-wide FramesTable { width: 60%; }
        &.-wide FrameDetail { width: 40%; }
        &.-narrow FramesTable { height: 55%; }
        &.-narrow FrameDetail { height: 45%; }
        & FramesTable, & FrameDetail { border: round $border; border-title-color: $text; }
        & FramesTable:focus, & FrameDetail:focus { border: round $accent; }
        & HeadLine:focus { background: $surface; }
        & #wire-arrivals { height: 1; }
        & #wire-raster { height: 1; width: 1fr; border: none; overflow-y: hidden; }
        &.-zoomed FramesTable, &.-zoomed FrameDetail { display: none; }
        &.-zoomed #wire-body .-zoom { display: block; width: 100%; height: 100%; }
        &.-small FramesTable, &.-small FrameDetail { display: none; height: 100%; width: 100%; }
        &.-small FramesTable.-front, &.-small FrameDetail.-front { display: block; }
        &.-small FramesTable, &.-small FrameDetail { border: none; border-top: solid $border; }
        &.-small #wire-arrivals { display: none; }
        & #footer { dock: bottom; }
        &.-tiny #footer { dock: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "app.cancel_run", "cancel", id="run.cancel"),
        Binding("tab", "next_pane(1)", "next pane", id="pane.next", show=False),
        Binding("shift+tab", "next_pane(-1)", "pane before", id="pane.previous", show=False),
        Binding("escape", "leave", "close, cancel", id="run.leave", show=False),
        Binding("f", "filter", "filter", id="wire.filter"),
        Binding("a", "next_time", "time", id="wire.time"),
        Binding("v", "next_view", "detail", id="view.next"),
        Binding("vertical_line", "reads", "reads", id="view.joints"),
        *PLAYBACK_BINDINGS,
        Binding("exclamation_mark", "problems", "problems", id="list.problems"),
        *FIND_KEYS,
        Binding("Y", "copy_as", "copy as", id="item.copyas"),
        Binding("s", "save_as", "save as", id="item.save"),
        Binding("z", "zoom", "zoom", id="view.zoom"),
        Binding("q", "back", "back", id="screen.back"),
        Binding("l,f2", "back", "Live", id="screen.live"),
        Binding("c,f3", "compare", "compare", id="screen.compare"),
        Binding("1", "live_pane('text')", "text", id="pane.1"),
        Binding("2", "live_pane('segments')", "units", id="pane.2"),
        Binding("3", "live_pane('extracts')", "extracts", id="pane.3"),
        Binding("4", "live_pane('stats')", "stats", id="pane.4"),
    ]

    def __init__(self, frame: int | None = None) -> None:
        super().__init__()
        self.time_mode = TIME_MODES[0]
        self.shows_reads = False
        self._first_frame = frame
        self._drawing = WireDrawing(self)
        self._frames: Timer | None = None
        self._ticker = FrameTicker(time.monotonic, self.frames_must_wait)

    @property
    def wire_log(self) -> WireLog | None:
        """The rows of the run."""
        return self._drawing.log

    @property
    def frames_table(self) -> FramesTable:
        """The table of the rows."""
        return self.query_one(FramesTable)

    @property
    def scope(self) -> StreamscopeApp:
        """The app, by its own type."""
        return self.app  # type: ignore[return-value]

    def compose(self) -> ComposeResult:
        """Header, head, table and detail, filter, arrivals, footer."""
        yield StatusLine(id="header")
        yield HeadLine(id="head")
        with Container(id="wire-body"):
            yield FramesTable(id="frames").add_class("-front")
            yield FrameDetail(id="detail")
        yield FilterBar(id="filter-bar")
        with Horizontal(id="wire-arrivals"):
            raster = RasterPane(id="wire-raster", narrow_label=" arrivals")
            raster.can_focus = False
            yield raster
            yield StatusLine(id="wire-time")
        yield StatusLine(id="last")
        yield StatusLine(id="footer")

    def on_mount(self) -> None:
        """Starts the ticker, and goes to the frame that was asked for."""
        self._frames = self.set_interval(1 / FRAMES_PER_S, self._tick)
        self.set_interval(_REST_S, self._wake)
        self.call_after_refresh(self._begin)

    def commands(self) -> Iterable[SystemCommand]:
        """What it adds to the palette."""
        return wire_commands(self)

    def _begin(self) -> None:
        if self._first_frame is None:
            self.draw()
        else:
            self.show_frame(self._first_frame)

    # Keys.

    def find_default(self) -> FramesTable:
        """The frames."""
        self._focus_pane(self.query_one(FramesTable))
        return self.query_one(FramesTable)

    def action_leave(self) -> None:
        """Esc does one thing: closes the find bar, or the filter bar and clears it, else cancels an open run."""
        if self.close_find():
            return
        if self.query_one(FilterBar).is_open:
            self._close_filter()
            self.set_filter("")
        elif self.scope.controller.is_streaming:
            self.scope.action_cancel_run()

    def action_back(self) -> None:
        """To the screen before."""
        self.app.pop_screen()

    def action_next_pane(self, step: int) -> None:
        """The focus goes round the panes; where one is shown at a time the other one comes to the front."""
        panes: list[LineView] = [self.query_one(HeadLine), self.query_one(FramesTable), self.query_one(FrameDetail)]
        place = panes.index(self.focused) if self.focused in panes else 0
        self._focus_pane(panes[(place + step) % len(panes)])

    def fit_changed(self, before: Fit) -> None:
        """What was hidden on a tiny screen gets the focus again."""
        if before.is_tiny and self.focused is None:
            self._focus_pane(self.query_one(FramesTable))

    def _focus_pane(self, pane: LineView) -> None:
        if not isinstance(pane, HeadLine):
            for other in self.query("#wire-body LineView"):
                other.set_class(other is pane, "-front")
        pane.focus()

    def action_compare(self) -> None:
        """The Compare screen in place of this one."""
        from tui.screens.compare_screen import CompareScreen  # noqa: PLC0415  it knows this screen too

        self.app.switch_screen(CompareScreen(self.scope.comparison))

    def action_live_pane(self, pane: str) -> None:
        """Back to Live, to one of its panes."""
        self.action_back()
        self.scope.live.action_focus_pane(pane)

    def action_filter(self) -> None:
        """Opens the filter bar with the words that hold now."""
        self.query_one(FilterBar).open(self._drawing.words)

    def action_only_events(self) -> None:
        """Hides comments, ignored lines and all else that is no frame."""
        self.set_filter("frame>=0")

    def action_hide_keep_alives(self) -> None:
        """Hides comments and empty frames."""
        self.set_filter("-kind:comment -kind:empty")

    def action_next_time(self) -> None:
        """The gap to the row before, seconds since the start, the clock."""
        self.time_mode = TIME_MODES[(TIME_MODES.index(self.time_mode) + 1) % len(TIME_MODES)]
        self.draw()

    def action_next_view(self) -> None:
        """JSON, raw, hex."""
        self.query_one(FrameDetail).next_view()
        self._drawing.draw_detail()

    def action_reads(self) -> None:
        """Shows or hides which rows and bytes came in one network read."""
        self.shows_reads = not self.shows_reads
        self.query_one(FrameDetail).toggle_joints(is_shown=self.shows_reads)
        self.draw()

    def action_problems(self) -> None:
        """Problems, remarks, stalls and traps in one list; enter goes to the frame."""
        self.app.push_screen(OdditiesScreen(self.scope.controller), self._show_oddity)

    def action_zoom(self) -> None:
        """Gives the table or the detail the whole body, or gives it back."""
        focused = self.focused
        if self.has_class("-zoomed") or not isinstance(focused, (FramesTable, FrameDetail)):
            self.remove_class("-zoomed")
        else:
            self.add_class("-zoomed")
            for pane in self.query("#wire-body LineView"):
                pane.set_class(pane is focused, "-zoom")
        self.call_after_refresh(self.draw)

    # From the panes.

    @on(FramesTable.Moved)
    def _moved(self) -> None:
        is_following = self.query_one(FramesTable).is_following and self.scope.controller.is_streaming
        if not is_following:  # of a run that is followed the slow beat shows the last frame
            self.draw()

    @on(FramesTable.CopyAsked)
    @on(FrameDetail.CopyAsked)
    def _copy_asked(self) -> None:
        self.copy_rows()

    @on(FramesTable.PlaceAsked)
    @on(FrameDetail.PlaceAsked)
    def _place_asked(self) -> None:
        """Goes to Live, to the place of the frame in the text."""
        log, row = self._drawing.log, self.query_one(FramesTable).selected_row
        if log is None or row is None:
            return
        frame = log.entry(row).frame
        if frame is None or not has_place(log.run, frame):
            self.scope.toast(wire_words.NO_PLACE)
            return
        self.action_back()
        self.scope.live.show_place(frame)

    @on(HeadLine.HeadAsked)
    def _head_asked(self) -> None:
        run = self.scope.controller.derived
        self.app.push_screen(HeadScreen(list(run.capture.heads) if run is not None else []))

    @on(FilterBar.Entered)
    def _filter_entered(self, message: FilterBar.Entered) -> None:
        self._close_filter()
        self.set_filter(message.words.text)

    # From outside.

    def show_frame(self, frame: int) -> None:
        """Puts the cursor on a frame; a filter that hides it is taken away."""
        self._drawing.finish()
        if self._drawing.log is not None:
            self.go_to_row(self._drawing.log.row_of_frame(frame))

    def set_filter(self, words: str) -> None:
        """Shows only the rows that these words let pass. Raises UsageError when they are none."""
        table = self.query_one(FramesTable)
        row = table.selected_row
        self._drawing.set_filter(FrameFilter.parse(words))
        if row is not None and self._drawing.log is not None:
            table.select_run_row(row)

    def filter_failed(self, why: str) -> None:
        """A filter that cannot be used is taken away."""
        self.scope.toast(why, severity="warning")
        self._drawing.set_filter(FrameFilter())

    @on(RasterPane.SeekAsked)
    def _seek_asked(self, message: RasterPane.SeekAsked) -> None:
        self.playback.seek_share(message.share)
        self.draw_slow()

    def draw_slow(self) -> None:
        """Draws everything now, and what follows."""
        self.draw()
        self._wake()

    def draw_anew(self) -> None:
        """It is seen again."""
        self.draw_slow()

    def draw(self) -> None:
        """Draws everything now; a screen that was closed meanwhile draws nothing."""
        if self in self.app.screen_stack:
            self._drawing.draw(is_due=True)

    def _show_oddity(self, oddity: Any) -> None:
        self._drawing.finish()
        log = self._drawing.log
        row = row_of(oddity, log) if oddity is not None and log is not None else None
        if row is not None:
            self.go_to_row(row)

    def go_to_row(self, row: int) -> None:
        """Puts the cursor on a row of the run; a filter that hides it is taken away."""
        table = self.query_one(FramesTable)
        if not table.select_run_row(row):
            self.set_filter("")
            table.select_run_row(row)
        self._drawing.draw(is_due=True)

    def _close_filter(self) -> None:
        self.query_one(FilterBar).close()
        self._focus_pane(self.query_one(FramesTable))

    @on(DescendantFocus)
    def _focus_moved(self) -> None:
        self.call_after_refresh(self.draw)

    @on(Resize)
    def _resized(self) -> None:
        self.call_after_refresh(self.draw)

    def _wake(self) -> None:
        """Lets the frames begin again once there is something to draw."""
        if self._frames is not None and self.is_seen and not self._drawing.is_settled:
            self._frames.resume()

    def _tick(self) -> None:
        """One frame; while nothing changes or another screen is shown there are none."""
        if self._frames is not None and (self._drawing.is_settled or not self.is_seen):
            self._frames.pause()
            return
        has_moved = self.playback.tick()
        if not self._ticker.begin(1) and not has_moved:
            return
        started = time.monotonic()
        self._drawing.draw(is_due=self._ticker.slow_is_due())
        self._ticker.drew(started)
