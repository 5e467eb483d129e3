"""The generated text of a run in columns: for each content chunk its text, where it ends and when it came.

Offsets are code points of the joined content of choice 0. Everything that asks "which chunk holds character n?"
or "how much text was there at time t?" is a bisect here.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right


class ContentLog:
    """Append-only; chunk indices count content chunks from 0."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._ends = array("Q")
        self._times = array("d")
        self._frames = array("Q")
        self._length = 0

    def add(self, text: str, at: float, frame: int) -> int:
        """Appends one non-empty piece and gives its chunk index."""
        self._pieces.append(text)
        self._length += len(text)
        self._ends.append(self._length)
        self._times.append(at)
        self._frames.append(frame)
        return len(self._pieces) - 1

    @property
    def count(self) -> int:
        """How many content chunks there are."""
        return len(self._pieces)

    @property
    def length(self) -> int:
        """How many code points there are."""
        return self._length

    def text(self) -> str:
        """All of it, joined; linear in its size, so not for every frame."""
        return "".join(self._pieces)

    def tail(self, size: int) -> str:
        """The last code points of the text, at most `size`."""
        text = ""
        for piece in reversed(self._pieces):
            if len(text) >= size:
                break
            text = piece + text
        return text[-size:]

    def piece(self, index: int) -> tuple[str, float]:
        """Text and arrival time of one chunk."""
        return self._pieces[index], self._times[index]

    def start_of(self, index: int) -> int:
        """The offset at which a chunk begins; the length of the text for one past the end."""
        return self._ends[index - 1] if 0 < index <= self.count else 0

    def end_of(self, index: int) -> int:
        """The offset behind a chunk's last code point."""
        return self._ends[index]

    def chunk_at(self, offset: int) -> int:
        """The chunk that holds the code point at `offset`; the last chunk for offsets past the end."""
        return min(bisect_right(self._ends, offset), max(0, self.count - 1))

    def frame_of(self, index: int) -> int:
        """The frame in which a chunk came."""
        return self._frames[index]

    def count_until(self, at: float) -> int:
        """How many chunks had come at time `at`, inclusive."""
        return bisect_right(self._times, at)

    def last_chunk_of(self, end: int) -> int:
        """The chunk that holds the last code point before the exclusive offset `end`."""
        return min(bisect_left(self._ends, end), max(0, self.count - 1))
