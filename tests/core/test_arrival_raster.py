"""Every arrival is in exactly one cell, and stalls are marked where nothing came."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.core.arrival_raster import raster

TIMES = st.lists(st.floats(0, 10, allow_nan=False), max_size=60).map(sorted)


@given(TIMES, st.integers(1, 120))
def test_every_arrival_is_counted_once(times: list[float], width: int) -> None:
    end = max([*times, 0.001])
    cells = raster(times, width, end)
    assert len(cells) == width
    assert sum(cell.arrivals for cell in cells) == len(times)


def test_a_lump_at_the_end_is_one_cell() -> None:
    cells = raster([4.0] * 98, 40, 4.0)
    assert [cell.arrivals for cell in cells] == [0] * 39 + [98]


def test_a_stall_marks_the_cells_in_which_nothing_came() -> None:
    cells = raster([0.0, 0.1, 0.9, 1.0], 10, 1.0, stalls=[(0.1, 0.9)])
    assert [cell.is_stalled for cell in cells] == [False, False, *[True] * 7, False]


def test_nothing_to_draw_is_drawn_as_nothing() -> None:
    assert raster([], 5, 0.0) == raster([], 5, 1.0)
    assert raster([1.0], 0, 1.0) == []
