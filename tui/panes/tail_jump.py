"""Where a view ends that follows a growing tail. Pure but for the clock it is given.

A view that scrolls by one row a frame is drawn wholly each frame, and all of it goes to the terminal. So rows that
come fast are given some room at once, which the next ones fill: terminals have jumped for that reason since the
first ones. The room is taken back when no row has come for a moment.
"""

from __future__ import annotations

from collections.abc import Callable

SETTLED_AFTER_S = 0.4  # rows further apart than this are read one by one
_SHARE = 4  # of the height, for the room
_LEAST_HEIGHT = 8


class TailJump:
    """Told of every change of the number of rows while the view follows."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._count = 0
        self._grown_at = float("-inf")

    def end(self, count: int, bottom: int, height: int) -> int:
        """The row after the last that the view may show; `bottom` is the one it shows now, `height` its rows."""
        now = self._clock()
        is_fast = count > self._count and now - self._grown_at < SETTLED_AFTER_S
        if count != self._count:
            self._count, self._grown_at = count, now
        room = height // _SHARE if height >= _LEAST_HEIGHT else 0
        if count <= height or not room:
            return count
        if count <= bottom <= count + room:
            return bottom
        return count + room if is_fast else count

    @property
    def is_settled(self) -> bool:
        """Whether no row has come for a moment, so that no room is needed."""
        return self._clock() - self._grown_at >= SETTLED_AFTER_S
