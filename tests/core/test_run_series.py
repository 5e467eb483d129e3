"""The table of several runs: sparklines, medians over complete runs, numbers that nobody gives."""

from __future__ import annotations

import pytest

from tests.core.made_runs import DONE, FINISH, delta, run_of
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.core.run_series import series_lines, series_rows, series_summary, sparkline


def made(first_ms: float, outcome: Outcome = Outcome.COMPLETED) -> DerivedRun:
    pieces = [(first_ms + 20 * i, delta(content=f"w{i} ")) for i in range(4)]
    return run_of([*pieces, (900, FINISH), (901, DONE)], outcome=outcome)


@pytest.mark.parametrize(
    ("values", "line"),
    [((), ""), ((1.0,), "▄"), ((0.0, 1.0), "▁█"), ((0.0, 0.5, 1.0), "▁▅█"), ((2.0, None, 2.0), "▄·▄"), ((None,), "·")],
)
def test_sparkline(values: tuple[float | None, ...], line: str) -> None:
    assert sparkline(values) == line


def test_medians_are_over_complete_runs() -> None:
    runs = [made(100), made(500, Outcome.CANCELLED), made(200), made(300)]
    ttft = next(row for row in series_rows(runs) if row.metric.key == "ttft_s")
    assert ttft.values == (0.1, None, 0.2, 0.3)
    assert (ttft.median, ttft.least, ttft.most) == (0.2, 0.1, 0.3)
    assert ttft.sparkline == "▁·▅█"
    assert series_summary(runs)["ttft_s"] == {"median": 0.2, "least": 0.1, "most": 0.3, "values": [0.1, None, 0.2, 0.3]}


def test_a_number_that_no_run_gives_is_not_defined() -> None:
    lines = series_lines([made(100, Outcome.INCOMPLETE)])
    assert lines[0].split() == ["run", "1-1", "median", "least", "most"]
    assert next(line for line in lines if line.startswith("TTFT ")).split() == ["TTFT", "·", "n/a", "n/a", "n/a"]
