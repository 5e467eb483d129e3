"""A connection of the event loop that stamps every socket read as it comes, and keeps it until somebody takes it.

asyncio's streams and anyio's join reads, or take the socket out of the selector for every one of them. Here the
stamp is taken in the loop's own callback, before any task wakes, and the socket stays in the selector. Bytes only:
what they mean, and which library waits for them, is not known here.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from typing import Protocol

from tui.transports.base import Now

READ_BYTES = 16_384
"""The most that one socket read brings. A read is derived and drawn as one: one of 64 KiB kept the keys waiting
for 12 ms (measured), and what comes that fast takes many reads either way."""

HELD_LIMIT_BYTES = 16 * READ_BYTES
"""How much may wait here before the socket is left alone, so that the far end is slowed down."""

BATCH_READS, BATCH_BYTES = 5, READ_BYTES
"""How much may be held for company. While a batch is worked on, nothing is read: more would make stamps late."""


class Link(Protocol):
    """A connection, with or without TLS. Both ways raise OSError when it breaks."""

    @property
    def ssl_object(self) -> ssl.SSLObject | None:
        """Its TLS; None without."""
        ...

    async def read(self) -> tuple[float, bytes]:
        """What the next socket read brought, and when; nothing at the end."""
        ...

    async def write(self, data: bytes) -> None:
        """Gives the bytes to the system."""
        ...

    async def close(self) -> None:
        """Closes at once, whatever still waits in either direction."""
        ...

    def has_news(self) -> bool:
        """Whether `read` would return at once."""
        ...


class ReadHold:
    """How long the reads of a run may wait for the next ones, and how that is ended.

    At a hundred short reads a second most of what a read costs is the wake-up of its reader.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self._release: Callable[[], bool] | None = None

    def apply_to(self, release: Callable[[], bool]) -> None:
        """From now on `release` is of this connection."""
        self._release = release

    def release(self) -> bool:
        """Wakes the reader, before whatever the loop is asked for later. False: nothing was held."""
        return self._release is not None and self._release()


class StampedSocket(asyncio.BufferedProtocol):
    """One TCP connection (see `Link`). Each read stays apart from the next, however late it is taken.

    The socket is not read before the first `read`: whoever begins TLS on it must get its first byte. One task
    reads and writes.

    What comes so soon after the last wake-up of the reader as `hold` says wakes it with what comes next, and no more
    than that later.
    """

    ssl_object: ssl.SSLObject | None = None
    _transport: asyncio.Transport  # since `connection_made`, and nobody gets this object before that

    def __init__(self, now: Now, hold: ReadHold | None = None) -> None:
        self._now = now
        self._hold = hold or ReadHold()
        self._woken_at = float("-inf")
        self._waking: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._buffer = memoryview(bytearray(READ_BYTES))
        self._reads: deque[tuple[float, bytes]] = deque()
        self._held_bytes = 0
        self._has_ended = False
        self._fault: Exception | None = None
        self._news: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None

    async def read(self) -> tuple[float, bytes]:
        """See `Link`. What came before the connection broke is given before that is raised."""
        if not self.has_news():
            self._transport.resume_reading()
            self._hold.apply_to(self._release)
            self._news = self._loop.create_future()
            await self._news
        if self._reads:
            at, data = self._reads.popleft()
            self._held_bytes -= len(data)
            return at, data
        if self._fault is not None:
            raise self._fault
        return self._now(), b""

    async def write(self, data: bytes) -> None:
        """See `Link`. Returns when the system has taken all of it."""
        if self._fault is None:
            self._transport.write(data)
            if self._room is not None:
                await self._room
        if self._fault is not None:
            raise self._fault

    async def close(self) -> None:
        """See `Link`."""
        self._transport.abort()
        await asyncio.sleep(0)  # the loop closes the socket at its next turn

    def has_news(self) -> bool:
        """See `Link`."""
        return bool(self._reads) or self._has_ended

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The loop's call: the connection stands."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError(f"expected a transport in both directions, got {type(transport).__name__}")
        self._transport = transport
        transport.pause_reading()
        transport.set_write_buffer_limits(0)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  the loop's signature
        """The loop's call: where the next read goes."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """The loop's call: the socket has been read. Stamped before anything else."""
        at = self._now()
        self._reads.append((at, bytes(self._buffer[:nbytes])))
        self._held_bytes += nbytes
        if self._held_bytes >= HELD_LIMIT_BYTES:
            self._transport.pause_reading()
        is_batch = len(self._reads) >= BATCH_READS or self._held_bytes >= BATCH_BYTES
        if is_batch or at - self._woken_at >= self._hold.seconds:
            self._wake_reader()
        elif self._waking is None:
            self._waking = self._loop.call_later(self._hold.seconds, self._wake_reader)

    def eof_received(self) -> bool:
        """The loop's call: no more comes. True: what is to be sent may still go out."""
        self._has_ended = True
        self._wake_reader()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The loop's call: the connection is closed (None) or broken."""
        self._has_ended = True
        self._fault = exc
        self._buffer = memoryview(b"")  # the rest of the client is in cycles, and waits for the collector
        self._wake_reader()
        self.resume_writing()

    def pause_writing(self) -> None:
        """The loop's call: the system does not take all that was written."""
        self._room = self._loop.create_future()

    def resume_writing(self) -> None:
        """The loop's call: it has taken it."""
        room, self._room = self._room, None
        self._tell(room)

    def _release(self) -> bool:
        self._wake_reader()
        return bool(self._reads)

    def _wake_reader(self) -> None:
        if self._waking is not None:
            self._waking.cancel()
            self._waking = None
        self._woken_at = self._now()
        self._tell(self._news)

    @staticmethod
    def _tell(waiting: asyncio.Future[None] | None) -> None:
        if waiting is not None and not waiting.done():  # its task may have been cancelled
            waiting.set_result(None)
