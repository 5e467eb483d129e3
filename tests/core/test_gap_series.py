"""Order statistics while values still come, against sorting everything."""

from __future__ import annotations

import random
from array import array
from itertools import accumulate
from statistics import fmean, median, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.gap_series import GapSeries, OrderedValues

VALUES = st.floats(0, 1e4, allow_nan=False) | st.sampled_from([0.0, 0.0, 0.05, 1.0])


def _linear(values: list[float], share: float) -> float:
    """A percentile by its definition: linear between the two neighbours."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _check(ordered: OrderedValues, values: list[float]) -> None:
    for share in (0.0, 0.5, 0.9, 0.99, 1.0):
        assert ordered.quantile(share) == _linear(values, share)
    assert ordered.quantile(0.5) == pytest.approx(median(values), rel=1e-12)
    assert ordered.mean() == pytest.approx(fmean(values))
    assert ordered.count_below(0.05) == sum(value < 0.05 for value in values)
    assert ordered.count_below(1e9) == len(values) == len(ordered)
    if len(values) > 1:
        assert ordered.deviation() == pytest.approx(pstdev(values), rel=1e-6, abs=1e-9)


@settings(max_examples=60)
@given(st.lists(st.lists(VALUES, min_size=1, max_size=60), min_size=1, max_size=12))
def test_answers_are_exact_after_every_batch(batches: list[list[float]]) -> None:
    ordered, values = OrderedValues(), []
    for batch in batches:
        for value in batch:
            ordered.add(value)
        values += batch
        _check(ordered, values)


@pytest.mark.parametrize("kinds", [3, 1000, 10**9])
def test_answers_are_exact_over_many_blocks(kinds: int) -> None:
    """Few kinds of values fill many blocks with equal ones."""
    source, ordered, values = random.Random(kinds), OrderedValues(), []
    for batch in (9000, 1, 5, 400, 30, 9000, 2):
        fresh = [source.randrange(kinds) / 100 for _ in range(batch)]
        for value in fresh:
            ordered.add(value)
        values += fresh
        _check(ordered, values)


def test_nothing_gives_nothing_and_one_value_no_spread() -> None:
    ordered = OrderedValues()
    assert (ordered.quantile(0.5), ordered.mean(), ordered.deviation(), ordered.count_below(1)) == (None, None, None, 0)
    ordered.add(2.0)
    assert (ordered.quantile(0.99), ordered.mean(), ordered.deviation()) == (2.0, 2.0, None)


ARRIVALS = [(1.0, 3), (1.5, 4), (3.5, 9), (3.5, 9), (5.5, 11)]


@pytest.mark.parametrize("asked_after", [(), (1,), (2,), (1, 2, 3, 4)])
def test_series_knows_its_ends_and_its_longest_gap(asked_after: tuple[int, ...]) -> None:
    """Whether it was asked in between or not."""
    series = GapSeries()
    for count, (at, frame) in enumerate(ARRIVALS, start=1):
        series.add(at, frame)
        assert (len(series), series.last) == (count, (at, frame))
        if count in asked_after:
            assert len(series.gaps) == count - 1
    assert (series.first, series.second, series.last) == ((1.0, 3), (1.5, 4), (5.5, 11))
    assert series.longest == ((1.5, 4), (3.5, 9))
    assert (series.span_s, series.burst_share(0.001)) == (4.5, 0.25)
    assert (series.first, series.second) == ((1.0, 3), (1.5, 4))


@pytest.mark.parametrize("has_spread", [True, False])
def test_long_series_loses_no_gap(*, has_spread: bool) -> None:
    series = GapSeries(has_spread=has_spread)
    for index in range(150_000):
        series.add(index * 0.5, index)
    assert series.mean_s == 0.5
    assert (len(series), len(series.gaps)) == (150_000, 149_999)
    assert (series.gaps.quantile(0.0), series.gaps.quantile(1.0), series.first) == (0.5, 0.5, (0.0, 0))


def test_series_of_one_has_no_gap() -> None:
    series = GapSeries()
    assert (series.first, series.last, series.mean_s, len(series)) == (None, None, None, 0)
    series.add(0.0, 0)
    assert (series.first, series.second, series.longest) == ((0.0, 0), None, None)
    assert (series.span_s, series.burst_share(1.0), series.gaps.quantile(0.5)) == (None, None, None)


@pytest.mark.parametrize("asks", [(), (0.3,), (0.05, 0.9), (0.2, 0.4, 0.6, 0.8)])
def test_gaps_that_nobody_asked_for_are_made_from_the_frames(asks: tuple[float, ...]) -> None:
    """The same numbers, however often and when somebody asks; times are let go in between."""
    dice, count = random.Random(8), 150_000
    times = array("d", accumulate(round(dice.random() / 50, 6) for _ in range(count)))
    kept, unkept = GapSeries(), GapSeries(times_between=lambda first, end: times[first // 2 : (end - 1) // 2 + 1])
    questions = {int(count * share) for share in asks}
    for place, at in enumerate(times):
        for series in (kept, unkept):
            series.add(at, 2 * place)
        if place in questions:
            assert unkept.gaps.quantile(0.5) == kept.gaps.quantile(0.5)
    for share in (0.0, 0.5, 0.99, 1.0):
        assert unkept.gaps.quantile(share) == kept.gaps.quantile(share)
    assert (unkept.gaps.deviation(), unkept.gaps.mean()) == (kept.gaps.deviation(), kept.gaps.mean())
    assert (unkept.longest, len(unkept)) == (kept.longest, count)
