"""Opens a recording of any form: its records one by one, as they are read, and notes about what it lacks.

The one way from a file to a run; the app, the commands and the listing of a folder all use it. A file is read in
pieces while its records are taken, so a large one shows at once and is never held as a whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from tui.core.capture import CaptureEnd, Record
from tui.core.readers.detecting_reader import DetectingReader
from tui.errors import CaptureError

_PIECE_BYTES: Final = 128 * 1024


class OpenedCapture:
    """A recording that is being read. Iterate over it once for its records: a header first, an end last.

    Attributes: `name` as it was asked for, `size` in bytes. Raises CaptureError, from the beginning only: with the
    first record the rest is certain to come, the end at the place of a damage.
    """

    def __init__(self, name: str, file: BinaryIO, size: int, entry: int | None = None) -> None:
        self.name = name
        self.size = size
        self.read_bytes = 0
        self._file = file
        self._reader = DetectingReader(entry=entry)

    @property
    def form(self) -> str:
        """What it is, in words: `streamscope capture`, `HAR`, `curl trace`, ... Known with the first record."""
        return self._reader.name

    @property
    def notes(self) -> list[str]:
        """Sentences about what it lacks and where it is damaged; complete once the records are taken."""
        return self._reader.notes

    def __iter__(self) -> Iterator[Record]:
        """The records. Raises CaptureError when there is nothing to show, or when the disk fails."""
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
    """A recording to take the records from. `entry` chooses one of a HAR, counted from 1.

    Raises CaptureError when there is no such file or it may not be read.
    """
    try:
        file = Path(path).open("rb", buffering=0)  # noqa: SIM115  closed when its records were taken
    except OSError as error:
        raise CaptureError(f"{path} cannot be opened: {error.strerror}.") from error
    return OpenedCapture(str(path), file, os.fstat(file.fileno()).st_size, entry)


def read_capture(path: str | Path, entry: int | None = None) -> tuple[list[Record], list[str]]:
    """All records of a recording, and the notes about it. Raises CaptureError as `open_capture`."""
    opened = open_capture(path, entry)
    records = list(opened)
    return records, opened.notes


def has_end(records: list[Record]) -> bool:
    """Whether the recording says itself how the run ended."""
    return bool(records) and isinstance(records[-1], CaptureEnd) and records[-1].is_recorded
