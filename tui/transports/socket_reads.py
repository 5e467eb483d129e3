"""What one socket read brought: recording backends for httpcore (under httpx) and httpcore2 (under the SDK's httpx2).

Both libraries give one item for each HTTP chunk, however many came together, so the time stamp is taken below
them, at the read itself. Whatever was decoded between two reads came with the first of the two: that is one `Read`.
"""

from __future__ import annotations

import importlib
import ssl
from collections.abc import AsyncIterable, Iterable
from typing import Any, Protocol

from tui.core.capture import Marker, Read, ResponseHead
from tui.core.readers.safe_records import safe_headers
from tui.transports.base import Now, Room, Take


class EnoughRead(Exception):  # noqa: N818  not an error: it leaves a library's loop once nothing more is wanted
    """The run needs nothing more of this connection."""


class UnclaimedBodyTooLargeError(Exception):
    """The body of a refusal, which the SDK reads as a whole before it gives it, passed the limit."""


class SocketReads:
    """The reads of one HTTP connection, as `Read` values to `take`.

    `wire_bytes` of a read counts what came since the read before it: the head and reads that brought no body
    count with the next one that did. `Marker("sent")` is given when the request begins to be written. At most
    `limit_bytes` are read while nobody takes the body. `room` is awaited before each read, where there is one.
    """

    def __init__(self, take: Take, now: Now, limit_bytes: int, room: Room | None = None) -> None:
        self.room = room
        self._take = take
        self._now = now
        self._limit_bytes = limit_bytes
        self._has_sent = False
        self._is_enough = False
        self._read_at = 0.0
        self._wire_bytes = 0
        self._pending: list[bytes] = []

    def note_write(self) -> None:
        """The request is about to be written; only the first time counts."""
        if not self._has_sent:
            self._has_sent = True
            self._take(Marker("sent", self._now()))

    def note_read(self, byte_count: int) -> None:
        """A socket read has just returned."""
        self._read_at = self._now()
        self._wire_bytes += byte_count

    def before_read(self) -> None:
        """All that the last read brought was decoded. Raises EnoughRead when the run needs no more."""
        if self._wire_bytes > self._limit_bytes and not self._pending:
            raise UnclaimedBodyTooLargeError(f"{self._wire_bytes} bytes came and none of them was body")
        self.flush()
        if self._is_enough:
            raise EnoughRead

    def take_head(self, status: int, headers: Iterable[tuple[str, str]]) -> None:
        """The head of the response, at the time of the read that completed it."""
        self._is_enough = not self._take(ResponseHead(status, safe_headers(headers), self._read_at))

    async def take_body(self, items: AsyncIterable[bytes]) -> None:
        """The whole body, read by read; what came before a fault is given before the fault is raised."""
        try:
            async for item in items:
                self._pending.append(item)
        except EnoughRead:
            raise
        except Exception:
            self._flush_once()
            raise
        self.flush()

    def take_part(self, data: bytes) -> None:
        """A body that a library read by itself, as one read."""
        self._pending.append(data)
        self.flush()

    def flush(self) -> None:
        """Gives what is pending as one read. Raises EnoughRead when the run needs no more."""
        if self._pending and not self._flush_once():
            raise EnoughRead

    def _flush_once(self) -> bool:
        data = b"".join(self._pending)
        self._pending.clear()
        if not data:
            return True
        read, self._wire_bytes = Read(self._read_at, data, self._wire_bytes), 0
        return self._take(read)


class _Stream(Protocol):
    """httpcore's AsyncNetworkStream, which httpcore2 has under the same names."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes: ...  # noqa: ASYNC109  their name
    async def write(self, buffer: bytes, timeout: float | None = None) -> None: ...  # noqa: ASYNC109  their name
    async def aclose(self) -> None: ...
    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  their name
    ) -> Any: ...
    def get_extra_info(self, info: str) -> Any: ...


class _RecordingStream:
    """A network stream that tells `SocketReads` of every read and of the first write."""

    def __init__(self, inner: _Stream, reads: SocketReads) -> None:
        self._inner = inner
        self._reads = reads

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  their name
        self._reads.before_read()
        if self._reads.room is not None:
            await self._reads.room()
        data = await self._inner.read(max_bytes, timeout)
        self._reads.note_read(len(data))
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  their name
        self._reads.note_write()
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  their name
    ) -> _RecordingStream:
        return _RecordingStream(await self._inner.start_tls(ssl_context, server_hostname, timeout), self._reads)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _RecordingBackend:
    """A network backend whose streams record."""

    def __init__(self, inner: Any, reads: SocketReads) -> None:
        self._inner = inner
        self._reads = reads

    async def connect_tcp(self, *args: Any, **options: Any) -> _RecordingStream:
        return _RecordingStream(await self._inner.connect_tcp(*args, **options), self._reads)

    async def connect_unix_socket(self, *args: Any, **options: Any) -> _RecordingStream:
        return _RecordingStream(await self._inner.connect_unix_socket(*args, **options), self._reads)

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


def warm_up_network() -> None:
    """Loads what both libraries load at their first connection (50 ms), so that no clock of a run waits for it."""
    importlib.import_module("anyio._backends._asyncio")


def record_reads_of(client: Any, reads: SocketReads) -> None:
    """Makes an httpx or httpx2 AsyncClient report its socket reads.

    Neither library lets a caller give the network backend and keep the proxies of the environment (a transport
    of one's own switches them off), so the backend is exchanged in the pools that the client has built. These
    four private names are the same in httpx 0.28 with httpcore 1.0 and in httpx2 2.16; a test reads through both.
    """
    for transport in (client._transport, *client._mounts.values()):  # noqa: SLF001  see above
        if transport is not None:
            pool = transport._pool  # noqa: SLF001  see above
            pool._network_backend = _RecordingBackend(pool._network_backend, reads)  # noqa: SLF001  see above
