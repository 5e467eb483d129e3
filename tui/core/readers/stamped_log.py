"""A printed response with a time before each line, as `ts` of moreutils writes it: clock, date, or seconds.

The form of the first stamp is that of all. `ts -s` counts from the start, `ts -i` from the line before; both look
alike, so the first lines are looked at together: times that go back are of the second kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import Final, NamedTuple

from tui.core.capture import CaptureHeader, Read, Record
from tui.core.readers.base import unrecorded_end
from tui.core.readers.line_splitter import LineSplitter
from tui.core.readers.response_heads import HeadParser
from tui.errors import CaptureError

_LOOKED_AT_LINES: Final = 200
_HALF_DAY_S: Final = 43_200.0
_LATEST_SINCE_START_S: Final = 1e7  # larger numbers of seconds are an epoch's
_NOTE: Final = "Its times are those before its lines; when the request was sent is not known."
_COARSE_NOTE: Final = "Its times are whole seconds, so shorter gaps do not show."

Parse = Callable[[re.Match[bytes]], float]


class Stamped(NamedTuple):
    """A line of the response, with its line feed if it has one, and the number of its stamp (None: it has none)."""

    stamp: float | None
    data: bytes


def _clock(match: re.Match[bytes]) -> float:
    hours, minutes, seconds = match.group("h", "m", "s")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _seconds(match: re.Match[bytes]) -> float:
    return float(match["s"])


def _dated(layout: str, before: str = "") -> Parse:
    def parse(match: re.Match[bytes]) -> float:
        day = datetime.strptime(before + match["date"].decode(), layout).replace(tzinfo=UTC)
        return day.timestamp() + _clock(match)

    return parse


def _form(before: bytes, behind: bytes = b"") -> re.Pattern[bytes]:
    clock = rb"(?P<h>\d{1,2}):(?P<m>[0-5]\d):(?P<s>[0-6]\d(?:\.\d+)?)"
    return re.compile(before + clock + behind + rb"(?: |$)")


_FORMS: Final[tuple[tuple[re.Pattern[bytes], Parse], ...]] = (
    (_form(b""), _clock),
    (_form(rb"(?P<date>[A-Z][a-z]{2} [ \d]\d) "), _dated("%Y %b %d", "2024 ")),
    (_form(rb"(?P<date>\d{4}-\d\d-\d\d)[ T]", rb"(?:Z|[+-]\d\d:?\d\d)?"), _dated("%Y-%m-%d")),
    (re.compile(rb"(?P<s>\d+(?:\.\d+)?)(?: |$)"), _seconds),
)


def form_of(line: bytes) -> tuple[re.Pattern[bytes], Parse] | None:
    """The form of the stamp that a line begins with, if it does and a line of a response follows."""
    for pattern, parse in _FORMS:
        match = pattern.match(line)
        if match is not None and _BODY_LINE.match(line, match.end()) and _is_read(parse, match):
            return pattern, parse
    return None


_BODY_LINE: Final = re.compile(rb"\r?$|(?:data|event|id|retry)?:|[\[{<]|HTTP/|[A-Za-z][A-Za-z-]*: ")


def _is_read(parse: Parse, match: re.Match[bytes]) -> bool:
    try:
        parse(match)
    except ValueError:  # February 31
        return False
    return True


class StampedLog:
    """Reads a log with stamps. `form` is that of its first line."""

    name = "log with times"

    def __init__(self, form: tuple[re.Pattern[bytes], Parse]) -> None:
        self.notes = [_NOTE]
        self._pattern, self._parse = form
        self._lines = LineSplitter()
        self._looked_at: list[Stamped] | None = []
        self._is_increment = False
        self._origin = 0.0
        self._at = 0.0
        self._heads = HeadParser()
        self._given_heads = 0

    def feed(self, data: bytes, at: float = 0.0) -> list[Record]:  # noqa: ARG002  the log has its own times
        """The records that `data` completes; none before enough lines have come to tell what the stamps mean."""
        stamped = [self._stamped(line.data + b"\n") for line in self._lines.feed(data)]
        if self._looked_at is None:
            return list(self._records(stamped))
        self._looked_at += stamped
        return self._settle() if len(self._looked_at) >= _LOOKED_AT_LINES else []

    def finish(self, at: float = 0.0) -> list[Record]:  # noqa: ARG002  as above
        """What is left, and an end that was not recorded."""
        stamped = [self._stamped(last)] if (last := self._lines.pending) else []
        if self._looked_at is not None:
            self._looked_at += stamped
            records = self._settle()
        else:
            records = list(self._records(stamped))
        if rest := self._heads.finish():
            records.append(Read(self._at, rest))
        return [*records, unrecorded_end(self._at)]

    def _stamped(self, line: bytes) -> Stamped:
        match = self._pattern.match(line.rstrip(b"\n"))
        if match is None or not _is_read(self._parse, match):
            return Stamped(None, line)
        return Stamped(self._parse(match), line[match.end() :])

    def _settle(self) -> list[Record]:
        """Tells from the first lines what the stamps mean, and gives their records."""
        lines, self._looked_at = self._looked_at or [], None
        stamps = [line.stamp for line in lines if line.stamp is not None]
        if not stamps:
            raise CaptureError("It is empty.")
        steps_back = [before - after for before, after in pairwise(stamps) if after < before]
        is_number = self._parse in (_clock, _seconds) and max(stamps) < _LATEST_SINCE_START_S
        self._is_increment = is_number and any(step < _HALF_DAY_S for step in steps_back)
        is_since_start = self._parse is _seconds and is_number
        self._origin = 0.0 if self._is_increment or is_since_start else stamps[0]
        if all(stamp == int(stamp) for stamp in stamps):
            self.notes.append(_COARSE_NOTE)
        return [CaptureHeader("sse", "", {}, has_reads=False), *self._records(lines)]

    def _records(self, lines: Iterable[Stamped]) -> Iterator[Record]:
        """Lines of one time are one read."""
        timed = ((self._time_of(line.stamp), line.data) for line in lines)
        for at, group in groupby(timed, key=lambda pair: pair[0]):
            body = self._heads.feed(b"".join(data for _, data in group), at)
            yield from self._heads.heads[self._given_heads :]
            self._given_heads = len(self._heads.heads)
            if body:
                yield Read(at, body)

    def _time_of(self, stamp: float | None) -> float:
        """Seconds since the beginning; never before what came already. A clock that passes midnight goes on."""
        if stamp is None:
            pass
        elif self._is_increment:
            self._at += stamp
        else:
            while stamp - self._origin < self._at - _HALF_DAY_S and self._parse is _clock:
                stamp += 2 * _HALF_DAY_S
            self._at = max(self._at, stamp - self._origin)
        return round(self._at, 6)
