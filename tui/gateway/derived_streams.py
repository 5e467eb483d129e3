"""The log's content in other units: plain pieces, the segments of a buffer, the JSON values in the text.

Bodies of /v1/stream/raw, /buffered and /json. How text is cut belongs to tui.core.text; here is only which unit
goes into which member, and that the rest is flushed before the end is told.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from io import SEEK_END, StringIO
from typing import Protocol

from tui.core.text.buffers import make_buffer
from tui.core.text.json_parser import JSONStreamParser, JSONValue
from tui.core.wire.sse_codec import SSEEvent
from tui.gateway import gateway_events as events
from tui.gateway.generation_log import GenerationLog, LogEntry
from tui.gateway.request_log import note_reading
from tui.gateway.sse_adapter import KEEP_ALIVE

_NO_ASCII = re.compile(r"[^\x00-\x7f]")
_LINE_ENDS = str.maketrans("\r\n\t", "   ")
_CANCELLED = {"message": "The answer was cancelled.", "type": "cancelled", "code": "cancelled"}


class ContentView(Protocol):
    """Turns content into events, each as one line of ASCII JSON, in order."""

    def add(self, content: str) -> list[str]:
        """What this piece of the content completes."""

    def flush(self) -> list[str]:
        """What was still held at the end."""


class RawView:
    """Each piece as it came: `{"content"}`."""

    def add(self, content: str) -> list[str]:
        """One event for one piece."""
        return [events.to_json_line({"content": content})]

    def flush(self) -> list[str]:
        """Nothing is held."""
        return []


class BufferedView:
    """The lossless segments of a buffer: `{"item"}`."""

    def __init__(self, buffer_type: str) -> None:
        self._buffer = make_buffer(buffer_type)

    def add(self, content: str) -> list[str]:
        """One event for each segment that is certain now."""
        return [events.to_json_line({"item": segment}) for segment in self._buffer.add(content)]

    def flush(self) -> list[str]:
        """The unfinished rest."""
        return [events.to_json_line({"item": segment}) for segment in self._buffer.flush()]


class JSONView:
    """The JSON objects and arrays in the text: `{"object"}`.

    A value goes out as it was written, not as Python would write it: `1e999`, 5,000 digits and 5,000 levels pass.
    """

    def __init__(self) -> None:
        self._parser = JSONStreamParser()
        self._text = StringIO(newline="")

    def add(self, content: str) -> list[str]:
        """One event for each value whose last character came."""
        self._text.write(content)
        return [f'{{"object":{self._source(found)}}}' for found in self._parser.add(content)]

    def flush(self) -> list[str]:
        """Nothing: a value is out at its last character."""
        return []

    def _source(self, found: JSONValue) -> str:
        """The value's own text on one line of ASCII: line ends are outside strings, other scripts inside them."""
        self._text.seek(found.start)
        source = self._text.read(found.end - found.start)
        self._text.seek(0, SEEK_END)
        return _NO_ASCII.sub(_escaped, source.translate(_LINE_ENDS))


async def stream_view(
    generation_id: str, log: GenerationLog, view: ContentView, keep_alive_s: float
) -> AsyncGenerator[bytes, None]:
    """The encoded events of the view; the last one is `{"done": true}` or `{"error": {...}}`."""
    note_reading(generation_id)
    async with aclosing(log.read(-1, keep_alive_s)) as batches:
        async for batch in batches:
            found = [line for entry in batch for line in _lines_of(entry, view)]
            if found or not batch:
                yield b"".join(map(_encode, found)) or KEEP_ALIVE
    note_reading(generation_id, log.terminal)


def _lines_of(entry: LogEntry, view: ContentView) -> Iterator[str]:
    data = json.loads(entry.data)
    if entry.event == events.CHUNK:
        if data["content"]:
            yield from view.add(data["content"])
        return
    yield from view.flush()
    if entry.event == events.DONE:
        yield events.to_json_line({"done": True})
    else:
        yield events.to_json_line({"error": data if entry.event == events.ERROR else _CANCELLED})


def _encode(line: str) -> bytes:
    return SSEEvent(line).encode().encode("ascii")


def _escaped(character: re.Match[str]) -> str:
    return json.dumps(character[0])[1:-1]
