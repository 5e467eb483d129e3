"""Where the frames of a body lie among its bytes: a second pass, for those who look at the wire.

The decoder stays hot and keeps no offsets; this finds them afterwards, with what the decoder skipped: comments,
ignored lines, blocks without data. It reads bytes in windows of any size, never once a frame of the run itself.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from enum import IntEnum
from typing import Final, Protocol

from tui.core.wire.body_reader import Framing
from tui.core.wire.ndjson_codec import JSONValueSplitter

_BOM: Final = b"\xef\xbb\xbf"
_BLANK: Final = b" \t\r\n"
# Blocks that need no closer look: at most one of each field, each with its space, the data last. For windows without
# any CR, and for those whose every CR has its LF: so that `.`, by far the fastest way over a line, can be used.
_match_plain_lf: Final = re.compile(
    rb"(?:event: .*+\n)?(?:id: [^\n\0]*+\n)?(?:event: .*+\n)?data: .*+\n\n",
).match
_match_plain_crlf: Final = re.compile(
    rb"(?:event: .*+\n)?(?:id: [^\n\0]*+\n)?(?:event: .*+\n)?data: .*\r\n\r\n",
).match
_search_end: Final = re.compile(rb"(?>\r\n|\r|\n)(?>\r\n|\r|\n)").search
_find_lines: Final = re.compile(rb"([^\r\n]*+)(?>\r\n|\r|\n)").finditer
_match_comment: Final = re.compile(rb"(:[^\r\n]*+)(?>\r\n|\r|\n)").match
_match_line_ends: Final = re.compile(rb"[\r\n]*+").match
_match_blank_lines: Final = re.compile(rb"(?:[ \t\r]*+\n)*+").match
_Line = tuple[int, int, bytes]  # where it begins, where its line end begins, and what it says
_FIELDS: Final = frozenset({b"event", b"id", b"retry"})


class SpanKind(IntEnum):
    """What a stretch of bytes is.

    FRAME is a frame of a plain block, line, value or message; BLOCK one whose block is odd: comments, several data
    lines, no space behind a colon.
    ERROR_LINE is a line `error: ...` of an event stream, a frame if the decoder took it for one. UNREAD came after
    the decoder had given up, CUT never ended. SEAM is no stretch but the place where another connection began;
    EARLIER is all that an attempt before that brought no token.
    """

    FRAME = 0
    BLOCK = 1
    COMMENT = 2
    IGNORED = 3
    GHOST = 4
    ERROR_LINE = 5
    UNREAD = 6
    CUT = 7
    SEAM = 8
    EARLIER = 9


class SpanColumns:
    """Spans in the order of their ends, in columns; offsets are those of the capture's bytes.

    The end of a span is behind the byte that completed it: an LF that follows a last CR is outside, since it may
    come later.
    """

    def __init__(self) -> None:
        self.starts = array("Q")
        self.ends = array("Q")
        self.kinds = bytearray()

    def add(self, kind: SpanKind, start: int, end: int) -> None:
        """One span more."""
        self.starts.append(start)
        self.ends.append(end)
        self.kinds.append(kind)

    def __len__(self) -> int:
        return len(self.kinds)


class SpanScanner(Protocol):
    """Finds the spans of one connection's body."""

    def scan(self, window: bytes, base: int, found: SpanColumns, *, is_all: bool) -> int:
        """Adds the spans that end in the window; gives how many of its bytes need not be seen again.

        `base` is the offset of the window's first byte, which is the first that was not given as done before;
        `is_all` says that no more bytes are known.
        """


def scanner_of(framing: Framing, limit_bytes: int, same_read: Callable[[int, int], bool]) -> SpanScanner | None:
    """The scanner of a framing; None for a body that is no stream. `same_read` compares two offsets."""
    if framing is Framing.SSE:
        return EventSpans(same_read)
    if framing is Framing.LINES:
        return LineSpans(limit_bytes)
    return ValueSpans(limit_bytes) if framing is Framing.VALUES else None


class EventSpans:
    """The blocks of an event stream. `same_read` says whether the bytes at two offsets came in one read."""

    def __init__(self, same_read: Callable[[int, int], bool]) -> None:
        self._same_read = same_read
        self._is_at_start = True
        self._searched = 0  # so many bytes of the unfinished block hold no end

    def scan(self, window: bytes, base: int, found: SpanColumns, *, is_all: bool) -> int:
        """As SpanScanner says."""
        at = self._begin(window)
        searched, self._searched = self._searched, 0
        cr_count = window.count(b"\r")
        is_mixed = cr_count > 0 and cr_count != window.count(b"\r\n")
        while True:
            if not (searched or is_mixed):  # what was long unfinished is not read from its beginning again
                at = _scan_plain(window, at, base, found, has_cr=cr_count > 0)
            start = _match_line_ends(window, at).end()  # type: ignore[union-attr]  # it matches nothing, too
            end = _search_end(window, max(start, searched))
            searched = 0
            if end is None:
                return self._keep(window, start, base, found, is_all=is_all)
            at = end.end()
            done = at - 1 if window.endswith(b"\r\n", start, at) else at
            self._split(window[start:done], base + start, found)
            at = done

    def _begin(self, window: bytes) -> int:
        """Behind a byte order mark."""
        if not self._is_at_start:
            return 0
        if len(window) < len(_BOM) and _BOM.startswith(window):
            return 0
        self._is_at_start = False
        return len(_BOM) if window.startswith(_BOM) else 0

    def _keep(self, window: bytes, start: int, base: int, found: SpanColumns, *, is_all: bool) -> int:
        """Ends a window inside a block; comments before it are out at once, since the rest comes in another read."""
        while is_all and (line := _match_comment(window, start)):
            found.add(SpanKind.COMMENT, base + start, base + line.end(1) + 1)
            start = line.end()
        self._searched = max(0, len(window) - start - 3)
        return start

    def _split(self, block: bytes, base: int, found: SpanColumns) -> None:
        """Adds what one block holds: comments that came in a read before it, then an event or what is none."""
        lines: list[_Line] = [(match.start(), match.end(1), match[1]) for match in _find_lines(block)][:-1]
        end = base + len(block)
        first = 0
        for start, stop, text in lines:
            if not text.startswith(b":") or self._same_read(base + stop, end - 1):
                break
            found.add(SpanKind.COMMENT, base + start, base + stop + 1)
            first += 1
        if first < len(lines):
            self._add_event(lines[first:], base, end, found)

    def _add_event(self, lines: list[_Line], base: int, end: int, found: SpanColumns) -> None:
        names = [text.partition(b":")[0] for _, _, text in lines]
        start = base + lines[0][0]
        has_error = b"error" in names
        if has_error:  # the decoder takes it at once, before the event of the same block
            found.add(SpanKind.ERROR_LINE, start, base + lines[names.index(b"error")][1] + 1)
        if b"data" in names:
            found.add(SpanKind.FRAME if _is_plain(names, lines) else SpanKind.BLOCK, start, end)
        elif not has_error:
            found.add(_kind_without_data(set(names)), start, end)


def _is_plain(names: list[bytes], lines: list[_Line]) -> bool:
    """Whether a block is such as the fast paths know: whichever way it is read, it is the same."""
    fields = set(names[:-1])
    has_spaces = all(text.startswith(b": ", len(name)) for name, (_, _, text) in zip(names, lines, strict=True))
    return names[-1] == b"data" and fields <= {b"event", b"id"} and has_spaces


def _kind_without_data(names: set[bytes]) -> SpanKind:
    if names & _FIELDS:
        return SpanKind.GHOST
    return SpanKind.COMMENT if names == {b""} else SpanKind.IGNORED


def _scan_plain(window: bytes, at: int, base: int, found: SpanColumns, *, has_cr: bool) -> int:
    """Adds the plain blocks from `at` on; gives where the first other thing begins."""
    match_plain = _match_plain_crlf if has_cr else _match_plain_lf
    starts, ends = array("Q"), array("Q")
    while block := match_plain(window, at):
        starts.append(base + at)
        at = block.end()
        ends.append(base + at - has_cr)
    found.starts.extend(starts)
    found.ends.extend(ends)
    found.kinds.extend(bytes(len(ends)))  # SpanKind.FRAME
    return at


class LineSpans:
    """The lines of NDJSON; empty ones are none."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._is_at_start = True

    def scan(self, window: bytes, base: int, found: SpanColumns, *, is_all: bool) -> int:
        """As SpanScanner says."""
        del is_all
        at = 0
        while True:
            at = _match_blank_lines(window, at).end()  # type: ignore[union-attr]  # it matches nothing, too
            end = window.find(b"\n", at) + 1
            if not end:
                return at
            line = window[at : end - 1]
            if self._is_at_start:
                self._is_at_start = False
                line = line.removeprefix(_BOM)
            if line.strip(_BLANK):
                found.add(SpanKind.FRAME if len(line) <= self._limit else SpanKind.UNREAD, base + at, base + end)
            at = end


class ValueSpans(JSONValueSplitter):
    """Whole JSON values, one after another, and the lines between them that are none."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(limit_bytes)
        self._start = 0
        self._known = 0  # so many bytes of the unfinished value were split already

    def scan(self, window: bytes, base: int, found: SpanColumns, *, is_all: bool) -> int:
        """As SpanScanner says; every byte is split once."""
        del is_all
        at = self._known
        texts: list[str] = []
        while at < len(window) and not self.is_over_limit:
            if not self._pieces:
                self._start = base + at
            is_inside = bool(self._depth)
            at = self._feed_value(window, at, texts) if is_inside else self._feed_between(window, at, texts)
            if texts:
                texts.clear()
                found.add(SpanKind.FRAME, self._start, base + at)
            if len(self._pieces) > self._limit:
                self.is_over_limit = True
        done = self._start - base if self._pieces else at
        self._known = at - done
        return done
