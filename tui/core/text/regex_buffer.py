"""The buffer of a user's own pattern, guarded: a pattern that runs away is switched off, not waited for.

`make_buffer` imports it on demand, since it loads the `regex` library.
"""

from __future__ import annotations

from tui.core.text.buffers import SEGMENT_CAP, LineBuffer, StreamBuffer
from tui.core.text.guarded_pattern import TIME_OUT_S, GuardedPattern


class RegexBuffer(StreamBuffer):
    """Segments that end with a match of a separator pattern, or at the end of the text.

    The pattern sees one complete line at a time, its break included, so that no chunking changes a match: a segment
    may span lines, a match may not. Hence a segment is out at the end of the line that its separator is in. Matches
    of zero length are skipped. When a line takes longer than `TIME_OUT_S`, what was held and that line pass uncut,
    the pattern is off, every later line passes uncut, and a remark says so. Lines and segments are cut at `cap`.
    Raises UsageError for a wrong pattern, with its position.
    """

    def __init__(self, pattern: str, cap: int = SEGMENT_CAP) -> None:
        super().__init__()
        self._pattern: GuardedPattern | None = GuardedPattern(pattern)
        self._lines = LineBuffer(cap)
        self._cap = cap
        self._held = 0

    def add(self, text: str) -> list[str]:
        """The segments that the lines completed by this text complete."""
        released: list[str] = []
        for line in self._lines.add(text):
            self._take_line(line, released)
        return released

    def flush(self) -> list[str]:
        """The segments of the unfinished line and the last one, which has no separator."""
        released: list[str] = []
        for line in self._lines.flush():
            self._take_line(line, released)
        self._release(released)
        return released

    def _take_line(self, line: str, released: list[str]) -> None:
        start = 0
        for end in self._separator_ends(line, released):
            self._hold(line[start:end], released)
            self._release(released)
            start = end
        self._hold(line[start:], released)

    def _separator_ends(self, line: str, released: list[str]) -> list[int]:
        """Where segments end in a line; at its own end once the pattern is off."""
        if self._pattern is None:
            return [len(line)]
        try:
            return [end for start, end in self._pattern.spans(line) if end > start]
        except TimeoutError:
            self._release(released)
            self._pattern = None
            self.remarks.append(
                f"the pattern took longer than {TIME_OUT_S * 1000:.0f} ms on one line and is off: lines pass uncut"
            )
            return [len(line)]

    def _hold(self, text: str, released: list[str]) -> None:
        while self._held + len(text) >= self._cap:
            room = self._cap - self._held
            self._parts.append(text[:room])
            self._release(released)
            text = text[room:]
        if text:
            self._parts.append(text)
            self._held += len(text)

    def _release(self, released: list[str]) -> None:
        self._held = 0
        released += super().flush()
