"""Packed times come out as the very same numbers, and those of a capture are small."""

from __future__ import annotations

import random
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.packed_times import pack_times, unpack_times


@given(st.lists(st.one_of(st.floats(), st.floats(0, 1e5).map(lambda at: round(at, 6))), min_size=1))
def test_any_times_come_out_the_same(times: list[float]) -> None:
    assert [str(at + 0.0) for at in unpack_times(pack_times(array("d", times)))] == [str(at + 0.0) for at in times]


@pytest.mark.parametrize(("rate", "most"), [(500, 3.0), (0, 0.1)])
def test_the_times_of_a_capture_are_small(rate: int, most: float) -> None:
    dice = random.Random(8)
    times = array("d", (round(index / rate + dice.random() / 1e4, 6) if rate else 1.5 for index in range(50_000)))
    packed = pack_times(times)
    assert unpack_times(packed) == times
    assert len(packed) <= most * len(times)
