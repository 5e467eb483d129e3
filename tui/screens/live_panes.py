"""Which pane of the Live screen is in front: of the tabs on a narrow screen, and alone on a small one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.geometry import Offset

from tui.panes.line_view import LineView
from tui.panes.status_line import StatusLine
from tui.screens.base_screen import JumpTarget

if TYPE_CHECKING:
    from tui.screens.live_screen import LiveScreen

PANES = ("text", "segments", "extracts", "stats", "raster")
SIDE_PANES = PANES[1:4]


class LivePanes:
    """`side` is the tab in front, `alone` the pane that is shown where one is shown at a time.

    Both follow the focus at every size, so that a resize finds them where the reader is.
    """

    def __init__(self, screen: LiveScreen) -> None:
        self._screen = screen
        self.side = SIDE_PANES[0]
        self.alone = PANES[0]

    def bring(self, pane: str) -> None:
        """Puts a pane in front wherever others could hide it."""
        self.alone = pane
        if pane in SIDE_PANES:
            self.side = pane
        self.mark()
        if self._screen.has_class("-zoomed"):
            self.zoom(pane)

    def zoom(self, pane: str) -> None:
        """Gives a pane the whole body."""
        for view in self._screen.query(LineView):
            view.set_class(view.id == pane, "-zoom")
        self._screen.query_one("#body").set_class(pane == "raster", "-covered")

    def mark(self) -> None:
        """Says it in the classes of panes and of what holds them."""
        query = self._screen.query_one
        for name in SIDE_PANES:
            query(f"#{name}").set_class(name == self.side, "-front")
        shown = {self.alone, "preview" if self.alone == "text" else ""}
        for name in (*PANES, "preview"):
            self._screen.query(f"#{name}").set_class(name in shown, "-alone")
        query("#side").set_class(self.alone in SIDE_PANES, "-alone")
        query("#body").set_class(self.alone != "raster", "-alone")

    def hidden(self) -> list[JumpTarget]:
        """The panes that others hide, at their names in the bar that is seen."""
        found = []
        for line, names in (("#tabs", SIDE_PANES), ("#panes", PANES)):
            bar = self._screen.query_one(line, StatusLine)
            if bar.region.area:
                for name, offset in zip(names, bar.left_offsets(), strict=False):
                    if not self._screen.query_one(f"#{name}").region.area:
                        before = Offset(max(0, offset.x - 2), offset.y)  # so that little of the name is covered
                        found.append(JumpTarget(before, partial(self._screen.action_focus_pane, name)))
        return found

    def after(self, pane: str, step: int) -> str:
        """The pane (or the prompt) that tab reaches from one: all of them, also those that are hidden now."""
        stops = (*PANES, "prompt")
        return stops[(stops.index(pane) + step) % len(stops)] if pane in stops else PANES[0]
