"""Pane 4: the numbers of a run, and after its end the problem, the cancel receipt and the remarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from tui.core.chunks import StreamProblem
from tui.core.problem_kinds import title_of
from tui.core.sanitize import sanitize
from tui.core.stats import StreamStats
from tui.panes.line_view import Span
from tui.panes.rows_pane import Row, RowsPane
from tui.panes.wrapped_text import WrappedText


class StatsPane(RowsPane):
    """Numbers keep their place when they change."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"stats--label", "stats--value", "stats--hint", "stats--problem"}
    DEFAULT_CSS = """
    StatsPane {
        & .stats--label { text-style: dim; }
        & .stats--value { text-style: bold; }
        & .stats--hint { text-style: dim; }
        & .stats--problem { text-style: bold; color: $error; }
    }
    """

    def show_stats(self, stats: StreamStats | None, notes: Sequence[Row], hint: str) -> None:
        """Shows the numbers as they stand, then the notes; one call a frame at most."""
        if stats is None or stats.ttft_s is None:
            rows: list[Row] = self.wrap(hint, "stats--hint")
        else:
            rows = stats_rows(stats)
        self.show([], [*rows, *notes])

    def wrap(self, text: str, style: str = "") -> list[Row]:
        """Untrusted text as safe rows of the pane's width."""
        wrapped = WrappedText(max(10, self.scrollable_content_region.width))
        wrapped.append(sanitize(text))
        return [[Span(wrapped.row_text(row), style)] for row in range(wrapped.row_count)]

    @staticmethod
    def problem_lines(problem: StreamProblem) -> list[str]:
        """A problem in three lines: title, what happened, what to do. Not yet safe to show."""
        return [f"▲ {title_of(problem.kind)}", problem.message, problem.hint]

    def problem_rows(self, problem: StreamProblem) -> list[Row]:
        """A problem in three parts: title, what happened, what to do."""
        title, sentence, hint = self.problem_lines(problem)
        return [*self.wrap(title, "stats--problem"), *self.wrap(sentence), *self.wrap(hint, "stats--hint")]


def stats_rows(stats: StreamStats) -> list[Row]:
    """The numbers in rows of label and value pairs; what is not defined reads n/a."""
    rough = "" if stats.token_source == "usage" else "~"
    rate = "n/a" if stats.tokens_per_s is None else f"{stats.tokens_per_s:.0f} tok/s{rough}"
    return [
        _row(("TTFT", seconds(stats.ttft_s)), ("TTFO", seconds(stats.ttfo_s)), ("", rate)),
        _row(("gap p50", milliseconds(stats.gap_p50_s)), ("max", milliseconds(stats.gap_max_s))),
        _row(("TTFB", seconds(stats.ttfb_s)), ("stalls", str(len(stats.stalls))), ("", _stall(stats))),
        _row(
            ("tokens", f"{stats.token_count or 0}{rough}"),
            ("char", str(stats.char_count)),
            ("reads", str(stats.read_count)),
        ),
        [Span(f"tokens from {_source(stats)}", "stats--hint")],
    ]


def seconds(value: float | None) -> str:
    """Seconds with two decimals, or n/a."""
    return "n/a" if value is None else f"{value:.2f} s"


def milliseconds(value: float | None) -> str:
    """Milliseconds without decimals, or n/a."""
    return "n/a" if value is None else f"{value * 1000:.0f} ms"


def _source(stats: StreamStats) -> str:
    return "usage" if stats.token_source == "usage" else "chunks, no usage known (~)"


def _stall(stats: StreamStats) -> str:
    return f"longest {max(stats.stalls):.2f} s" if stats.stalls else ""


def _row(*cells: tuple[str, str]) -> Row:
    row: Row = []
    for label, value in cells:
        text = f"{label} " if label else ""
        row += [Span(text, "stats--label"), Span(value, "stats--value"), Span(" " * max(2, 16 - len(text + value)))]
    return row
