"""The log's content in other units: plain pieces, the segments of a buffer, the JSON values in the text.

Bodies of /v1/stream/raw, /buffered and /json. How text is cut belongs to tui.core.text; here is only which unit
goes into which member, and that the rest is flushed before the end is told.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any, Protocol

from tui.core.text.buffers import make_buffer
from tui.core.text.json_parser import JSONStreamParser
from tui.core.wire.sse_codec import SSEEvent
from tui.gateway import gateway_events as events
from tui.gateway.generation_log import LogEntry
from tui.gateway.generations import Generation
from tui.gateway.sse_adapter import KEEP_ALIVE

_CANCELLED = {"message": "The answer was cancelled.", "type": "cancelled", "code": "cancelled"}


class ContentView(Protocol):
    """Turns content into the members of events, in order."""

    def add(self, content: str) -> list[dict[str, Any]]:
        """What this piece of the content completes."""

    def flush(self) -> list[dict[str, Any]]:
        """What was still held at the end."""


class RawView:
    """Each piece as it came: `{"content"}`."""

    def add(self, content: str) -> list[dict[str, Any]]:
        """One event for one piece."""
        return [{"content": content}]

    def flush(self) -> list[dict[str, Any]]:
        """Nothing is held."""
        return []


class BufferedView:
    """The lossless segments of a buffer: `{"item"}`."""

    def __init__(self, buffer_type: str) -> None:
        self._buffer = make_buffer(buffer_type)

    def add(self, content: str) -> list[dict[str, Any]]:
        """One event for each segment that is certain now."""
        return [{"item": segment} for segment in self._buffer.add(content)]

    def flush(self) -> list[dict[str, Any]]:
        """The unfinished rest."""
        return [{"item": segment} for segment in self._buffer.flush()]


class JSONView:
    """The JSON objects and arrays in the text: `{"object"}`."""

    def __init__(self) -> None:
        self._parser = JSONStreamParser()

    def add(self, content: str) -> list[dict[str, Any]]:
        """One event for each value whose last character came."""
        return [{"object": found.value} for found in self._parser.add(content)]

    def flush(self) -> list[dict[str, Any]]:
        """Nothing: a value is out at its last character."""
        return []


async def stream_view(generation: Generation, view: ContentView, keep_alive_s: float) -> AsyncGenerator[bytes, None]:
    """The encoded events of the view; the last one is `{"done": true}` or `{"error": {...}}`."""
    async with aclosing(generation.log.read(-1, keep_alive_s)) as batches:
        async for batch in batches:
            found = [members for entry in batch for members in _members_of(entry, view)]
            if found or not batch:
                yield b"".join(map(_encode, found)) or KEEP_ALIVE


def _members_of(entry: LogEntry, view: ContentView) -> Iterator[dict[str, Any]]:
    data = json.loads(entry.data)
    if entry.event == events.CHUNK:
        if data["content"]:
            yield from view.add(data["content"])
        return
    yield from view.flush()
    if entry.event == events.DONE:
        yield {"done": True}
    else:
        yield {"error": data if entry.event == events.ERROR else _CANCELLED}


def _encode(members: dict[str, Any]) -> bytes:
    return SSEEvent(events.to_json_line(members)).encode().encode("ascii")
