"""What every widget of ours that is on the screen all the time has in common: what did not change costs nothing.

Textual asks each visible widget for all of its lines whenever anything on those rows of the screen changed, and
works out frame, colours and padding anew for each line, a fifth of a millisecond a line (Textual 8.2.8, measured).
Here a line is drawn when it was marked as changed, and its frame is taken from one that Textual drew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Region, Spacing
from textual.strip import Strip
from textual.widget import Widget


class Frame(NamedTuple):
    """What all lines of one drawing have in common; `height` is that of the content, `width` includes the frame."""

    gutter: Spacing
    width: int
    height: int
    style: Style
    filters: Sequence[LineFilter]
    background: Color


class KeptDrawing(Widget):
    """Keeps its lines. A subclass draws its content with `render_line`, in full colours, without padding."""

    _kept: list[Strip] | None = None
    _kept_look: tuple[Region, str, Spacing] | None = None
    _stale: set[int] | None = None  # lines of the widget to draw again; None: all
    _edges: tuple[Strip, Strip] | None = None
    _lines_share: Frame | None = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of the screen, frame included."""
        if crop.column_span != (0, self.outer_size.width):  # partly out of the screen: rare, and Textual's
            self._ready_to_draw(crop)
            return super().render_lines(crop)
        look = (crop, self.app.theme, self.scrollbar_gutter)
        if look != self._kept_look:
            self._edges = None
        kept = self._kept if look == self._kept_look else None
        stale = None if kept is None else self._stale
        if kept is None or stale is None:
            self._ready_to_draw(crop)
            kept = [self.framed_line(y) for y in crop.line_range]
        elif stale:
            self._ready_to_draw(crop)
            for y in stale.intersection(crop.line_range):
                kept[y - crop.y] = self.framed_line(y)
        self._kept, self._kept_look, self._stale = kept, look, set()
        return kept

    def framed_line(self, y: int) -> Strip:
        """A line of the widget with its frame; `y` counts from the upper edge, frame included."""
        edges = self.frame
        row = y - edges.gutter.top
        if not 0 <= row < edges.height:
            return super().render_lines(Region(0, y, edges.width, 1))[0]
        strip = self.render_line(row).adjust_cell_length(edges.width - edges.gutter.width, self.base_style)
        for line_filter in edges.filters:
            strip = strip.apply_filter(line_filter, edges.background)
        if not edges.gutter.width:
            return strip
        left, right = self._learned_edges(y)
        return Strip([*left, *strip, *right], edges.width)

    @property
    def base_style(self) -> Style:
        """The style of the content where nothing else is said, as it was when this drawing began."""
        return self.frame.style

    @property
    def frame(self) -> Frame:
        """What the lines of the drawing have in common; of a widget that was never drawn, what they would have."""
        if self._lines_share is None:
            self._ready_to_draw(self.outer_size.region)
        return cast("Frame", self._lines_share)

    def _ready_to_draw(self, crop: Region) -> None:
        """Looks up once a drawing what Textual works out anew at each look."""
        gutter = self.gutter
        height = self.outer_size.height - gutter.height
        filters = self.app.get_line_filters()
        self._lines_share = Frame(gutter, crop.width, height, self.rich_style, filters, self.background_colors[1])

    def _learned_edges(self, y: int) -> tuple[Strip, Strip]:
        """The frame to the left and right of the content, cut from a line as Textual draws it."""
        gutter, width = self.frame.gutter, self.frame.width
        if self._edges is None:
            line = super().render_lines(Region(0, y, width, 1))[0]
            self._edges = line.crop(0, gutter.left), line.crop(width - gutter.right, width)
        return self._edges

    def _set_dirty(self, *regions: Region) -> None:
        """Textual's own mark of a change, which every refresh goes through; regions are those of the content."""
        if not regions:
            self._stale = self._edges = None
        elif self._stale is not None:
            top = self.content_offset.y
            for region in regions:
                self._stale.update(range(region.y + top, region.bottom + top))
        super()._set_dirty(*regions)
