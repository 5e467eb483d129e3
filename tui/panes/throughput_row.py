"""The speed of a run from left to right as one row of blocks: tokens per slice of time, with the peak as a number.

Pure. Each cell is two searches in the ascending arrival times, so a long run costs no more than a short one.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.core.arrival_raster import raster
from tui.panes.gap_histogram_rows import BLOCKS, levels_of
from tui.panes.line_view import Span
from tui.panes.rows_pane import Row

_LABEL = "tok/s "
_PEAK_CELLS = 12


def throughput_row(times: Sequence[float], width: int, end_s: float, *, tokens_per_piece: float = 1.0) -> Row:
    """One row of `width` columns for the time from 0 to `end_s`; `times` are those of the pieces of text.

    A slice without text is drawn as nothing. Tokens are not on the wire one by one, so the peak is an estimate (~).
    """
    room = width - len(_LABEL) - _PEAK_CELLS
    if room < 4 or not times or end_s <= 0:
        return [Span(f"{_LABEL}n/a", "stats--hint")]
    counts = [cell.arrivals for cell in raster(times, room, end_s)]
    peak = max(counts)
    signs = "".join(BLOCKS[level] for level in levels_of(counts, peak, 1)) if peak else " " * room
    peak_rate = peak * tokens_per_piece / (end_s / room)
    return [Span(_LABEL, "stats--hint"), Span(signs, "stats--bar"), Span(f" peak {_rate(peak_rate)}~", "stats--hint")]


def _rate(value: float) -> str:
    if value < 9999.5:
        return f"{value:.0f}"
    return f"{value / 1000:.0f}k" if value < 999_500 else f"{value:.0e}"
