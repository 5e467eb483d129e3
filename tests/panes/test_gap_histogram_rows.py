"""The histogram of the gaps and the row of speed: counts against plain arithmetic, drawing against the axis."""

from __future__ import annotations

from bisect import bisect_right
from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.gap_series import OrderedValues
from tui.panes.gap_histogram_rows import bar_columns, gap_bins, gap_histogram_rows, levels_of, lower_edge
from tui.panes.rows_pane import Row
from tui.panes.throughput_row import throughput_row

LEFT = 6


def values_of(gaps: list[float]) -> OrderedValues:
    values = OrderedValues()
    values.extend(gaps)
    return values


def plain(row: Row) -> str:
    return "".join(span.text for span in row)


def drawn(gaps: list[float], width: int, height: int) -> list[str]:
    return [plain(row) for row in gap_histogram_rows(values_of(gaps), width, height)]


@given(st.lists(st.floats(0, 100), max_size=60), st.integers(1, 30))
def test_every_gap_is_in_the_one_bin_whose_edges_hold_it(gaps: list[float], decade: int) -> None:
    columns = 4 * decade
    bins = gap_bins(values_of(gaps), columns)
    edges = [lower_edge(column, columns) for column in range(columns + 1)]
    assert edges[0] == pytest.approx(0.001)
    assert edges[-1] == pytest.approx(10)
    expected = [0] * (columns + 2)
    for gap in gaps:
        expected[bisect_right(edges, gap)] += 1
    assert [bins.under, *bins.counts, bins.over] == expected


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40), st.integers(20, 120), st.integers(3, 12))
def test_rows_fit_and_every_count_is_seen_and_no_zero_is(gaps: list[float], width: int, height: int) -> None:
    rows = drawn(gaps, width, height)
    assert len(rows) <= height
    assert max(map(len, rows)) <= width
    columns = bar_columns(width)
    bins = gap_bins(values_of(gaps), columns)
    bars = rows[1 if height >= 5 else 0 : -1]
    for place, count in enumerate([bins.under, *bins.counts, bins.over]):
        signs = "".join(bar[LEFT - 1 + place] for bar in bars)
        assert bool(signs.strip()) == (count > 0)


@pytest.mark.parametrize("gap", [0.0012, 0.009, 0.011, 0.09, 0.12, 0.95, 1.1, 9.0])
@pytest.mark.parametrize("width", [40, 50, 80])
def test_a_bar_stands_between_the_ticks_of_its_power_of_ten(gap: float, width: int) -> None:
    rows = drawn([gap], width, 7)
    ticks = [place for place, sign in enumerate(rows[-1]) if sign in "│>"]
    assert len(ticks) == 5
    place = next(place for place, sign in enumerate(rows[-2]) if place >= LEFT - 1 and sign == "█")
    decade = int(log10(gap) + 3)
    assert ticks[decade] <= place < ticks[decade + 1]


def test_the_axis_names_its_powers_of_ten_and_both_ends() -> None:
    for width in (40, 50, 80):
        axis = drawn([0.01], width, 7)[-1]
        for label in ("<│1 ms", "│10 ms", "│100 ms", "│1 s", ">10 s"):
            assert label in axis


def test_bars_are_as_high_as_their_counts() -> None:
    assert levels_of([0, 1, 5, 10, 1000], 1000, 4) == [0, 1, 1, 1, 32]
    assert levels_of([50, 100], 100, 3) == [12, 24]


def test_a_bar_of_stalls_has_a_sign_besides_its_colour() -> None:
    rows = gap_histogram_rows(values_of([0.02] * 50 + [0.9]), 50, 7)
    assert any("!" in span.text and span.style == "stats--bar-stall" for row in rows[1:-1] for span in row)
    assert not any("!" in plain(row) for row in gap_histogram_rows(values_of([0.02] * 50), 50, 7)[1:])


def test_the_summary_counts_and_no_gap_is_said_in_words() -> None:
    assert drawn([0.02, 0.03, 0.04], 50, 7)[0].split("   ")[:3] == [" 3 gaps", "p50 30 ms", "max 40 ms"]
    assert drawn([], 50, 7)[0].startswith("No gap yet")


class CountingValues(OrderedValues):
    """Counts how often it is searched."""

    searches = 0

    def count_below(self, limit: float) -> int:
        self.searches += 1
        return super().count_below(limit)


def test_a_longer_run_is_not_searched_more_often() -> None:
    """The gaps are never binned anew: the searches are as many as the columns, for 10 gaps and for 100,000."""
    searches = []
    for count in (10, 100_000):
        values = CountingValues()
        values.extend(0.001 * (1 + index % 97) for index in range(count))
        gap_histogram_rows(values, 50, 7)
        searches.append(values.searches)
    assert searches[0] == searches[1] <= 50


def test_the_row_of_speed_shows_silence_as_nothing_and_its_peak_in_tokens() -> None:
    times = [start + 0.05 * index + 0.025 for start in (0.0, 3.0) for index in range(20)]
    row = throughput_row(times, 58, 4.0)
    signs = row[1].text
    assert len(signs) == 40
    assert signs[11:29].strip() == ""
    assert signs[:10].strip()
    assert plain(row).endswith("peak 20~")
    assert plain(throughput_row(times, 58, 4.0, tokens_per_piece=2.0)).endswith("peak 40~")
    assert len(plain(row)) <= 58


def test_the_row_of_speed_without_times_is_not_a_number() -> None:
    assert "n/a" in plain(throughput_row([], 58, 4.0))
    assert "n/a" in plain(throughput_row([1.0], 10, 4.0))
