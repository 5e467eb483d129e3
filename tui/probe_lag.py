"""How late the probe's loop wakes up while it reads streams: the error of its time stamps.

A timer in the same loop compares when it should have run with when it ran. Data that arrives while the loop is busy
waits in the socket as long, and is stamped that much too late. Measures; `probe` decides where the figure goes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

INTERVAL_S = 0.1
WINDOW_S = 1.0
REPORT_S = 0.5


class LagWindow:
    """The lags of the last second, by the time they were measured at."""

    def __init__(self, window_s: float = WINDOW_S) -> None:
        self._window_s = window_s
        self._lags: deque[tuple[float, float]] = deque()

    def add(self, at: float, lag_s: float) -> None:
        """A wake-up at `at` came `lag_s` seconds late; never less than 0."""
        self._lags.append((at, max(0.0, lag_s)))
        while self._lags[0][0] <= at - self._window_s:
            self._lags.popleft()

    def p99_s(self) -> float:
        """The lag that 99 of 100 wake-ups of the window do not exceed (nearest rank); 0.0 without any."""
        lags = sorted(lag_s for _, lag_s in self._lags)
        return lags[-(-len(lags) * 99 // 100) - 1] if lags else 0.0


class LagMeter:
    """Measures while at least one stream is open; reports the 99th percentile of the last second.

    The first report comes with the first wake-up, later ones at least half a second apart. Costs nothing while no
    stream is open.
    """

    def __init__(self, report: Callable[[float], None]) -> None:
        self._report = report
        self._open_count = 0
        self._timer: asyncio.TimerHandle | None = None
        self._window = LagWindow()
        self._reported_at = float("-inf")

    @contextmanager
    def measuring(self) -> Iterator[None]:
        """Around a stream, in the running loop."""
        self._open_count += 1
        if self._open_count == 1:
            self._window = LagWindow()
            self._wait(asyncio.get_running_loop())
        try:
            yield
        finally:
            self._open_count -= 1
            if self._open_count == 0 and self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        due = loop.time() + INTERVAL_S
        self._timer = loop.call_at(due, self._wake, loop, due)

    def _wake(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        now = loop.time()
        self._window.add(now, now - due)
        if now - self._reported_at >= REPORT_S:
            self._reported_at = now
            self._report(self._window.p99_s())
        self._wait(loop)
