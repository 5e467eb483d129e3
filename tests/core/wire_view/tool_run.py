"""The run that the drawing of the Wire screen shows: one tool call in 9 frames, and a comment between them."""

from __future__ import annotations

import json
from typing import Any

from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome

HEADERS = (("content-type", "text/event-stream"), ("x-accel-buffering", "no"), ("via", "1.1 nginx"))
COMMENT = b": keep-alive\n\n"
END = b"data: [DONE]\n\n"


def frame(size: int, /, **members: Any) -> bytes:
    """An SSE event of exactly so many bytes."""
    value = {"id": "chatcmpl-", "object": "chat.completion.chunk", "model": "q", **members}

    def encoded() -> bytes:
        return b"data: " + json.dumps(value, separators=(",", ":")).encode() + b"\n\n"

    value["id"] += "0" * (size - len(encoded()))
    assert len(encoded()) == size
    return encoded()


def delta(size: int, **members: Any) -> bytes:
    return frame(size, choices=[{"index": 0, "delta": members}])


def piece(size: int, arguments: str, **call: Any) -> bytes:
    function = {"arguments": arguments, **({"name": call.pop("name")} if "name" in call else {})}
    return delta(size, tool_calls=[{"index": 0, **call, "function": function}])


ROLE = delta(214, role="assistant", content=None)
CALL = piece(247, "", name="get_weather", id="call_7", type="function")
PIECES = (
    piece(198, '{"city":"'),
    piece(196, "Par"),
    piece(199, "is \ud83c"),
    piece(202, '\udf27","days'),
    piece(195, '":3}'),
)
USAGE = frame(241, choices=[], usage={"prompt_tokens": 71, "completion_tokens": 24, "total_tokens": 95})


def tool_records(*, is_over: bool = True) -> list[Record]:
    """Header, head, eight reads and the end."""
    times = (0.312, 0.336, 0.361, 0.384, 0.41, 1.314, 2.434, 2.745)
    reads = (ROLE + CALL, *PIECES, COMMENT, USAGE + END)
    request = {"messages": [{"role": "user", "content": "The weather in Paris?"}], "model": "q", "stream": True}
    records: list[Record] = [
        CaptureHeader(
            "direct",
            "http://127.0.0.1:8080/v1",
            request,
            "openai-chat",
            started="2026-05-04T10:00:00.000+00:00",
            clock=0.0,
        ),
        Marker("sent", 0.0),
        ResponseHead(200, HEADERS, 0.3),
        *(Read(at, data) for at, data in zip(times, reads, strict=True)),
    ]
    return [*records, CaptureEnd(2.75, Outcome.COMPLETED)] if is_over else records
