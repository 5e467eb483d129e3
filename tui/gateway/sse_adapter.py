"""A generation's log as server-sent events: the body of POST /v1/stream.

Reads the log and nothing else, so that a second reader, a resumed one and the first get the same bytes. Ids are
`<generation>:<seq>`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from tui.core.wire.sse_codec import SSEEvent
from tui.errors import GatewayError
from tui.gateway.generation_log import GenerationLog, LogEntry
from tui.gateway.request_log import note_reading

MEDIA_TYPE = "text/event-stream"
KEEP_ALIVE = b": keep-alive\n\n"


class SSEStreamAdapter:
    """Makes event streams of generations; `keep_alive_s` without an event brings a comment."""

    def __init__(self, keep_alive_s: float = 15.0) -> None:
        self._keep_alive_s = keep_alive_s

    async def stream_sse(self, generation_id: str, log: GenerationLog, after: int = -1) -> AsyncGenerator[bytes, None]:
        """The encoded events after event `after`, as they come; ends behind the terminal one.

        Raises LogGapError when the log does not have what comes next.
        """
        note_reading(generation_id)
        async with aclosing(log.read(after, self._keep_alive_s)) as batches:
            async for batch in batches:
                yield b"".join(encode_entry(generation_id, entry) for entry in batch) or KEEP_ALIVE
        note_reading(generation_id, log.terminal)


def encode_entry(generation_id: str, entry: LogEntry) -> bytes:
    """One event with its id and a blank line behind it."""
    return SSEEvent(entry.data, event=entry.event, id=f"{generation_id}:{entry.seq}").encode().encode("ascii")


def parse_event_id(event_id: str) -> tuple[str, int]:
    """(generation, seq) of a Last-Event-ID; -1 for a reader that has no event yet.

    Raises GatewayError 410: an id that is not ours resumes nothing.
    """
    generation_id, colon, seq = event_id.rpartition(":")
    if seq == "-1":
        return generation_id, -1
    if not colon or not (seq.isascii() and seq.isdigit() and len(seq) <= 18):
        raise GatewayError(410, "resume_expired", "Last-Event-ID is not of this gateway: expected <generation>:<seq>.")
    return generation_id, int(seq)
