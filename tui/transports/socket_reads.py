"""What one socket read brought, as `Read` values: put together from what an HTTP library decodes between two reads.

httpx and httpx2 give one item for each HTTP chunk, however many came together, so the time stamp is taken below
them (`network_backend`). Whatever was decoded between two reads came with the first of the two: that is one `Read`.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable

from tui.core.capture import Marker, Read, ResponseHead
from tui.core.readers.safe_records import safe_headers
from tui.transports.base import Now, Room, Take
from tui.transports.stamped_socket import ReadHold

_MOST_WAITING = 1024 * 1024


class EnoughRead(Exception):  # noqa: N818  not an error: it leaves a library's loop once nothing more is wanted
    """The run needs nothing more of this connection."""


class UnclaimedBodyTooLargeError(Exception):
    """The body of a refusal, which the SDK reads as a whole before it gives it, passed the limit."""


class SocketReads:
    """The reads of one HTTP connection, as `Read` values to `take`.

    `wire_bytes` of a read counts what came since the read before it: the head and reads that brought no body
    count with the next one that did. `Marker("sent")` is given when the request begins to be written. At most
    `limit_bytes` are read while nobody takes the body. `room` is awaited before each read, where there is one.
    `hold` says how long a read may wait for the next.
    """

    def __init__(
        self, take: Take, now: Now, limit_bytes: int, *, room: Room | None = None, hold: ReadHold | None = None
    ) -> None:
        self.room = room
        self.hold = hold
        self.now = now
        self._take = take
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
            self._take(Marker("sent", self.now()))

    def note_read(self, at: float, byte_count: int) -> None:
        """A socket read is about to be decoded; it came at `at`."""
        self._read_at = at
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
            waiting = 0
            async for item in items:
                waiting = waiting + len(item) if self._pending else len(item)
                self._pending.append(item)
                if waiting > _MOST_WAITING:  # one read swelled: it is taken in parts, so that a limit is seen in time
                    self.flush()
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
