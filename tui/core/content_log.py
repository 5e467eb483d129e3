"""The generated text of a run in columns: for each content chunk its text, where it ends and when it came.

Offsets are code points of the joined content of choice 0. Everything that asks "which chunk holds character n?"
or "how much text was there at time t?" is a bisect here.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import accumulate, islice
from typing import Final

from tui.core.number_runs import NumberRuns
from tui.core.packed_ends import PackedEnds
from tui.core.repeated_times import RepeatedTimes

_BLOCK_PIECES: Final = 256


class ContentLog:
    """Append-only; chunk indices count content chunks from 0, and `times` has when each came.

    `read_times` as in `SharedTimes`: the times of the reads, if somebody keeps them.
    """

    def __init__(self, read_times: array[float] | None = None) -> None:
        self._blocks: list[str] = []
        self._newest: list[str] = []
        self._ends = PackedEnds()
        self.times = RepeatedTimes(read_times)
        self._frames = NumberRuns()
        self._length = 0

    def add(self, text: str, at: float, frame: int) -> int:
        """Appends one non-empty piece and gives its chunk index."""
        newest = self._newest
        newest.append(text)
        self._length += len(text)
        self._ends.append(self._length)
        self.times.add(at)
        self._frames.append(frame)
        if len(newest) == _BLOCK_PIECES:  # a short string costs fifty bytes more than its letters
            self._blocks.append("".join(newest))
            self._newest = []
            self._ends.pack()
        return len(self._ends) - 1

    def add_many(self, texts: list[str], at: float, frames: array[int]) -> int:
        """As `add` of each, all of one time; gives the index of the first."""
        first = len(self._ends)
        self._ends.extend(islice(accumulate(map(len, texts), initial=self._length), 1, None))
        self._length = self._ends.last
        self.times.add(at, len(texts))
        self._frames.extend(frames)
        self._newest += texts
        while len(self._newest) >= _BLOCK_PIECES:
            self._blocks.append("".join(self._newest[:_BLOCK_PIECES]))
            self._newest = self._newest[_BLOCK_PIECES:]
        return first

    @property
    def count(self) -> int:
        """How many content chunks there are."""
        return len(self._ends)

    @property
    def length(self) -> int:
        """How many code points there are."""
        return self._length

    def text(self) -> str:
        """All of it, joined; linear in its size, so not for every frame."""
        return "".join([*self._blocks, *self._newest])

    def tail(self, size: int) -> str:
        """The last code points of the text, at most `size`."""
        text = ""
        for index in range(self.count - 1, -1, -1):
            if len(text) >= size:
                break
            text = self.piece(index)[0] + text
        return text[-size:]

    def piece(self, index: int) -> tuple[str, float]:
        """Text and arrival time of one chunk."""
        block, place = divmod(index, _BLOCK_PIECES)
        if block == len(self._blocks):
            return self._newest[place], self.times[index]
        origin = self._ends.start_of(block * _BLOCK_PIECES)
        start = self._ends.start_of(index)
        return self._blocks[block][start - origin : self._ends[index] - origin], self.times[index]

    def pieces(self, first: int, end: int) -> Iterator[tuple[str, float]]:
        """As `piece` of the chunks from `first` up to `end`, at a fraction of the price."""
        while first < end:
            until = min(end, first + _BLOCK_PIECES)
            origin = self._ends.start_of(first)
            text = self.text_between(origin, self._ends.start_of(until))
            ends = [offset - origin for offset in self._ends.between(first, until)]
            for start, stop, at in zip([0, *ends], ends, self.times.between(first, until), strict=False):
                yield text[start:stop], at
            first = until

    def start_of(self, index: int) -> int:
        """The offset at which a chunk begins; the length of the text for one past the end."""
        return self._ends.start_of(index) if index <= self.count else 0

    def end_of(self, index: int) -> int:
        """The offset behind a chunk's last code point."""
        return self._ends[index]

    def ends_between(self, first: int, end: int) -> array[int]:
        """The offsets behind the chunks from `first` up to `end`."""
        return self._ends.between(first, end)

    def times_between(self, first: int, end: int) -> array[float]:
        """When the chunks from `first` up to `end` came."""
        return self.times.between(first, end)

    def chunk_at(self, offset: int) -> int:
        """The chunk that holds the code point at `offset`; the last chunk for offsets past the end."""
        return min(self._ends.count_until(offset), max(0, self.count - 1))

    def frame_of(self, index: int) -> int:
        """The frame in which a chunk came."""
        return self._frames[index]

    def chunks_of_frame(self, frame: int) -> range:
        """The chunks that came in a frame."""
        return range(self._frames.count_before(frame), self._frames.count_before(frame + 1))

    def text_between(self, start: int, end: int) -> str:
        """The text between two offsets; the cost is that of the chunks that hold it."""
        if start >= end:
            return ""
        first, last = self.chunk_at(start), self.last_chunk_of(end)
        whole = len(self._blocks)
        found = []
        for number in range(first // _BLOCK_PIECES, last // _BLOCK_PIECES + 1):
            low = number * _BLOCK_PIECES
            if number < whole:
                text = self._blocks[number]
            else:
                text, low = "".join(self._newest[max(0, first - low) : last - low + 1]), max(first, low)
            origin = self.start_of(low)
            found.append(text[max(0, start - origin) : end - origin])
        return "".join(found)

    def count_before_frame(self, frame: int) -> int:
        """How many chunks came in frames before this one."""
        return self._frames.count_before(frame)

    def count_until(self, at: float) -> int:
        """How many chunks had come at time `at`, inclusive."""
        return self.times.count_until(at)

    def last_chunk_of(self, end: int) -> int:
        """The chunk that holds the last code point before the exclusive offset `end`."""
        return min(self._ends.count_before(end), max(0, self.count - 1))
