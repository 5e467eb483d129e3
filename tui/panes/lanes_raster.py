"""All lanes on one clock: a scale, a row of release bars per lane, and the stalls as a band through all of them.

Rows are made of cells that were counted elsewhere, so drawing costs the width, whatever the run's length.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from math import floor, log10
from typing import ClassVar

from rich.cells import cell_len, set_cell_size

from tui.core.lane_view import ReleaseCell
from tui.core.sanitize import sanitize_line
from tui.panes.lane_pane import LANE_STYLES
from tui.panes.line_view import Span
from tui.panes.rows_pane import Row, RowsPane

_TICK_CELLS = 10  # between two labels of the scale at least
ARRIVAL_SIGNS = (" ", "▂", "▄", "▆", "█")  # none, one, up to 3, up to 7, more
_RELEASED, _HELD = "█", "░"
_KEYS = ("█ released   ░ text is held   blank: nothing to hold", "█ released   ░ held")


@dataclass(frozen=True, slots=True)
class RasterLane:
    """A row: its label, its hue (a, b, c, d, or empty for none), its cells; `is_raw` draws arrivals, not bars."""

    label: str
    hue: str
    cells: list[ReleaseCell]
    is_raw: bool


@dataclass(frozen=True, slots=True)
class RasterFrame:
    """What is drawn: the time of the axis, the stalls (from, to, label), and `now` while the run goes on.

    `cursor` is where the view is held on the axis, and the words for it. Without a clock the axis counts chunks.
    """

    start: float
    end: float
    lanes: list[RasterLane]
    stalls: list[tuple[float, float, str]]
    now: float | None = None
    has_clock: bool = True
    cursor: tuple[float, str] | None = None


class LanesRaster(RowsPane, can_focus=False):
    """The rows of all lanes; not a stop of the focus."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"raster--{hue}" for hue in LANE_STYLES),
        *(f"raster--{hue}-stall" for hue in LANE_STYLES),
        "raster--held",
        "raster--held-stall",
        "raster--stall",
        "raster--past",
        "raster--past-stall",
        "raster--mark",
        "raster--dim",
    }
    DEFAULT_CSS = """
    LanesRaster {
        height: auto; overflow-y: hidden;
        & .raster--a, & .raster--a-stall { color: $primary; }
        & .raster--b, & .raster--b-stall { color: $accent; }
        & .raster--c, & .raster--c-stall { color: $secondary; }
        & .raster--d, & .raster--d-stall { color: #c060c0; }
        & .raster--held, & .raster--held-stall { color: gray; }
        & .raster--stall, & .raster--a-stall, & .raster--b-stall, & .raster--c-stall, & .raster--d-stall,
        & .raster--held-stall, & .raster--past-stall { background: $warning-muted; }
        & .raster--past, & .raster--past-stall { color: $text-muted; text-style: dim; }
        & .raster--mark { color: $warning; }
        & .raster--dim { text-style: dim; }
    }
    """

    def show_frame(self, frame: RasterFrame, label_cells: int, cells: int, *, is_spread: bool = False) -> None:
        """Draws a frame of so many cells; `is_spread` leaves an empty row between two lanes. One call a frame."""
        self.is_following = False
        self.show([], raster_rows(frame, label_cells, cells, is_spread=is_spread))


def raster_rows(frame: RasterFrame, label_cells: int, width: int, *, is_spread: bool = False) -> list[Row]:
    """The scale, the lanes and the legend as rows."""
    bands = [(*_band(frame, width, low, high), label) for low, high, label in frame.stalls]
    stalled = {cell for low, high, _ in bands for cell in range(low, high)}
    seen = width if frame.cursor is None else _cell_of(frame, frame.cursor[0], width) + 1
    margin = " " * label_cells
    rows = [[Span(" one clock".ljust(label_cells), "raster--dim"), *scale_spans(frame, width)]]
    for number, lane in enumerate(frame.lanes):
        if number and is_spread:
            rows.append([Span(margin), *joined_spans((" ", _banded("", cell in stalled)) for cell in range(width))])
        label = set_cell_size(sanitize_line(lane.label), label_cells)
        rows.append([Span(label, f"raster--{lane.hue}" if lane.hue else "raster--dim"), *_bar(lane, stalled, seen)])
    rows.append([Span(margin), *_legend(bands, width)])
    return rows


def _band(frame: RasterFrame, width: int, low: float, high: float) -> tuple[int, int]:
    """The cells of a stall, from and up to: those between the two arrivals, at least one."""
    scale = width / (frame.end - frame.start) if frame.end > frame.start else 0.0
    first = min(width - 1, floor((low - frame.start) * scale) + 1)
    return first, max(first + 1, min(width, floor((high - frame.start) * scale)))


def _cell_of(frame: RasterFrame, at: float, width: int) -> int:
    """The cell that a moment of the axis falls into."""
    share = (at - frame.start) / (frame.end - frame.start) if frame.end > frame.start else 0.0
    return min(max(0, floor(share * width)), width - 1)


def _bar(lane: RasterLane, stalled: set[int], seen: int) -> list[Span]:
    """The cells of a lane; those from `seen` on are past the cursor."""
    drawn = []
    for place, cell in enumerate(lane.cells):
        sign, style = " ", ""
        if cell.released:
            height = min(cell.released.bit_length(), len(ARRIVAL_SIGNS) - 1)
            sign, style = ARRIVAL_SIGNS[height] if lane.is_raw else _RELEASED, lane.hue
        elif cell.is_held:
            sign, style = _HELD, "held"
        drawn.append((sign, _banded(style if place < seen else "past", place in stalled)))
    return joined_spans(drawn)


def _banded(style: str, is_stalled: bool) -> str:
    parts = ([style] if style else []) + (["stall"] if is_stalled else [])
    return f"raster--{'-'.join(parts)}" if parts else ""


def joined_spans(cells: Iterable[tuple[str, str]]) -> list[Span]:
    """Neighbouring cells of one style as one span."""
    groups = groupby(cells, key=lambda cell: cell[1])
    return [Span("".join(sign for sign, _ in group), style) for style, group in groups]


class _Canvas:
    """A row of single cells to write texts into where nothing stands yet."""

    def __init__(self, width: int) -> None:
        self._cells = [(" ", "")] * width

    def put(self, place: int, text: str, style: str, *, apart: int = 1) -> bool:
        """Writes a text whole, at least `apart` cells from all others; False where there is no room for it."""
        end = place + len(text)
        around = self._cells[max(0, place - apart) : end + apart]
        if place < 0 or end > len(self._cells) or cell_len(text) != len(text) or any(sign != " " for sign, _ in around):
            return False
        self._cells[place:end] = [(sign, style) for sign in text]
        return True

    def spans(self) -> list[Span]:
        """The row."""
        return joined_spans(self._cells)


def scale_spans(frame: RasterFrame, width: int) -> list[Span]:
    """Labels at round times, each beginning in its cell; `now` goes before them."""
    canvas, span = _Canvas(width), frame.end - frame.start
    if span <= 0:
        return []
    if frame.cursor is not None:
        _put_cursor(canvas, _cell_of(frame, frame.cursor[0], width), frame.cursor[1], width)
    elif frame.now is not None:
        text = f"▼{frame.now - frame.start:.2f} s"
        canvas.put(min(round((frame.now - frame.start) / span * width), width - len(text)), text, "")
    step = _round_step(span * _TICK_CELLS / width, is_whole=not frame.has_clock)
    for number in range(floor(span / step + 1e-9) + 1):
        canvas.put(round(number * step / span * width), f"{number * step:.10g}", "raster--dim")
    return canvas.spans()


def _put_cursor(canvas: _Canvas, cell: int, words: str, width: int) -> None:
    """The sign in its cell, the words behind it, or before it where they would not fit."""
    text = f"▼{words}" if cell + 1 + len(words) <= width else f"{words}▼"
    canvas.put(cell if text.startswith("▼") else cell - len(words), text, "")


def _round_step(least: float, *, is_whole: bool) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not less than `least`."""
    power = 10.0 ** floor(log10(least))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))
    return max(1.0, step) if is_whole else step


def _legend(bands: list[tuple[int, int, str]], width: int) -> list[Span]:
    """Under each stall a bracket with its words, the longest first; then what the signs mean, where there is room."""
    canvas = _Canvas(width)
    for low, high, label in sorted(bands, key=lambda band: band[0] - band[1]):
        _mark_stall(canvas, low, high, sanitize_line(label))
    for keys in _KEYS:
        if any(canvas.put(place, keys, "raster--dim") for place in (0, width - len(keys))):
            break
    return canvas.spans()


def _mark_stall(canvas: _Canvas, low: int, high: int, label: str) -> None:
    """A bracket as wide as the stall, its words in it or beside it; fewer words, or none, where they do not fit."""
    inner = high - low - 2
    for text in (label, label.partition(" after ")[0]):
        spare = inner - len(text) - 2
        if spare >= 2 and canvas.put(
            low, f"├{'─' * (spare // 2)} {text} {'─' * (spare - spare // 2)}┤", "raster--mark"
        ):
            return
        bracket = f"├{'─' * inner}┤" if inner >= 0 else "!"
        for place, words in ((low, f"{bracket} {text}"), (high - len(bracket) - len(text) - 1, f"{text} {bracket}")):
            if canvas.put(place, words, "raster--mark"):
                return
    canvas.put(low, "!" * (high - low), "raster--mark", apart=0)
