"""The capture file: records to sealed lines and back.

Each line ends with a checksum over the whole file up to it, so that damage at any byte shows, a line that is missing
too. Lines without checksums (made by hand, or taken from the probe's pipe) are read unchecked. What stands before
the damage is shown; what stands behind it is not.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

from tui.core.capture import CaptureEnd, CaptureHeader, Record
from tui.core.capture_codec import decode_line, encode_record
from tui.core.readers.base import unrecorded_end, with_known_dialect
from tui.core.readers.line_splitter import Line, LineSplitter
from tui.errors import CaptureError

_SEAL_BYTES: Final = len(',"crc":"00000000"}')


class LineSealer:
    """Encodes the records of one capture file, in order."""

    def __init__(self) -> None:
        self._checksum = 0

    def seal(self, record: Record) -> bytes:
        """The line of the next record, line feed included."""
        body = encode_record(record)[:-2].encode("ascii")
        self._checksum = crc32(body, self._checksum)
        return b'%b,"crc":"%08x"}\n' % (body, self._checksum)


class CaptureLines:
    """Reads a capture file: the records up to its end, or up to the first damage, which a note names."""

    name = "streamscope capture"

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._lines = LineSplitter()
        self._checksum = 0
        self._is_sealed = False
        self._has_begun = False
        self._is_over = False
        self._last_at = 0.0
        self._ignored_bytes = 0
        self._ignored_from = "behind the end line"

    def feed(self, data: bytes, at: float = 0.0) -> list[Record]:  # noqa: ARG002  the file has its own times
        """The records of the lines that `data` completes."""
        records: list[Record] = []
        for line in self._lines.feed(data):
            if self._is_over:
                self._ignored_bytes += len(line.data) + 1
            else:
                records += self._read(line)
        return records

    def finish(self, at: float = 0.0) -> list[Record]:  # noqa: ARG002  as above
        """The last line, if it is whole, and an end if there was none. Raises CaptureError without a header."""
        lines = self._lines
        last = Line(lines.number, lines.offset, lines.pending)
        records: list[Record] = []
        if self._is_over:
            self._ignored_bytes += len(last.data)
        elif last.data.strip():
            records = self._read(last, is_cut=True)
        if not self._has_begun:
            raise CaptureError(_no_header(self.notes))
        if not self._is_over:
            size = f"{last.number - 1} lines, {last.offset:,} bytes"
            records.append(self._break_off(f"The file has no end line ({size}): the recording was cut there."))
        elif self._ignored_bytes:
            self.notes.append(f"{self._ignored_bytes:,} bytes {self._ignored_from} are not shown.")
        return records

    def _read(self, line: Line, *, is_cut: bool = False) -> list[Record]:
        """The record of a line; from damage on nothing more is read."""
        if not line.data.strip():
            return []
        try:
            record = self._decode(line)
        except CaptureError as error:
            return self._damage(line, str(error), is_cut=is_cut)
        self._last_at = max(self._last_at, getattr(record, "at", 0.0))
        self._is_over = isinstance(record, CaptureEnd)
        return [record]

    def _decode(self, line: Line) -> Record:
        self._check_seal(line.data)
        record, _ = decode_line(line.data)
        if isinstance(record, CaptureHeader) is self._has_begun:
            raise CaptureError("another capture begins there" if self._has_begun else "expected the header line")
        self._has_begun = True
        return with_known_dialect(record, self.notes) if isinstance(record, CaptureHeader) else record

    def _check_seal(self, data: bytes) -> None:
        """Raises CaptureError when the line does not have the checksum that it should have."""
        body, seal = data[:-_SEAL_BYTES], data[-_SEAL_BYTES:]
        has_seal = seal.startswith(b',"crc":"') and seal.endswith(b'"}')
        if not self._has_begun:
            self._is_sealed = has_seal
        if has_seal is not self._is_sealed:
            raise CaptureError("its checksum is missing" if self._is_sealed else "the lines before it have no checksum")
        if has_seal:
            self._checksum = crc32(body, self._checksum)
            if seal[8:16] != b"%08x" % self._checksum:
                raise CaptureError("its checksum does not match")

    def _damage(self, line: Line, reason: str, *, is_cut: bool) -> list[Record]:
        self._ignored_bytes, self._ignored_from = len(line.data) + (not is_cut), "from there on"
        word = "cut off or damaged" if is_cut else "damaged"
        sentence = f"Line {line.number} (byte {line.offset:,} on) is {word}: {reason}."
        if not self._has_begun:
            self._is_over = True
            self.notes.append(sentence)
            return []
        return [self._break_off(f"{sentence} The {line.number - 1} lines before it are shown.")]

    def _break_off(self, sentence: str) -> CaptureEnd:
        self._is_over = True
        self.notes.append(sentence)
        return unrecorded_end(self._last_at, sentence)


def _no_header(notes: list[str]) -> str:
    return notes[0] if notes else "There is no line in it."
