"""The price of buffering as a table, one row a lane; from three runs on, its range under it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from tui.core.lane_view import Reader
from tui.core.price_cells import COLUMNS, PriceCell, PriceRow
from tui.panes.lane_pane import LANE_STYLES
from tui.panes.line_view import Span
from tui.panes.rows_pane import Row, RowsPane

# Least widths, so that numbers keep their place when they change.
_WIDE_NAME, _WIDE = 14, (15, 13, 12, 12, 9, 17, 14, 13)
_NARROW_NAME, _NARROW = 12, (8, 9, 8, 8, 7, 9, 8, 7)
WIDE_TABLE_CELLS = _WIDE_NAME + sum(_WIDE)
_NARROW_HEADINGS = ("first", "after", "p50", "max", "units", "silence", "starts", "waits")
_UNITS, _STARTS, _WAITS = 4, 6, 7
_DISPENSABLE = (2, 4, 5, 6, 7, 1)  # columns in the order in which a narrow table does without them


class PriceTable(RowsPane, can_focus=False):
    """The rows of the table; not a stop of the focus."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"price--{hue}" for hue in LANE_STYLES),
        "price--head",
        "price--best",
        "price--worst",
        "price--muted",
        "price--range",
    }
    DEFAULT_CSS = """
    PriceTable {
        height: auto; overflow-y: hidden;
        & .price--a { color: $primary; }
        & .price--b { color: $accent; }
        & .price--c { color: $secondary; }
        & .price--d { color: #c060c0; }
        & .price--head, & .price--range { text-style: dim; }
        & .price--best { text-style: bold; }
        & .price--worst { text-style: underline; }
        & .price--muted { color: gray; }
    }
    """

    def show_prices(
        self, rows: list[PriceRow], ranges: list[tuple[str, ...]], reader: Reader, *, is_wide: bool, room: int
    ) -> int:
        """Shows the rows, and under each its range if there is one; gives the number of rows drawn.

        In less than `room` columns the numbers that matter least are left out.
        """
        self.is_following = False
        drawn = table_rows(rows, ranges, reader, is_wide=is_wide, room=room)
        self.show([], drawn)
        return len(drawn)


def table_rows(
    rows: list[PriceRow], ranges: list[tuple[str, ...]], reader: Reader, *, is_wide: bool, room: int
) -> list[Row]:
    """The heading and the rows, in columns that are wide enough for all of them."""
    headings = [column.heading for column in COLUMNS] if is_wide else list(_NARROW_HEADINGS)
    if is_wide:
        headings[_STARTS:] = [f"reader {reader.chars_per_s:g} char/s", ""]
    shown = [[_written(column, cell.text, is_wide=is_wide) for column, cell in enumerate(row.cells)] for row in rows]
    least, name_cells = (_WIDE, _WIDE_NAME) if is_wide else (_NARROW, _NARROW_NAME)
    name_cells = max(name_cells, *(len(_name(row)) + 1 for row in rows))
    texts = [*shown, *([_written(n, text, is_wide=False) for n, text in enumerate(cells)] for cells in ranges)]
    widths = [max(least[column], *(len(row[column]) + 1 for row in texts)) for column in range(len(COLUMNS))]
    if not is_wide:
        _drop_columns(widths, room - name_cells)
    drawn: list[Row] = [[Span(" the price".ljust(name_cells) + _headline(headings, widths), "price--head")]]
    for number, row in enumerate(rows):
        hue = "muted" if row.is_muted else LANE_STYLES[number]
        drawn.append([Span(_name(row).ljust(name_cells), f"price--{hue}"), *_cells(row, shown[number], widths)])
        if ranges:
            line = "".join(_aligned(column, text, widths) for column, text in enumerate(ranges[number]))
            drawn.append([Span("   range".ljust(name_cells) + line, "price--range")])
    return drawn


def _drop_columns(widths: list[int], room: int) -> None:
    """Gives columns that do not fit no width, the least telling ones first; two always stay."""
    for column in _DISPENSABLE:
        if sum(widths) - 1 <= room:
            return
        widths[column] = 0


def _name(row: PriceRow) -> str:
    return f" {row.letter} {row.mode}"


def _headline(headings: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(_aligned(column, text, widths) for column, text in enumerate(headings))


def _cells(row: PriceRow, texts: Sequence[str], widths: Sequence[int]) -> Row:
    spans: Row = []
    for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        whole = _aligned(column, text, widths)
        lead = len(whole) - len(whole.lstrip())
        style = _style(row, cell)
        if whole:
            spans += [Span(whole[:lead]), Span(text, style), Span(whole[lead + len(text) :])]
    return spans


def _style(row: PriceRow, cell: PriceCell) -> str:
    if row.is_muted:
        return "price--muted"
    return f"price--{cell.rank}" if cell.rank else ""


def _aligned(column: int, text: str, widths: Sequence[int]) -> str:
    """A text in its column: at the left, but counts at the right, four cells before the next column if it is wide."""
    width = widths[column]
    if not width:
        return ""
    if column != _UNITS:
        return text.ljust(width)
    gap = 4 if width >= _WIDE[_UNITS] else 2
    return text.rjust(width - gap).ljust(width)


def _written(column: int, text: str, *, is_wide: bool) -> str:
    """The reader's two numbers say what they are where the heading does not."""
    if is_wide and column in (_STARTS, _WAITS):
        return f"{COLUMNS[column].heading} {text.removesuffix(' s') if column == _STARTS else text}"
    return text
