"""What a relay of a live pipe says: capture lines, and `form` and `note` lines about what comes. Both ends of it.

A live pipe that brings a printed response has the times of its reads; one that brings a recording has the
recording's own.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from tui.core.capture import CaptureEnd, CaptureHeader, Record
from tui.core.capture_codec import decode_line, encode_record
from tui.core.chunks import Outcome, StreamProblem
from tui.core.readers.detecting_reader import DetectingReader
from tui.core.readers.plain_log import LIVE_PIPE
from tui.errors import CaptureError

_PIPE_HINT = "Run the command before the | alone and look at what it writes; curl needs -N, and tells errors with -S."


class RelayLines:
    """The relay's end: stamped reads in, lines out. `began` is the monotonic clock at time 0."""

    def __init__(self, began: float) -> None:
        self.is_over = False
        self._began = began
        self._reader = DetectingReader(is_live=True)
        self._has_begun = False
        self._note_count = 0

    def take(self, at: float, data: bytes) -> list[str]:
        """The lines of a read; an empty one is the end of the pipe."""
        try:
            records = self._reader.feed(data, at) if data else self._reader.finish(at)
        except CaptureError as error:
            records = self._refusal(at, str(error))
        self.is_over = self.is_over or not data
        lines = [encode_record(self._stamped(record)) for record in records]
        if records and not self._has_begun:
            self._has_begun = True
            lines.insert(0, _word(form=self._reader.name or LIVE_PIPE))
        notes = self._reader.notes[self._note_count :]
        self._note_count += len(notes)
        return [*lines, *(_word(note=note) for note in notes)]

    def _refusal(self, at: float, reason: str) -> list[Record]:
        """What came is nothing that could be shown: a run that failed says why."""
        self.is_over = True
        header: list[Record] = [] if self._has_begun else [CaptureHeader("sse", "", {}, has_reads=False)]
        problem = StreamProblem.of("content_type", f"Nothing to show came through the pipe: {reason}")
        return [*header, CaptureEnd(at, Outcome.FAILED, replace(problem, hint=_PIPE_HINT))]

    def _stamped(self, record: Record) -> Record:
        """What is stamped here begins now, by this machine's clock; what has its own times has another clock."""
        if not isinstance(record, CaptureHeader):
            return record
        if self._reader.name != LIVE_PIPE:
            return replace(record, clock=None)
        return replace(record, clock=self._began, started=datetime.now(UTC).isoformat(timespec="milliseconds"))


class RelayedLines:
    """The app's end: bytes of the relay in, records out; `form` and `notes` as they are told."""

    def __init__(self) -> None:
        self.form = ""
        self.notes: list[str] = []
        self._pieces: list[bytes] = []

    def feed(self, data: bytes) -> list[Record]:
        """The records of the lines that `data` completes."""
        *lines, rest = data.split(b"\n")
        if not lines:
            self._pieces.append(rest)
            return []
        lines[0] = b"".join([*self._pieces, lines[0]])
        self._pieces = [rest]
        return [record for line in lines if (record := self._take(line)) is not None]

    def _take(self, line: bytes) -> Record | None:
        try:
            return decode_line(line)[0]
        except CaptureError:
            word = json.loads(line)
        self.form = word.get("form", self.form)
        self.notes += [word["note"]] if "note" in word else []
        return None


def _word(**members: str) -> str:
    return json.dumps(members) + "\n"
