"""Keys come first, and not always."""

from __future__ import annotations

from tui.screens.frame_ticker import CLEAR_S, KeyWay


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_after_a_key_all_else_waits_for_a_moment() -> None:
    clock = Clock()
    way = KeyWay(clock)
    assert way.left_s() <= 0
    way.clear()
    assert 0 < way.left_s() <= CLEAR_S
    clock.now += CLEAR_S
    assert way.left_s() <= 0


def test_keys_that_come_without_end_take_half_of_the_time() -> None:
    clock = Clock()
    way = KeyWay(clock)
    clear = 0
    for _ in range(1000):
        way.clear()
        clear += way.left_s() > 0
        clock.now += CLEAR_S / 10
    assert 400 < clear < 600
