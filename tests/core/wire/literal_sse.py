"""A second, slow reading of the WHATWG event stream algorithm: the oracle of the decoder's tests.

Takes the whole stream at once and goes through it sentence by sentence of the standard (HTML 9.2.5 and 9.2.6), with
the decoder's counters beside it. Product code must not import it, and it imports none.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_RETRY_MS = 2**53 - 1


@dataclass
class LiteralReading:
    """Everything that a whole stream says; `events` are (event, data, id, retry)."""

    events: list[tuple[str | None, str, str | None, int | None]] = field(default_factory=list)
    retry: int | None = None
    last_event_id: str | None = None
    comment_count: int = 0
    ignored_line_count: int = 0
    ghost_block_count: int = 0
    replacement_count: int = 0
    error_fields: list[tuple[int, str]] = field(default_factory=list)
    oddities: dict[str, int] = field(default_factory=dict)
    unfinished_data: list[str] = field(default_factory=list)
    unfinished_line: str = ""


def read_literally(stream: bytes) -> LiteralReading:
    """Interprets a complete stream."""
    reading = LiteralReading()
    text = stream.decode("utf-8", "replace")
    if text.startswith("\ufeff"):
        text = text[1:]
        reading.oddities["bom"] = 0
    buffers = _Buffers()
    line = ""
    position = 0
    whole_text_end = 0
    while position < len(text):
        char = text[position]
        if char not in "\r\n":
            line += char
            position += 1
            continue
        if char == "\r":
            is_crlf = text[position + 1 : position + 2] == "\n"
            reading.oddities.setdefault("crlf" if is_crlf else "cr", len(reading.events))
            position += 2 if is_crlf else 1
        else:
            position += 1
        _process(line, buffers, reading)
        line = ""
        whole_text_end = position
    reading.unfinished_data, reading.unfinished_line = buffers.data, line
    # Only complete lines are counted; U+FFFD that was sent as such is no replacement.
    made = text[:whole_text_end].count("\ufffd")
    last_end = max(stream.rfind(b"\n"), stream.rfind(b"\r")) + 1
    reading.replacement_count = made - stream[:last_end].count("\ufffd".encode())
    return reading


@dataclass
class _Buffers:
    data: list[str] = field(default_factory=list)
    event: str = ""
    last_id: str | None = None
    retry: int | None = None
    seen: set[str] = field(default_factory=set)


def _process(line: str, buffers: _Buffers, reading: LiteralReading) -> None:
    if line == "":
        _dispatch(buffers, reading)
    elif line[0] == ":":
        reading.comment_count += 1
        buffers.seen.add("comment")
    elif ":" in line:
        name = line[: line.index(":")]
        value = line[line.index(":") + 1 :]
        if value != "" and value[0] == " ":
            value = value[1:]
        elif value != "" and name in ("data", "event", "id", "retry"):
            reading.oddities.setdefault("no_space", len(reading.events))
        _field(name, value, buffers, reading)
    else:
        _field(line, "", buffers, reading)


def _field(name: str, value: str, buffers: _Buffers, reading: LiteralReading) -> None:
    if name == "event":
        buffers.event = value
        buffers.seen.add("event")
    elif name == "data":
        buffers.data.append(value)
    elif name == "id" and "\x00" not in value:
        buffers.last_id = value
        buffers.seen.add("id")
    elif name == "retry" and value != "" and all(char in "0123456789" for char in value):
        reading.retry = buffers.retry = _number(value)
        buffers.seen.add("retry")
    else:
        reading.ignored_line_count += 1
        if name == "error" and len(reading.error_fields) < 16:
            reading.error_fields.append((len(reading.events), value[:65536]))


def _number(digits: str) -> int:
    number = 0
    for digit in digits:
        number = min(number * 10 + int(digit), MAX_RETRY_MS)
    return number


def _dispatch(buffers: _Buffers, reading: LiteralReading) -> None:
    reading.last_event_id = buffers.last_id
    index = len(reading.events)
    if buffers.data:
        if len(buffers.data) > 1:
            reading.oddities.setdefault("multi_line_data", index)
        if "comment" in buffers.seen:
            reading.oddities.setdefault("comment_inside", index)
        reading.events.append((buffers.event or None, "\n".join(buffers.data), buffers.last_id, buffers.retry))
    else:
        if buffers.seen & {"event", "id", "retry"}:
            reading.ghost_block_count += 1
        if "id" in buffers.seen:
            reading.oddities.setdefault("id_without_data", index)
    buffers.data, buffers.event, buffers.retry, buffers.seen = [], "", None, set()
