"""Lines on their way to the pipe, in batches: a write, and a wake-up of the app, is paid for several reads.

The stamps are in the lines already, so waiting here moves no time. The order of the lines never changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

QUIET_S = 0.015
"""A line that comes so long after a batch began goes at once, with what waits and what comes in the same turn."""

HOLD_S = 0.02
"""A line waits no longer than this, whatever comes."""

BATCH_BYTES = 64 * 1024
"""What waits goes as soon as it is this much: a fast stream should not come in lumps."""


class LineBatches:
    """Hands lines on, joined, to `write`. For the running loop, and its thread alone."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._loop = asyncio.get_running_loop()
        self._lines: list[str] = []
        self._held_bytes = 0
        self._begun_at = float("-inf")
        self._due: asyncio.Handle | None = None

    def add(self, line: str, *, is_urgent: bool = False) -> None:
        """Takes a line. An urgent one goes at once, behind those that wait."""
        self._lines.append(line)
        self._held_bytes += len(line)
        if is_urgent or self._held_bytes >= BATCH_BYTES:
            self.flush()
            return
        now = self._loop.time()
        if now - self._begun_at >= QUIET_S:
            self._begun_at = now
            self._forget_due()
            self._due = self._loop.call_soon(self.flush)
        elif self._due is None:
            self._due = self._loop.call_later(HOLD_S, self.flush)

    def flush(self) -> None:
        """Writes what waits."""
        self._forget_due()
        if self._lines:
            self._write("".join(self._lines))
            self._lines.clear()
            self._held_bytes = 0

    def _forget_due(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
