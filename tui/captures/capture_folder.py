"""The recordings of a folder: their names at once, and what each is by and by, in steps that leave others their time.

Every file of a name that recordings have is read to its end; one that turns out to be something else is left out.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tui.captures.open_capture import OpenedCapture, open_capture
from tui.core.capture import CaptureEnd
from tui.core.derived_run import DerivedRun
from tui.core.readers.plain_log import PLAIN_LOG
from tui.core.run_summary import RunSummary, summary_of
from tui.errors import CaptureError

_SUFFIXES: Final = frozenset({"", ".jsonl", ".ndjson", ".json", ".har", ".log", ".txt", ".sse", ".trace", ".out"})
_OWN_SUFFIXES: Final = frozenset({".jsonl", ".har"})
MOST_FILES: Final = 1000
_TELLING_BYTES: Final = 262_144  # of a text; one that is no stream by then is something else
_RECORDS_A_STEP: Final = 32
_STREAM_START: Final = re.compile(rb"\s*(?:(?:data|event|id|retry)?:|HTTP/)")


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A file as the folder lists it; `changed` is in seconds since 1970."""

    path: Path
    size: int
    changed: float


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file is: its `form` in words and its run, or `complaint`: why it cannot be shown.

    `damage` is where the file breaks off, in a sentence; one that itself says so of its run is whole. `notes` is what
    else is to be said of it. One that `is_other` is no recording.
    """

    form: str = ""
    summary: RunSummary | None = None
    damage: str = ""
    notes: tuple[str, ...] = ()
    complaint: str = ""
    is_other: bool = False


class CaptureFolder:
    """A folder that is looked at; what was once read is known as long as the file does not change.

    The newest MOST_FILES are listed; `left_out` is how many others there are.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.left_out = 0
        self._files: list[FolderFile] = []
        self._facts: dict[FolderFile, FileFacts] = {}

    def look(self) -> None:
        """Lists the folder anew. Raises CaptureError when that is not possible."""
        try:
            found = sorted(_files_in(self.path), key=lambda file: (-file.changed, file.path.name))
        except OSError as error:
            raise CaptureError(f"{self.path} cannot be listed: {error.strerror}.") from error
        self._files, self.left_out = found[:MOST_FILES], max(0, len(found) - MOST_FILES)

    @property
    def files(self) -> list[FolderFile]:
        """The recordings, the newest first, and what was not read yet."""
        return [file for file in self._files if (known := self._facts.get(file)) is None or not known.is_other]

    def facts(self, file: FolderFile) -> FileFacts | None:
        """What a file is; None before it was read."""
        return self._facts.get(file)

    @property
    def progress(self) -> tuple[int, int]:
        """How many files were read, and of how many."""
        return sum(file in self._facts for file in self._files), len(self._files)

    def read(self) -> Iterator[FolderFile]:
        """Reads what is not known yet, one file after another; each step is short and names the file that it read."""
        for file in self._files:
            if file not in self._facts:
                for facts in read_facts(file.path):
                    if facts is not None:
                        self._facts[file] = facts
                    yield file


def read_facts(path: Path) -> Iterator[FileFacts | None]:
    """What a file is, read in steps: None for each step, the facts at last. Raises nothing."""
    try:
        opened = open_capture(path)
        yield from _facts_of(opened)
    except CaptureError as error:
        is_other = path.suffix.lower() not in _OWN_SUFFIXES
        yield FileFacts(complaint=str(error), is_other=is_other)


def _facts_of(opened: OpenedCapture) -> Iterator[FileFacts | None]:
    run, damage = DerivedRun(opened.header, "raw"), ""
    for number, record in enumerate(opened):
        if isinstance(record, CaptureEnd) and not record.is_recorded and record.problem is not None:
            damage = record.problem.message
        if number:  # the header is known
            run.add(record)
        if number % _RECORDS_A_STEP == 0:
            yield None
            if run.capture.byte_count > _TELLING_BYTES and _is_other(opened.form, run):
                break
    if _is_other(opened.form, run):
        yield FileFacts(opened.form, is_other=True)
    else:
        notes = tuple(note for note in opened.notes if note != damage)
        yield FileFacts(opened.form, summary_of(run), damage if damage in opened.notes else "", notes)


def _is_other(form: str, run: DerivedRun) -> bool:
    """Whether a text is none of a stream: nothing in it says so, and it does not begin as one."""
    if form != PLAIN_LOG or run.chunks:
        return False
    return _STREAM_START.match(run.capture.bytes_between(0, 64)) is None


def _files_in(folder: Path) -> Iterator[FolderFile]:
    """The regular files whose names recordings may have. Raises OSError."""
    with os.scandir(folder) as entries:
        for entry in entries:
            is_named = Path(entry.name).suffix.lower() in _SUFFIXES and not entry.name.startswith(".")
            if not is_named:
                continue
            with contextlib.suppress(OSError):  # it is gone by now, or nobody may look at it
                if entry.is_file():
                    found = entry.stat()
                    yield FolderFile(folder / entry.name, found.st_size, found.st_mtime)
