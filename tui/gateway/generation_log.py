"""The log of one generation: events in order, written once by its producer, read by any number of writers.

Nothing here knows of SSE, WebSocket or an upstream. An event is in the log before anybody sends it, so a reader
that comes back can go on after the last one it saw. `GenerationLog` is the interface; a shared store can follow.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

BATCH = 256
"""How many entries one read gives at most, so that one slow send never holds a whole log."""
_ENTRY_COST_BYTES = 144
"""What an entry costs beyond its data: by sys.getsizeof 56 + 49 (text) + 28 (number), and its place in the list."""
_KEPT_WHEN_FULL = 7 / 8
"""A full log drops an eighth at once, so that an entry costs the same however full the log is."""
_WINDOW = 1 / 2
"""How much of a log the producer may be ahead of the slowest reader; the rest is for those who come back."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An event: its number (dense from 0), its name, and its data as one line of ASCII JSON."""

    seq: int
    event: str
    data: str


@dataclass(frozen=True, slots=True)
class LogLimits:
    """How much a log keeps: entries, and bytes of data."""

    events: int
    bytes: int


class LogGapError(Exception):
    """The log cannot give what comes after the number that was asked for: never written, or dropped by now."""


def check_cursor_in(after: int, first_seq: int, next_seq: int) -> None:
    """Raises LogGapError unless a log that holds `first_seq` to below `next_seq` can give what follows `after`."""
    if not -1 <= after < next_seq:
        raise LogGapError(f"event {after} was never sent, {next_seq} were")
    if after + 1 < first_seq:
        raise LogGapError(f"event {after + 1} is too old, the oldest that is kept is {first_seq}")


class GenerationLog(Protocol):
    """Append-only until `finish`, which appends the terminal event; readers end after it.

    A log that is full drops its oldest entries. A producer that waits for `room` before it appends more never
    makes a reader miss one.
    """

    @property
    def next_seq(self) -> int:
        """The number that the next event gets."""

    @property
    def cost_bytes(self) -> int:
        """What the entries cost in memory."""

    @property
    def terminal(self) -> LogEntry | None:
        """The terminal event, once it is in."""

    def append(self, event: str, data: str) -> int:
        """The number of the new event. Raises ValueError after the end."""

    def finish(self, event: str, data: str) -> int:
        """As `append`, for the terminal event. Raises ValueError the second time."""

    def check_cursor(self, after: int) -> None:
        """Raises LogGapError unless everything after event `after` (-1: all) can be read."""

    def read(self, after: int, wait_s: float) -> AsyncGenerator[Sequence[LogEntry], None]:
        """Batches of the entries after `after`, as they come, until the terminal one.

        A batch is empty when nothing came for `wait_s`. Taking the next one says that the one before was sent.
        Raises LogGapError as `check_cursor`, and when entries were dropped that this reader had not taken yet.
        """

    async def room(self) -> None:
        """Returns when the producer is not too far ahead of the slowest reader, or of the last one that left."""


@dataclass(slots=True, eq=False)
class _Cursor:
    """How far a reader is: the number it wants next, and how many bytes were logged before that."""

    position: int = 0
    offset: int = 0


class MemoryLog:
    """A `GenerationLog` in this process."""

    def __init__(self, limits: LogLimits) -> None:
        self._limits = limits
        self._entries: list[LogEntry] = []
        self._first_seq = 0
        self._byte_count = 0
        self._dropped_bytes = 0
        self._changed: asyncio.Event | None = None  # there is one only while a reader waits
        self._has_room: asyncio.Event | None = None  # there is one only while the producer waits
        self._cursors: set[_Cursor] = set()
        self._slowest = _Cursor()
        self.terminal: LogEntry | None = None

    @property
    def next_seq(self) -> int:
        """The number that the next event gets."""
        return self._first_seq + len(self._entries)

    @property
    def cost_bytes(self) -> int:
        """What the entries cost in memory."""
        return self._byte_count + _ENTRY_COST_BYTES * len(self._entries)

    @property
    def entries(self) -> Sequence[LogEntry]:
        """What it keeps."""
        return self._entries

    def append(self, event: str, data: str) -> int:
        """The number of the new event. Raises ValueError after the end."""
        return self._add(event, data).seq

    def finish(self, event: str, data: str) -> int:
        """The number of the terminal event. Raises ValueError when there is one already."""
        self.terminal = self._add(event, data)
        return self.terminal.seq

    def check_cursor(self, after: int) -> None:
        """Raises LogGapError when event `after` was never written, or what follows it was dropped."""
        check_cursor_in(after, self._first_seq, self.next_seq)

    async def read(self, after: int, wait_s: float) -> AsyncGenerator[Sequence[LogEntry], None]:
        """Batches of the entries after `after`; an empty one when nothing came for `wait_s`."""
        self.check_cursor(after)
        cursor = _Cursor(after + 1, self._offset_of(after + 1))
        self._cursors.add(cursor)
        self._note_slowest()
        try:
            while True:
                self.check_cursor(cursor.position - 1)
                begin = cursor.position - self._first_seq
                batch = self._entries[begin : begin + BATCH]
                if batch:
                    yield batch
                    self._advance(cursor, batch)
                elif self.terminal is not None:
                    return
                elif not await self._is_changed_within(wait_s):
                    yield ()
        finally:
            self._cursors.discard(cursor)
            self._note_slowest()

    async def room(self) -> None:
        """Returns when the slowest reader is near enough."""
        while not self._is_near:
            self._has_room = self._has_room or asyncio.Event()
            await self._has_room.wait()

    @property
    def _is_near(self) -> bool:
        ahead_bytes = self._dropped_bytes + self._byte_count - self._slowest.offset
        ahead_events = self.next_seq - self._slowest.position
        return ahead_bytes <= self._limits.bytes * _WINDOW and ahead_events <= self._limits.events * _WINDOW

    def _add(self, event: str, data: str) -> LogEntry:
        if self.terminal is not None:
            raise ValueError(f"the log has its terminal event: {event} came after it")
        entry = LogEntry(self.next_seq, event, data)
        self._entries.append(entry)
        self._byte_count += len(data)
        if self._byte_count > self._limits.bytes or len(self._entries) > self._limits.events:
            self._drop_oldest()
        if self._changed is not None:
            self._changed.set()
            self._changed = None
        return entry

    def _drop_oldest(self) -> None:
        """Drops from the front until it is well below both caps; the newest entry stays."""
        kept_bytes = int(self._limits.bytes * _KEPT_WHEN_FULL)
        kept_events = max(1, int(self._limits.events * _KEPT_WHEN_FULL))
        count, freed = 0, 0
        last = len(self._entries) - 1
        while count < last and (self._byte_count - freed > kept_bytes or len(self._entries) - count > kept_events):
            freed += len(self._entries[count].data)
            count += 1
        del self._entries[:count]
        self._first_seq += count
        self._byte_count -= freed
        self._dropped_bytes += freed

    def _offset_of(self, seq: int) -> int:
        before = self._entries[: seq - self._first_seq]
        return self._dropped_bytes + sum(len(entry.data) for entry in before)

    def _advance(self, cursor: _Cursor, batch: Sequence[LogEntry]) -> None:
        cursor.position += len(batch)
        cursor.offset += sum(len(entry.data) for entry in batch)
        self._note_slowest()

    def _note_slowest(self) -> None:
        """When the last reader has left, the place where it was stays the measure: it may come back."""
        if self._cursors:
            self._slowest = min(self._cursors, key=lambda cursor: cursor.position)
        if self._has_room is not None and self._is_near:
            self._has_room.set()
            self._has_room = None

    async def _is_changed_within(self, wait_s: float) -> bool:
        if self._changed is None:
            self._changed = asyncio.Event()
        try:
            async with asyncio.timeout(wait_s):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True
