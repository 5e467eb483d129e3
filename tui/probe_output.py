"""The probe's way out: lines to a pipe that may be slow, without ever delaying the reads.

Lines wait in memory up to a bound, then in a temporary file, and a thread writes them in order. So a paused app
disturbs no time stamp and memory stays bounded.
"""

from __future__ import annotations

import contextlib
import os
import select
import tempfile
import threading
from collections import deque
from typing import BinaryIO, Self

MEMORY_LIMIT_BYTES = 8 * 1024 * 1024
_SPILL_PIECE_BYTES = 256 * 1024


class PipeWriter:
    """Takes lines at once and writes them to a file descriptor in order, from a thread of its own.

    A reader that has gone, or a full disk under the temporary file, ends the writing: `is_broken` turns true and
    later lines are dropped. The descriptor belongs to the writer and is closed with the last byte, so that the
    reader sees the end.
    """

    def __init__(self, descriptor: int, memory_limit_bytes: int = MEMORY_LIMIT_BYTES) -> None:
        self._descriptor = descriptor
        self._limit = memory_limit_bytes
        self._lines: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._spill: BinaryIO | None = None
        self._spill_read = 0
        self._spill_end = 0
        self._ready = threading.Condition()
        self._is_writing = False
        self._room = select.poll()
        self._room.register(descriptor, select.POLLOUT)
        self._is_closing = False
        self.is_broken = False
        self._thread = threading.Thread(target=self._write_all, name="pipe-writer", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, line: str) -> None:
        """Queues one line. Constant time, never blocks on the pipe."""
        data = line.encode("ascii")
        with self._ready:
            if self.is_broken or self._wrote_at_once(data):
                return
            if self._spill is not None or self._waiting_bytes + len(data) > self._limit:
                try:
                    self._spill_line(data)
                except OSError:  # no room for it: an end that is seen is better than a gap that is not
                    self._break()
            else:
                self._lines.append(data)
                self._waiting_bytes += len(data)
            self._ready.notify()

    def close(self, timeout_s: float = 5.0) -> None:
        """Writes what waits and ends the thread; gives up after `timeout_s` when nobody reads."""
        with self._ready:
            self._is_closing = True
            self._ready.notify()
        self._thread.join(timeout_s)

    @property
    def spilled_bytes(self) -> int:
        """How many bytes wait in the temporary file."""
        return self._spill_end - self._spill_read

    def _wrote_at_once(self, data: bytes) -> bool:
        """Writes a short line from here when nothing is before it: waking the thread costs more than the write.

        A pipe that polls as writable takes PIPE_BUF bytes without blocking (POSIX, pipe and poll). Lock held.
        """
        is_first = not (self._lines or self._spill or self._is_writing or self._is_closing)
        if not is_first or len(data) > select.PIPE_BUF or self._room.poll(0) != [(self._descriptor, select.POLLOUT)]:
            return False
        try:
            os.write(self._descriptor, data)
        except OSError:  # the reader is gone
            self._break()
        return True

    def _spill_line(self, data: bytes) -> None:
        if self._spill is None:
            self._spill = tempfile.TemporaryFile(prefix="streamscope-")  # noqa: SIM115  closed when it was drained
            self._spill_read = self._spill_end = 0
        self._spill.seek(self._spill_end)
        self._spill.write(data)
        self._spill_end += len(data)

    def _take(self) -> bytes | None:
        """The next bytes to write, waiting for them; None at the end."""
        with self._ready:
            self._is_writing = False
            while not (self._lines or self._spill or self._is_closing or self.is_broken):
                self._ready.wait()
            self._is_writing = True
            if self._lines:
                data = b"".join(self._lines)
                self._lines.clear()
                self._waiting_bytes = 0
                return data
            return self._take_spilled() if self._spill is not None else None

    def _take_spilled(self) -> bytes:
        spill = self._spill
        if spill is None:
            return b""
        spill.seek(self._spill_read)
        data = spill.read(_SPILL_PIECE_BYTES)
        self._spill_read += len(data)
        if self._spill_read >= self._spill_end:
            spill.close()
            self._spill = None
        return data

    def _write_all(self) -> None:
        try:
            while (data := self._take()) is not None:
                view = memoryview(data)
                while view:
                    view = view[os.write(self._descriptor, view) :]
        except OSError:  # the reader is gone, or the temporary file failed; nobody is left to tell
            with self._ready:
                self._break()
        finally:
            os.close(self._descriptor)

    def _break(self) -> None:
        """Drops what waits; called with the lock held."""
        self.is_broken = True
        self._lines.clear()
        spill, self._spill = self._spill, None
        if spill is not None:
            with contextlib.suppress(OSError):  # closing flushes, and there may be no room for that
                spill.close()
        self._ready.notify()
