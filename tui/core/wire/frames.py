"""Frames: the units of the wire (one SSE event, one NDJSON line, one WebSocket message), kept in columns.

Holds what came and when, not what it means. Written by the response decoder; read by the Wire screen, which
needs any frame by its index at once.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from operator import sub
from typing import overload

from tui.core.number_runs import NumberRuns
from tui.core.shared_times import SharedTimes
from tui.core.wire.packed_texts import PackedTexts


@dataclass(slots=True)
class Frame:
    """One unit of the wire.

    `index` and `read_index` count from 0 (a read is one `feed`, with or without frames); `at` is the time of the
    read that completed it, in seconds; `size` is its text in UTF-8 bytes. `event` is the name of an SSE event
    that has one, else None. `text` is the event's data, the line or the message, as it came.
    """

    index: int
    at: float
    read_index: int
    size: int
    event: str | None
    text: str


class FrameStore(Sequence[Frame]):
    """The frames of a run, append-only; a Frame is made when it is asked for.

    Time and read index are kept once for each read that brought frames. `read_times` are the times of all reads, if
    somebody keeps them: then they are not kept again.
    """

    def __init__(self, read_times: array[float] | None = None) -> None:
        self._texts = PackedTexts()
        self._count = 0
        # Most frames have the name of the one before: the first of each stretch is kept, and its name.
        self._name: str | None = None
        self._known: dict[str, str] = {}
        self._name_starts = array("I")
        self._names: list[str | None] = []
        self._firsts = NumberRuns()
        self._times = SharedTimes(read_times)
        self._reads = NumberRuns()

    def begin_read(self, read_index: int, at: float) -> None:
        """The frames added from now on, at least one, came with this read."""
        self._firsts.append(self._count)
        self._times.append(at)
        self._reads.append(read_index)

    def add(self, text: str, event: str | None = None) -> int:
        """Appends a frame of the read that was begun last, and gives its index."""
        if event != self._name:
            self._begin_name(event)
        self._count += 1
        return self._texts.append(text)

    def time_of(self, index: int) -> float:
        """When the frame with this index (not negative) was complete."""
        return self._times[self._row_of(index)]

    def times_between(self, first: int, end: int) -> array[float]:
        """When the frames from `first` up to `end` were complete."""
        row, last = self._row_of(first), self._firsts.count_before(end)
        if last - row == end - first:  # one a read
            return self._times.between(row, last)
        starts = [first, *self._firsts.between(row + 1, last), end]
        counts = map(sub, starts[1:], starts)
        return array("d", chain.from_iterable(map(repeat, self._times.between(row, last), counts)))

    def whole_reads_until(self, end: int) -> int:
        """How many of the first `end` frames came with reads of which no frame is left out."""
        if end >= self._count:
            return self._count
        return self._firsts[self._row_of(end)]

    def count_until(self, at: float) -> int:
        """How many frames were complete at time `at`, inclusive."""
        row = self._times.count_until(at)
        return self._firsts[row] if row < len(self._firsts) else self._count

    def read_of(self, index: int) -> int:
        """The read that brought the frame with this index (not negative)."""
        return self._reads[self._row_of(index)]

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Frame: ...
    @overload
    def __getitem__(self, index: slice) -> list[Frame]: ...
    def __getitem__(self, index: int | slice) -> Frame | list[Frame]:
        if isinstance(index, slice):
            return [self._frame(i) for i in range(*index.indices(len(self)))]
        return self._frame(range(len(self))[index])

    def _frame(self, index: int) -> Frame:
        text = self._texts[index]
        size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
        row = self._row_of(index)
        return Frame(index, self._times[row], self._reads[row], size, self._name_of(index), text)

    def _row_of(self, index: int) -> int:
        """The place, among the reads that brought frames, of the one that brought this frame."""
        return self._firsts.count_before(index + 1) - 1

    def _begin_name(self, name: str | None) -> None:
        self._name = name
        self._name_starts.append(self._count)
        self._names.append(name if name is None else self._known.setdefault(name, name))

    def _name_of(self, index: int) -> str | None:
        row = bisect_right(self._name_starts, index) - 1
        return self._names[row] if row >= 0 else None


class FrameCount(FrameStore):
    """Counts the frames and keeps nothing of them: for those who need a run's end and not its course."""

    def begin_read(self, read_index: int, at: float) -> None:
        """Nothing is kept of it."""

    def add(self, text: str, event: str | None = None) -> int:  # noqa: ARG002  the interface
        """Counts a frame, and gives its index."""
        self._count += 1
        return self._count - 1
