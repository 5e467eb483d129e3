"""A run as a plain event stream: the very bytes where it came as one, else one event a frame. Pure."""

from __future__ import annotations

import re
from typing import Final

from tui.core.capture import Read
from tui.core.derived_run import DerivedRun
from tui.core.wire.sse_codec import SSEEvent

_SSE_START: Final = re.compile(rb"\xef\xbb\xbf?\s*(?:data|event|id|retry)?:|\s*(?:data|event|id|retry)?:")


def sse_bytes(run: DerivedRun) -> bytes:
    """The body as it came on the wire, all connections after one another; messages and JSON lines become events."""
    records = run.capture.records()
    body = b"".join(r.data for r in records if isinstance(r, Read) and isinstance(r.data, bytes))
    if run.capture.header.transport != "ws" and _SSE_START.match(body):
        return body
    frames = run.decoder.frames if run.decoder is not None else ()
    events = (SSEEvent(frame.text, frame.event).encode() for frame in frames)
    return "".join(events).encode("utf-8", "surrogatepass")
