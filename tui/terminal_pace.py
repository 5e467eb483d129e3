"""How fast the terminal takes what is written, and when it is due for more.

A terminal or the line to it may be slower than the app. What it has not taken waits in the buffers on the way (22 kB in
a pseudo-terminal of Linux, more over ssh), which nobody can ask about, and a key waits behind it. What can be seen is
that a write takes long when they are full: between two such moments no less was taken than was written. From then on
less is written than is taken, so that they run empty, and styles take as few bytes as they can.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Final

BLOCKED_S: Final = 0.008  # a write that takes longer has met full buffers, or a busy machine: then little is lost
_STALLED_BYTES_PER_S: Final = 2_000  # slower than any line: a terminal that was stopped, which tells no speed
_TELLING_BYTES: Final = 2048  # a shorter write tells of the scheduler, not of the line
_USED_SHARE: Final = 0.7  # of what the line takes; the rest is for keys, and lets the buffers run empty
_LONGEST_WAIT_S: Final = 0.25  # four frames a second are drawn whatever was measured
_TRIED_AFTER_S, _TRIED_GROWTH = 3.0, 2.0  # so long without full buffers, and the line may be faster than it was
_TRIED_LATEST_S: Final = 60.0  # each time in vain doubles the time until the next
_FAST_BYTES_PER_S: Final = 4_000_000


class TerminalPace:
    """Told of every write; `rate` is in bytes a second, None while no write has had to wait.

    Writes are told by one thread, and asked about by another.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.rate: float | None = None
        self._is_writing = False
        self._began_at = 0.0
        self._full_at = float("-inf")
        self._tried_at = float("-inf")
        self._try_after_s = _TRIED_AFTER_S
        self._bytes_since_full = 0
        self._due_at = float("-inf")

    def begin(self) -> None:
        """A write begins."""
        self._is_writing, self._began_at = True, self._clock()

    def end(self, size: int) -> None:
        """It has ended; `size` in bytes."""
        now = self._clock()
        self._bytes_since_full += size
        if now - self._began_at >= BLOCKED_S and size >= _TELLING_BYTES:
            self._learn(size, now)
        elif self.rate is not None:
            self._try_more(self.rate, now)
        if self.rate is not None:
            due = max(self._due_at, self._began_at) + size / (self.rate * _USED_SHARE)
            self._due_at = min(due, now + _LONGEST_WAIT_S)
        self._is_writing = False

    def is_behind(self) -> bool:
        """Whether a frame would have to wait behind others."""
        return self._is_writing or (self.rate is not None and self._clock() < self._due_at)

    def _learn(self, size: int, now: float) -> None:
        """The buffers are full at this moment, as at that before: too much was written, so less is from now on.

        They may have run empty in between, so the line takes no less than was written since; and this write had to wait
        for no more than its own bytes.
        """
        at_least, at_most = self._bytes_since_full / (now - self._full_at), size / (now - self._began_at)
        if at_most >= _STALLED_BYTES_PER_S:
            slower = at_most if self.rate is None else min(at_most, self.rate * _USED_SHARE)
            self.rate = max(slower, at_least)
        if self._tried_at > self._full_at:
            self._try_after_s = min(self._try_after_s * 2, _TRIED_LATEST_S)
        self._full_at, self._bytes_since_full = now, 0

    def _try_more(self, rate: float, now: float) -> None:
        """A line that has not been full for long may have become faster; one that has is tried on step by step."""
        is_first = self._tried_at <= self._full_at
        if now - max(self._full_at, self._tried_at) >= (self._try_after_s if is_first else _TRIED_AFTER_S):
            grown, self._tried_at = rate * _TRIED_GROWTH, now
            self.rate = grown if grown < _FAST_BYTES_PER_S else None


class PacedFile:
    """A text file that tells a pace of what is written to it; as much of a file as Textual's writer asks for."""

    def __init__(self, file: IO[str], pace: TerminalPace) -> None:
        self._file = file
        self._pace = pace

    def write(self, text: str) -> int:
        """As the file's, and flushed at once: how long each frame takes is what is to be learnt."""
        told = text if self._pace.rate is None else _thinned(text)
        self._pace.begin()
        try:
            self._file.write(told)
            self._file.flush()
        finally:
            self._pace.end(len(told.encode(errors="replace")))
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def fileno(self) -> int:
        """As the file's."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """As the file's."""
        return self._file.isatty()


def _thinned(text: str) -> str:
    from tui.style_thinning import thinned  # noqa: PLC0415  few terminals are slow

    return thinned(text)
