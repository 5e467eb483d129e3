"""Programs in a real pseudo-terminal, driven without a screen of its own: what is waited for is bytes that come out.

`tests/pty/terminal.py` draws the screen and so costs more than what is measured; this one only drains, at full
speed or at that of a slow line, and searches. CPU is that of the program and all that it started.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.child_environ import clean_environ

SIZE = (120, 40)
# Letters that no stream here holds; each is typed once a program and awaited in the output.
LETTERS = [*map(chr, range(0x0400, 0x0482)), *map(chr, range(0x048A, 0x0530))]
_CONTROLS = re.compile(rb"\x1b\[[0-9;?<>$]*[A-Za-z]|\x1b\][^\x07]*\x07")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_KEPT_BYTES = 1 << 18
_PIECE_S = 0.01
_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios;"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)


class Program:
    """`python ARGUMENTS` in a terminal of 120x40; `bytes_per_s` makes it a slow line. Enter it to start it."""

    def __init__(
        self,
        *arguments: str,
        folder: Path,
        bytes_per_s: int | None = None,
        environ: dict[str, str] | None = None,
    ) -> None:
        self._arguments = arguments
        terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "OPENAI_API_KEY": "none"}
        self._environ = clean_environ(folder, **terminal, **(environ or {}))
        self._limit = bytes_per_s
        self._next_read_at = 0.0
        self._typed = 0
        self._watched = b"\xff"  # no terminal output holds it
        self.saw_watched = False
        self.recent = b""
        self.byte_count = 0
        self.started_at = 0.0

    def __enter__(self) -> Self:
        self._near, far = pty.openpty()
        _set_size(far, SIZE)
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, *self._arguments],
            stdin=far,
            stdout=far,
            stderr=far,
            env=self._environ,
            start_new_session=True,
        )
        os.close(far)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self._near)

    def pump(self, seconds: float) -> None:
        """Takes what the program writes for some time."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._read(left)

    def wait_for(self, needle: bytes, patience_s: float = 60.0) -> float:
        """Waits for bytes in what comes from now on; gives the moment. Raises TimeoutError with what came last."""
        self.recent = self.recent[-len(needle) + 1 :] if len(needle) > 1 else b""
        until = time.monotonic() + patience_s
        while needle not in self.recent:
            left = until - time.monotonic()
            if left <= 0 or self.process.poll() is not None:
                raise TimeoutError(f"{needle!r} never came; last: {self.words()[-400:]!r}")
            self._read(left)
        return time.monotonic()

    def watch_for(self, needle: bytes) -> None:
        """From now on `saw_watched` tells whether these bytes came, whatever else is waited for meanwhile."""
        self._watched, self.saw_watched = needle, False

    def type(self, text: str) -> None:
        """Types text as it is."""
        os.write(self._near, text.encode())

    def key_to_screen_s(self, patience_s: float = 20.0) -> float:
        """Types a letter and gives the time until it is in the output."""
        letter = LETTERS[self._typed % len(LETTERS)]
        self._typed += 1
        pressed = time.monotonic()
        self.type(letter)
        return self.wait_for(letter.encode(), patience_s) - pressed

    def redraw(self) -> None:
        """Has everything drawn anew, by a terminal one column wider; `recent` then holds that alone."""
        self.recent = b""
        _set_size(self._near, (SIZE[0] + 1, SIZE[1]))
        self.settle(0.3)

    def words(self) -> str:
        """What came lately without its control sequences."""
        return _CONTROLS.sub(b" ", self.recent).decode("utf-8", "replace")

    def cpu_s(self) -> float:
        """CPU time so far of the program and of its descendants that run."""
        return sum(_cpu_s(number) for number in self.process_ids())

    def process_ids(self) -> list[int]:
        """The program and its descendants."""
        found = [self.process.pid]
        for number in found:  # grows while it is walked
            for task in Path(f"/proc/{number}/task").glob("*/children"):
                found += [int(word) for word in task.read_text().split()]
        return found

    def settle(self, quiet_s: float = 1.0, share: float = 0.05, patience_s: float = 30.0) -> None:
        """Waits until the program uses less than `share` of a core."""
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            before = self.cpu_s()
            self.pump(quiet_s)
            if self.cpu_s() - before < quiet_s * share:
                return
        raise TimeoutError("the program never came to rest")

    def _read(self, patience_s: float) -> None:
        now = time.monotonic()
        if self._limit is not None and now < self._next_read_at:
            time.sleep(min(patience_s, self._next_read_at - now))
            return
        if not select.select([self._near], [], [], patience_s)[0]:
            return
        size = 65536 if self._limit is None else int(self._limit * _PIECE_S)
        try:
            data = os.read(self._near, size)
        except OSError:  # the far end is closed
            time.sleep(min(patience_s, _PIECE_S))
            return
        if self._limit is not None:
            self._next_read_at = max(self._next_read_at, now - _PIECE_S) + len(data) / self._limit
        self.byte_count += len(data)
        tail = self.recent[-len(self._watched) :] + data
        self.saw_watched = self.saw_watched or self._watched in tail
        self.recent = (self.recent + data)[-_KEPT_BYTES:]


def _set_size(terminal: int, size: tuple[int, int]) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))


def _cpu_s(process_id: int) -> float:
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
