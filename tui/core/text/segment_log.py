"""Every segment that a buffer released from a stream, with the chunks and times it came from and out at.

Fed by the pipeline with the text of content chunks and their arrival times; read by panes, comparison and playback.
Knows no clock: it is told. Columns, so that a million segments cost little more than their text.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import sub
from typing import Self

from tui.core.chunks import SegmentReady
from tui.core.text.buffers import SEGMENT_CAP, make_buffer

# Segments whose texts are kept as one string: a short string of its own costs more than its text.
_GROUP = 64
# Released chunks are forgotten in strides of at least this many, so that forgetting costs a constant each.
_STRIDE = 512
_AT_FLUSH = -1


class _HeldChunks:
    """The chunks whose text is not yet released, as columns with a moving start."""

    def __init__(self) -> None:
        # Code points of the stream: all that came, and all that was released.
        self.end = 0
        self.start = 0
        self._first = 0
        self._texts: list[str] = []
        self._ends = array("q")
        self._indices = array("i")
        self._arrivals = array("d")

    def add(self, text: str, chunk_index: int, at: float) -> None:
        """Takes a chunk that is not empty."""
        self.end += len(text)
        self._texts.append(text)
        self._ends.append(self.end)
        self._indices.append(chunk_index)
        self._arrivals.append(at)

    @property
    def text(self) -> str:
        """The text that is not released."""
        size = self.end - self.start
        return "".join(self._texts[self._first :])[-size:] if size else ""

    def beginning(self, size: int) -> str:
        """The first code points of the text that is not released, at most `size`; costs what it gives."""
        if self.end == self.start:
            return ""
        first = self._first
        released = len(self._texts[first]) - (self._ends[first] - self.start)
        found = "".join(self._texts[first : first + size + 1])  # no chunk is empty
        return found[released : released + size]

    @property
    def since(self) -> float | None:
        """The arrival of the first code point that is not released; None if all are."""
        return self._arrivals[self._first] if self.end > self.start else None

    def release(self, size: int) -> tuple[int, int, float]:
        """Lets go of the next code points; gives the first and last chunk they came in and the first's arrival."""
        ends = self._ends
        first = last = self._first
        found_in, arrival = self._indices[first], self._arrivals[first]
        self.start = start = self.start + size
        while ends[last] < start:
            last += 1
        ended_in = self._indices[last]
        self._first = last + 1 if ends[last] == start else last
        if last >= _STRIDE and last * 2 >= len(ends):
            self._forget()
        return found_in, ended_in, arrival

    def _forget(self) -> None:
        for column in (self._texts, self._ends, self._indices, self._arrivals):
            del column[: self._first]
        self._first = 0


class SegmentLog:
    """The segments of one text in one buffer mode; arguments as of `make_buffer`, which says what they raise.

    Times are seconds on the capture's clock and must not fall. `emitted_chunk` is -1 for what the flush gave.
    """

    def __init__(self, mode: str, pattern: str | None = None, *, cap: int = SEGMENT_CAP) -> None:
        self._buffer = make_buffer(mode, pattern=pattern, cap=cap)
        self._chunks = _HeldChunks()
        self._groups: list[str] = []
        self._texts: list[str] = []
        self._ends = array("q")
        self._first_chunks = array("i")
        self._last_chunks = array("i")
        self._emitted_chunks = array("i")
        self._first_at = array("d")
        self._emitted_at = array("d")

    def take(self, text: str, chunk_index: int, at: float) -> int:
        """Takes a chunk's text and gives how many segments came out with it; an empty text changes nothing."""
        if not text:
            return 0
        self._chunks.add(text, chunk_index, at)
        released = self._buffer.add(text)
        if released:
            self._log(released, chunk_index, at)
        return len(released)

    def add(self, text: str, chunk_index: int, at: float) -> list[SegmentReady]:
        """As `take`, but gives the segments themselves, which cost as much again to make."""
        count = self.take(text, chunk_index, at)
        return [self.segment(index) for index in range(self.count - count, self.count)] if count else []

    def flush(self, at: float) -> list[SegmentReady]:
        """The segments that the end of the text released, marked `is_flushed`."""
        released = self._buffer.flush()
        self._log(released, _AT_FLUSH, at)
        return [self.segment(index) for index in range(self.count - len(released), self.count)]

    @property
    def count(self) -> int:
        """How many segments came out."""
        return len(self._ends)

    def segment(self, index: int) -> SegmentReady:
        """A segment by its index from 0; raises IndexError for another."""
        if not 0 <= index < self.count:
            raise IndexError(f"no segment {index}: there are {self.count}")
        return SegmentReady(
            self._text_of(index),
            index,
            self._first_chunks[index],
            self._last_chunks[index],
            self._emitted_chunks[index],
            self._first_at[index],
            self._emitted_at[index],
            self._emitted_chunks[index] == _AT_FLUSH,
        )

    def holds_between(self, first: int, end: int) -> Iterable[float]:
        """The hold times of the segments from `first` up to `end`."""
        return map(sub, self._emitted_at[first:end], self._first_at[first:end])

    def count_at(self, at: float) -> int:
        """How many segments had come out at a time, those of that very time included."""
        return bisect_right(self._emitted_at, at)

    def count_before_chunk(self, chunk_count: int) -> int:
        """How many segments had come out when so many content chunks had been taken; what the flush gave is none."""
        emitted = self._emitted_chunks
        flushed = bisect_left(emitted, 1, lo=0, hi=len(emitted), key=lambda chunk: chunk == _AT_FLUSH)
        return bisect_left(emitted, chunk_count, hi=flushed)

    def emitting_chunks(self) -> set[int]:
        """The chunks with which segments came out; what the flush gave came with none."""
        return set(self._emitted_chunks) - {_AT_FLUSH}

    def end_of(self, count: int) -> int:
        """The offset behind the first `count` segments."""
        return self._ends[count - 1] if count else 0

    @property
    def whole(self) -> Self:
        """Itself: what a beginning of it names as the log it was cut from."""
        return self

    @property
    def held_text(self) -> str:
        """The text that is not yet released: the unfinished segment."""
        return self._chunks.text

    @property
    def held_length(self) -> int:
        """How many code points are not yet released."""
        return self._chunks.end - self._chunks.start

    def held_beginning(self, size: int) -> str:
        """The first code points of the text that is not yet released, at most `size`."""
        return self._chunks.beginning(size)

    @property
    def held_since(self) -> float | None:
        """When the first code point of the held text arrived; None if none is held."""
        return self._chunks.since

    @property
    def remarks(self) -> list[str]:
        """What the buffer has to say, as sentences."""
        return self._buffer.remarks

    def _log(self, released: list[str], emitted_chunk: int, at: float) -> None:
        release = self._chunks.release
        for text in released:
            first_chunk, last_chunk, first_at = release(len(text))
            self._ends.append(self._chunks.start)
            self._first_chunks.append(first_chunk)
            self._last_chunks.append(last_chunk)
            self._emitted_chunks.append(emitted_chunk)
            self._first_at.append(first_at)
            self._emitted_at.append(at)
            self._texts.append(text)
            if len(self._texts) == _GROUP:
                self._groups.append("".join(self._texts))
                self._texts.clear()

    def _text_of(self, index: int) -> str:
        group, place = divmod(index, _GROUP)
        if group == len(self._groups):
            return self._texts[place]
        base = self._ends[group * _GROUP - 1] if group else 0
        start = self._ends[index - 1] if place else base
        return self._groups[group][start - base : self._ends[index] - base]
