"""Times of which many are equal answer as a list of them would."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from hypothesis import given
from hypothesis import strategies as st

from tui.core.repeated_times import RepeatedTimes

TIMES = st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0, 2.5])).map(sorted)


@given(TIMES, st.sampled_from([-1.0, 0.0, 0.7, 1.0, 2.5, 3.0]))
def test_it_is_a_list(times: list[float], at: float) -> None:
    repeated = RepeatedTimes()
    for time in times:
        repeated.add(time)
    assert list(repeated) == [repeated[index] for index in range(len(repeated))] == times
    assert list(repeated[1:-1]) == times[1:-1]
    assert list(repeated[::-2]) == times[::-2]
    assert (repeated.count_before(at), repeated.count_until(at)) == (bisect_left(times, at), bisect_right(times, at))
    first = repeated.until(at)
    assert list(first) == times[: bisect_right(times, at)]
    for time in times[len(first) :]:
        first.add(time)
    assert first == repeated
    assert list(repeated.counts) == [times.count(value) for value in repeated.values]


@given(st.lists(st.integers(1, 5)))
def test_many_at_once_are_as_many_one_by_one(counts: list[int]) -> None:
    at_once, one_by_one = RepeatedTimes(), RepeatedTimes()
    for row, count in enumerate(counts):
        at_once.add(row / 2, count)
        for _ in range(count):
            one_by_one.add(row / 2)
    assert at_once == one_by_one
    assert len(at_once) == sum(counts)
