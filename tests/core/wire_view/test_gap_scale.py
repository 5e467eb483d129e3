"""The bar of a gap: one cell at the run's median, all at a stall."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from tui.core.wire_view.gap_scale import BAR_CELLS, GapScale


def test_bars_of_the_drawing() -> None:
    scale = GapScale.of(0.0241, 0.25)
    bars = [scale.bar(ms / 1000) for ms in (312, 0, 24, 904)]
    assert bars == ["█" * 10, "▏", "█", "█" * 10]


def test_a_run_without_a_rhythm_has_a_scale_too() -> None:
    assert GapScale.of(None, None) == GapScale.of(0.02, None) == GapScale()
    assert GapScale.of(0.0, 0.0).bar(0.001) == "█" * 10


@example(6.25, 6.5, 4.625, 0.0)  # one bar ends with a whole cell, the other in the middle of one
@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 10), st.floats(0, 10))
def test_a_longer_gap_has_no_shorter_bar(one: float, other: float, median: float, stall: float) -> None:
    scale = GapScale.of(median, stall)
    short, long = sorted([one, other])
    lengths = [8 * bar.count("█") + max(0, " ▏▎▍▌▋▊▉".find(bar[-1])) for bar in (scale.bar(short), scale.bar(long))]
    assert lengths == sorted(lengths)
    assert all(1 <= len(scale.bar(gap)) <= BAR_CELLS for gap in (short, long))


def test_scale_stays_while_the_median_hardly_changes() -> None:
    assert GapScale.of(0.02396, 0.25) == GapScale.of(0.02404, 0.25)
