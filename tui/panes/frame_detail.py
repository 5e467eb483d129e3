"""The detail of one frame on the Wire screen: raw, JSON or hex, carets under what is meant, and a point to move.

The point is a character of the frame; it is the same in every view, so that a character shows its bytes and a byte
its character.
"""

from __future__ import annotations

import unicodedata
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from tui.core.sanitize import sanitize_line
from tui.core.wire_view.frame_marks import FrameMark, marks_of
from tui.core.wire_view.frame_text import COMMENT, FIELD, LINE_END, FrameText
from tui.core.wire_view.json_layout import KEY, LITERAL, NUMBER, PUNCTUATION, STRING
from tui.core.wire_view.wire_log import Entry, WireLog
from tui.panes.detail_rows import HEX, JOINT, JSON, RAW, VIEWS, DetailRow, detail_rows_of
from tui.panes.line_view import LineView, Span
from tui.panes.wrapped_text import WrappedText

_MOST_FRAMES = 4  # of a read are named one by one


class FrameDetail(LineView):
    """Shows one row of the wire; empty until `show`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"detail--{name}" for name in (KEY, STRING, NUMBER, LITERAL, PUNCTUATION)),
        *(f"detail--{name}" for name in (LINE_END, FIELD, COMMENT, JOINT)),
        *(f"detail--{name}" for name in ("dim", "point", "trap", "problem", "remark")),
    }
    DEFAULT_CSS = """
    FrameDetail {
        & .detail--key { color: $accent; }
        & .detail--string { color: $success; }
        & .detail--number, & .detail--literal { color: $text-secondary; }
        & .detail--punctuation { text-style: dim; }
        & .detail--end, & .detail--field, & .detail--comment, & .detail--dim { text-style: dim; }
        & .detail--joint { color: $warning; text-style: bold; }
        & .detail--point { text-style: reverse; }
        & .detail--trap { color: $text-warning; }
        & .detail--problem { color: $error; }
        & .detail--remark { color: $text-warning; text-style: italic; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "character before", id="detail.left", show=False),
        Binding("right", "move(1)", "next character", id="detail.right", show=False),
        Binding("k,up", "move_row(-1)", "up", id="list.up", show=False),
        Binding("j,down", "move_row(1)", "down", id="list.down", show=False),
        Binding("g,home", "move_end(-1)", "first", id="list.first", show=False),
        Binding("G,end", "move_end(1)", "last", id="list.last", show=False),
        Binding("y", "copy_item", "copy", id="item.copy", show=False),
        Binding("enter", "ask_source", "where from", id="item.source", show=False),
    ]

    class CopyAsked(Message):
        """The data of the frame is wanted on the clipboard."""

    class PlaceAsked(Message):
        """Where the frame stands in the text."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self.is_following = False
        self.view = JSON
        self.shows_joints = False
        self._log: WireLog | None = None
        self._text: FrameText | None = None
        self._marks: list[FrameMark] = []
        self._rows: list[DetailRow] = []
        self._places: list[tuple[int, int, int]] | None = None
        self._notes: list[str] = []
        self._point: int | None = None
        self._known: tuple[object, ...] = ()

    @property
    def point(self) -> int | None:
        """The character of the raw text that is pointed at."""
        return self._point

    @property
    def text(self) -> FrameText | None:
        """The frame that is shown."""
        return self._text

    @property
    def marks(self) -> list[FrameMark]:
        """What is marked in it."""
        return self._marks

    @property
    def row_count(self) -> int:
        """The rows of the view, then what is said of the read and the point."""
        return len(self._rows) + len(self._notes)

    def row_is_final(self, row: int) -> bool:
        """Rows change with the point."""
        del row
        return False

    def row_spans(self, row: int) -> list[Span]:
        """What stands in a row."""
        if row < len(self._rows):
            return self._rows[row].spans(self._point if self.has_focus else None)
        return [Span(self._notes[row - len(self._rows)], "detail--dim")]

    def show(self, log: WireLog | None, entry: Entry | None) -> None:
        """Shows a row of a log, its end too while that still grows; nothing where there is none."""
        is_over = log is not None and log.run.is_over
        known = (log, entry, is_over)
        if known == self._known:
            return
        is_other = self._known[:2] != known[:2]
        self._known, self._log = known, log
        self._text = FrameText(log, entry) if log is not None and entry is not None else None
        self._marks = marks_of(log, self._text) if log is not None and self._text is not None else []
        if is_other:
            self._point = None
        self._lay()
        self._begin_point()
        if is_other:
            self._show_mark()

    def next_view(self) -> None:
        """JSON, raw, hex, and JSON again; the point stays on its character."""
        order = (JSON, RAW, HEX)
        self.view = order[(order.index(self.view) + 1) % len(order)]
        self._lay()
        self._show_point()

    def toggle_joints(self, *, is_shown: bool) -> None:
        """Shows or hides where reads join."""
        self.shows_joints = is_shown
        self._lay()

    def point_at(self, char: int) -> None:
        """Points at a character of the raw text and shows it."""
        if self._text is not None:
            self._point = min(max(char, 0), max(0, len(self._text.raw.text) - 1))
            self._lay_notes()
            self._show_point()

    def action_move(self, step: int) -> None:
        """The next character (1) or the one before (-1), as the view shows them."""
        places = self._all_places()
        if not places:
            return
        chars = list(dict.fromkeys(char for _, _, char in places))  # in hex one for each byte
        index = 0 if self._point is None else _nearest(chars, self._point) + step
        self.point_at(chars[min(max(index, 0), len(chars) - 1)])

    def action_move_row(self, step: int) -> None:
        """The character above or below; at the edge the view is scrolled."""
        places = self._all_places()
        here = next(((row, column) for row, column, char in places if char == self._point), None)
        if here is None:
            self.action_move(0)
            return
        rows = sorted({row for row, _, _ in places if (row - here[0]) * step > 0}, reverse=step < 0)
        if not rows:
            self.scroll_to(y=self.scroll_offset.y + step, force=True)
            return
        in_row = [(abs(column - here[1]), char) for row, column, char in places if row == rows[0]]
        self.point_at(min(in_row)[1])

    def action_move_end(self, direction: int) -> None:
        """The first or the last character."""
        if places := self._all_places():
            self.point_at(places[0 if direction < 0 else -1][2])

    def action_copy_item(self) -> None:
        """Asks for the frame's data on the clipboard."""
        self.post_message(self.CopyAsked())

    def action_ask_source(self) -> None:
        """Asks for the frame's place in the text."""
        self.post_message(self.PlaceAsked())

    def on_resize(self, event: events.Resize) -> None:
        """Lays the rows anew for another width."""
        del event
        self._lay()

    def watch_show_vertical_scrollbar(self) -> None:
        """The scroll bar takes a column."""
        self._lay()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The point is seen with the focus alone."""
        super().watch_has_focus(has_focus)
        self._begin_point()
        self._lay_notes()

    def on_click(self, event: events.Click) -> None:
        """Points at the character clicked on."""
        offset = event.get_content_offset(self)
        if offset is None or self.text_selection is not None:
            return
        row = offset.y + self.scroll_offset.y
        in_row = [(abs(column - offset.x), char) for at, column, char in self._all_places() if at == row]
        if in_row:
            self.point_at(min(in_row)[1])

    def title(self) -> Content:
        """The views, the one shown in bold."""
        pieces: list[tuple[str, str]] = [("v ", "")]
        for view in VIEWS:
            pieces += [(view, "bold reverse" if view == self.view else ""), ("·", "")]
        return Content.assemble(*pieces[:-1])

    @property
    def _height(self) -> int:
        height: int = self.scrollable_content_region.height
        return height

    @property
    def _width(self) -> int:
        width: int = self.scrollable_content_region.width
        return max(8, width)

    def _show_mark(self) -> None:
        """The beginning of the rows, or as far down as the first mark and its sentence need."""
        carets = [index for index, row in enumerate(self._rows) if row.is_caret]
        end = next((index for index in carets if index + 1 not in carets), 0)
        self.scroll_to(y=max(0, end + 1 - self._height), force=True)

    def _begin_point(self) -> None:
        """With the focus there is a point: at first where the first mark is, else the first character."""
        if self.has_focus and self._point is None and (places := self._all_places()):
            spans = [mark.span for mark in self._marks if mark.span is not None]
            self._point = spans[0][0] if spans else places[0][2]
            self._lay_notes()

    def _lay(self) -> None:
        text, self._places = self._text, None
        if text is None:
            self._rows = []
        else:
            self._rows = detail_rows_of(text, self._marks, self.view, self._width, shows_joints=self.shows_joints)
        self._lay_notes()

    def _lay_notes(self) -> None:
        self._notes, below = [], ""
        if self._text is not None and self._log is not None:
            wrapped = WrappedText(self._width)
            wrapped.append(read_note(self._log, self._text.entry))
            self._notes = ["", *(wrapped.row_text(row).rstrip() for row in range(wrapped.row_count))]
            if self.has_focus and self._point is not None:
                below = point_note(self._text, self._point)
        self.border_subtitle = Content(below)
        self.is_following = False
        self.rows_changed()

    def _all_places(self) -> list[tuple[int, int, int]]:
        """(row, column, character) of everything that can be pointed at, in the order of the screen."""
        if self._places is None:
            self._places = [
                (index, column, char)
                for index, row in enumerate(self._rows)
                if not row.is_caret
                for column, char in row.places(bytes_only=self.view == HEX)
            ]
        return self._places

    def _show_point(self) -> None:
        row = next((row for row, _, char in self._all_places() if char == self._point), None)
        if row is None:
            return
        top = self.scroll_offset.y
        if not top <= row < top + self._height:
            self.scroll_to(y=max(0, row - self._height // 2), force=True)


def read_note(log: WireLog, entry: Entry) -> str:
    """The read that brought the end of a row: its number, size and time, and which frames came with it."""
    capture = log.run.capture
    if entry.read >= capture.read_count:
        return ""
    if not capture.header.has_reads:
        return "Network reads are not known in this file."
    size = capture.read_start(entry.read + 1) - capture.read_start(entry.read)
    wire = capture.read(entry.read).wire_bytes
    on_wire = f" ({wire} on the wire)" if wire and wire != size else ""
    frames = log.frames_of_read(entry.read)
    named = ", ".join(map(str, frames)) if len(frames) <= _MOST_FRAMES else f"{frames[0]}-{frames[-1]}"
    came = f"   frame{'s' * (len(frames) != 1)} {named}" if len(frames) else ""
    at = f"   {entry.at:.3f} s" if capture.header.has_times else ""
    return f"read {entry.read + 1}   {size} byte{on_wire}{at}{came}"


def point_note(text: FrameText, point: int) -> str:
    """A character with its code point and its bytes."""
    if not text.raw.text:
        return ""
    char, data = text.raw.text[point], text.raw.bytes_of(point)
    start = text.raw.byte_of(point)
    where = f"byte {start}" if len(data) == 1 else f"byte {start}..{start + len(data) - 1}"
    name = unicodedata.name(char, "").lower() if not char.isascii() else ""
    sign = sanitize_line(char)
    return f"{sign}  U+{ord(char):04X}{f' {name}' if name else ''}   {where}   {data.hex(' ')}"


def _nearest(chars: list[int], point: int) -> int:
    """The place in a list of characters that is nearest to one."""
    return min(range(len(chars)), key=lambda index: abs(chars[index] - point))
