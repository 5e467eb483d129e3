"""The arrivals of a run as one row of plain text, for reports and cards: the screen's picture without its colour."""

from __future__ import annotations

from typing import Final

from tui.core.arrival_raster import raster
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun

_SIGNS: Final = " ▂▄▆█"
_WAITING: Final = "▒"
_STALLED: Final = "!"
PROVEN, UNPROVEN = "✓", "✗"


def span_of(run: DerivedRun) -> float:
    """How long a run lasted from its request on; without times the number of its frames."""
    if not run.capture.header.has_times:
        return float(len(run.decoder.frames)) if run.decoder is not None else 0.0
    last = run.capture.last_at
    return max(0.0, last - origin_of(run))


def origin_of(run: DerivedRun) -> float:
    """When the request was sent, on the run's clock; 0 where it is not known."""
    return run.stats.sent_at or 0.0


def raster_row(run: DerivedRun, width: int, span: float) -> str:
    """`width` cells over `span` from the request on: waiting, arrivals by height, stalls, and how it ended."""
    cells = min(width - 1, max(1, round((width - 1) * span_of(run) / span))) if span > 0 else 1
    mark = PROVEN if run.outcome is Outcome.COMPLETED else UNPROVEN
    return (_marks(run, cells) + mark).ljust(width)


def _marks(run: DerivedRun, cells: int) -> str:
    origin = origin_of(run)
    if not run.capture.header.has_times:
        times: list[float] = [float(index) for index in range(int(span_of(run)))]
    else:
        times = [at - origin for at in run.arrivals.times]
    stalls = [(s.from_s - origin, s.from_s + s.gap_s - origin) for s in run.stats.stall_list]
    row = raster(times, cells, span_of(run), stalls=stalls)
    first = next((index for index, cell in enumerate(row) if cell.arrivals), len(row))
    signs = [_STALLED if cell.is_stalled else _SIGNS[min(4, cell.arrivals.bit_length())] for cell in row]
    return _WAITING * first + "".join(signs[first:])


def axis_row(span: float, width: int, *, has_times: bool = True) -> str:
    """Marks of time under a raster: 0 at the left, the span at the right, round steps between where there is room."""
    row = list("0".ljust(width))
    end = f"{span:.2f} s" if has_times else f"{span:.0f} frames"
    step = _step(span)
    at = step
    while has_times and step and at < span:
        text, place = f"{at:g}", round((width - 1) * at / span)
        if place + len(text) < width - len(end) - 1:
            row[place : place + len(text)] = text
        at += step
    row[width - len(end) :] = end
    return "".join(row)[:width]


def _step(span: float) -> float:
    """The smallest round step that gives at most eight marks."""
    steps = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600)
    return next((step for step in steps if span / step <= 8), 0.0)
