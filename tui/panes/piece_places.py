"""Where pieces of thinking and of tool calls are drawn in a text, and the frame that each came in. No Textual."""

from __future__ import annotations

from array import array
from bisect import bisect_right

from tui.core.number_runs import NumberRuns
from tui.core.packed_ends import PackedEnds


class PiecePlaces:
    """Append-only; pieces are not empty, follow each other, and come in frames that do not fall.

    Most begin where the one before ended: kept is the start of each that does not, and which one that is.
    """

    def __init__(self) -> None:
        self._ends = PackedEnds()
        self._frames = NumberRuns()
        self._apart = array("I")
        self._apart_starts = array("Q")

    def add(self, start: int, end: int, frame: int) -> None:
        """The next piece, of a frame, is drawn from `start` up to `end`."""
        ends = self._ends
        if ends.last != start:
            self._apart.append(len(ends))
            self._apart_starts.append(start)
        ends.append(end)
        ends.pack()
        self._frames.append(frame)

    def of_frame(self, frame: int) -> tuple[int, int] | None:
        """From where to where the first piece of a frame is drawn; None when there is none."""
        index = self._frames.count_before(frame)
        if index == len(self._frames) or self._frames[index] != frame:
            return None
        return self._start(index), self._ends[index]

    def frame_at(self, offset: int, *, or_next: bool) -> int | None:
        """The frame of the piece that is drawn at an offset; without one, that of the next piece or None."""
        index = self._ends.count_until(offset)
        if index == len(self._ends):
            return None
        return self._frames[index] if or_next or self._start(index) <= offset else None

    def _start(self, index: int) -> int:
        row = bisect_right(self._apart, index) - 1
        is_apart = row >= 0 and self._apart[row] == index
        return self._apart_starts[row] if is_apart else self._ends.start_of(index)
