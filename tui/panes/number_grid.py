"""Where number cells stand in a pane, how they are drawn there, and how a cursor goes from one to the next. Pure."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import NamedTuple

from tui.panes.line_view import Span
from tui.panes.metric_cells import MetricCell
from tui.panes.rows_pane import Row

GRID_LABEL, GRID_CELL = 12, 24
_FIRST_WIDTHS, _FIRST_WIDTHS_TIGHT = (14, 14, 12, 11), (13, 13, 12, 11)
_SECOND_WIDTHS = (15, 12, 16)


class PlacedCell(NamedTuple):
    """A cell in `row`, from column `x` on, `width` cells wide; its first cell is for a sign."""

    cell: MetricCell
    row: int
    x: int
    width: int


def place_headline(rows: tuple[Sequence[MetricCell], Sequence[MetricCell]], room: int) -> list[PlacedCell]:
    """The two fixed rows, from row 0 on; where they do not fit into `room` columns each takes more rows."""
    first, second = rows
    widths = _FIRST_WIDTHS if room >= sum(_FIRST_WIDTHS) else _FIRST_WIDTHS_TIGHT
    top = _place(list(zip(first, widths, strict=True)), room, 0)
    return top + _place(list(zip(second, _SECOND_WIDTHS, strict=True)), room, top[-1].row + 1)


def place_grid(cells: Sequence[MetricCell], room: int, first_row: int) -> list[PlacedCell]:
    """The other numbers in columns of equal width, from `first_row` on, row by row."""
    padded = [MetricCell(cell.key, cell.label.ljust(GRID_LABEL), cell.value) for cell in cells]
    return _place([(cell, GRID_CELL) for cell in padded], room, first_row)


def grid_rows(cells: Sequence[PlacedCell], under_cursor: PlacedCell | None, changed: Container[str]) -> list[Row]:
    """The rows of cells that were placed in consecutive rows. ▸ stands before the cursor, * before what changed."""
    rows: list[Row] = []
    last = -1
    for placed in cells:
        if placed.row != last:
            rows.append([])
            last = placed.row
        rows[-1] += _cell_spans(placed, is_chosen=placed is under_cursor, is_changed=placed.cell.key in changed)
    return rows


def neighbour(cells: Sequence[PlacedCell], index: int, rows: int) -> int:
    """The cell in the row above (-1) or below (1) that is nearest; the same one where there is no such row."""
    own = cells[index]
    beyond = [placed.row for placed in cells if (placed.row - own.row) * rows > 0]
    if not beyond:
        return index
    row = max(beyond) if rows < 0 else min(beyond)
    there = [place for place, placed in enumerate(cells) if placed.row == row]
    return min(there, key=lambda place: abs(cells[place].x - own.x))


def cell_at(cells: Sequence[PlacedCell], row: int, column: int) -> int | None:
    """The index of the cell at a place of the pane."""
    for index, placed in enumerate(cells):
        if placed.row == row and placed.x <= column < placed.x + placed.width:
            return index
    return None


def side_by_side(texts: Sequence[str], room: int) -> list[str]:
    """Short texts as lines of fewer than `room` columns, none broken over two lines."""
    lines = [texts[0]]
    for text in texts[1:]:
        if len(lines[-1]) + len(text) + 3 < room:
            lines[-1] += f"   {text}"
        else:
            lines.append(text)
    return lines


def _place(cells: list[tuple[MetricCell, int]], room: int, row: int) -> list[PlacedCell]:
    found = []
    x = 0
    for cell, least in cells:
        width = max(least, len(cell.text) + 1)  # a number is never cut: the next one gives way
        if x and x + width > room:
            row, x = row + 1, 0
        found.append(PlacedCell(cell, row, x, width))
        x += width
    return found


def _cell_spans(placed: PlacedCell, *, is_chosen: bool, is_changed: bool) -> Row:
    cell = placed.cell
    sign = "▸" if is_chosen else "*" if is_changed else " "
    label = f"{cell.label} " if cell.label else ""
    pad = " " * (placed.width - 1 - len(label) - len(cell.value))
    chosen = "stats--cursor" if is_chosen else ""
    value_style = "stats--changed" if is_changed else "stats--value"
    return [
        Span(sign, chosen or ("stats--changed" if is_changed else "")),
        Span(label, chosen or "stats--label"),
        Span(cell.value, chosen or value_style),
        Span(pad),
    ]
