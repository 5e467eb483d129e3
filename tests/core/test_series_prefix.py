"""The numbers of the beginnings of a series, against those of a series that ends there."""

from __future__ import annotations

import random
from array import array
from bisect import bisect_left
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.gap_series import VALUES_A_BLOCK, GapSeries, OrderedValues
from tui.core.number_runs import NumberRuns
from tui.core.series_prefix import SeriesEnd, SeriesIndex, SeriesPrefix, SortedBlocks


def blocks_over(values: list[float]) -> SortedBlocks:
    return SortedBlocks(lambda first, end: array("d", values[first:end]), has_spread=True)


@pytest.mark.parametrize("kinds", [2, 50, 10**9])
@pytest.mark.parametrize("count", [1, 2, 3, VALUES_A_BLOCK, VALUES_A_BLOCK + 1, 3 * VALUES_A_BLOCK - 1, 15_000])
def test_the_first_values_answer_as_a_series_of_them(kinds: int, count: int) -> None:
    dice = random.Random(kinds)
    values = [dice.randrange(kinds) / 7 for _ in range(15_000)]
    first, known = blocks_over(values).first(count), OrderedValues()
    known.extend(array("d", values[:count]))
    assert len(first) == len(known)
    for share in (0.0, 0.1, 0.5, 0.9, 0.99, 1.0):
        assert first.quantile(share) == known.quantile(share)
    assert first.count_below(values[0]) == known.count_below(values[0])
    assert first.deviation() == known.deviation()


def test_of_no_values_nothing_is_known() -> None:
    first = blocks_over([]).first(0)
    assert (len(first), first.quantile(0.5), first.deviation(), first.count_below(1.0)) == (0, None, None, 0)


def test_blocks_are_sorted_in_portions() -> None:
    blocks = blocks_over([0.5] * 10_000)
    assert [blocks.prepare(10_000, 1), blocks.prepare(10_000, 1), blocks.prepare(100, 1)] == [False, True, True]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.0, 0.01, 0.5]), st.integers(0, 2)), max_size=40), st.data())
def test_a_beginning_of_a_series_is_a_series_of_it(steps: list[tuple[float, int]], data: st.DataObject) -> None:
    """Also when it grows again by what the series has next."""
    times, frames, at, frame = array("d"), array("I"), 0.0, 0
    for gap, skipped in steps:
        at, frame = at + gap, frame + skipped
        times.append(at)
        frames.append(frame)
    at_frame = dict(zip(frames, times, strict=True))
    times = array("d", [at_frame[number] for number in frames])  # one time a frame
    whole, known = GapSeries(), GapSeries()
    whole.extend(times, frames)
    first, count = sorted(data.draw(st.tuples(st.integers(0, len(times)), st.integers(0, len(times)))))
    index = SeriesIndex(whole, lambda low, high: array("d", [at_frame.get(number, 0.0) for number in range(low, high)]))
    last = (times[first - 1], frames[first - 1]) if first else None
    seen = SeriesPrefix(index, SeriesEnd(first, last))
    for place in range(count):
        known.add(times[place], frames[place])
        if place >= first:
            seen.add(times[place], frames[place])
    assert (len(seen), seen.first, seen.second, seen.last) == (len(known), known.first, known.second, known.last)
    assert (seen.longest, seen.span_s, seen.mean_s) == (known.longest, known.span_s, known.mean_s)
    assert (len(seen.gaps), seen.burst_share(0.1)) == (len(known.gaps), known.burst_share(0.1))


@given(st.lists(st.integers(0, 3), max_size=300), st.lists(st.integers(0, 300), max_size=4), st.data())
def test_runs_of_numbers_give_back_the_numbers(steps: list[int], cuts: list[int], data: st.DataObject) -> None:
    numbers, runs, number = array("I"), NumberRuns(), 0
    for step in steps:
        number += step if step < 3 else 1
        numbers.append(number)

    edges = [0, *sorted(cuts), len(numbers)]
    for low, high in pairwise(edges):
        runs.extend(numbers[low:high])
    first, end = sorted(data.draw(st.tuples(st.integers(0, len(numbers)), st.integers(0, len(numbers)))))
    assert len(runs) == len(numbers)
    assert [number for span in runs.spans(first, end) for number in span] == list(numbers[first:end])
    assert [runs[place] for place in range(len(runs))] == list(numbers)
    assert runs.count_before(first) == bisect_left(numbers, first)
    for place in range(first, end):
        assert list(numbers[place : place + runs.run_from(place)]) == list(runs.spans(place, len(runs))[0])
