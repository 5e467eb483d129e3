"""What the case files do not say about Anthropic's Messages API."""

from __future__ import annotations

import json
from typing import Any

from tui.core.chunks import Outcome, StreamResult
from tui.core.wire.response_decoder import ResponseDecoder


def decoded(*values: Any) -> StreamResult:
    decoder = ResponseDecoder("anthropic", headers={"content-type": "text/event-stream"})
    for value in values:
        decoder.feed(f"event: {value.get('type')}\ndata: {json.dumps(value)}\n\n".encode())
    return decoder.finish()


def block(index: int, **members: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": members}


def test_text_that_a_block_begins_with_counts() -> None:
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "b"}}
    assert decoded(block(0, type="text", text="a"), delta).content == "ab"


def test_input_that_a_call_begins_with_is_its_arguments_unless_pieces_come() -> None:
    start = block(0, type="tool_use", id="t", name="f", input={"a": 1})
    stop = {"type": "content_block_stop", "index": 0}
    piece = {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": "{}"}}
    assert [call.arguments for call in decoded(start, stop).tool_calls] == ['{"a":1}']
    assert [call.arguments for call in decoded(start, piece, stop).tool_calls] == ["{}"]


def test_call_that_was_cut_before_its_arguments_has_none() -> None:
    assert [c.arguments for c in decoded(block(0, type="tool_use", name="f", input={})).tool_calls] == ["{}"]


def test_end_mark_of_another_dialect_is_no_proof() -> None:
    decoder = ResponseDecoder("anthropic", headers={"content-type": "text/event-stream"})
    decoder.feed(b"data: [DONE]\n\n")
    result = decoder.finish()
    assert result.outcome is Outcome.INCOMPLETE
    assert any("another dialect" in remark for remark in result.remarks)


def test_whole_message_is_read() -> None:
    content = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "a"}, {"type": "tool_use", "name": "f"}]
    body = {
        "type": "message",
        "content": content,
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 1},
        "model": "m",
    }
    decoder = ResponseDecoder(headers={"content-type": "application/json"})
    decoder.feed(json.dumps(body).encode())
    result = decoder.finish()
    assert (result.content, result.reasoning, result.finish_reason) == ("a", "hm", "tool_use")
    assert [(call.name, call.arguments) for call in result.tool_calls] == [("f", "{}")]
    assert result.outcome is Outcome.COMPLETED
