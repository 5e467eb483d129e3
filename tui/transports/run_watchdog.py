"""The clock that a run watches: one deadline at a time, moved by the run, checked on the event loop.

What is no silence, though no token comes: an event so long that it is still on its way.

Knows no network. Time comes from the run's monotonic clock, so that tests can bring their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

TICK_S = 0.5
STOPPED_S = 1.0  # a tick later than this was no fault of the far end: this process was stopped, or busy
LOOK_S = 0.05
"""How long a clock that ran out gives to reads that were held."""
GROWTH_BYTES = 65_536
"""How much of an event on its way counts as a sign of life."""


class Growth:
    """Tells a long event on its way from one that drips; how large an event may be is limited, and so is this."""

    def __init__(self) -> None:
        self._seen = 0

    def is_seen(self, size: int) -> bool:
        """Whether the event, of which `size` bytes have come, grew by as much as counts since this was last so."""
        has_grown = size >= self._seen + GROWTH_BYTES
        if has_grown or size < self._seen:
            self._seen = size
        return has_grown


class Watchdog:
    """Calls `on_expiry` once, when the deadline set last has passed.

    Moving the deadline is one assignment, so every token may do it. A tick that comes much too late (SIGSTOP, a
    laptop's sleep) moves the deadline by as much: what this process missed is not charged to the server.
    """

    def __init__(self, clock: Callable[[], float], on_expiry: Callable[[], None]) -> None:
        self._clock = clock
        self._on_expiry = on_expiry
        self._deadline: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._expected = 0.0

    def allow(self, seconds: float) -> None:
        """Gives this much time from now."""
        self._deadline = self._clock() + seconds
        if self._timer is None or self._deadline < self._expected:
            self._schedule()

    def stop(self) -> None:
        """No deadline any more."""
        self._deadline = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _schedule(self) -> None:
        if self._deadline is None:
            return
        if self._timer is not None:
            self._timer.cancel()
        now = self._clock()
        wait = min(max(self._deadline - now, 0.0), TICK_S)
        self._expected = now + wait
        self._timer = asyncio.get_running_loop().call_later(wait, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self._deadline is None:
            return
        now = self._clock()
        late = now - self._expected
        if late > STOPPED_S:
            self._deadline += late
        if now >= self._deadline:
            self._deadline = None
            self._on_expiry()
        else:
            self._schedule()
