"""The gaps of a run as a histogram on a log scale, 1 ms to 10 s, drawn in block characters with a labelled axis.

Pure. The bins are counted in the sorted gaps that the statistics keep anyway: two searches a column, whatever the
length of the run; nothing is binned anew.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

from tui.core.gap_series import Values
from tui.panes.gap_rhythm import SLOW_FACTOR, STALL_FACTOR, STALL_FLOOR_S
from tui.panes.line_view import Span
from tui.panes.rows_pane import Row

BLOCKS: Final = " ▁▂▃▄▅▆▇█"
NO_GAP: Final = "No gap yet: the second piece of text makes the first one."
_DECADES: Final = ("1 ms", "10 ms", "100 ms", "1 s")
_LEFT: Final = 6  # the count beside the bars, then the column of what is shorter than 1 ms
_RIGHT: Final = 5  # the column of what is longer than 10 s begins with its label
_SUMMARY_FROM: Final = 5
_MOST_BARS: Final = 16


class GapBins(NamedTuple):
    """How many gaps fell into each column: below 1 ms, the columns of the axis, from 10 s on."""

    under: int
    counts: list[int]
    over: int

    @property
    def peak(self) -> int:
        """The greatest count."""
        return max(self.under, self.over, *self.counts)


def gap_bins(gaps: Values, columns: int) -> GapBins:
    """The gaps in `columns` bins of equal width on the log scale; a bin has its lower edge, not its upper one."""
    below = [gaps.count_below(lower_edge(column, columns)) for column in range(columns + 1)]
    counts = [high - low for low, high in pairwise(below)]
    return GapBins(below[0], counts, len(gaps) - below[-1])


def lower_edge(column: int, columns: int) -> float:
    """The least gap of a bin, in seconds."""
    return float(10.0 ** (4 * column / columns - 3))


def bar_columns(width: int) -> int:
    """How many bins fit, a whole number for each of the four powers of ten."""
    return int(max(4, (width - _LEFT - _RIGHT) // 4 * 4))


def gap_histogram_rows(gaps: Values, width: int, height: int) -> list[Row]:
    """At most `height` rows of `width` columns (from 3 and 20 on): a summary where there is room, bars, the axis."""
    median, longest = gaps.quantile(0.5), gaps.quantile(1.0)
    if median is None or longest is None:
        return [[Span(NO_GAP[: max(0, width - 1)], "stats--hint")]]
    has_summary = height >= _SUMMARY_FROM
    bar_rows = min(_MOST_BARS, max(1, height - 1 - has_summary))
    columns = bar_columns(width)
    bins = gap_bins(gaps, columns)
    stall_s = max(STALL_FLOOR_S, STALL_FACTOR * median)
    slow_s = max(STALL_FLOOR_S / STALL_FACTOR, SLOW_FACTOR * median)
    edges = [0.0, *(lower_edge(column, columns) for column in range(columns + 1))]
    styles = [_style(edge, slow_s, stall_s) for edge in edges]
    rows = [_summary(len(gaps), median, longest, stall_s, width)] if has_summary else []
    return [*rows, *_bars(bins, styles, bar_rows), _axis(columns)]


def levels_of(counts: list[int], peak: int, rows: int) -> list[int]:
    """Heights in eighths of a row: 0 for none, at least 1 for any, `rows` whole rows for the peak."""
    return [max(1, round(count / peak * rows * 8)) if count else 0 for count in counts]


def _bars(bins: GapBins, styles: list[str], rows: int) -> list[Row]:
    levels = levels_of([bins.under, *bins.counts, bins.over], bins.peak, rows)
    drawn: list[Row] = []
    for row in range(rows):
        floor = (rows - 1 - row) * 8
        count = _count(bins.peak) if row == 0 else "0" if row == rows - 1 else ""
        spans = [Span(f"{count:>{_LEFT - 2}} ", "stats--hint")]
        for level, style in zip(levels, styles, strict=True):
            sign = BLOCKS[min(8, max(0, level - floor))]
            # A bar of stalls carries a sign of its own on its top, since colour is not enough.
            if style == "stats--bar-stall" and 0 < level <= floor < level + 8:
                sign = "!"
            if spans[-1].style == style:
                spans[-1] = Span(spans[-1].text + sign, style)
            else:
                spans.append(Span(sign, style))
        drawn.append(spans)
    return drawn


def _axis(columns: int) -> Row:
    """Ticks at the powers of ten, each with its label to the right where it fits."""
    row = [" "] * columns
    decade = columns // 4
    for index, label in enumerate(_DECADES):
        mark = f"│{label}" if len(label) < decade else "│"
        row[index * decade : index * decade + len(mark)] = mark
    return [Span(" " * (_LEFT - 1) + "<" + "".join(row) + ">10 s", "stats--axis")]


def _summary(count: int, median: float, longest: float, stall_s: float, width: int) -> Row:
    """What the bars say, in numbers; the last parts are left out where the row is short."""
    parts = [f" {count} gaps", f"p50 {_time(median)}", f"max {_time(longest)}", f"! over {_time(stall_s)}"]
    while len(parts) > 1 and len("   ".join(parts)) > width:
        parts.pop()
    return [Span("   ".join(parts), "stats--hint")]


def _style(edge_s: float, slow_s: float, stall_s: float) -> str:
    if edge_s >= stall_s:
        return "stats--bar-stall"
    return "stats--bar-slow" if edge_s >= slow_s else "stats--bar"


def _count(count: int) -> str:
    return str(count) if count < 10_000 else f"{count // 1000}k" if count < 1_000_000 else f"{count // 1_000_000}M"


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.{1 if seconds < 0.00995 else 0}f} ms" if seconds < 0.9995 else f"{seconds:.2f} s"
