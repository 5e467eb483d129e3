"""Finds out by its first bytes what a recording is, and reads it. The one reader that the front ends use."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

from tui.core.capture import Record
from tui.core.capture_codec import FORMAT
from tui.core.readers.base import RecordReader
from tui.core.readers.capture_lines import CaptureLines
from tui.core.readers.curl_trace import CurlTrace, is_trace
from tui.core.readers.exchange_rows import ExchangeRows
from tui.core.readers.har_file import HARFile
from tui.core.readers.plain_log import PlainLog
from tui.core.readers.stamped_log import StampedLog, form_of
from tui.errors import CaptureError

_OWN_START: Final = f'{{"type":"header","format":"{FORMAT}"'.encode()
_MOST_WRONG_BYTES: Final = 4  # of a first line that is damaged but still ours
_HAR_START: Final = re.compile(rb'\{\s*"log"\s*:')
_SSE_START: Final = re.compile(rb"(?:data|event|id|retry)?:|HTTP/")
_ENOUGH_BYTES: Final = 64 * 1024
_BOM: Final = b"\xef\xbb\xbf"
_PACKED: Final = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"(\xb5/\xfd": "zstd", b"BZh": "bzip2"}


class DetectingReader:
    """A `RecordReader` for every form. `is_live`: the bytes come from a pipe as the network brings them.

    `entry` chooses an entry of a HAR.
    """

    def __init__(self, *, is_live: bool = False, entry: int | None = None) -> None:
        self._is_live = is_live
        self._har_entry = entry
        self._start: list[tuple[bytes, float]] = []
        self._reader: RecordReader | None = None

    @property
    def name(self) -> str:
        """What is read, in words; empty before it is known."""
        return self._reader.name if self._reader else ""

    @property
    def notes(self) -> list[str]:
        """Sentences about what the recording lacks or where it is damaged; complete after `finish`."""
        return self._reader.notes if self._reader else []

    def feed(self, data: bytes, at: float = 0.0) -> list[Record]:
        """The records that `data` completes. Raises CaptureError on what cannot be read at all."""
        if self._reader is not None:
            return self._reader.feed(data, at)
        self._start.append((data, at))
        make = self._reader_of(self._bytes_so_far(), is_all=False)
        return self._begin(make)[1] if make is not None else []

    def finish(self, at: float = 0.0) -> list[Record]:
        """The last records. Raises CaptureError when there was nothing that could be shown."""
        if self._reader is not None:
            return self._reader.finish(at)
        start = self._bytes_so_far()
        if not start.strip():
            raise CaptureError("It is empty.")
        reader, records = self._begin(self._reader_of(start, is_all=True) or self._plain_log)
        return [*records, *reader.finish(at)]

    def _bytes_so_far(self) -> bytes:
        return b"".join(data for data, _ in self._start).removeprefix(_BOM)

    def _begin(self, make: Callable[[], RecordReader]) -> tuple[RecordReader, list[Record]]:
        """The reader, and what it made of the bytes that came while it was not known, each piece with its own time."""
        self._reader = reader = make()
        pieces, self._start = self._start, []
        if not isinstance(reader, PlainLog):  # there a BOM is part of the body: the decoder knows it
            pieces[0] = (pieces[0][0].removeprefix(_BOM), pieces[0][1])
        return reader, [record for data, at in pieces for record in reader.feed(data, at)]

    def _plain_log(self) -> RecordReader:
        return PlainLog(is_live=self._is_live)

    def _reader_of(self, start: bytes, *, is_all: bool) -> Callable[[], RecordReader] | None:
        """What makes the reader; None while more bytes are needed to tell. `is_all`: no more will help."""
        for magic, packer in _PACKED.items():
            if start.startswith(magic):
                raise CaptureError(f"It is packed ({packer}): unpack it first.")
        text, is_all = start.lstrip(), is_all or len(start) >= _ENOUGH_BYTES
        if _is_own(text, is_all=is_all):
            return CaptureLines
        line, newline, _ = text.partition(b"\n")
        if text[:1] == b"{":
            return self._json_reader(text, line if newline else b"", is_all=is_all)
        if _SSE_START.match(text):
            return self._plain_log
        if not (newline or is_all):
            return None
        if is_trace(line):
            return CurlTrace
        form = form_of(line)
        return self._plain_log if form is None else lambda: StampedLog(form)

    def _json_reader(self, text: bytes, line: bytes, *, is_all: bool) -> Callable[[], RecordReader] | None:
        """By the first line, once it is whole. `line` is empty before that."""
        if _HAR_START.match(text):
            return lambda: HARFile(self._har_entry)
        members = _members(line)
        if members.get("type") == "header" and members.get("format") == FORMAT:
            return CaptureLines
        if members.get("kind") == "request" and "headers" in members:
            return ExchangeRows
        return self._plain_log if members or is_all else None


def _is_own(text: bytes, *, is_all: bool) -> bool:
    """Whether it begins as a capture file does, a few damaged bytes allowed."""
    start = text[: len(_OWN_START)]
    if len(start) < len(_OWN_START) and not (is_all and _OWN_START.startswith(start)):
        return False
    wrong = sum(mine != its for mine, its in zip(_OWN_START, start, strict=False))
    return bool(start) and wrong <= _MOST_WRONG_BYTES


def _members(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
