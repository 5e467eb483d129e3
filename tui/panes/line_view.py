"""The line-API view under every pane: draws the rows on screen and nothing else.

A subclass says how many rows there are and what row i holds; cost is per frame, never per token. Rows are drawn
from `Span`s (text, style name); all text must be sanitised by the subclass, which is where the display boundary is.
"""

from __future__ import annotations

from collections import OrderedDict
from time import monotonic
from typing import Any, ClassVar, NamedTuple, Self

from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tui.panes.kept_drawing import KeptDrawing
from tui.panes.placed_strip import placed
from tui.panes.tail_jump import SETTLED_AFTER_S, TailJump
from tui.panes.thin_scroll_bar import ThinScrollBar
from tui.panes.wrapped_text import TAB_CELLS, WrappedText

_KEPT_ROWS = 128  # or two screens, if that is more: a drawn row takes some ten kilobytes
_COPIED_ROWS = 200_000  # a selection of everything is cut rather than freezing the app


class Span(NamedTuple):
    """A piece of a row: safe text and the name of a style (a component class of the view, or empty)."""

    text: str
    style: str = ""


class LineView(KeptDrawing, ScrollView, can_focus=True):
    """A scrolling view over rows; follows the end only while the user is at the end."""

    ALLOW_SELECT = True
    KEEPS_LINES: ClassVar[bool] = False
    """Whether a final row looks the same wherever it is scrolled to, its frame included, until `rows_changed`."""
    JUMPS: ClassVar[bool] = False
    """Whether rows that come fast scroll the view by several at once."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", "down", id="list.down", show=False),
        Binding("k,up", "scroll_up", "up", id="list.up", show=False),
        Binding("g,home", "scroll_home", "first", id="list.first", show=False),
        Binding("G,end", "scroll_end", "last", id="list.last", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"find--match", "find--now"}
    DEFAULT_CSS = """
    LineView {
        height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1;
        & .find--match { color: $accent; text-style: bold underline; }
        & .find--now { text-style: bold reverse; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  Textual's name
        self._is_titling = False
        self._bar: ThinScrollBar | None = None
        super().__init__(id=id, classes=classes)
        self.is_following = True
        self._place = 0  # the first row that the reader sees, or saw before a resize
        self._place_offset: int | None = None  # where in the text it begins, once that was asked
        self._is_returning = False
        self._strips: OrderedDict[tuple[int, bool], Strip] = OrderedDict()
        self._style_cache: dict[str, Style] = {}
        self._lines: OrderedDict[int, Strip] = OrderedDict()
        self._tail = TailJump(monotonic)
        self._settling: Timer | None = None
        self._lines_look: tuple[int, bool, str] = (0, False, "")

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def row_spans(self, row: int) -> list[Span]:
        """What stands in a row, as sanitised text."""
        raise NotImplementedError

    def row_is_final(self, row: int) -> bool:
        """Whether a row will never change, so that its drawing can be kept."""
        return row < self.row_count - 1

    def rows_changed(self, first_row: int | None = None) -> None:
        """Says that rows changed: from `first_row` on, or (None) all of them. Call it once a frame at most."""
        self._forget_rows(first_row)
        top = self.scroll_offset.y
        self._set_extent(Size(self.scrollable_content_region.width, self._end_of_rows(first_row)))
        if self.is_following:
            self.scroll_to(y=self.max_scroll_y, force=True)
        self._move_bar()
        if first_row is None:
            self.refresh()
        elif self.scroll_offset.y == top:  # else all rows moved, and Textual draws them
            self._refresh_from(first_row - top)

    def set_title(self, title: Content) -> None:
        """Writes a title on the frame; of the pane only that line is drawn again."""
        self._is_titling = True
        try:
            self.border_title = title
        finally:
            self._is_titling = False

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """As Textual's; it would draw all of a widget whose title changed."""
        if self._is_titling and self.gutter.top:
            regions = (Region(-self.gutter.left, -self.gutter.top, self.outer_size.width, 1),)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def follow(self) -> None:
        """Goes to the end and stays there while more comes."""
        self.is_following = True
        self.scroll_to(y=self.max_scroll_y, force=True)

    def scroll_to(self, x: float | None = None, y: float | None = None, **options: Any) -> None:
        """Goes there at once: gliding would draw frames that nobody reads."""
        super().scroll_to(x, y, **{**options, "animate": False, "immediate": True})

    def action_scroll_end(self) -> None:
        """The end, and following it: Textual's own would glide there and miss what comes meanwhile."""
        self.follow()

    @property
    def vertical_scrollbar(self) -> ThinScrollBar:
        """The scroll bar, made when it is first asked for."""
        if self._bar is None:
            self._bar = self._vertical_scrollbar = ThinScrollBar()
            self._bar.display = False
            self.app._start_widget(self, self._bar)  # noqa: SLF001  as Textual's own property does
        return self._bar

    def render(self) -> str:
        """Unused: the line API draws."""
        return ""

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        row = y + self.scroll_offset.y
        width = self.size.width
        if row >= self.row_count:
            return Strip.blank(width, self.base_style)
        return self._strip(row, width)

    def framed_line(self, y: int) -> Strip:
        """A line of the screen, frame included; one that only moved is not made again."""
        frame = self.frame
        line = y - frame.gutter.top
        row = line + self.scroll_offset.y
        is_content = 0 <= line < frame.height and row < self.row_count
        if not (self.KEEPS_LINES and is_content and self.row_is_final(row)):
            return super().framed_line(y)
        look = (frame.width, self.has_focus, self.app.theme)
        if look != self._lines_look:
            self._lines.clear()
            self._lines_look = look
        strip = self._lines.get(row)
        if strip is None:
            strip = self._lines[row] = super().framed_line(y)
            if len(self._lines) > self._kept_rows:
                self._lines.popitem(last=False)
        return strip

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, for the clipboard."""
        first = selection.start.y if selection.start else 0
        last = min(selection.end.y if selection.end else self.row_count - 1, self.row_count - 1, first + _COPIED_ROWS)
        lines = []
        for row in range(first, last + 1):
            chosen = selection.get_span(row)
            if chosen is not None:
                text = self._row_plain(row)
                lines.append(text[chosen[0] : None if chosen[1] < 0 else chosen[1]])
        return "\n".join(lines), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draws a changed selection."""
        del selection
        self._forget_rows()
        self.refresh()

    def notify_style_update(self) -> None:
        """Forgets cached styles when the theme changes."""
        self._style_cache.clear()
        self._forget_rows()
        super().notify_style_update()

    @on(Resize)
    def _return_to_place(self) -> None:
        """A view that stood at the end does so in another size too, another one at the row where the reader was.

        A subclass that wraps its rows anew has done so before.
        """
        self._is_returning = True
        self.scroll_to(y=self.max_scroll_y if self.is_following else self._place, force=True)
        self._is_returning = False

    def wrap_anew(self, wrapped: WrappedText, width: int) -> None:
        """Wraps the text whose rows these are for another width; the reader's row is the one with the same text.

        The text of that row is remembered until the reader moves: else it would slip a little at every width.
        """
        if self._place_offset is None:
            self._place_offset = wrapped.row_start(self._place)
        wrapped.set_width(width)
        self._place = wrapped.row_at(self._place_offset)
        self._is_returning = True
        self.rows_changed()
        self._is_returning = False

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Stops following when the user leaves the end, and follows again when they return to it."""
        self._move_bar()
        self.scroll_target_y = new_value  # nothing glides here, and a resize moves only the position
        if round(old_value) != round(new_value):
            self.refresh(self.size.region)
            if not self._is_returning:
                self.is_following = new_value >= self.max_scroll_y
                self._place, self._place_offset = round(new_value), None

    def _end_of_rows(self, first_row: int | None) -> int:
        """Where the view ends: after the last row, or some rows below it where they come fast."""
        count, height = self.row_count, self.size.height
        if not self.is_following or first_row is None or not self.JUMPS:
            return count
        end = self._tail.end(count, round(self.scroll_offset.y) + height, height)
        if end > count:
            self._settling = self._settling or self.set_interval(SETTLED_AFTER_S, self._settle)
            self._settling.resume()
        return end

    def _settle(self) -> None:
        """Takes the room under the last row back once no row has come for a moment."""
        if self._settling is None or not self._tail.is_settled:
            return
        self._settling.pause()
        if self.is_following and self.virtual_size.height > self.row_count:
            self.virtual_size = Size(self.virtual_size.width, self.row_count)
            self.follow()

    def _set_extent(self, extent: Size) -> None:
        """Sets how much there is to scroll over; a longer text in the same frame needs no layout of the screen."""
        before, height = self.virtual_size, self.container_size.height
        if extent == before:
            return
        has_same_frame = extent.width == before.width and self.show_vertical_scrollbar == (extent.height > height > 0)
        if has_same_frame and extent.height > before.height:
            self.set_reactive(Widget.virtual_size, extent)
        else:
            self.virtual_size = extent

    def _move_bar(self) -> None:
        """Tells the scroll bar where the view stands."""
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.move(self.virtual_size.height, self.scroll_y)

    def _forget_rows(self, first_row: int | None = None) -> None:
        """Forgets how rows look, from `first_row` on or (None) all of them."""
        if first_row is None:
            self._strips.clear()
            self._lines.clear()
            return
        for key in [key for key in self._strips if key[0] >= first_row]:
            del self._strips[key]
        for row in [row for row in self._lines if row >= first_row]:
            del self._lines[row]

    def _refresh_from(self, y: int) -> None:
        """Has the lines of the content from `y` on drawn again; those above show what they showed."""
        y = max(0, y)
        if y < self.size.height:
            self.refresh(Region(0, y, self.size.width, self.size.height - y))

    @property
    def _kept_rows(self) -> int:
        return max(_KEPT_ROWS, 2 * self.size.height)

    def _strip(self, row: int, width: int) -> Strip:
        key = (row, self.has_focus)
        cached = self._strips.get(key)
        if cached is not None and cached.cell_length == width:
            return cached
        strip = placed(self._draw(row, width), row, self.app.console)
        if not self.KEEPS_LINES and self.row_is_final(row):
            self._strips[key] = strip
            if len(self._strips) > self._kept_rows:
                self._strips.popitem(last=False)
        return strip

    def _draw(self, row: int, width: int) -> Strip:
        base = self.base_style
        segments = [
            Segment(_expand(span.text), base + self._style(span.style) if span.style else base)
            for span in self.row_spans(row)
            if span.text
        ]
        selection = self.text_selection
        if selection is not None and (chosen := selection.get_span(row)) is not None:
            segments = self._mark_selected(segments, *chosen)
        return Strip(segments).adjust_cell_length(width, base)

    def _row_plain(self, row: int) -> str:
        """A row as it stands on the screen, in plain text."""
        return _expand("".join(span.text for span in self.row_spans(row)))

    def _mark_selected(self, segments: list[Segment], start: int, end: int) -> list[Segment]:
        """The segments with the code points from `start` to `end` (-1: the end of the row) in selection colours."""
        marked: list[Segment] = []
        style = self.screen.get_component_rich_style("screen--selection")
        offset = 0
        for text, own, _ in segments:
            low = min(max(start - offset, 0), len(text))
            high = len(text) if end < 0 else min(max(end - offset, low), len(text))
            pieces = ((text[:low], own), (text[low:high], (own or Style()) + style), (text[high:], own))
            marked += [Segment(piece, look) for piece, look in pieces if piece]
            offset += len(text)
        return marked

    def _style(self, name: str) -> Style:
        style = self._style_cache.get(name)
        if style is None:
            style = self.get_component_rich_style(name, partial=True)
            self._style_cache[name] = style
        return style


def _expand(text: str) -> str:
    """Tabs as blanks of the width that the wrapping counts for them."""
    return text.replace("\t", " " * TAB_CELLS) if "\t" in text else text
