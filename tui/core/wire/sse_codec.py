"""Server-sent events: values to text, and bytes to values, by WHATWG HTML section 9.2.

Knows lines and fields only; what an event means belongs to the dialects. Bytes come from a capture's reads in
any cutting; events go to the response decoder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tui.core.request import DEFAULT_EVENT_LIMIT_BYTES
from tui.core.wire.sse_block import EventBlock, data_lines, field_lines

_BOM: Final = b"\xef\xbb\xbf"
# As numbers: looking for bytes in bytes makes and drops an exception first, ten times the price (Python 3.11).
_LF: Final = 10
_CR: Final = 13
_LONE_CR: Final = re.compile(rb"\r(?!\n)")
# A block of each field at most once, each with a space behind its colon, the data last: what gateways send.
_match_tidy_block: Final = re.compile(
    r"(?:event: ([^\n]*+)\n)?(?:id: ([^\n\0]*+)\n)?(?:event: ([^\n]*+)\n)?data: ([^\n]*+)"
).fullmatch
_SPACED_FIELDS: Final = frozenset({"data", "event", "id", "retry"})
_MAX_ERROR_FIELDS: Final = 16
_MAX_ERROR_CHARS: Final = 65_536


@dataclass(slots=True)
class SSEEvent:
    """One event as dispatched. `event` is None for an event without a type (the standard's "message").

    `id` is the last event ID at dispatch: None when the stream gave none so far, "" when it was reset.
    `retry` is the reconnection time in ms that the event's own block set, if it did.
    """

    data: str
    event: str | None = None
    id: str | None = None
    retry: int | None = None

    def encode(self) -> str:
        """The block of lines, blank line included, from which a fresh decoder makes an equal event.

        `data` keeps every character, empty text and trailing newlines too, except that CRLF and CR come back as
        LF: the format has no other way to carry a line end. An empty `event` is the same as none and is not
        written; `retry` 0 and `id` "" are. A lone surrogate stays as it is, so encoding the text as UTF-8 raises
        (JSON escapes it). Raises ValueError when `event` or `id` holds CR or LF, `id` holds NUL, or `retry` is not
        within 0 to MAX_RETRY_MS: none of these can reach the other side.
        """
        return f"{field_lines(self.event, self.id, self.retry)}{data_lines(self.data)}\n"


class SSEDecoder:
    """Bytes in, events out: any cutting of the bytes gives the same events, and nothing raises.

    Besides events it keeps what a conforming reader ignores. All indices count events from 0; a thing before or
    in event n has index n.

    Attributes:
        retry: the last valid reconnection time in ms (clamped to MAX_RETRY_MS), or None.
        event_count: how many events were given.
        comment_count: comment lines.
        ignored_line_count: lines that are no comment and no field of the standard, `retry` lines that are not all
            ASCII digits, and `id` lines with NUL.
        replacement_count: U+FFFD made from bytes that are not UTF-8, in complete lines.
        ghost_block_count: blocks that set a type, an id or a retry but have no data, so that they dispatch nothing.
        error_fields: (index, value) of the first lines with the field name `error`, which llama.cpp sends and the
            standard ignores; values are cut at 65,536 characters.
        oddities: name to index of its first occurrence, of what is legal but breaks other parsers: "bom", "crlf",
            "cr", "multi_line_data" (an event with several data lines), "no_space" (a value right behind the
            colon), "comment_inside" (a comment in a block with data), "id_without_data".
        is_over_limit: an event passed the limit. Its data so far (UTF-8 with newlines, a U+FFFD counting one byte)
            and the line that was being read were larger; nothing more is decoded or kept.
    """

    def __init__(self, event_limit_bytes: int = DEFAULT_EVENT_LIMIT_BYTES) -> None:
        self.retry: int | None = None
        self.event_count = 0
        self.comment_count = 0
        self.ignored_line_count = 0
        self.replacement_count = 0
        self.ghost_block_count = 0
        self.error_fields: list[tuple[int, str]] = []
        self.oddities: dict[str, int] = {}
        self.is_over_limit = False
        self._limit = event_limit_bytes
        self._room = event_limit_bytes  # what the line being read may hold: the limit less the block's data
        self._tail = bytearray()  # the line being read, without a line end
        self._block: EventBlock | None = None  # the block being read, None behind a blank line
        self._last_id: str | None = None
        self._discarded = b""
        # The next three are rare; `_needs_care` is the one test for all of them on the hot path.
        self._is_at_start = True
        self._cr_index: int | None = None  # the last chunk ended in CR: index of its line, until LF or not is known
        self._needs_care = True

    @property
    def last_event_id(self) -> str:
        """The last event ID: what a client sends as Last-Event-ID; "" when there is none."""
        return self._last_id or ""

    @property
    def pending(self) -> bytes:
        """The unterminated block and line, b"" when there is none; after `finish`, what that discarded.

        The block's fields are written anew, the line is raw; with a line end and a blank line behind it a fresh
        decoder makes the event that was cut. Comments and ignored lines are not in it.
        """
        return self._discarded or self._unfinished()

    @property
    def unfinished_size(self) -> int:
        """How many bytes of the line that is being read have come."""
        return len(self._tail)

    def feed(self, chunk: bytes) -> list[SSEEvent]:
        """The events that `chunk` completes, in order; a CR at its end counts as a line end at once."""
        if self._needs_care or _CR in chunk:
            return self._feed_with_care(chunk)
        tail = self._tail
        if _LF not in chunk:
            tail += chunk
            if len(tail) > self._room:
                self._give_up()
            return []
        # All complete lines are decoded at once: a newline byte is never inside a code point, so that U+FFFD
        # comes out as if the whole stream were decoded.
        cut = chunk.rfind(b"\n") + 1
        events: list[SSEEvent] = []
        if tail:
            tail += chunk[:cut]
            self._tail = bytearray()  # a new one costs half of clearing the old one
            self._decode_lines(tail, events)
        else:
            self._decode_lines(chunk[:cut], events)
        self.event_count += len(events)
        if cut != len(chunk) and not self.is_over_limit:
            self._tail += chunk[cut:]
            if len(self._tail) > self._room:
                self._give_up()
        return events

    def finish(self) -> None:
        """Ends the stream: its unterminated block and line are discarded, and stay readable as `pending`.

        What is fed afterwards is a new stream (a reconnection): a BOM may come again, and the last event ID,
        `retry` and the counters go on.
        """
        if self._cr_index is not None:
            self.oddities.setdefault("cr", self._cr_index)
            self._cr_index = None
        self._discarded = self._unfinished()
        self._drop_unfinished()
        self._is_at_start = self._needs_care = True

    # What is rare: the start, CR, the limit.

    def _feed_with_care(self, chunk: bytes) -> list[SSEEvent]:
        if self._is_at_start:
            chunk = self._begin(chunk)
        if not chunk or self.is_over_limit:
            return []
        if self._cr_index is not None:
            chunk = self._settle_cr(chunk, self._cr_index)
        self._needs_care = False
        if not chunk.endswith(b"\r"):
            return self._feed_any_line_end(chunk)
        events = self._feed_any_line_end(chunk[:-1])
        if not self.is_over_limit:
            index = self.event_count
            events += self.feed(b"\n")
            self._cr_index = index
            self._needs_care = True
        return events

    def _begin(self, chunk: bytes) -> bytes:
        """The first bytes without a BOM; b"" while they may still become one."""
        if chunk:
            self._discarded = b""
        head = bytes(self._tail) + chunk
        if len(head) < len(_BOM) and _BOM.startswith(head):
            self._tail[:] = head
            return b""
        self._tail.clear()
        self._is_at_start = self._needs_care = False
        if not head.startswith(_BOM):
            return head
        self.oddities.setdefault("bom", self.event_count)
        return head[len(_BOM) :]

    def _settle_cr(self, chunk: bytes, index: int) -> bytes:
        """The chunk behind a CR without the LF that belongs to it."""
        self._cr_index = None
        is_crlf = chunk.startswith(b"\n")
        self.oddities.setdefault("crlf" if is_crlf else "cr", index)
        return chunk[1:] if is_crlf else chunk

    def _feed_any_line_end(self, chunk: bytes) -> list[SSEEvent]:
        """As `feed`, for a chunk in which no CR is followed by an LF of the next chunk."""
        if "crlf" not in self.oddities and (at := chunk.find(b"\r\n")) >= 0:
            return self._feed_noting("crlf", chunk, at)
        plain = chunk.replace(b"\r\n", b"\n")
        if _CR in plain:
            if "cr" not in self.oddities and (lone := _LONE_CR.search(chunk)):
                return self._feed_noting("cr", chunk, lone.start())
            plain = plain.replace(b"\r", b"\n")
        return self.feed(plain)

    def _feed_noting(self, oddity: str, chunk: bytes, at: int) -> list[SSEEvent]:
        """As above; what comes before the first such line end is fed alone, so that its event is known."""
        events = self._feed_any_line_end(chunk[:at])
        if not self.is_over_limit:
            self.oddities[oddity] = self.event_count
            events += self._feed_any_line_end(chunk[at:])
        return events

    def _decode_bounded(self, raw: bytes | bytearray, events: list[SSEEvent]) -> None:
        """As `_decode_lines`, in pieces small enough that a line over the limit is seen before it is decoded."""
        start = 0
        while start < len(raw):
            cut = raw.rfind(b"\n", start, start + self._room + 1) + 1
            if not cut:
                self._give_up()
                return
            self._decode_text(self._repaired(raw[start:cut]), events)
            start = cut

    def _give_up(self) -> None:
        self.is_over_limit = self._needs_care = True
        self._drop_unfinished()

    def _drop_unfinished(self) -> None:
        self._tail = bytearray()
        self._block = None
        self._room = self._limit

    def _unfinished(self) -> bytes:
        head = self._block.encode() if self._block is not None else ""
        return head.encode() + bytes(self._tail)

    def _repaired(self, raw: bytes | bytearray) -> str:
        text = raw.decode("utf-8", "replace")
        self.replacement_count += text.count("\ufffd") - raw.count(b"\xef\xbf\xbd")
        return text

    # Complete lines, LF only.

    def _decode_lines(self, raw: bytes | bytearray, events: list[SSEEvent]) -> None:
        if len(raw) > self._room:
            self._decode_bounded(raw, events)
            return
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = self._repaired(raw)
        if self._block is None:
            if text.startswith("data: "):
                if self._take_uniform_data(text, events):
                    return
            elif text.find("\n\n") == len(text) - 2 and (tidy := _match_tidy_block(text, 0, len(text) - 2)):
                events.append(self._tidy_event(tidy))  # one event a read, with a name or an id
                return
        self._decode_text(text, events)

    def _decode_text(self, text: str, events: list[SSEEvent]) -> None:
        """Takes the lines that end an older block, then whole blocks, then the lines that begin one."""
        start = 0
        if self._block is not None:
            start = _end_of_first_block(text)
            self._take_lines(text[:start], events)
        end = text.rfind("\n\n", start)
        if end >= 0:
            self._take_blocks(text[start : end + 2], events)
            start = end + 2
        if start < len(text):
            self._take_lines(text[start:], events)
        if self._block is not None:
            self._room = self._limit - self._block.measure()

    def _take_blocks(self, text: str, events: list[SSEEvent]) -> None:
        if text.startswith("event: ") and self._take_uniform_pairs(text, events):
            return
        if text.startswith("data: ") and self._take_uniform_data(text, events):
            return
        for block in text[:-2].split("\n\n"):
            if block.startswith("data: ") and "\n" not in block:
                events.append(SSEEvent(block[6:], None, self._last_id))
            elif tidy := _match_tidy_block(block):
                events.append(self._tidy_event(tidy))
            else:
                self._take_lines(f"{block}\n\n", events)

    def _tidy_event(self, block: re.Match[str]) -> SSEEvent:
        name, event_id, late_name, data = block.groups()
        if event_id is not None:
            self._last_id = event_id
        if late_name is not None:  # the later of two counts, an empty one too
            name = late_name
        return SSEEvent(data, name or None, self._last_id)

    def _take_uniform_data(self, text: str, events: list[SSEEvent]) -> bool:
        """Takes a text that is nothing but blocks of one data line; says False and takes nothing of another."""
        if text.find("\n") == len(text) - 2:  # the common case of one event a read
            events.append(SSEEvent(text[6:-2], None, self._last_id))
            return True
        if not text.endswith("\n\n"):
            return False
        values = text[6:-2].split("\n\ndata: ")
        if text.count("\n") != 2 * len(values):  # equal only if no value holds a newline
            return False
        last_id = self._last_id
        events += [SSEEvent(value, None, last_id) for value in values]
        return True

    def _take_uniform_pairs(self, text: str, events: list[SSEEvent]) -> bool:
        """Takes a text that is nothing but blocks of an event line and a data line, as above."""
        blocks = text[7:-2].split("\n\nevent: ")
        if text.count("\n") != 3 * len(blocks):  # equal only if each block that splits in two has one newline
            return False
        last_id = self._last_id
        try:
            events += [
                SSEEvent(data, name or None, last_id) for name, data in [block.split("\ndata: ") for block in blocks]
            ]
        except ValueError:  # a block that does not split in two
            return False
        return True

    def _take_lines(self, text: str, events: list[SSEEvent]) -> None:
        for line in text[:-1].split("\n"):
            if line:
                self._take_line(line, self.event_count + len(events))
            elif self._block is not None:
                self._end_block(self._block, events)

    def _take_line(self, line: str, index: int) -> None:
        block = self._block
        if block is None:
            block = self._block = EventBlock()
        name, _, value = line.partition(":")
        if not name:
            self.comment_count += 1
            block.has_comment = True
            return
        if value[:1] == " ":
            value = value[1:]
        elif value and name in _SPACED_FIELDS:
            self.oddities.setdefault("no_space", index)
        if not block.take(name, value):
            self._ignore(name, value, index)
        elif name == "retry":
            self.retry = block.retry

    def _ignore(self, name: str, value: str, index: int) -> None:
        self.ignored_line_count += 1
        if name == "error" and len(self.error_fields) < _MAX_ERROR_FIELDS:
            self.error_fields.append((index, value[:_MAX_ERROR_CHARS]))

    def _end_block(self, block: EventBlock, events: list[SSEEvent]) -> None:
        """What the standard does at a blank line: the id counts in any case, an event needs data."""
        self._block = None
        self._room = self._limit
        if block.id is not None:
            self._last_id = block.id
        index = self.event_count + len(events)
        if not block.data:
            self._note_ghost(block, index)
            return
        if len(block.data) > 1:
            self.oddities.setdefault("multi_line_data", index)
        if block.has_comment:
            self.oddities.setdefault("comment_inside", index)
        events.append(SSEEvent("\n".join(block.data), block.event or None, self._last_id, block.retry))

    def _note_ghost(self, block: EventBlock, index: int) -> None:
        if block.id is not None:
            self.oddities.setdefault("id_without_data", index)
        if block.id is not None or block.event is not None or block.retry is not None:
            self.ghost_block_count += 1


def _end_of_first_block(text: str) -> int:
    """The index behind the first blank line of `text`, which begins at a line; its length if there is none."""
    if text.startswith("\n"):
        return 1
    return text.find("\n\n") + 2 if "\n\n" in text else len(text)
