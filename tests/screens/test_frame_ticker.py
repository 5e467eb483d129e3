"""When the ticker lets a frame be drawn: by how much waits, by what the last one cost, by the terminal."""

from __future__ import annotations

import pytest

from tui.screens.frame_ticker import FRAMES_PER_S, SLOW_EVERY, FrameTicker


class Bench:
    """A ticker with a clock and a terminal that are set by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.queued = 0
        self.ticker = FrameTicker(lambda: self.now, lambda: self.queued > 0)

    def frames_in_a_second(self, chunks_per_tick: int) -> int:
        """Frames drawn while so many chunks come at each tick."""
        drawn = waiting = 0
        for _ in range(FRAMES_PER_S):
            waiting += chunks_per_tick
            if self.ticker.begin(waiting):
                drawn, waiting = drawn + 1, 0
        return drawn


@pytest.mark.parametrize(
    ("chunks_per_tick", "frames"),
    [(1, 10), (2, 10), (5, 7.5), (31, 30), (100, 30), (700, 15), (4000, 15)],
)
def test_frames_are_fewer_when_tokens_are_slow_and_when_nobody_can_read_along(
    chunks_per_tick: int, frames: float
) -> None:
    assert Bench().frames_in_a_second(chunks_per_tick) == pytest.approx(frames, abs=1)


def test_a_token_after_a_pause_is_drawn_at_once() -> None:
    bench = Bench()
    for _ in range(5):
        assert bench.ticker.begin(0), "lamps are drawn while nothing comes"
    assert bench.ticker.begin(1)
    assert not bench.ticker.begin(1)


def test_nothing_is_drawn_while_the_terminal_has_not_taken_the_last_frame() -> None:
    bench = Bench()
    bench.queued = 1
    assert not any(bench.ticker.begin(50) for _ in range(100))
    bench.queued = 0
    assert bench.ticker.begin(50)


def test_a_dear_frame_is_followed_by_pauses_that_leave_half_of_the_time() -> None:
    bench = Bench()
    assert bench.ticker.begin(50)
    bench.now = 0.1
    bench.ticker.drew(0.0)
    skipped = next(tick for tick in range(100) if bench.ticker.begin(50))
    assert skipped / FRAMES_PER_S == pytest.approx(0.2, abs=1 / FRAMES_PER_S)


def test_the_rest_is_due_five_times_a_second_however_many_frames_there_are() -> None:
    bench = Bench()
    due = 0
    for _ in range(FRAMES_PER_S):
        bench.ticker.begin(5)
        due += bench.ticker.slow_is_due()
    assert due == FRAMES_PER_S // SLOW_EVERY
