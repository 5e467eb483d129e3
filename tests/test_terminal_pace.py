"""Speed of the terminal: learnt from writes that had to wait, kept to, and forgotten again."""

from __future__ import annotations

import io

import pytest

from tui.terminal_pace import PacedFile, TerminalPace


class Line:
    """A line that takes `rate` bytes a second from a buffer of `room` bytes; its clock goes on while a write waits."""

    def __init__(self, rate: float, room: int = 22_000) -> None:
        self.now = 0.0
        self.rate, self._room, self.held = rate, room, 0.0
        self.pace = TerminalPace(lambda: self.now)

    def write(self, size: int) -> None:
        """Blocks until the buffer has taken all of it."""
        self.pace.begin()
        self.held += size
        self.wait(max(0.0, self.held - self._room) / self.rate)
        self.pace.end(size)

    def wait(self, seconds: float) -> None:
        """Time goes by."""
        self.now += seconds
        self.held = max(0.0, self.held - seconds * self.rate)

    def draw(self, seconds: float, frame: int, every_s: float = 1 / 30) -> list[float]:
        """Frames of a ticker that asks first; gives how long a key would have waited at each tick."""
        until, delays = self.now + seconds, []
        while self.now < until:
            if not self.pace.is_behind():
                self.write(frame)
            delays.append(self.held / self.rate)
            self.wait(every_s)
        return delays


def test_a_fast_terminal_is_never_waited_for() -> None:
    line = Line(50_000_000)
    line.draw(2, 20_000)
    assert line.pace.rate is None
    line.write(20_000)
    assert not line.pace.is_behind()


@pytest.mark.parametrize("rate", [30_000, 200_000, 1_000_000])
def test_the_speed_of_a_slow_line_is_found_and_its_buffers_run_empty(rate: int) -> None:
    line = Line(rate)
    frame = rate // 20
    line.draw(2, max(frame, 4_000))
    assert line.pace.rate is not None
    delays = sorted(line.draw(30, max(frame, 4_000)))
    full = 22_000 / rate
    assert delays[len(delays) // 2] < max(full / 2, frame / rate * 1.5), "most of the time next to nothing waits"


def test_while_a_write_waits_the_terminal_is_behind() -> None:
    pace = TerminalPace(lambda: 1.0)
    pace.begin()
    assert pace.is_behind()
    pace.end(10)
    assert not pace.is_behind()


def test_a_terminal_that_was_stopped_is_not_called_slow() -> None:
    line = Line(50_000_000)
    line.pace.begin()
    line.wait(60)
    line.pace.end(8_000)
    assert line.pace.rate is None


@pytest.mark.parametrize("rate", [100, 100_000])
def test_after_a_frame_the_next_waits_a_quarter_of_a_second_at_the_most(rate: int) -> None:
    line = Line(rate, room=0)
    for _ in range(3):
        line.write(int(rate * 0.9) + 2_048)
    line.wait(0.26)
    assert not line.pace.is_behind()


def test_a_line_that_has_become_fast_is_drawn_on_as_often_as_any() -> None:
    line = Line(100_000)
    line.draw(2, 8_000)
    assert line.pace.rate is not None
    line.rate = 50_000_000
    line.draw(60, 8_000)
    assert line.pace.rate is None


def test_one_short_write_on_a_busy_machine_tells_nothing() -> None:
    line = Line(50_000_000)
    line.pace.begin()
    line.wait(0.5)
    line.pace.end(200)
    assert line.pace.rate is None


class SlowFile(io.StringIO):
    """Takes its time at every flush."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def flush(self) -> None:
        assert self._line.pace.is_behind(), "while it is written"
        self._line.wait(0.4)


def test_the_file_tells_the_bytes_of_every_write_and_thins_styles_on_a_slow_line() -> None:
    line = Line(1_000)
    told = SlowFile(line)
    file = PacedFile(told, line.pace)
    styled = "\x1b[31;40ma\x1b[0m\x1b[31;40mb\x1b[0m"
    file.write(styled)
    assert told.getvalue() == styled
    assert line.pace.rate is None
    file.write("é" * 2_000)
    assert line.pace.rate == pytest.approx(4_000 / 0.4)
    assert file.write(styled) == len(styled)
    assert told.getvalue().endswith("é\x1b[31;40mab\x1b[m")
