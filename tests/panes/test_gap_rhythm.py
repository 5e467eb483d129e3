"""The running median is right to within a bucket, and gaps are judged by it."""

from __future__ import annotations

from statistics import median_high, median_low

from hypothesis import given
from hypothesis import strategies as st

from tui.panes.gap_rhythm import ORDINARY, SLOW, STALLED, GapRhythm


@given(st.lists(st.floats(1e-4, 10, allow_nan=False), min_size=1, max_size=80))
def test_the_median_is_within_a_bucket_of_the_exact_one(gaps: list[float]) -> None:
    rhythm = GapRhythm()
    for gap in gaps:
        rhythm.judge(gap)
    assert median_low(gaps) / 1.06 <= rhythm.median_s <= median_high(gaps) * 1.06


def test_a_gap_is_judged_by_the_runs_own_rhythm() -> None:
    rhythm = GapRhythm()
    for _ in range(50):
        assert rhythm.judge(0.024) == ORDINARY
    assert rhythm.judge(0.06) == ORDINARY
    assert rhythm.judge(0.1) == SLOW
    assert rhythm.judge(0.2) == SLOW
    assert rhythm.judge(0.9) == STALLED


def test_a_slow_run_has_no_stall_at_its_own_pace() -> None:
    rhythm = GapRhythm()
    assert [rhythm.judge(0.5) for _ in range(40)] == [ORDINARY] * 40


def test_the_first_gaps_are_not_judged() -> None:
    rhythm = GapRhythm()
    assert [rhythm.judge(gap) for gap in (0.01, 5.0, 0.01)] == [ORDINARY] * 3
