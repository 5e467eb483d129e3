"""The numbers of a run at one moment under one definition set: placed, drawn, copied, compared.

Values in, rows out; the pane keeps cursor and notes. It loads with the first run, since definition sets, formulas
and the histogram are no part of the first paint.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.core.metric_definitions import DEFINITIONS, metrics_of
from tui.core.metric_text import exact
from tui.core.stats import StreamStats
from tui.errors import UsageError
from tui.panes.gap_histogram_rows import gap_histogram_rows
from tui.panes.line_view import Span
from tui.panes.metric_cells import MetricQuestion, changes_between, headline, other_cells, stamp_metric
from tui.panes.number_grid import PlacedCell, cell_at, grid_rows, neighbour, place_grid, place_headline, side_by_side
from tui.panes.rows_pane import Row
from tui.panes.throughput_row import throughput_row


class NumberSheet:
    """`stamp_error_s` is how late stamps may be, None where it is unknown."""

    rows_of = staticmethod(grid_rows)
    neighbour = staticmethod(neighbour)
    cell_at = staticmethod(cell_at)

    def __init__(self, stats: StreamStats, definition: str, stamp_error_s: float | None) -> None:
        self._stats = stats
        self._facts = stats.facts()
        self._definition = definition
        self._stamp_error_s = stamp_error_s
        self._metrics = metrics_of(self._facts, definition)

    @property
    def has_times(self) -> bool:
        """Whether the frames of the capture have a clock."""
        return self._facts.has_times

    @property
    def sentence(self) -> str:
        """What the definition set is."""
        return f"{self._definition}: {DEFINITIONS[self._definition]}"

    @property
    def text(self) -> str:
        """All numbers of the definition set as text, one a line, with all their digits."""
        metrics = (*self._metrics, stamp_metric(self._stamp_error_s))
        lines = [(metric.name, exact(metric)) for metric in metrics]
        width = max(len(name) for name, _ in lines)
        return "\n".join([f"numbers as defined by {self._definition}", *(f"{n:<{width}}  {v}" for n, v in lines)])

    @property
    def listed(self) -> list[tuple[str, str, str]]:
        """(key, name, value in words) of every number of the set, and of the error of the time stamps."""
        metrics = (*self._metrics, stamp_metric(self._stamp_error_s))
        return [(metric.key, metric.name, exact(metric)) for metric in metrics]

    def question(self, key: str) -> MetricQuestion:
        """Asks where the number of a key comes from."""
        return MetricQuestion(self._stats, key, self._definition, self._stamp_error_s)

    def place(self, room: int, rows_between: int) -> tuple[list[PlacedCell], list[PlacedCell]]:
        """The two fixed rows, and so many rows below them all other numbers."""
        top_cells = headline(self._metrics, self._stamp_error_s)
        top = place_headline(top_cells, room)
        others = other_cells(self._metrics, [*top_cells[0], *top_cells[1]])
        return top, place_grid(others, room, top[-1].row + 1 + rows_between)

    def changes_to(self, other: NumberSheet) -> dict[str, str]:
        """What another definition set of the same run changes, by the key of the cell."""
        return changes_between(self._metrics, other._metrics)

    def change_rows(self, changes: dict[str, str], room: int) -> list[Row]:
        """The changes as rows."""
        listed = side_by_side(list(changes.values()) or ["no number changes"], room)
        return [[Span(f" {line}", "stats--changed")] for line in listed]

    def gap_rows(self, times: Sequence[float], now_s: float | None, width: int, height: int) -> list[Row]:
        """The gaps as a histogram, and under it the speed up to `now_s`, from the arrival times."""
        facts = self._facts
        rows = gap_histogram_rows(facts.texts.gaps, width, height - 1)
        last = facts.texts.last
        end_s = max(now_s or 0.0, last[0] if last else 0.0)
        tokens = (facts.output_tokens or 0) / max(1, len(facts.texts))
        return [*rows, throughput_row(times, width, end_s, tokens_per_piece=tokens)]


def definition_after(name: str) -> str:
    """The next definition set."""
    names = list(DEFINITIONS)
    return names[(names.index(name) + 1) % len(names)]


def definition_named(name: str) -> str:
    """A definition set by its name in any case. Raises UsageError for an unknown one."""
    known = next((known for known in DEFINITIONS if known.lower() == name.lower()), None)
    if known is None:
        raise UsageError(f"no definitions of the name {name!r}: there are {', '.join(DEFINITIONS)}")
    return known
