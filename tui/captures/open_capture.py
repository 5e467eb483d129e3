"""Opens a recording of any form: its records one by one, as they are read, and notes about what it lacks.

The one way from a file to a run; the app, the commands and the listing of a folder all use it. A file is read in
pieces while its records are taken, so a large one shows at once and is never held as a whole.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from tui.core.capture import CaptureHeader, Record
from tui.core.readers.detecting_reader import DetectingReader
from tui.errors import CaptureError

_PIECE_BYTES: Final = 128 * 1024
STANDARD_INPUT: Final = "-"


class OpenedCapture:
    """A recording that is being read. Iterate over it once for its records: the header first, an end last.

    Attributes: `name` as it was asked for; `size` in bytes (0: not known); `read_bytes` of them were read; `header`.
    Raises CaptureError when there is nothing to show. After that a record is certain to follow until the end, which
    stands where the damage is, if there is any.
    """

    is_live = False

    def __init__(self, name: str, file: BinaryIO, size: int, entry: int | None = None) -> None:
        self.name = name
        self.size = size
        self.read_bytes = 0
        self._file = file
        self._reader = DetectingReader(entry=entry)
        self._records = self._read_all()
        header = next(self._records)
        if not isinstance(header, CaptureHeader):
            raise CaptureError(f"{name} cannot be shown: it does not begin with a header.")
        self.header = header

    @property
    def form(self) -> str:
        """What it is, in words: `streamscope capture`, `HAR`, `curl trace`, ..."""
        return self._reader.name

    @property
    def notes(self) -> list[str]:
        """Sentences about what it lacks and where it is damaged; complete once the records are taken."""
        return self._reader.notes

    def __iter__(self) -> Iterator[Record]:
        """The records. Raises CaptureError when the disk fails."""
        yield self.header
        yield from self._records

    def close(self) -> None:
        """Lets go of the file; what was not taken is not read any more."""
        self._records.close()

    def _read_all(self) -> Generator[Record, None, None]:
        with self._file:
            try:
                while data := self._file.read(_PIECE_BYTES):
                    self.read_bytes += len(data)
                    yield from self._reader.feed(data)
                yield from self._reader.finish()
            except CaptureError as error:
                raise CaptureError(f"{self.name} cannot be shown: {error}") from error
            except OSError as error:
                raise CaptureError(f"{self.name} cannot be read: {error.strerror}.") from error


def open_capture(path: str | Path, entry: int | None = None) -> OpenedCapture:
    """A recording to take the records from; `-` is standard input. `entry` chooses one of a HAR, counted from 1.

    Raises CaptureError when there is no such file, it may not be read, or holds nothing that can be shown.
    """
    try:
        if str(path) == STANDARD_INPUT:
            return OpenedCapture("standard input", sys.stdin.buffer, 0, entry)
        file = Path(path).open("rb", buffering=0)  # noqa: SIM115  closed when its records were taken
    except OSError as error:
        raise CaptureError(f"{path} cannot be opened: {error.strerror}.") from error
    return OpenedCapture(str(path), file, os.fstat(file.fileno()).st_size, entry)


def read_capture(path: str | Path, entry: int | None = None) -> tuple[list[Record], list[str]]:
    """All records of a recording, and the notes about it. Raises CaptureError as `open_capture`."""
    opened = open_capture(path, entry)
    records = list(opened)
    return records, opened.notes
