"""A scroll bar of one column that draws its own rows, and of them only those that look different.

Textual's draws all of its rows through Rich whenever it moves, which under streaming text was dearer than the text.
"""

from __future__ import annotations

from math import ceil
from typing import ClassVar, cast

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widget import Widget

from tui.panes.kept_drawing import KeptDrawing

_EIGHTHS = 8
_HEADS = "▁▂▃▄▅▆▇"


class ThinScrollBar(KeptDrawing, ScrollBar):
    """Textual's vertical scroll bar with its own drawing; grabbing and clicking are Textual's."""

    ALLOW_SELECT: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__(vertical=True, name="vertical")
        self._thumb = (0, 0)
        self._cells: dict[tuple[str, str, bool], Strip] = {}

    def move(self, rows: int, position: float) -> None:
        """Says how many rows there are and which is at the top; draws only where the thumb was and is."""
        self.set_reactive(ScrollBar.window_virtual_size, rows)
        self.set_reactive(ScrollBar.position, self.validate_position(position))
        before, self._thumb = self._thumb, self._thumb_now()
        for old, new in zip(before, self._thumb, strict=True):
            if old != new:
                first, last = min(old, new) // _EIGHTHS, max(old, new) // _EIGHTHS
                self.refresh(Region(0, first, 1, last - first + 1))

    def render_line(self, y: int) -> Strip:
        """The bar's cell in a row: the thumb in eighths of a cell, nothing above and below it."""
        self._thumb = start, end = self._thumb_now()
        top = y * _EIGHTHS
        if start == end or top + _EIGHTHS <= start or top >= end:
            return self._cell(" ", "scroll_up" if top < start else "scroll_down")
        if top < start:
            return self._cell(_HEADS[_EIGHTHS - 1 - (start - top)], "grab")
        if top + _EIGHTHS > end:
            return self._cell(_HEADS[_EIGHTHS - 1 - (end - top)], "grab", is_reversed=True)
        return self._cell(" ", "grab", is_reversed=True)

    def notify_style_update(self) -> None:
        """Forgets the colours when the theme changes."""
        self._cells.clear()
        super().notify_style_update()

    def watch_mouse_over(self) -> None:
        """Other colours under the pointer."""
        self._cells.clear()

    def watch_grabbed(self) -> None:
        """Other colours while it is held."""
        self._cells.clear()

    def _thumb_now(self) -> tuple[int, int]:
        """Start and end of the thumb in eighths of a cell; both 0 where everything is seen."""
        height, rows, window = self.size.height, self.window_virtual_size, self.window_size
        if not (height and rows > window > 0):
            return 0, 0
        length = max(1.0, window * height / rows)
        start = int((height - length) * self.position / (rows - window) * _EIGHTHS)
        return start, start + ceil(length * _EIGHTHS)

    def _cell(self, sign: str, action: str, *, is_reversed: bool = False) -> Strip:
        """One cell, which does something when the mouse goes down on it."""
        key = (sign, action, is_reversed)
        if key not in self._cells:
            style = self._colours() + Style(reverse=is_reversed, meta={"@mouse.down": action})
            self._cells[key] = Strip([Segment(sign, style)], 1)
        return self._cells[key]

    def _colours(self) -> Style:
        """The colour of the thumb on the ground."""
        view = cast("Widget", self.parent)
        state = "_active" if self.grabbed else "_hover" if self.mouse_over else ""
        ground = getattr(view.styles, f"scrollbar_background{state}")
        if ground.a < 1:
            ground = view.background_colors[0] + ground
        colour = ground + getattr(view.styles, f"scrollbar_color{state}")
        return Style.from_color(colour.rich_color, ground.rich_color)
