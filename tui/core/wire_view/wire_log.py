"""Every frame of a run with its place among the bytes, and what the decoder skipped between them.

A second pass over the capture, made while somebody looks: `advance` it in small steps. Frames are numbered by the
decoder; what has no number (comments, ignored lines, cut ends, seams) stands between them. Columns only.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from tui.core.capture import ResponseHead
from tui.core.derived_run import DerivedRun
from tui.core.wire.body_reader import Framing, framing_of
from tui.core.wire.body_spans import SpanColumns, SpanKind, SpanScanner, scanner_of

_WINDOW_BYTES: Final = 131_072
_UNDECIDED_BYTES: Final = 65_536  # a body that tells nothing by then is no stream
_BLANK_BYTES: Final = 4096  # so many blanks at most are skipped before what is pending
_NO_FRAME: Final = -1
_BLANK: Final = b" \t\r\n"
_search_error: Final = re.compile(rb"(?<![^\r\n])(error(?::[^\r\n]*+)?)(?>\r\n|\r|\n)").search


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the wire: `index` counts all rows, `frame` is the decoder's number or None.

    `start` and `end` are offsets among the capture's bytes; `read` brought the last of them, at `at` seconds; `gap_s`
    is the time since the row before (of the first: since the request was sent).
    """

    index: int
    kind: SpanKind
    frame: int | None
    start: int
    end: int
    read: int
    at: float
    gap_s: float

    @property
    def size(self) -> int:
        """How many bytes it has on the wire."""
        return self.end - self.start


class _Connection(NamedTuple):
    """One connection: its first row and read, and its head. Of messages each read is one row."""

    row: int
    read: int
    head: ResponseHead | None

    @property
    def is_message(self) -> bool:
        return self.head is not None and self.head.status == 101


class WireLog:
    """The rows of one run, append-only but for a run that begins anew after an attempt without a token."""

    def __init__(self, run: DerivedRun) -> None:
        self.run = run
        self._reset()

    def _reset(self) -> None:
        self._first_connection = self.run.first_connection
        self._spans = SpanColumns()
        self._frames = array("q")
        self._rows = array("Q")  # of each frame its row
        self._connections: list[_Connection] = []  # those that were begun, the last one is being read
        self._at = 0  # so many bytes are in rows
        self._seen = 0  # and so many were looked at
        self._framings: list[Framing] = []  # of each of them
        self._scanner: SpanScanner | None = None
        self._is_closed = False

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._frames)

    @property
    def frame_count(self) -> int:
        """How many of them are frames."""
        return len(self._rows)

    @property
    def pending(self) -> tuple[int, int]:
        """The bytes that are no row yet, from and up to, without blanks before them."""
        end = self.run.capture.byte_count
        begin = self.run.capture.bytes_between(self._at, min(end, self._at + _BLANK_BYTES))
        return self._at + len(begin) - len(begin.lstrip(_BLANK)), end

    def advance(self, most_bytes: int = _WINDOW_BYTES) -> bool:
        """Reads on, a window at most; says whether all that came is read."""
        if self.run.first_connection != self._first_connection:
            self._reset()
        if self._is_closed:
            return True
        heads = self._heads()
        if not self._connections:
            self._note_earlier()
            self._begin_next(heads)
        is_last = len(self._connections) == len(heads)
        limit = self.run.capture.read_count if is_last else heads[len(self._connections)][0]
        if not self._read_until(limit, most_bytes):
            return False
        if is_last and not self.run.is_over:
            return True
        self._close_connection(limit, is_last=is_last)
        if not is_last:
            self._begin_next(heads)
        self._is_closed = is_last
        return is_last

    def entry(self, index: int) -> Entry:
        """The row with this index. Raises IndexError."""
        start, end, frame = self._spans.starts[index], self._spans.ends[index], self._frames[index]
        connection = self._connection_of(index)
        is_body = connection is not None and not connection.is_message
        if is_body and end > start and self.run.capture.bytes_between(end - 1, end + 1) == b"\r\n":
            end += 1
        read, at = self._moment(index)
        before = self._moment(index - 1)[1] if index else self.run.stats.sent_at or 0.0
        known = None if frame == _NO_FRAME else frame
        return Entry(index, self.kind_of(index), known, start, end, read, at, max(0.0, at - before))

    def kind_of(self, index: int) -> SpanKind:
        """What a row is, without making an Entry."""
        return SpanKind(self._spans.kinds[index])

    def is_event_stream(self, index: int) -> bool:
        """Whether a row is of a body of server-sent events, so that its lines have field names."""
        place = bisect_right(self._connections, index, key=lambda connection: connection.row)
        return place > 0 and self._framings[place - 1] is Framing.SSE

    def head_of(self, index: int) -> ResponseHead | None:
        """The head of the connection that a SEAM row begins, or that an EARLIER row is all of."""
        if self.kind_of(index) is SpanKind.EARLIER:
            return self.run.capture.connections[index][1]
        following = self._connection_of(index + 1)
        return following.head if following is not None else None

    def row_of_frame(self, frame: int) -> int:
        """The row of a frame, or the nearest where that frame has none (yet); 0 without any."""
        if not self._rows:
            return 0
        return self._rows[min(max(frame, 0), len(self._rows) - 1)]

    def frame_beside(self, row: int, step: int) -> int:
        """The frame of a row; of a row that is none, the frame before it (`step` 1) or behind it (-1)."""
        behind = bisect_left(self._rows, row)
        if behind < len(self._rows) and self._rows[behind] == row:
            return behind
        return behind - 1 if step > 0 else behind

    def row_beside(self, kind: SpanKind, row: int, step: int) -> int | None:
        """The next row of a kind behind a row (`step` 1) or before it (-1)."""
        kinds = self._spans.kinds
        found = kinds.find(kind, row + 1) if step > 0 else kinds.rfind(kind, 0, max(0, row))
        return found if found >= 0 else None

    def first_row_of(self, *kinds: SpanKind) -> int | None:
        """The first row of one of these kinds."""
        found = [row for kind in kinds if (row := self._spans.kinds.find(kind)) >= 0]
        return min(found, default=None)

    def rows_until(self, read_count: int) -> int:
        """How many rows there were when so many reads had come."""
        if read_count >= self.run.capture.read_count:
            return self.count
        place = bisect_right(self._connections, read_count, key=lambda connection: connection.read)
        limit = self._connections[place].row if place < len(self._connections) else self.count
        connection = self._connections[place - 1] if place else None
        if connection is not None and connection.is_message:
            return min(limit, connection.row + read_count - connection.read)
        offset = self.run.capture.read_start(read_count)
        return bisect_right(self._spans.ends, offset, connection.row if connection is not None else 0, limit)

    def rows_at(self, frames: int, at: float) -> int:
        """How many rows there were after so many frames, at a moment: what is no frame counts by its time."""
        if frames > len(self._rows):
            return self.count
        first = self._rows[frames - 1] + 1 if frames else 0
        end = self._rows[frames] if frames < len(self._rows) else self.count
        return first + bisect_right(range(first, end), at, key=lambda row: self._moment(row)[1])

    def rows_of_read(self, read: int) -> range:
        """The rows that a read completed."""
        return range(self.rows_until(read), self.rows_until(read + 1))

    def frames_of_read(self, read: int) -> range:
        """The frames that a read completed."""
        rows = self.rows_of_read(read)
        first = next((self._frames[row] for row in rows if self._frames[row] != _NO_FRAME), None)
        if first is None:
            return range(0)
        return range(first, next(self._frames[row] for row in reversed(rows) if self._frames[row] != _NO_FRAME) + 1)

    # Reading.

    def _heads(self) -> list[tuple[int, ResponseHead | None]]:
        """The connections from which the decoder reads: the first read of each, and its head."""
        connections = self.run.capture.connections
        if self._first_connection >= 0:
            return list(connections[self._first_connection :])
        return [(0, None), *connections]

    def _note_earlier(self) -> None:
        """One row for each attempt without a token."""
        capture = self.run.capture
        reads = [read for read, _ in capture.connections][: self._first_connection + 1]
        for read, end in pairwise(reads):
            self._add(SpanKind.EARLIER, capture.read_start(read), capture.read_start(end))

    def _begin_next(self, heads: list[tuple[int, ResponseHead | None]]) -> None:
        read, head = heads[len(self._connections)]
        self._at = self._seen = self.run.capture.read_start(read)
        if self._connections:
            self._add(SpanKind.SEAM, self._at, self._at)
        self._connections.append(_Connection(self.count, read, head))
        self._framings.append(Framing.UNKNOWN)
        self._scanner = None

    def _read_until(self, limit: int, most_bytes: int) -> bool:
        """Reads the present connection on, up to a read; says whether that was reached."""
        if self._connections[-1].is_message:
            self._read_messages(limit)
            return True
        end = self.run.capture.read_start(limit)
        if self._framings[-1] is Framing.UNKNOWN:
            self._choose_framing(end)
        stop = min(end, self._seen + most_bytes)
        if self._scanner is not None and stop > self._seen:
            known = len(self._spans)
            window = self.run.capture.bytes_between(self._at, stop)
            is_all = stop == self.run.capture.byte_count
            self._at += self._scanner.scan(window, self._at, self._spans, is_all=is_all)
            self._number(known)
        self._seen = stop
        return stop == end

    def _read_messages(self, limit: int) -> None:
        """Each read is a frame, unless it was too large to be taken."""
        capture = self.run.capture
        row, read, _ = self._connections[-1]
        for index in range(read + self.count - row, limit):
            start, end = capture.read_start(index), capture.read_start(index + 1)
            is_huge = end - start > self.run.event_limit_bytes and capture.is_message(index)
            self._add(SpanKind.UNREAD if is_huge else SpanKind.FRAME, start, end)
        self._at = capture.read_start(limit)

    def _choose_framing(self, end: int) -> None:
        """How the body is cut, if its head and what came of it tell."""
        head = self._connections[-1].head
        headers = dict(reversed(head.headers)) if head is not None else {}  # the first of equal names counts
        start = self.run.capture.bytes_between(self._at, min(end, self._at + _UNDECIDED_BYTES))
        dialect = self.run.capture.header.dialect
        framing = framing_of(head.status if head is not None else 200, headers, dialect, start)
        self._framings[-1] = framing
        self._scanner = scanner_of(framing, self.run.event_limit_bytes, self._in_same_read)
        if self._scanner is not None:
            self._seen = self._at

    def _in_same_read(self, one: int, other: int) -> bool:
        capture = self.run.capture
        return capture.read_of_byte(one) == capture.read_of_byte(other)

    def _close_connection(self, limit: int, *, is_last: bool) -> None:
        """What is left has no end: a frame if the decoder took it for one, else it is cut."""
        end = self.run.capture.read_start(limit)
        if is_last and self._framings[-1] is Framing.SSE and self.frame_count < self._decoded_count():
            self._take_error_line(end)
        left = self.run.capture.bytes_between(self._at, end)
        if left.strip(_BLANK):
            is_frame = is_last and self.frame_count < self._decoded_count()
            start = end - len(left.lstrip(_BLANK))
            self._add(SpanKind.FRAME if is_frame else SpanKind.CUT, start, end)
        self._at = end

    def _take_error_line(self, end: int) -> None:
        """A line `error: ...` is a frame though its block never ended; what is behind it is cut."""
        left = self.run.capture.bytes_between(self._at, end)
        if line := _search_error(left):
            self._add(SpanKind.BLOCK, self._at, self._at + line.end(1) + 1)
            self._at += line.end()

    def _add(self, kind: SpanKind, start: int, end: int) -> None:
        known = len(self._spans)
        self._spans.add(kind, start, end)
        self._number(known)

    def _number(self, known: int) -> None:
        """Gives the rows from `known` on their frame numbers, as far as the decoder has such frames."""
        kinds, next_frame = self._spans.kinds, len(self._rows)
        fresh = len(kinds) - known
        if next_frame + fresh <= self._decoded_count() and not kinds[known:].strip(b"\0"):  # plain frames alone
            self._frames.extend(range(next_frame, next_frame + fresh))
            self._rows.extend(range(known, known + fresh))
            return
        for row in range(known, len(kinds)):
            kinds[row] = kind = self._settled(row)
            if kind <= SpanKind.BLOCK:
                self._frames.append(len(self._rows))
                self._rows.append(row)
            else:
                self._frames.append(_NO_FRAME)

    def _settled(self, row: int) -> SpanKind:
        """What a row is, now that the decoder's frames can be asked."""
        kind = self.kind_of(row)
        if kind is SpanKind.ERROR_LINE:
            return SpanKind.BLOCK if self._is_error_frame(row) else SpanKind.IGNORED
        if kind <= SpanKind.BLOCK and self.frame_count >= self._decoded_count():
            return SpanKind.UNREAD
        return kind

    def _is_error_frame(self, row: int) -> bool:
        """Whether the decoder made the next frame of the line `error: ...` of this block."""
        if self.run.decoder is None or self.frame_count >= self._decoded_count():
            return False
        frame = self.run.decoder.frames[self.frame_count]
        line = _search_error(self.run.capture.bytes_between(self._spans.starts[row], self._spans.ends[row]))
        value = line[1].decode("utf-8", "replace").partition(":")[2] if line else ""
        return frame.event == "error" and frame.text.strip() == value[: len(frame.text) + 1].strip()

    def _decoded_count(self) -> int:
        return len(self.run.decoder.frames) if self.run.decoder is not None else 0

    # Asking.

    def _connection_of(self, index: int) -> _Connection | None:
        """The connection of a row; None for an attempt before the first one that counts."""
        place = bisect_right(self._connections, index, key=lambda connection: connection.row)
        return self._connections[place - 1] if place else None

    def _moment(self, index: int) -> tuple[int, float]:
        """The read that completed a row, and when it came; of a row without bytes, when its connection began."""
        capture = self.run.capture
        start, end = self._spans.starts[index], self._spans.ends[index]
        connection = self._connection_of(index)
        if connection is not None and connection.is_message and self.kind_of(index) is not SpanKind.SEAM:
            read = min(connection.read + index - connection.row, capture.read_count - 1)
            return read, capture.read_time(read)
        if end > start:
            read = capture.read_of_byte(end - 1)
            return read, capture.read_time(read)
        head = self.head_of(index)
        return capture.read_of_byte(end), head.at if head is not None else capture.last_at
