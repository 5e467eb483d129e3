"""How the bytes of a response are cut into frames: SSE, lines, whole JSON values, or a body that is no stream.

Chosen by status, content type and, where these do not say, by the first bytes. What a frame means is not known
here; the response decoder asks one reader for each connection.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto

from tui.core.chunks import StreamProblem
from tui.core.wire.http_problems import quote
from tui.core.wire.json_text import parse_json
from tui.core.wire.ndjson_codec import JSONValueSplitter, NDJSONDecoder
from tui.core.wire.sse_codec import SSEDecoder, SSEEvent

_NDJSON_TYPES = frozenset(
    {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/jsonlines",
        "application/stream+json",
        "application/x-json-stream",
    }
)
_SSE_START = re.compile(rb"(?:data|event|id|retry)[:\r\n]|:")
_SSE_NAMES = (b"data:", b"event:", b"id:", b"retry:")
_EVENT_NAMES = _SSE_NAMES[:3]  # a cut retry line is no cut event
_BLANK = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_BODY_LIMIT_BYTES = 65_536  # what is kept of a body that is no stream


class Framing(Enum):
    """How bytes become frames. UNKNOWN waits for the first bytes; BODY is collected and is no stream."""

    UNKNOWN = auto()
    SSE = auto()
    LINES = auto()
    VALUES = auto()
    BODY = auto()


# Looked up once: a member of an enumeration costs 0.2 us each time in Python 3.11, and each read asks.
SSE_FRAMING, _LINE_FRAMINGS = Framing.SSE, (Framing.LINES, Framing.VALUES)


class BodyReader:
    """One connection's body, bytes in and events out.

    Attributes: `framing` as known so far; `media_type` in lower case without parameters; `body` the first 64 KiB
    of one that is no stream, or of a start that is not decided yet; `sse` counts what SSE ignores.
    """

    def __init__(self, status: int, headers: Mapping[str, str], dialect: str, limit_bytes: int) -> None:
        self.status = status
        self.headers = headers
        self.media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        self.framing = self._framing_of_head(dialect)
        self.body = bytearray()
        self.sse = SSEDecoder(limit_bytes)
        self._lines: NDJSONDecoder | JSONValueSplitter = (
            NDJSONDecoder(limit_bytes) if self.framing is Framing.LINES else JSONValueSplitter(limit_bytes)
        )

    def feed(self, data: bytes) -> list[SSEEvent]:
        """The events that `data` completes; a line or JSON value is an event without a name."""
        if self.framing is SSE_FRAMING:
            return self.sse.feed(data)
        if self.framing in _LINE_FRAMINGS:
            return [SSEEvent(text) for text in self._lines.feed(data)]
        self.body += data[: _BODY_LIMIT_BYTES - len(self.body)]
        if self.framing is Framing.BODY:
            return []
        return self._decide()

    def finish(self) -> list[SSEEvent]:
        """What ends with the bytes: a last line without its line end, if it is whole."""
        self.sse.finish()
        if self.framing is not Framing.LINES:
            return []
        try:
            parse_json(self._lines.pending.decode("utf-8", "replace"))
        except ValueError:
            return []
        return [SSEEvent(self._lines.finish())]

    @property
    def accepts(self) -> bool:
        """Whether the status is that of a stream."""
        return self.status in (200, 101)

    @property
    def is_other(self) -> bool:
        """Whether the response was accepted but its body is no stream."""
        return self.accepts and self.framing is Framing.BODY

    @property
    def is_full(self) -> bool:
        """Whether a body that is no stream has brought all that is kept of it."""
        return len(self.body) >= _BODY_LIMIT_BYTES

    @property
    def is_over_limit(self) -> bool:
        """Whether an event, a line or a value passed the limit."""
        return self.sse.is_over_limit or self._lines.is_over_limit

    @property
    def pending(self) -> bytes:
        """The frame that has no end yet."""
        if self.framing is SSE_FRAMING:
            return self.sse.pending
        return self._lines.pending if self.framing in _LINE_FRAMINGS else b""

    @property
    def unfinished_size(self) -> int:
        """How many bytes of the line or value that has no end yet have come."""
        return self.sse.unfinished_size if self.framing is SSE_FRAMING else self._lines.unfinished_size

    def remarks(self) -> dict[str, int]:
        """Counts of what was ignored or repaired, by kind of remark."""
        sse = self.sse
        return {
            "comments": sse.comment_count,
            "ignored_lines": sse.ignored_line_count - len(sse.error_fields),
            "ghost_blocks": sse.ghost_block_count,
            "replacements": sse.replacement_count + self._lines.replacement_count,
            "odd_content_type": int(self.is_stream and not self._is_stream_type()),
        }

    def traps(self) -> dict[str, int]:
        """The index of the event of its first occurrence, by kind of trap."""
        return self.sse.oddities

    @property
    def is_stream(self) -> bool:
        """Whether the body is cut into frames."""
        return self.framing in (Framing.SSE, Framing.LINES, Framing.VALUES)

    @property
    def has_cut_event(self) -> bool:
        """Whether something that would have become a frame was left unfinished."""
        pending = self.pending
        if self.framing is SSE_FRAMING:
            return any(_is_field(line) for line in pending.splitlines())
        return bool(pending.strip(_BLANK))

    def cut_problem(self) -> StreamProblem:
        """The problem of a clean end without proof, by what was left unfinished."""
        if self.has_cut_event and self.framing is SSE_FRAMING:
            return StreamProblem.of("unterminated_event", "the last event has no blank line after it and was discarded")
        if self.has_cut_event:
            return StreamProblem.of("truncated", f"the body ended inside a JSON value: {quote(self.pending)}")
        words = "the stream ended without its end mark"
        return StreamProblem.of("no_terminal", f"{words}; left over: {quote(self.pending)}" if self.pending else words)

    def _framing_of_head(self, dialect: str) -> Framing:
        if not self.accepts:
            return Framing.BODY
        if self.media_type == "text/event-stream":
            return Framing.SSE
        is_lines = self.media_type in _NDJSON_TYPES
        return Framing.LINES if is_lines or (dialect == "ollama" and self._is_stream_type()) else Framing.UNKNOWN

    def _is_stream_type(self) -> bool:
        return self.media_type in _NDJSON_TYPES or self.media_type in ("", "text/event-stream", "application/json")

    def _decide(self) -> list[SSEEvent]:
        # Blank lines can come for long, to keep the connection alive; they must not fill what is kept.
        self.body = self.body.lstrip(_BLANK)
        self.framing = _framing_of_start(bytes(self.body))
        if not self.is_stream:
            return []
        start = bytes(self.body)
        self.body.clear()
        return self.feed(start)


def framing_of(status: int, headers: Mapping[str, str], dialect: str, start: bytes) -> Framing:
    """How the body that begins with these bytes is cut; UNKNOWN while they do not tell."""
    framing = BodyReader(status, headers, dialect, 0).framing
    return framing if framing is not Framing.UNKNOWN else _framing_of_start(start.lstrip(_BLANK))


def _framing_of_start(start: bytes) -> Framing:
    """The framing that the first bytes tell; UNKNOWN while they may still become several."""
    begin = start.removeprefix(_BOM).lstrip(_BLANK)
    if not begin or _BOM.startswith(start):
        return Framing.UNKNOWN
    if begin[:1] in b"{[":
        return Framing.VALUES
    if _SSE_START.match(begin):
        return Framing.SSE
    return Framing.UNKNOWN if any(name.startswith(begin) for name in _SSE_NAMES) else Framing.BODY


def _is_field(line: bytes) -> bool:
    """Whether a line is a field of an event or the beginning of one."""
    return bool(line) and (line.startswith(_EVENT_NAMES) or any(name.startswith(line) for name in _EVENT_NAMES))
