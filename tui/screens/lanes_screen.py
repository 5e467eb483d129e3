"""What Compare and the race have in common: lanes beside one another on one clock, one focused, drawn on one ticker.

What a lane holds, what stands under the lanes and what else can have the focus is each screen's own.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual import on
from textual.binding import Binding, BindingType
from textual.events import Resize

from tui.panes.lane_pane import LanePane
from tui.screens.base_screen import BaseScreen
from tui.screens.frame_ticker import FRAMES_PER_S, FrameTicker
from tui.screens.playback_keys import PLAYBACK_BINDINGS, PlaybackKeys

if TYPE_CHECKING:
    from tui.app import StreamscopeApp

# Of each tick at most for deriving, so that keys never wait for a long run; more where nothing comes meanwhile.
_WORK_S, _CATCHING_UP_S = 0.008, 0.016


class LanesDrawing(Protocol):
    """Draws such a screen."""

    @property
    def is_settled(self) -> bool:
        """Whether the screen shows all there is, and the view stands still."""

    def work(self, work_s: float) -> bool:
        """Derives what came for about so long, if there is so much to do; whether nothing is left."""

    def draw(self, *, is_due: bool) -> None:
        """What came since the last frame; what is drawn less often too when that is due."""


class LanesScreen(PlaybackKeys, BaseScreen):
    """A screen with lanes. It has `action_` next_stop, leave, zoom, back and wire, and `drawing`."""

    ESCAPE_TO_MINIMIZE = False
    DEFAULT_CSS = """
    LanesScreen {
        & LanePane.-unused { display: none; }
        &.-solo LanePane, &.-single LanePane { display: none; }
        &.-solo LanePane.-front, &.-single LanePane.-front { display: block; }
        & #footer { dock: bottom; }
        &.-tiny #footer { dock: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *PLAYBACK_BINDINGS,
        Binding("x", "app.cancel_run", "cancel", id="run.cancel"),
        Binding("escape", "leave", "cancel", id="run.leave", show=False),
        Binding("tab", "next_stop(1)", "lane", id="pane.next"),
        Binding("shift+tab", "next_stop(-1)", "lane before", id="pane.previous"),
        Binding("z", "zoom", "zoom", id="view.zoom"),
        Binding("q", "back", "back", id="screen.back"),
        Binding("l,f2", "back", "Live", id="screen.live"),
        Binding("w,f4", "wire", "wire", id="screen.wire"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ticker = FrameTicker(time.monotonic, self.frames_must_wait)

    @property
    def scope(self) -> StreamscopeApp:
        """The app, by its own type."""
        return self.app  # type: ignore[return-value]

    @property
    def drawing(self) -> LanesDrawing:
        """Who draws it."""
        raise NotImplementedError

    @property
    def is_streaming(self) -> bool:
        """Whether something comes meanwhile."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Starts the ticker."""
        self.set_interval(1 / FRAMES_PER_S, self._tick)

    def mark_lanes(self, front: int, count: int) -> None:
        """Says in the classes of the panes which lane is focused, and that those from `count` on are not in use."""
        for place, pane in enumerate(self.query(LanePane)):
            pane.set_class(place == front, "-front")
            pane.set_class(place >= count, "-unused")

    @on(Resize)
    def _resized(self) -> None:
        self.call_after_refresh(self.draw_slow)

    def draw_slow(self) -> None:
        """Draws everything now; a screen that was closed meanwhile draws nothing."""
        if self in self.app.screen_stack:
            self.drawing.draw(is_due=True)

    def draw_anew(self) -> None:
        """Another way of drawing was chosen."""
        self.draw_slow()

    def _tick(self) -> None:
        """Nothing at all while nothing changes or another screen is shown."""
        if self.drawing.is_settled or not self.is_seen or self.frames_must_wait():
            return
        self.drawing.work(_WORK_S if self.is_streaming else _CATCHING_UP_S)
        has_moved = self.playback.tick()
        # As with few chunks: with four panes half the frames are enough.
        if not self._ticker.begin(1) and not has_moved:
            return
        started = time.monotonic()
        self.drawing.draw(is_due=self._ticker.slow_is_due() or has_moved)
        self._ticker.drew(started)
