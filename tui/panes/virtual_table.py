"""A table of any length: rows are asked for when they are drawn, and nothing is kept for those that are not.

Columns have names and widths; one row is under the cursor, and a range can be spanned from it with shift. The
subclass gives the cells of a row, already sanitised.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.panes.cursor_view import CursorView, SourceAsked, detail_rows, fitted, spans_cells
from tui.panes.line_view import Span


class Column(NamedTuple):
    """A column: its heading, its width in cells (0: what is left), and on which side its text stands."""

    name: str
    cells: int = 0
    is_right: bool = False


class VirtualTable(CursorView):
    """A heading that stays, then the rows. Rows of the table count from 0; `selected` is the one under the cursor."""

    STICKY_ROWS: ClassVar[int] = 1
    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--head", "table--hint", "table--cursor", "table--band"}
    DEFAULT_CSS = """
    VirtualTable {
        & .table--head { text-style: dim; }
        & .table--hint { text-style: dim; }
        & .table--cursor { background: $panel; }
        & .table--band { background: $surface; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+up", "extend(-1)", "range up", id="range.up", show=False),
        Binding("shift+down", "extend(1)", "range down", id="range.down", show=False),
    ]

    class Moved(Message):
        """Another row is under the cursor."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._anchor: int | None = None
        self._hint = ""
        self._hint_rows: list[str] = []
        self._told_cursor = -1

    @property
    def table_count(self) -> int:
        """How many rows the table has."""
        raise NotImplementedError

    @property
    def columns(self) -> Sequence[Column]:
        """The columns as they are now."""
        raise NotImplementedError

    def cells(self, row: int) -> list[Span]:
        """The cells of a row, one span a column; the last column may be several."""
        raise NotImplementedError

    def row_sign(self, row: int) -> str:
        """The sign in front of a row of the table: that of the cursor, or a blank."""
        return "▸" if row == self.selected else " "

    def is_band(self, row: int) -> bool:
        """Whether a row has the second background."""
        del row
        return False

    def table_row_is_final(self, row: int) -> bool:
        """Whether a row will never look different."""
        del row
        return False

    @property
    def selected(self) -> int | None:
        """The row under the cursor; None where there is none."""
        return None if self._is_empty or self.cursor < 1 else self.cursor - 1

    @property
    def selected_rows(self) -> range:
        """The rows of the range, or the one under the cursor."""
        if self.selected is None:
            return range(0)
        anchor = self.selected if self._anchor is None else min(self._anchor, self.table_count - 1)
        return range(min(anchor, self.selected), max(anchor, self.selected) + 1)

    def select(self, row: int) -> None:
        """Puts the cursor on a row."""
        self.move_cursor(row + 1)

    def set_hint(self, hint: str) -> None:
        """Says what stands in the empty table; already sanitised."""
        if hint != self._hint:
            self._hint = hint
            if self._is_empty:
                self.rows_changed()

    @property
    def list_count(self) -> int:
        """Heading and rows, or the rows of the hint."""
        return len(self._hint_rows) if self._is_empty else 1 + self.table_count

    @property
    def first_choice(self) -> int:
        """The first row of the table."""
        return self.list_count if self._is_empty else 1

    def list_is_final(self, row: int) -> bool:
        """As the subclass says; the heading changes with the columns."""
        return not self._is_empty and row > 0 and self.table_row_is_final(row - 1)

    def list_spans(self, row: int) -> list[Span]:
        """The cells of a row, each in its column."""
        if self._is_empty:
            return [Span(self._hint_rows[row], "table--hint")]
        if row == 0:
            return self._in_columns([Span(column.name, "table--head") for column in self.columns])
        return self._in_columns(self.cells(row - 1))

    def full_text(self, row: int) -> str:
        """Empty: rows are shown whole elsewhere."""
        del row
        return ""

    def copied_text(self) -> str | None:
        """What is copied is the screen's affair."""
        return None

    def source(self) -> SourceAsked | None:
        """Where a row comes from is the screen's affair."""
        return None

    def row_spans(self, row: int) -> list[Span]:
        """As the base; the cursor is seen without the focus, too."""
        sign = " " if self._is_empty or row == 0 else self.row_sign(row - 1)
        return [Span(sign), *self._with_places(fitted(self.list_spans(row), self.row_width), row)]

    def rows_changed(self, first_row: int | None = None) -> None:
        """As the base, for rows of the table behind the heading; says when the cursor is on another row."""
        if first_row is None or self._is_empty:
            self._hint_rows = detail_rows(self._hint, self.row_width)
        super().rows_changed(first_row)
        if self.cursor != self._told_cursor:
            self._told_cursor = self.cursor
            self.post_message(self.Moved())

    def move_cursor(self, row: int) -> None:
        """Puts the cursor on a row; a range ends there."""
        self._anchor = None
        super().move_cursor(row)

    def action_extend(self, step: int) -> None:
        """The range grows, or shrinks, by a row."""
        if self.selected is None:
            return
        anchor = self.selected if self._anchor is None else self._anchor
        self.move_cursor(self.cursor + step)
        self._anchor = anchor
        self._forget_rows()
        self.refresh()

    def _look(self, row: int) -> str:
        if self._is_empty or row == 0:
            return ""
        if row == self.cursor:
            return "cursor--row" if self.has_focus else "table--cursor"
        if self._anchor is not None and row - 1 in self.selected_rows:
            return "cursor--item"
        return "table--band" if self.is_band(row - 1) else ""

    @property
    def _is_empty(self) -> bool:
        return not self.table_count

    def _in_columns(self, cells: list[Span]) -> list[Span]:
        """The cells padded to the widths of their columns, one blank between them; what is more is the last column."""
        spans: list[Span] = []
        for column, cell in zip(self.columns, cells, strict=False):
            if not column.cells:
                break
            room = column.cells - spans_cells([cell])
            blank = " " * max(0, room)
            text = f"{blank}{cell.text} " if column.is_right else f"{cell.text}{blank} "
            spans.append(Span(text, cell.style))
        return [*spans, *cells[len(spans) :]]
