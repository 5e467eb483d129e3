"""What the rows of the wire are called and say, in every dialect."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.core.wire_view.test_wire_log import NDJSON, SSE, log_of, run_of
from tests.core.wire_view.tool_run import tool_records
from tui.core.capture import CaptureHeader, Read, ResponseHead
from tui.core.derived_run import DerivedRun
from tui.core.wire_view.row_facts import RowFacts, facts_of, quoted
from tui.core.wire_view.wire_log import WireLog


def facts(log: WireLog) -> list[RowFacts]:
    return [facts_of(log, log.entry(index)) for index in range(log.count)]


def shown(log: WireLog) -> list[str]:
    return [f"{row.kind}|{row.preview}|{row.note}|{row.mark}" for row in facts(log)]


def sse(*values: Any) -> bytes:
    return "".join(f"data: {v if isinstance(v, str) else json.dumps(v)}\n\n" for v in values).encode()


def one(value: Any, dialect: str = "auto", event: str = "") -> str:
    """Kind and preview of the last frame of a stream."""
    body = sse(value) if not event else f"event: {event}\n".encode() + sse(value)
    row = facts(log_of(run_of([body], dialect=dialect)))[-1]
    return f"{row.kind}|{row.preview}"


def choice(**delta: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta}]}


def test_the_run_of_the_drawing() -> None:
    assert shown(log_of(DerivedRun.of_records(tool_records()))) == [
        "role|assistant  content null||trap",
        "tool 0|get_weather  id call_7||",
        'tool 0|+"{\\"city\\":\\""||',
        'tool 0|+"Par"||',
        'tool 0|+"is \\ud83c"||',
        'tool 0|+"\\udf27\\",\\"days"||trap',
        'tool 0|+"\\":3}"|VALID|trap',
        "comment|keep-alive||",
        "usage|in 71  out 24||trap",
        "end|[DONE]||",
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (choice(content='a "b"\n'), 'text|"a \\"b\\"\\n"'),
        (choice(reasoning_content="hm"), 'thinking|"hm"'),
        (choice(refusal="no"), 'refusal|"no"'),
        ({"choices": [{"index": 2, "delta": {"content": "x"}}]}, 'text 2|"x"'),
        ({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}, "finish|stop"),
        ({"choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": "stop"}]}, 'text|"x"  finish stop'),
        ({"choices": []}, "no choice|choices []"),
        (choice(role="assistant", content=""), "role|assistant"),
        (choice(content=None), "empty|content null"),
        ({"error": {"message": "busy"}}, "error|busy"),
        ("", "empty|"),
        ("[DONE]", "end|[DONE]"),
        ("[1, 2]", "other|[1, 2]"),
        ('{"a": 1}', 'other|{"a": 1}'),
        ("{no", "not JSON|{no"),
    ],
)
def test_chat_frame(value: Any, expected: str) -> None:
    assert one(value) == expected


def test_other_dialects_say_what_their_events_are() -> None:
    assert one({"type": "ping"}, "anthropic", "ping") == 'ping|{"type": "ping"}'
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hi"}}
    assert one(delta, "anthropic") == 'text|"hi"'
    assert one({"type": "response.queued"}, "openai-responses") == 'queued|{"type": "response.queued"}'
    assert one("x1", event="heartbeat") == "heartbeat|x1"
    ollama = log_of(run_of([b'{"message": {"content": "hi"}, "done": false}\n'], NDJSON, dialect="ollama"))
    assert shown(ollama) == ['text|"hi"||']
    ws = log_of(
        run_of(['{"type": "start", "data": {"gen": "g"}}', '{"type": "chunk", "data": {"content": "hi"}}'], status=101)
    )
    assert shown(ws) == ['start|{"type": "start", "data": {"gen": "g"}}||', 'text|"hi"||']


def test_what_is_no_frame_is_named_and_marked() -> None:
    body = b": a\n: b\n\nnoise\n\nevent: x\n\ndata: {no\n\ndata: cu"
    assert shown(log_of(run_of([body]))) == [
        "comment|a  b||",
        "ignored|noise||",
        "no data|event: x||",
        "not JSON|{no||problem",
        "cut|data: cu||problem",
    ]


def test_seams_and_attempts_say_their_status() -> None:
    run = DerivedRun(CaptureHeader("sse", "http://127.0.0.1", {}, clock=0.0))
    run.add(ResponseHead(503, (), 0.1))
    run.add(Read(0.2, b"busy"))
    run.add(ResponseHead(200, SSE, 0.3))
    run.add(Read(0.4, sse(choice(content="a"))))
    run.add(ResponseHead(200, SSE, 0.5))
    run.add(Read(0.6, sse(choice(content="b"))))
    assert shown(log_of(run)) == [
        "attempt 1|503  busy||",
        'text|"a"||',
        "seam|another connection of the same run  200||",
        'text|"b"||',
    ]


def test_lone_halves_are_shown_as_escapes_and_pairs_as_they_are() -> None:
    assert quoted("\ud83d") == '"\\ud83d"'
    assert quoted("\U0001f600é") == '"\U0001f600é"'
