"""The keys that find, for every screen with panes to search.

A screen mixes `FindKeys` in, has `FIND_KEYS` among its bindings, closes the bar on esc with `close_find`, and says in
`FIND_BEFORE` above which of its widgets the bar stands. What is searched is the focused pane, if it is `Findable`,
else the one that `find_default` gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget

if TYPE_CHECKING:
    from tui.screens.find_bar import FindBar

FIND_KEYS = (
    Binding("slash,ctrl+f", "find_open", "find", id="find.open"),
    Binding("n", "find_next(1)", "next place", id="find.next", show=False),
    Binding("N", "find_next(-1)", "place before", id="find.previous", show=False),
)


class FindKeys:
    """The keys of a screen that has a find bar."""

    FIND_BEFORE: ClassVar[str]
    _needle = ""

    def find_default(self) -> Widget:
        """The pane that is searched where the focused one cannot be."""
        raise NotImplementedError

    def action_find_open(self) -> None:
        """The bar, with what was searched for last."""
        screen = cast("Screen[Any]", self)
        bar = self._bar
        if bar is not None:
            bar.query_one("#find-needle").focus()
            return
        from tui.screens.find_bar import FindBar  # noqa: PLC0415  nobody searches before the first paint

        focused = screen.focused
        pane = focused if focused is not None and is_findable(focused) else self.find_default()
        screen.mount(FindBar(pane, focused, self._needle), before=self.FIND_BEFORE)

    def action_find_next(self, step: int) -> None:
        """The next place, or the one before."""
        screen: Any = self
        bar = self._bar
        if bar is not None:
            bar.step(step)
        else:
            screen.app.toast(screen.app.keys.said("Nothing is searched for yet. {find.open} finds."))

    def close_find(self) -> bool:
        """Takes the bar and its marks away, and the focus back to where it was; whether there was one."""
        bar = self._bar
        if bar is None:
            return False
        if bar.has_focus_within:
            came_from = bar.came_from if bar.came_from is not None else cast("Widget", bar.pane)
            cast("Screen[Any]", self).set_focus(came_from)
        self._needle = bar.needle
        bar.close()
        return True

    @property
    def _bar(self) -> FindBar | None:
        bars = cast("Any", self).query("#find-bar")
        return next((cast("FindBar", bar) for bar in bars if not bar.is_closed), None)


def is_findable(widget: Widget) -> bool:
    """Whether a widget is `Findable`."""
    return hasattr(widget, "find_more")
