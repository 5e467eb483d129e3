"""Where a following view ends: exact while rows are read one by one, with room while they come fast."""

from __future__ import annotations

import pytest

from tui.panes.tail_jump import SETTLED_AFTER_S, TailJump

HEIGHT = 20


class Tail:
    """A view of some height over rows that come at moments set by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.jump = TailJump(lambda: self.now)
        self.bottom = HEIGHT
        self.moves = 0

    def show(self, count: int, after_s: float) -> None:
        self.now += after_s
        end = self.jump.end(count, self.bottom, HEIGHT)
        bottom = max(HEIGHT, end)
        self.moves += bottom != self.bottom
        self.bottom = bottom


def test_rows_read_one_by_one_end_at_the_last() -> None:
    tail = Tail()
    for count in range(1, 60):
        tail.show(count, SETTLED_AFTER_S * 2)
        assert tail.bottom == max(HEIGHT, count)


@pytest.mark.parametrize("rows_a_frame", [1, 2, 3])
def test_fast_rows_move_the_view_rarely_and_are_never_below_it(rows_a_frame: int) -> None:
    tail = Tail()
    counts = range(1, 1000, rows_a_frame)
    for count in counts:
        tail.show(count, 0.1)
        assert count <= tail.bottom <= max(HEIGHT, count + HEIGHT // 4)
    assert tail.moves < len(counts) / 2


def test_a_flood_of_rows_shows_the_last_one() -> None:
    tail = Tail()
    for count in range(1, 100_000, 500):
        tail.show(count, 0.03)
        assert count <= tail.bottom


def test_it_is_settled_when_no_row_has_come_for_a_moment() -> None:
    tail = Tail()
    tail.show(50, 1)
    assert not tail.jump.is_settled
    tail.show(50, SETTLED_AFTER_S * 1.1)
    assert tail.jump.is_settled


def test_a_low_view_never_jumps() -> None:
    jump = TailJump(lambda: 0.0)
    assert [jump.end(count, count - 1, 5) for count in range(6, 30)] == list(range(6, 30))
