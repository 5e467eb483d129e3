"""A line view with a cursor row, under the panes whose rows can be copied, saved and asked where they come from.

A subclass gives its rows; the row under the cursor, when it was cut, is shown whole in detail rows below it. The
numbering of the subclass's own rows never changes by that; all text it gives is already sanitised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, cast

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from tui.core.sanitize import sanitize_line
from tui.panes.line_view import LineView, Span
from tui.panes.wrapped_text import TAB_CELLS, WrappedText

if TYPE_CHECKING:
    from tui.panes.row_search import RowSearch
    from tui.panes.search_marks import FindPlace

_DETAIL_CHARS = 100_000
_DETAIL_INDENT = 3
_UNKNOWN_WIDTH = 80  # of a pane that was never laid out


class SourceAsked(Message):
    """Asks where something came from in the text: content chunks `first_chunk` to `last_chunk`, both inclusive.

    `last_chunk` None means up to the newest. A tool call is no part of the content: it gives its `tool` position,
    and its chunks are -1.
    """

    def __init__(self, first_chunk: int, last_chunk: int | None, tool: int | None = None) -> None:
        super().__init__()
        self.first_chunk = first_chunk
        self.last_chunk = last_chunk
        self.tool = tool


class _CopyingApp(Protocol):
    def copy_text(self, text: str) -> None: ...


class CursorView(LineView):
    """Rows with a cursor; at the last row the cursor follows the end. `cursor` is a row, -1 where none can be."""

    STICKY_ROWS: ClassVar[int] = 0  # rows that stay at the top while the others scroll
    COMPONENT_CLASSES: ClassVar[set[str]] = {"cursor--row", "cursor--item", "cursor--detail"}
    DEFAULT_CSS = """
    CursorView {
        & .cursor--row { background: $primary-muted; }
        & .cursor--item { background: $panel; }
        & .cursor--detail { text-style: italic; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g,home", "first_row", "first", id="list.first", show=False),
        Binding("G,end", "last_row", "last", id="list.last", show=False),
        Binding("k,up", "row_up", "up", id="list.up", show=False),
        Binding("j,down", "row_down", "down", id="list.down", show=False),
        Binding("pageup", "page(-1)", "page up", id="list.page.up", show=False),
        Binding("pagedown", "page(1)", "page down", id="list.page.down", show=False),
        Binding("y", "copy_item", "copy", id="item.copy", show=False),
        Binding("enter", "ask_source", "where from", id="item.source", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self.cursor = -1
        self._detail: list[str] = []
        self._detail_of: tuple[str, int] = ("", 0)
        self._search: RowSearch | None = None

    @property
    def list_count(self) -> int:
        """How many rows the subclass has."""
        raise NotImplementedError

    @property
    def first_choice(self) -> int:
        """The first row that the cursor may take; `list_count` where it may take none."""
        return 0

    def list_spans(self, row: int) -> list[Span]:
        """What stands in a row of the subclass; what is too long is cut here."""
        raise NotImplementedError

    def list_is_final(self, row: int) -> bool:
        """Whether a row of the subclass will never change."""
        raise NotImplementedError

    def list_look(self, row: int) -> str:
        """The component class laid over a row that is not under the cursor, or empty."""
        del row
        return ""

    def full_text(self, row: int) -> str:
        """The whole text of a row that was cut; empty for one that was not."""
        raise NotImplementedError

    def copied_text(self) -> str | None:
        """What `y` copies, as it came; None where there is nothing."""
        raise NotImplementedError

    def source(self) -> SourceAsked | None:
        """What `enter` asks; None where there is nothing to ask."""
        raise NotImplementedError

    def searched_text(self, row: int) -> str:
        """What a search looks at in a row of the subclass: all of it, if it was cut."""
        return self.full_text(row) or "".join(span.text for span in self.list_spans(row))

    def find(self, needle: str) -> None:
        """Begins a search; an empty needle ends it. Call it with the same one where rows have other places now."""
        from tui.panes.row_search import RowSearch, SearchedRows  # noqa: PLC0415  nobody searches before the first paint

        rows = SearchedRows(lambda: self.first_choice, lambda: self.list_count, self.searched_text, self.list_is_final)
        self._search = RowSearch(rows, sanitize_line(needle)) if needle else None
        self.rows_changed()

    def find_again(self) -> None:
        """Searches anew for what was searched for, since rows changed that do not as a rule."""
        if self._search is not None:
            self.find(self._search.needle)

    def find_more(self) -> FindPlace | None:
        """Looks on for a moment; None without a search."""
        if self._search is None:
            return None
        self._search.look_on()
        return self._search.place

    def find_step(self, step: int) -> None:
        """Puts the cursor on the next row with the needle (1), the one before (-1), or the first from it on (0)."""
        row = self._search.step(step, self.cursor) if self._search is not None else None
        if row is not None:
            self.move_cursor(row)

    @property
    def row_width(self) -> int:
        """The cells of a row behind the cursor's own column."""
        width: int = self.scrollable_content_region.width or _UNKNOWN_WIDTH
        return max(2, width - 1)

    @property
    def row_count(self) -> int:
        """Rows and detail rows."""
        return self.list_count + len(self._detail)

    def row_is_final(self, row: int) -> bool:
        """Detail rows change with the cursor."""
        own = self._own_row(row)
        return own is not None and self.list_is_final(own)

    def row_spans(self, row: int) -> list[Span]:
        """What stands in a row of the screen: the cursor's column, then the row, cut to fit."""
        own = self._own_row(row)
        if own is None:
            text = " " * _DETAIL_INDENT + self._detail[row - self.cursor - 1]
            return self._with_places([Span(text, "cursor--detail")], self.cursor)
        sign = "▸" if own == self.cursor and self.has_focus else " "
        return [Span(sign), *self._with_places(fitted(self.list_spans(own), self.row_width), own)]

    def rows_changed(self, first_row: int | None = None) -> None:
        """As in LineView, for rows of the subclass; the cursor stays on its row, or on the last while following."""
        before = self.cursor
        last = self.list_count - 1
        if self.first_choice > last:
            self.cursor = -1
        elif self.is_following or self.cursor < 0:
            self.cursor = last
        else:
            self.cursor = min(max(self.cursor, self.first_choice), last)
        self._lay_detail()
        if first_row is not None:
            first_row = max(0, min(first_row, before, self.cursor))
        super().rows_changed(first_row)

    def move_cursor(self, row: int) -> None:
        """Puts the cursor on a row, or the nearest it may take, and shows it; on the last row it follows the end."""
        if self.cursor < 0:
            return
        last = self.list_count - 1
        self.cursor = min(max(row, self.first_choice), last)
        self.is_following = False
        self.rows_changed()
        self._show_cursor()
        self.is_following = self.cursor == last

    def render_line(self, y: int) -> Strip:
        """One line of the screen; sticky rows stay where they are."""
        if y < self.STICKY_ROWS < self.row_count and self.first_choice < self.list_count:
            return self._strip(y, self.size.width)
        return super().render_line(y)

    def watch_has_focus(self, has_focus: bool) -> None:
        """Shows the cursor and its detail rows, or hides them."""
        super().watch_has_focus(has_focus)
        self._refresh_cursor()

    def watch_show_vertical_scrollbar(self) -> None:
        """The scroll bar takes a column of the rows, so all are cut anew."""
        self.rows_changed()

    def on_resize(self, event: events.Resize) -> None:
        """Cuts and wraps anew for another width."""
        del event
        self.rows_changed()

    def on_click(self, event: events.Click) -> None:
        """Moves the cursor to the row clicked on."""
        offset = event.get_content_offset(self)
        if offset is None or self.text_selection is not None:
            return
        own = self._own_row(min(offset.y + self.scroll_offset.y, self.row_count - 1))
        if own is not None and own != self.cursor:
            self.move_cursor(own)

    def action_first_row(self) -> None:
        """The first row."""
        self.move_cursor(self.first_choice)

    def action_last_row(self) -> None:
        """The last row; it follows the end from there."""
        self.move_cursor(self.list_count - 1)
        self.follow()

    def action_row_up(self) -> None:
        """One row up; a detail that is higher than the pane is scrolled first."""
        if self._cursor_top < self.scroll_offset.y:
            self._scroll_by(-1)
        else:
            self.move_cursor(self.cursor - 1)

    def action_row_down(self) -> None:
        """One row down; a detail that is higher than the pane is scrolled first."""
        if self._cursor_end > self.scroll_offset.y + self._height:
            self._scroll_by(1)
        else:
            self.move_cursor(self.cursor + 1)

    def action_page(self, direction: int) -> None:
        """A page up (-1) or down (1)."""
        page = max(1, self._height - 1 - self.STICKY_ROWS)
        if direction > 0 and self._cursor_end > self.scroll_offset.y + self._height:
            self._scroll_by(page)
        elif direction < 0 and self._cursor_top < self.scroll_offset.y:
            self._scroll_by(-page)
        else:
            self.move_cursor(self.cursor + direction * page)

    def action_copy_item(self) -> None:
        """Copies what is under the cursor, as it came; the app says how much and what is in it."""
        text = self.copied_text()
        if text is not None:
            cast("_CopyingApp", self.app).copy_text(encodable(text))

    def action_ask_source(self) -> None:
        """Asks for the place in the text of what is under the cursor."""
        asked = self.source()
        if asked is not None:
            self.post_message(asked)

    def _with_places(self, spans: list[Span], row: int) -> list[Span]:
        """The spans of a row of the subclass with what was searched for in a style of its own."""
        if self._search is None or row < self.first_choice:
            return spans
        from tui.panes.search_marks import MATCH, NOW, found_ranges, marked_spans  # noqa: PLC0415  as in find

        look = NOW if row == self._search.shown_row else MATCH
        return marked_spans(spans, found_ranges(spans, self._search.pattern, look))

    def _strip(self, row: int, width: int) -> Strip:
        look = self._look(row)
        if not look:
            return super()._strip(row, width)
        over = self._style(look)
        strip = self._draw(row, width)
        return Strip([Segment(text, (style or Style()) + over) for text, style, _ in strip], width)

    def _look(self, row: int) -> str:
        if not self.has_focus or self.cursor < 0:
            return ""
        own = self._own_row(row)
        return "cursor--row" if own is None or own == self.cursor else self.list_look(own)

    def _own_row(self, row: int) -> int | None:
        """The subclass's row that a row of the screen shows; None for a detail row."""
        extra = len(self._detail)
        if not extra or row <= self.cursor:
            return row
        return None if row <= self.cursor + extra else row - extra

    @property
    def _height(self) -> int:
        height: int = self.scrollable_content_region.height
        return height

    @property
    def _cursor_top(self) -> int:
        """The first row of the screen that must be seen for the cursor to be seen."""
        return max(0, self.cursor - self.STICKY_ROWS)

    @property
    def _cursor_end(self) -> int:
        return self.cursor + len(self._detail) + 1

    def _lay_detail(self) -> None:
        text = self.full_text(self.cursor) if self.cursor >= 0 and self.has_focus else ""
        key = (text, self.row_width)
        if key != self._detail_of:
            self._detail_of = key
            self._detail = detail_rows(text, self.row_width + 1 - _DETAIL_INDENT) if text else []

    def _refresh_cursor(self) -> None:
        was_following = self.is_following
        self.rows_changed()
        if self.has_focus and not was_following and self.cursor >= 0:
            self._show_cursor()
            self.is_following = False

    def _show_cursor(self) -> None:
        top, end = self._cursor_top, self._cursor_end
        shown = self.scroll_offset.y
        if end > shown + self._height:
            shown = end - self._height
        shown = min(shown, top)
        self.scroll_to(y=shown, animate=False, immediate=True, force=True)

    def _scroll_by(self, rows: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False, immediate=True, force=True)


def fitted(spans: list[Span], room: int) -> list[Span]:
    """The spans in at most `room` cells; a cut ends in an ellipsis."""
    if spans_cells(spans) <= room:
        return spans
    kept: list[Span] = []
    room -= 1
    for span in spans:
        cells = text_cells(span.text)
        if cells > room:
            text = span.text.replace("\t", " " * TAB_CELLS)
            return [*kept, Span(set_cell_size(text, max(0, room)).rstrip() + "…", span.style)]
        kept.append(span)
        room -= cells
    return kept


def text_cells(text: str) -> int:
    """How many cells a row's text takes, tabs as they are drawn."""
    if text.isascii():
        return len(text) + (TAB_CELLS - 1) * text.count("\t")
    return cell_len(text.replace("\t", " " * TAB_CELLS))


def spans_cells(spans: list[Span]) -> int:
    """How many cells spans take together."""
    return sum(text_cells(span.text) for span in spans)


def detail_rows(text: str, width: int) -> list[str]:
    """A sanitised text wrapped for reading; what is longer than can be read so says how to get it."""
    rest = len(text) - _DETAIL_CHARS
    wrapped = WrappedText(max(1, width))
    wrapped.append(text[:_DETAIL_CHARS].rstrip("\n"))
    rows = [wrapped.row_text(row) for row in range(wrapped.row_count)]
    return [*rows, f"… {rest} more characters; y copies all"] if rest > 0 else rows


def encodable(text: str) -> str:
    """The text with lone surrogates, which no file and no clipboard can hold, as U+FFFD."""
    if text.isascii():
        return text
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
