"""A column that shares another one's times answers as a list of its own times would."""

from __future__ import annotations

import tracemalloc
from array import array
from bisect import bisect_left, bisect_right

from hypothesis import given
from hypothesis import strategies as st

from tui.core.shared_times import SharedTimes

# Of each time of the source: whether the column has it too, and a time of its own after it.
STEPS = st.lists(st.tuples(st.sampled_from([0.0, 0.25, 1.0]), st.booleans(), st.sampled_from([None, None, None, 0.1])))


def grown(steps: list[tuple[float, bool, float | None]], *, is_shared: bool = True) -> tuple[SharedTimes, list[float]]:
    source, times = array("d"), []
    column = SharedTimes(source if is_shared else None)
    at = 0.0
    for step, is_taken, own in steps:
        at += step
        source.append(at)
        if is_taken:
            times.append(at)
            column.append(at)
        if own is not None:
            at += own
            times.append(at)
            column.append(at)
    return column, times


@given(STEPS, st.integers(0, 9), st.integers(0, 9))
def test_it_is_a_list(steps: list[tuple[float, bool, float | None]], first: int, end: int) -> None:
    column, times = grown(steps)
    assert len(column) == len(times)
    assert list(column) == [column[index] for index in range(len(times))] == times
    assert list(column.between(first, end)) == times[first:end]
    assert column == grown(steps, is_shared=False)[0]


@given(STEPS, st.sampled_from([-1.0, 0.0, 0.1, 0.25, 0.35, 1.0, 1.1, 2.0]))
def test_a_moment_is_found_as_in_a_list(steps: list[tuple[float, bool, float | None]], at: float) -> None:
    column, times = grown(steps)
    assert column.count_before(at) == bisect_left(times, at)
    assert column.count_until(at) == bisect_right(times, at)


@given(STEPS, st.integers(0, 9))
def test_a_beginning_goes_on_by_itself(steps: list[tuple[float, bool, float | None]], count: int) -> None:
    column, times = grown(steps)
    first = column.beginning(min(count, len(times)))
    assert list(first) == times[:count]
    for at in times[count:]:
        first.append(at)
    assert list(first) == times
    assert list(column) == times


def test_what_the_source_has_is_not_kept_again() -> None:
    tracemalloc.start()
    try:
        source = array("d")
        column = SharedTimes(source)
        for place in range(10_000):
            source.append(place / 2)
            column.append(place / 2)
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert list(column) == list(source)
    assert held < 1.5 * source.itemsize * len(source)
