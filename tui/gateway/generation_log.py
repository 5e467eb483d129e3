"""The log of one generation: events in order, written once by its producer, read by any number of writers.

Nothing here knows of SSE, WebSocket or an upstream. An event is in the log before anybody sends it, so a reader
that comes back can go on after the last one it saw. `GenerationLog` is the interface; a shared store can follow.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

_BATCH = 256
"""How many entries one read gives at most, so that one slow send never holds a whole log."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An event: its number (dense from 0), its name, and its data as one line of ASCII JSON."""

    seq: int
    event: str
    data: str


class LogFullError(Exception):
    """The log has no room for a further event; only a terminal event can still be written."""


class LogGapError(Exception):
    """The log cannot give what comes after the number that was asked for."""


class GenerationLog(Protocol):
    """Append-only until `finish`, which appends the terminal event; readers end after it."""

    @property
    def next_seq(self) -> int:
        """The number that the next event gets."""

    @property
    def byte_count(self) -> int:
        """What the entries hold, in bytes of data."""

    @property
    def is_finished(self) -> bool:
        """Whether the terminal event is in."""

    def append(self, event: str, data: str) -> int:
        """The number of the new event. Raises LogFullError over the cap, ValueError after the end."""

    def finish(self, event: str, data: str) -> int:
        """As `append`, for the terminal event: always has room. Raises ValueError the second time."""

    def check_cursor(self, after: int) -> None:
        """Raises LogGapError unless everything after event `after` (-1: all) can be read."""

    def read(self, after: int, wait_s: float) -> AsyncGenerator[Sequence[LogEntry], None]:
        """Batches of the entries after `after`, as they come, until the terminal one.

        A batch is empty when nothing came for `wait_s`. Raises LogGapError as `check_cursor`.
        """


class MemoryLog:
    """A `GenerationLog` in this process, capped by count and bytes; it never drops an entry."""

    def __init__(self, event_limit: int, byte_limit: int) -> None:
        self._event_limit = event_limit
        self._byte_limit = byte_limit
        self._entries: list[LogEntry] = []
        self._changed: asyncio.Event | None = None  # there is one only while a reader waits
        self.byte_count = 0
        self.is_finished = False

    @property
    def next_seq(self) -> int:
        """The number that the next event gets."""
        return len(self._entries)

    def append(self, event: str, data: str) -> int:
        """The number of the new event. Raises LogFullError over the cap, ValueError after the end."""
        if len(self._entries) >= self._event_limit or self.byte_count + len(data) > self._byte_limit:
            raise LogFullError(f"a generation holds at most {self._event_limit} events and {self._byte_limit} bytes")
        return self._add(event, data)

    def finish(self, event: str, data: str) -> int:
        """The number of the terminal event. Raises ValueError when there is one already."""
        seq = self._add(event, data)
        self.is_finished = True
        return seq

    def check_cursor(self, after: int) -> None:
        """Raises LogGapError when event `after` was never written."""
        if not -1 <= after < len(self._entries):
            raise LogGapError(f"event {after} is not in the log, which has {len(self._entries)}")

    async def read(self, after: int, wait_s: float) -> AsyncGenerator[Sequence[LogEntry], None]:
        """Batches of the entries after `after`; an empty one when nothing came for `wait_s`."""
        self.check_cursor(after)
        position = after + 1
        while True:
            batch = self._entries[position : position + _BATCH]
            position += len(batch)
            if batch:
                yield batch
            elif self.is_finished:
                return
            elif not await self._is_changed_within(wait_s):
                yield ()

    def _add(self, event: str, data: str) -> int:
        if self.is_finished:
            raise ValueError(f"the log has its terminal event: {event} came after it")
        seq = len(self._entries)
        self._entries.append(LogEntry(seq, event, data))
        self.byte_count += len(data)
        if self._changed is not None:
            self._changed.set()
            self._changed = None
        return seq

    async def _is_changed_within(self, wait_s: float) -> bool:
        if self._changed is None:
            self._changed = asyncio.Event()
        try:
            async with asyncio.timeout(wait_s):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True
