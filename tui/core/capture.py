"""The immutable truth of a run: what the network gave, with a time stamp on every read.

Times are seconds on a monotonic clock since the run began. A capture only grows; frames, chunks, segments and
numbers are derived from it elsewhere. Reads are kept in columns (one byte store, arrays of offsets and times),
so that a million of them cost little more than their bytes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tui.core.byte_store import ByteStore, Keep
from tui.core.chunks import Outcome, StreamProblem
from tui.core.packed_ends import BLOCK_ENDS, PackedEnds
from tui.core.request import IDENTITY

_MOST_WIRE_BYTES: Final = 2**32 - 1  # of one read: a file may say what it likes


@dataclass(frozen=True, slots=True)
class CaptureHeader:
    """Line 1 of a capture. `clock` is the monotonic clock's value at time 0 (None: not known).

    `started` is wall-clock ISO 8601; `software` maps names to versions. Never holds a key. What was read from a
    plain log may have no times (then all are 0) and no network reads (then each frame stands for one).
    `accept_encoding` is what an HTTP request said it can decode: by it a lane of a race differs from another.
    """

    transport: str
    url: str
    request: dict[str, Any]
    dialect: str = "auto"
    started: str = ""
    clock: float | None = None
    software: dict[str, str] = field(default_factory=dict)
    has_times: bool = True
    has_reads: bool = True
    accept_encoding: str = IDENTITY


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """The head of a response: each one begins a connection of the same run. Header names are in lower case.

    For WebSocket `status` is 101.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    at: float

    def header(self, name: str) -> str | None:
        """The first value of a header, or None."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(slots=True)
class Read:
    """What one socket read brought, after content decoding; str for a WebSocket text message.

    `wire_bytes` is its size on the wire (0: unknown).
    """

    at: float
    data: bytes | str
    wire_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Marker:
    """Something that happened beside the reads: `connecting`, `sent`, `retrying`, `cancelling`, `seam`, ..."""

    name: str
    at: float
    text: str = ""
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class CaptureEnd:
    """How the run ended; exactly one, last. `attempts` counts connections made.

    `is_recorded` False: the recording does not say how it ended. Then `problem` is how the recording broke off, and
    the outcome is what the frames prove.
    """

    at: float
    outcome: Outcome
    problem: StreamProblem | None = None
    attempts: int = 1
    is_recorded: bool = True


Record = CaptureHeader | ResponseHead | Read | Marker | CaptureEnd


class Capture:
    """One run, append-only; `keep` says where its bytes are kept. Raises ValueError on a record after the end.

    `read_times` has the time of each read; frames and pieces of text share it and do not change it.
    """

    def __init__(self, header: CaptureHeader, keep: Keep | None = None) -> None:
        self.header = header
        self.heads: list[ResponseHead] = []
        self.markers: list[Marker] = []
        self.end: CaptureEnd | None = None
        self._order: list[tuple[int, ResponseHead | Marker]] = []
        self._data = ByteStore(keep)
        self._ends = PackedEnds()
        self._wire_ends = PackedEnds()
        self._wire_bytes = 0
        self.read_times = array("d")
        self._is_message = False  # the last read
        self._kind_changes = array("Q")  # the reads from which on they are messages, bytes, messages, ...

    def add(self, record: Record) -> None:
        """Appends a record in the order of its happening."""
        if self.end is not None:
            raise _after_end(record)
        match record:
            case Read():
                self.add_read(record)
            case ResponseHead():
                self.heads.append(record)
                self._order.append((len(self.read_times), record))
            case Marker():
                self.markers.append(record)
                self._order.append((len(self.read_times), record))
            case CaptureEnd():
                self.end = record
            case CaptureHeader():
                raise ValueError("a capture has one header: it is given when the capture is made")

    def add_read(self, read: Read) -> int:
        """As `add` of a read, of which there are most; gives how many bytes it holds."""
        if self.end is not None:
            raise _after_end(read)
        data, is_message = read.data, False
        if isinstance(data, str):
            data, is_message = data.encode("utf-8", "surrogatepass"), True
        if is_message is not self._is_message:
            self._is_message = is_message
            self._kind_changes.append(self.read_count)
        self._ends.append(self._data.append(data))
        self._wire_bytes += min(read.wire_bytes, _MOST_WIRE_BYTES)
        self._wire_ends.append(self._wire_bytes)
        self.read_times.append(read.at)
        if not len(self.read_times) % BLOCK_ENDS:
            self._ends.pack()
            self._wire_ends.pack()
        return len(data)

    @property
    def read_count(self) -> int:
        """How many reads there are."""
        return len(self.read_times)

    @property
    def byte_count(self) -> int:
        """How many bytes all reads hold (text messages in UTF-8)."""
        return self._data.size

    @property
    def wire_byte_count(self) -> int:
        """How many bytes all reads took on the wire; where that is not known, as many as they hold."""
        return self._wire_bytes or self.byte_count

    @property
    def last_at(self) -> float:
        """The time of the last read or of the end, whichever is known; 0.0 before anything came."""
        if self.end is not None:
            return self.end.at
        return self.read_times[-1] if self.read_times else 0.0

    def read(self, index: int) -> Read:
        """The read with this index (from 0). Raises IndexError."""
        data: bytes | str = self._data.between(self._ends.start_of(index), self._ends[index])
        if isinstance(data, bytes) and self.is_message(index):
            data = data.decode("utf-8", "surrogatepass")
        return Read(self.read_times[index], data, self._wire_ends[index] - self._wire_ends.start_of(index))

    def read_time(self, index: int) -> float:
        """When the read with this index came."""
        return self.read_times[index]

    def is_message(self, index: int) -> bool:
        """Whether the read with this index is a WebSocket text message."""
        return bisect_right(self._kind_changes, index) % 2 == 1

    def read_start(self, index: int) -> int:
        """The offset of a read's first byte among the bytes of all reads; `byte_count` for one past the end."""
        return self._ends.start_of(index)

    def read_of_byte(self, offset: int) -> int:
        """The read that brought the byte at this offset; `read_count` for one past the end."""
        return self._ends.count_until(offset)

    def bytes_between(self, start: int, end: int) -> bytes:
        """The bytes of all reads from `start` up to `end`, which are offsets among them."""
        return self._data.between(start, end)

    @property
    def events(self) -> list[tuple[int, ResponseHead | Marker]]:
        """Each head and marker, in their order, with the number of reads that came before it."""
        return self._order

    @property
    def connections(self) -> list[tuple[int, ResponseHead]]:
        """Each response head with the number of reads that came before it."""
        return [(before, record) for before, record in self._order if isinstance(record, ResponseHead)]

    def reads_until(self, at: float) -> int:
        """How many reads had come at time `at`, inclusive."""
        return bisect_right(self.read_times, at)

    def records(self) -> Iterator[Record]:
        """Header, then heads, reads and markers in the order of their happening, then the end if there is one."""
        yield from self.records_so_far()
        if self.end is not None:
            yield self.end

    def records_so_far(self) -> Iterator[Record]:
        """As `records`, without the end, of what had come when the first one is asked for."""
        read_count, events, done = self.read_count, tuple(self._order), 0
        yield self.header
        for before, record in events:
            for index in range(done, before):
                yield self.read(index)
            done = before
            yield record
        for index in range(done, read_count):
            yield self.read(index)


def _after_end(record: Record) -> ValueError:
    return ValueError(f"a capture ends once: {type(record).__name__} came after its end")
