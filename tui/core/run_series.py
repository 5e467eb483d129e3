"""Several runs of one request as a table: each number with its sparkline, median and range. Pure.

Runs that were not completed keep their place in the sparkline but are left out of median and range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, Final

from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.core.metric_text import NOT_DEFINED, exact
from tui.core.run_facts import Metric

SERIES_KEYS: Final = (
    "ttfb_s",
    "ttft_s",
    "ttfo_s",
    "e2e_s",
    "tokens_per_s",
    "gap_p50_s",
    "gap_p99_s",
    "gap_max_s",
    "stalls",
    "tokens",
)
_STEPS: Final = "▁▂▃▄▅▆▇█"
_UNKNOWN: Final = "·"


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One number over the runs, in their order; None where a run does not define it or was not completed.

    `median`, `least` and `most` are None when no run gives a value.
    """

    metric: Metric
    values: tuple[float | None, ...]
    median: float | None
    least: float | None
    most: float | None

    @property
    def sparkline(self) -> str:
        """One sign a run; a dot for a run without the number."""
        return sparkline(self.values)

    def written(self, value: float | None) -> str:
        """A value as this number is written."""
        return exact(replace(self.metric, value=value)) if value is not None else NOT_DEFINED


def series_rows(runs: Sequence[DerivedRun]) -> list[SeriesRow]:
    """The numbers of `SERIES_KEYS` over the runs, which have ended; at least one."""
    told = [{metric.key: metric for metric in run.stats.metrics()} for run in runs]
    return [_row(key, [metrics[key] for metrics in told], runs) for key in SERIES_KEYS]


def _row(key: str, metrics: list[Metric], runs: Sequence[DerivedRun]) -> SeriesRow:
    is_complete = [run.outcome is Outcome.COMPLETED for run in runs]
    values = tuple(metric.value if ok else None for metric, ok in zip(metrics, is_complete, strict=True))
    known = [value for value in values if value is not None]
    is_estimate = any(metric.is_estimate for metric in metrics)
    metric = replace(metrics[0], key=key, is_estimate=is_estimate)
    if not known:
        return SeriesRow(metric, values, None, None, None)
    return SeriesRow(metric, values, median(known), min(known), max(known))


def sparkline(values: Sequence[float | None]) -> str:
    """One sign a value, its height between the least and the greatest; equal values are all in the middle."""
    known = [value for value in values if value is not None]
    least, span = min(known, default=0.0), max(known, default=0.0) - min(known, default=0.0)

    def sign(value: float | None) -> str:
        if value is None:
            return _UNKNOWN
        return _STEPS[len(_STEPS) // 2 - 1 if span == 0 else round((value - least) / span * (len(_STEPS) - 1))]

    return "".join(sign(value) for value in values)


def series_lines(runs: Sequence[DerivedRun]) -> list[str]:
    """The table, a heading first."""
    rows = series_rows(runs)
    cells = [
        (row.metric.name, row.sparkline, row.written(row.median), row.written(row.least), row.written(row.most))
        for row in rows
    ]
    heading = ("", f"run 1-{len(runs)}", "median", "least", "most")
    widths = [max(len(row[column]) for row in (heading, *cells)) for column in range(len(heading))]
    return [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in (heading, *cells)
    ]


def series_summary(runs: Sequence[DerivedRun]) -> dict[str, Any]:
    """The table as JSON: for each number its values, median, least and most, in seconds, counts or rates."""
    return {
        row.metric.key: {"median": row.median, "least": row.least, "most": row.most, "values": list(row.values)}
        for row in series_rows(runs)
    }
