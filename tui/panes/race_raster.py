"""The lanes of a race on one clock: a row each, followed by first text, reads and shape; a scale above, signs below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from rich.cells import set_cell_size

from tui.core import race_cells as cells_of
from tui.core.race_cells import LaneCell
from tui.core.sanitize import sanitize_line
from tui.panes.lane_pane import LANE_STYLES
from tui.panes.lanes_raster import ARRIVAL_SIGNS, RasterFrame, joined_spans, scale_spans
from tui.panes.line_view import Span
from tui.panes.rows_pane import Row, RowsPane

RIGHT_CELLS: Final = 26
_SIGNS: Final = {
    cells_of.CONNECT: ("░", "dim"),
    cells_of.WAIT: ("▒", "wait"),
    cells_of.STALL: ("!", "stall"),
    cells_of.PROVEN: ("✓", "end"),
    cells_of.UNPROVEN: ("✗", "stall"),
    cells_of.OTHER: ("≠", "stall"),
    cells_of.BLANK: (" ", ""),
}
_KEYS: Final = (
    "▒ waiting   ░ connecting   ▂▄▆█ text   ! stall   ✓ proven end   ✗ no proof",
    "▒ waiting   ▂▄▆█ text   ! stall   ✓ ✗ end, proven or not",
    "▒ waiting   ▄ text   ✓ ✗ end",
)
_ALIGNED_KEYS: Final = (
    "▂ with the first lane there   ▄ 0.05 s later   ▆ 0.25 s   █ 1 s   ≠ from here not as A",
    "▂ first   ▄ 0.05 s later   ▆ 0.25 s   █ 1 s   ≠ not as A",
    "▂ first   ▄ ▆ █ later   ≠ not as A",
)
_HEADING: Final = "first   reads"
_ALIGNED_HEADING: Final = "later   parts"


@dataclass(frozen=True, slots=True)
class RaceRow:
    """A lane: its label, its cells, and what stands behind them."""

    label: str
    cells: list[LaneCell]
    first: str = ""
    reads: str = ""
    shape: str = ""
    is_odd: bool = False


@dataclass(frozen=True, slots=True)
class RaceFrame:
    """What is drawn: the axis in seconds since each lane's own request, the lanes, and where the view is held.

    Where lanes are aligned by their text the axis counts characters.
    """

    start: float
    end: float
    rows: list[RaceRow]
    cursor: tuple[float, str] | None = None
    is_aligned: bool = False

    def cell_of(self, at: float, width: int) -> int:
        """The cell that a moment of the axis falls into."""
        return min(max(0, int((at - self.start) / (self.end - self.start) * width)), width - 1)


class RaceRaster(RowsPane, can_focus=False):
    """The rows of all lanes; not a stop of the focus."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"race--{hue}" for hue in LANE_STYLES),
        *(f"race--{name}" for name in ("wait", "stall", "end", "dim", "odd", "past")),
        "raster--dim",
    }
    DEFAULT_CSS = """
    RaceRaster {
        height: auto; overflow-y: hidden;
        & .race--a { color: $primary; }
        & .race--b { color: $accent; }
        & .race--c { color: $secondary; }
        & .race--d { color: #c060c0; }
        & .race--wait { color: gray; }
        & .race--stall { color: $warning; }
        & .race--odd { color: $warning; text-style: bold; }
        & .race--end { color: $success; }
        & .race--dim, & .raster--dim { text-style: dim; }
        & .race--past { color: $text-muted; text-style: dim; }
    }
    """

    def show_frame(self, frame: RaceFrame, label_cells: int, width: int, *, is_spread: bool = False) -> None:
        """Draws lanes of `width` cells and one for the end; `is_spread` leaves an empty row between two."""
        self.is_following = False
        self.show([], race_rows(frame, label_cells, width, is_spread=is_spread))


def race_rows(frame: RaceFrame, label_cells: int, width: int, *, is_spread: bool = False) -> list[Row]:
    """The scale, the lanes and the signs as rows."""
    axis = " one text" if frame.is_aligned else " one clock"
    rows: list[Row] = [[Span(axis.ljust(label_cells), "race--dim"), *_scale(frame, width)]]
    for place, row in enumerate(frame.rows):
        if place and is_spread:
            rows.append([])
        rows.append(_lane(frame, row, LANE_STYLES[place], label_cells, width))
    legends = _ALIGNED_KEYS if frame.is_aligned else _KEYS
    legend = next((keys for keys in legends if len(keys) <= width + RIGHT_CELLS), "")
    return [*rows, [Span(" " * label_cells), Span(legend, "race--dim")]]


def _scale(frame: RaceFrame, width: int) -> list[Span]:
    """Labels from the requests on; what lies before them is connecting."""
    before = frame.cell_of(0.0, width)
    axis = RasterFrame(0.0, frame.end, [], [], has_clock=not frame.is_aligned, cursor=frame.cursor)
    heading = _ALIGNED_HEADING if frame.is_aligned else _HEADING
    return [Span(" " * before), *scale_spans(axis, width - before), Span(f"    {heading}", "race--dim")]


def _lane(frame: RaceFrame, row: RaceRow, hue: str, label_cells: int, width: int) -> Row:
    seen = width if frame.cursor is None else frame.cell_of(frame.cursor[0], width) + 1
    label = set_cell_size(sanitize_line(row.label), label_cells)
    right = f"{row.first:>8}{row.reads:>6}  "
    return [
        Span(label, f"race--{hue}"),
        *joined_spans(_drawn(cell, hue, is_past=place >= seen) for place, cell in enumerate(row.cells)),
        Span(" " * (width + 1 - len(row.cells)) + right),
        Span(sanitize_line(row.shape)[: RIGHT_CELLS - len(right)], "race--odd" if row.is_odd else ""),
    ]


def _drawn(cell: LaneCell, hue: str, *, is_past: bool) -> tuple[str, str]:
    """The sign of a cell and its style; what is past the cursor is dim."""
    if cell.what == cells_of.TEXT:
        sign, style = ARRIVAL_SIGNS[min(cell.arrivals.bit_length(), len(ARRIVAL_SIGNS) - 1)], hue
    else:
        sign, style = _SIGNS[cell.what]
    if is_past and style:
        style = "past"
    return sign, f"race--{style}" if style else ""
