"""When to draw: one ticker per screen, fewer frames when tokens are slow, drawing is dear or the terminal is behind.

Pure but for the clock it is given, so its decisions can be tested.
"""

from __future__ import annotations

from collections.abc import Callable

FRAMES_PER_S = 30
SLOW_EVERY = 7  # numbers, lamps and plots: some four or five times a second, together with a frame of the text
_SLOW_CHUNKS = 8  # up to so many at once, ten frames a second show them as well
_FEW_CHUNKS = 30  # up to so many the eye cannot follow each, and seven or eight frames a second show as much
_MANY_CHUNKS = 200  # from so many at once on nobody reads along, and fifteen frames a second show as much
_TICKS_BETWEEN_SLOW, _TICKS_BETWEEN_FEW, _TICKS_BETWEEN_MANY = 3, 4, 2
_DRAWING_SHARE = 0.5  # drawing may take half of the time, keys and reading need the other


class FrameTicker:
    """Told of every tick; says whether this one draws the text, and whether it draws the rest too."""

    def __init__(self, clock: Callable[[], float], waiting_writes: Callable[[], int]) -> None:
        self._clock = clock
        self._waiting_writes = waiting_writes
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
        if self._waiting_writes():  # a slow terminal: more frames would only queue, and keys behind them
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


def _ticks_between(chunk_count: int) -> int:
    """How many ticks lie between two frames while so many chunks wait at once."""
    if not chunk_count:
        return 1
    if chunk_count <= _FEW_CHUNKS:
        return _TICKS_BETWEEN_SLOW if chunk_count <= _SLOW_CHUNKS else _TICKS_BETWEEN_FEW
    return _TICKS_BETWEEN_MANY if chunk_count >= _MANY_CHUNKS else 1
