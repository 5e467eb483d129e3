"""Writes a capture file while its run goes on: each record is with the system before the next one comes.

A process that is killed at any moment leaves a file that opens as far as it got. The file is for its owner alone.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Self

from tui.core.capture import CaptureEnd, Marker, Record
from tui.core.capture_codec import FORMAT
from tui.core.readers.capture_lines import LineSealer
from tui.errors import CaptureError

_MODE: Final = 0o600
_START: Final = f'{{"type":"header","format":"{FORMAT}"'.encode()


class CaptureWriter:
    """One capture file that grows. Raises CaptureError when it cannot be begun.

    An existing file is replaced only if it is empty or a capture. Attributes: `problem` is why writing has stopped
    (a full disk), else None: then the file ends with its last whole line, and the run goes on. `byte_count` is its
    size.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.problem: str | None = None
        self.byte_count = 0
        self._sealer = LineSealer()
        try:
            self._descriptor = _open_new(self.path)
        except OSError as error:
            raise CaptureError(f"{self.path} cannot be written: {error.strerror}.") from error
        self._is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, record: Record) -> None:
        """Writes the line of the next record; nothing after a write has failed."""
        if self.problem is not None or not self._is_open:
            return
        line = self._sealer.seal(record)
        try:
            written = os.write(self._descriptor, line)
            while written < len(line):
                written += os.write(self._descriptor, line[written:])
        except OSError as error:
            self._give_up(error)
        else:
            self.byte_count += len(line)

    def close(self) -> None:
        """Ends the writing; once."""
        if self._is_open:
            self._is_open = False
            os.close(self._descriptor)

    def _give_up(self, error: OSError) -> None:
        """Takes back what was written of the line that did not fit."""
        self.problem = f"{self.path} is not written any further: {error.strerror}."
        if stat.S_ISREG(os.fstat(self._descriptor).st_mode):
            os.ftruncate(self._descriptor, self.byte_count)


class RecordingEmit:
    """Takes the records of a run, writes them to a file first and then hands them on.

    A file that cannot be begun or written any further is a marker `disk` in the run, which goes on.
    """

    def __init__(self, path: str, emit: Callable[[Record], None]) -> None:
        self._emit = emit
        self._writer: CaptureWriter | None = None
        self._problem: str | None = None
        try:
            self._writer = CaptureWriter(path)
        except CaptureError as error:
            self._problem = str(error)

    def __call__(self, record: Record) -> None:
        """Takes the next record."""
        if self._writer is not None:
            self._writer.add(record)
            self._problem = self._writer.problem
        if self._problem is not None and isinstance(record, CaptureEnd):
            self._emit(Marker("disk", record.at, self._problem))
        self._emit(record)
        if self._writer is not None and isinstance(record, CaptureEnd):
            self._writer.close()


def save_capture(records: Iterable[Record], path: str | Path) -> int:
    """Writes a whole capture to a file that does not exist yet; gives its size.

    Raises CaptureError: the file exists, or could not be written whole and was removed.
    """
    path = Path(path)
    if os.path.lexists(path):
        raise CaptureError(f"{path} exists; nothing is overwritten.")
    with CaptureWriter(path) as writer:
        for record in records:
            writer.add(record)
    if writer.problem is not None:
        path.unlink(missing_ok=True)
        raise CaptureError(writer.problem)
    return writer.byte_count


def _open_new(path: Path) -> int:
    """A descriptor of the empty file. Raises OSError, and CaptureError for a file that is not ours to replace."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC
    try:
        return os.open(path, flags | os.O_EXCL, _MODE)
    except FileExistsError:
        _check_may_replace(path)
    descriptor = os.open(path, flags, _MODE)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.fchmod(descriptor, _MODE)
        os.ftruncate(descriptor, 0)
    return descriptor


def _check_may_replace(path: Path) -> None:
    """Raises CaptureError unless the file is empty, a capture, or no regular file (a pipe, a device)."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        start = file.read(len(_START))
    if start not in (b"", _START):
        raise CaptureError(f"{path} exists and is no capture, so it is not overwritten: choose another name.")
