"""When to draw: one ticker per screen, fewer frames when tokens are slow, drawing is dear or the terminal is behind.

Pure but for the clock it is given, so its decisions can be tested.

After a key the way to the screen is clear for a moment: nothing is read and nothing else is drawn. A key takes some
ten turns of the event loop from the terminal to the screen; while tokens come as fast as they can be derived, each of
those turns would wait for a piece of that work, and some for a frame.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

FRAMES_PER_S = 30
SLOW_EVERY = 7  # numbers, lamps and plots: some four or five times a second, together with a frame of the text
_SLOW_CHUNKS = 8  # up to so many at once, ten frames a second show them as well
_FEW_CHUNKS = 30  # up to so many the eye cannot follow each, and seven or eight frames a second show as much
_MANY_CHUNKS = 200  # from so many at once on nobody reads along, and fifteen frames a second show as much
_TICKS_BETWEEN_SLOW, _TICKS_BETWEEN_FEW, _TICKS_BETWEEN_MANY = 3, 4, 2
_DRAWING_SHARE = 0.5  # drawing may take half of the time, keys and reading need the other

CLEAR_S: Final = 0.015
"""What a key takes to the screen in an app that has nothing else to do, and some more."""


class FrameTicker:
    """Told of every tick; says whether this one draws the text, and whether it draws the rest too."""

    def __init__(self, clock: Callable[[], float], must_wait: Callable[[], bool]) -> None:
        self._clock = clock
        self._must_wait = must_wait
        self._since_drawn = 0
        self._skip = 0
        self._slow_due = 0

    def begin(self, chunk_count: int) -> bool:
        """Whether this tick may draw; `chunk_count` is how many chunks wait to be shown.

        What comes after a pause is shown at once.
        """
        self._since_drawn += 1
        self._slow_due += 1
        if self._skip > 0:
            self._skip -= 1
            return False
        if self._must_wait():
            return False
        if self._since_drawn < _ticks_between(chunk_count):
            return False
        if chunk_count:
            self._since_drawn = 0
        return True

    def slow_is_due(self) -> bool:
        """Whether it is time for what is drawn five times a second."""
        if self._slow_due < SLOW_EVERY:
            return False
        self._slow_due = 0
        return True

    def drew(self, started: float) -> None:
        """A frame was drawn since `started`: dear frames are followed by pauses."""
        cost = self._clock() - started
        self._skip = int(cost * FRAMES_PER_S / _DRAWING_SHARE)


class KeyWay:
    """Told of every key. At most half of the time is given to keys, however fast they come."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._clear_until = float("-inf")

    def clear(self) -> None:
        """A key has come."""
        now = self._clock()
        if now >= self._clear_until + CLEAR_S:
            self._clear_until = now + CLEAR_S

    def left_s(self) -> float:
        """For how long all else is to wait; 0 or less: not at all."""
        return self._clear_until - self._clock()


def _ticks_between(chunk_count: int) -> int:
    """How many ticks lie between two frames while so many chunks wait at once."""
    if not chunk_count:
        return 1
    if chunk_count <= _FEW_CHUNKS:
        return _TICKS_BETWEEN_SLOW if chunk_count <= _SLOW_CHUNKS else _TICKS_BETWEEN_FEW
    return _TICKS_BETWEEN_MANY if chunk_count >= _MANY_CHUNKS else 1
