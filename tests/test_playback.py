"""The cursor over a run: hold, step, seek, marks, play, on a clock set by hand."""

from __future__ import annotations

from math import inf

import pytest

from tests.core.made_runs import DONE, FINISH, delta, run_of
from tui.core.chunks import Outcome
from tui.errors import UsageError
from tui.playback import SPEEDS, Playback, Position

TEXT = ["One. ", "Two ", "is here. ", "Three.\n"]


class Bench:
    """A playback over a run of four pieces, 100 ms apart but for a stall of 2 s before the last."""

    def __init__(self, *, is_over: bool = True) -> None:
        self.now = 50.0
        reads = [(100.0, delta(role="assistant", content=""))]
        reads += [(200.0 + 100 * index, delta(content=text)) for index, text in enumerate(TEXT[:3])]
        reads += [(2400.0, delta(content=TEXT[3])), (2500.0, FINISH), (2600.0, DONE)]
        self.run = run_of(reads, outcome=Outcome.COMPLETED if is_over else None)
        self.playback = Playback(lambda: self.now)
        self.playback.show(self.run)

    def place(self) -> Position | None:
        return self.playback.position

    def frames(self) -> int:
        assert self.playback.position is not None
        return self.playback.position.frames


def test_an_open_run_is_held_and_followed_by_the_same_key() -> None:
    bench = Bench(is_over=False)
    bench.playback.toggle(2.7)
    assert bench.playback.position == (7, 2.7)
    bench.playback.toggle(3.0)
    assert bench.playback.position is None


def test_steps_go_frame_by_frame_and_stay_within_the_run() -> None:
    bench = Bench()
    bench.playback.step(-1)
    assert bench.playback.position == (6, 2.5)
    for _ in range(20):
        bench.playback.step(-1)
    assert bench.playback.position == (0, 0.0)
    for _ in range(20):
        bench.playback.step(1)
    assert bench.frames() == 7


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("1.25s", (4, 1.25)),
        ("0.3 s", (3, 0.3)),
        ("#2", (3, 0.3)),
        ("50%", (4, 1.3)),
        ("100%", (7, 2.6)),
        ("9s", (7, 2.6)),
    ],
)
def test_places_are_written_as_a_time_a_frame_or_a_share(text: str, position: tuple[int, float]) -> None:
    bench = Bench()
    bench.playback.seek_text(text)
    assert bench.playback.position == pytest.approx(position)


@pytest.mark.parametrize("text", ["", "now", "12", "-1s", "#x", "1.5.2s", "%"])
def test_another_word_is_refused_with_what_to_write(text: str) -> None:
    bench = Bench()
    with pytest.raises(UsageError, match=r"1\.25s.*#37.*50%"):
        bench.playback.seek_text(text)
    assert bench.playback.position is None


def test_marks_are_visited_in_order_both_ways() -> None:
    bench = Bench()
    listed = list(bench.playback.marks())
    assert [mark.position.frames for mark in listed] == sorted(mark.position.frames for mark in listed)
    words = {mark.what for mark in listed}
    assert {"first token", "stall"} <= words | {"unit"}
    bench.playback.seek_frame(0)
    visited = []
    while (mark := bench.playback.seek_mark(1)) is not None:
        visited.append(mark)
    assert visited == listed
    back = []
    while (mark := bench.playback.seek_mark(-1)) is not None:
        back.append(mark)
    assert back == listed[-2::-1]


def test_it_plays_by_the_run_s_own_times_at_any_speed_and_ends_where_all_is_seen() -> None:
    bench = Bench()
    bench.playback.change_speed(1)
    assert bench.playback.speed == 2.0
    bench.playback.toggle(0.0)
    assert bench.playback.position == (0, 0.0)
    bench.now += 0.11
    assert bench.playback.tick()
    assert bench.playback.position == pytest.approx((2, 0.22))
    bench.now += 10
    assert bench.playback.tick()
    assert not bench.playback.tick()
    assert bench.place() is None


def test_it_can_be_stopped_and_goes_on_from_there() -> None:
    bench = Bench()
    bench.playback.toggle(0.0)
    bench.now += 0.35
    bench.playback.tick()
    bench.playback.toggle(0.0)
    bench.now += 100
    assert not bench.playback.tick()
    assert bench.frames() == 3
    bench.playback.toggle(0.0)
    bench.now += 0.1
    bench.playback.tick()
    assert bench.frames() == 4


def test_at_once_shows_everything_at_the_next_look() -> None:
    bench = Bench()
    bench.playback.change_speed(len(SPEEDS))
    assert (bench.playback.speed, bench.playback.speed_words) == (inf, "instant")
    bench.playback.play()
    bench.now += 0.01
    bench.playback.tick()
    assert bench.playback.position is None


def test_another_run_is_followed() -> None:
    bench = Bench()
    bench.playback.step(-2)
    bench.playback.show(Bench().run)
    assert bench.playback.position is None


def test_without_a_run_nothing_moves() -> None:
    playback = Playback(lambda: 0.0)
    for move in (playback.play, lambda: playback.step(1), lambda: playback.seek_share(0.5), lambda: playback.hold(1)):
        move()
    assert playback.position is None
    assert playback.seek_mark(1) is None
