"""What a reader is: bytes of a recording in, capture records out.

Any bytes are taken; nothing but CaptureError is raised.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from tui.core.capture import CaptureEnd, CaptureHeader, Record
from tui.core.chunks import Outcome, StreamProblem
from tui.core.wire.response_decoder import ResponseDecoder
from tui.errors import UsageError


class RecordReader(Protocol):
    """Reads one recording, piece by piece.

    The records are a header first and one CaptureEnd last, which `finish` gives at the latest. `name` says what is
    read, in words; `notes` are sentences about what the recording lacks or where it is damaged, and grow.
    """

    name: str
    notes: list[str]

    def feed(self, data: bytes, at: float = 0.0) -> list[Record]:
        """The records that `data` completes. `at` is when it came (a live pipe), 0.0 where that means nothing."""

    def finish(self, at: float = 0.0) -> list[Record]:
        """The last records. Raises CaptureError when there was nothing that could be shown."""


def unrecorded_end(at: float, broken_off: str = "") -> CaptureEnd:
    """The end of a recording that does not say how the run ended; `broken_off` says how the recording itself did."""
    problem = StreamProblem.of("truncated", broken_off) if broken_off else None
    return CaptureEnd(at, Outcome.INCOMPLETE, problem, is_recorded=False)


def with_known_dialect(header: CaptureHeader, notes: list[str]) -> CaptureHeader:
    """The header; a dialect that nobody knows is found out anew, and a note says so."""
    try:
        ResponseDecoder(header.dialect)
    except UsageError as error:
        notes.append(f"The header names an unknown dialect, so it is found out anew: {error}.")
        return replace(header, dialect="auto")
    return header
