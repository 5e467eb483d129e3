"""The text of a segment that is still open: what is settled, and the window that decisions look at.

A base for scanners that cut a stream into segments; it knows nothing of sentences. Text is joined once,
when its segment ends, so a long segment costs no more per chunk than a short one.
"""

from __future__ import annotations

from tui.core.text.sentence_rules import LOOKBEHIND

KEPT_CHARACTERS = 1024


class SegmentWindow:
    """An open segment: settled parts, then the window from `_start` on; all indexes are into the window.

    The window reaches LOOKBEHIND code points back from the position, also into the segment before.
    """

    def __init__(self, cap: int) -> None:
        self._cap = max(1, cap)
        self._clear()

    def _clear(self) -> None:
        self._segments: list[str] = []
        self._parts: list[str] = []
        self._parts_length = 0
        self._window = ""
        self._start = 0
        self._position = 0
        self._line_end: int | None = None  # end of the text before a line break that is not judged yet

    def _cut(self, end: int) -> None:
        """End the segment at `end`; in pieces if it is longer than the cap, and not if it is empty."""
        while end - self._start + self._parts_length > self._cap:
            self._cut_at_cap()
        if end > self._start or (self._parts and end == self._start):
            self._emit(end)

    def _cut_at_cap(self) -> int:
        limit = self._start + self._cap - self._parts_length
        self._emit(limit)
        return limit

    def _emit(self, end: int) -> None:
        self._parts.append(self._window[self._start : end])
        self._segments.append("".join(self._parts))
        self._parts = []
        self._parts_length = 0
        self._start = end

    def _take_rest(self) -> list[str]:
        """Cut what is left, and begin anew."""
        self._cut(len(self._window))
        segments = self._segments
        self._clear()
        return segments

    def _text_end_before(self, at: int) -> int:
        """Where the text before `at` ends, leaving out white space as far as one may look back."""
        floor = max(self._start, at - LOOKBEHIND)
        return floor + len(self._window[floor:at].rstrip())

    def _settle(self) -> None:
        """Move what no decision can reach any more out of the window."""
        reach = self._position if self._line_end is None else min(self._position, self._line_end)
        base = reach - LOOKBEHIND
        if base <= 0:
            return
        if self._start < base:
            self._parts.append(self._window[self._start : base])
            self._parts_length += base - self._start
            self._start = base
        self._window = self._window[base:]
        self._start -= base
        self._position -= base
        self._line_end = None if self._line_end is None else self._line_end - base
