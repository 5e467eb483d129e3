"""What the case files do not say about the Responses API: text counted once, whatever is missing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tui.core.chunks import Outcome, StreamResult
from tui.core.wire.response_decoder import ResponseDecoder

PART = {"type": "output_text", "text": "ab"}
MESSAGE = {"id": "m", "type": "message", "content": [PART]}
CALL = {"id": "f", "type": "function_call", "name": "go", "call_id": "c", "arguments": "{}"}
REASONING = {"id": "r", "type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}
DELTAS = [
    {"type": "response.output_text.delta", "output_index": 0, "item_id": "m", "delta": "a"},
    {"type": "response.output_text.delta", "output_index": 0, "item_id": "m", "delta": "b"},
]
DONE = [{"type": "response.output_text.done", "output_index": 0, "item_id": "m", "text": "ab"}]
PART_DONE = [{"type": "response.content_part.done", "output_index": 0, "item_id": "m", "part": PART}]
ITEM_DONE = [{"type": "response.output_item.done", "output_index": 0, "item": MESSAGE}]


def completed(*output: dict[str, Any]) -> dict[str, Any]:
    return {"type": "response.completed", "response": {"object": "response", "status": "completed", "output": output}}


def decoded(*values: Any) -> StreamResult:
    decoder = ResponseDecoder("openai-responses", headers={"content-type": "text/event-stream"})
    for value in values:
        decoder.feed(f"data: {json.dumps(value)}\n\n".encode())
    return decoder.finish()


@pytest.mark.parametrize("with_deltas", [True, False])
@pytest.mark.parametrize("with_done", [True, False])
@pytest.mark.parametrize("with_part", [True, False])
@pytest.mark.parametrize("with_item", [True, False])
def test_text_counts_once_whatever_else_comes(
    with_deltas: bool, with_done: bool, with_part: bool, with_item: bool
) -> None:
    before = DELTAS * with_deltas + DONE * with_done + PART_DONE * with_part + ITEM_DONE * with_item
    assert decoded(*before, completed(MESSAGE)).content == "ab"


def test_items_without_a_place_are_known_by_id() -> None:
    values = [{k: v for k, v in value.items() if k != "output_index"} for value in (*DELTAS, *DONE, *ITEM_DONE)]
    assert decoded(*values).content == "ab"


def test_items_whose_ids_change_are_known_by_place() -> None:
    values = [{**value, "item_id": f"m{i}"} for i, value in enumerate((*DELTAS, *DONE))]
    assert decoded(*values, completed({**MESSAGE, "id": "other"})).content == "ab"


@pytest.mark.parametrize("with_item", [True, False])
def test_calls_and_thinking_come_from_the_final_response_if_from_nowhere_else(with_item: bool) -> None:
    items = [
        {"type": "response.output_item.done", "output_index": i, "item": x} for i, x in enumerate((REASONING, CALL))
    ]
    result = decoded(*(items if with_item else []), completed(REASONING, CALL))
    assert result.reasoning == "hm"
    assert [(c.name, c.arguments, c.id) for c in result.tool_calls] == [("go", "{}", "c")]


def test_custom_tool_call_has_its_input_as_arguments() -> None:
    item = {"id": "f", "type": "custom_tool_call", "name": "sh", "call_id": "c", "input": ""}
    result = decoded(
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.custom_tool_call_input.delta", "output_index": 0, "item_id": "f", "delta": "ls"},
        {"type": "response.custom_tool_call_input.done", "output_index": 0, "item_id": "f", "input": "ls"},
    )
    assert [(c.name, c.arguments) for c in result.tool_calls] == [("sh", "ls")]


def test_whole_response_is_read() -> None:
    body = {"object": "response", "status": "completed", "output": [MESSAGE, CALL], "usage": {"input_tokens": 1}}
    decoder = ResponseDecoder(headers={"content-type": "application/json"})
    decoder.feed(json.dumps(body).encode())
    result = decoder.finish()
    assert (result.content, result.outcome, result.finish_reason) == ("ab", Outcome.COMPLETED, "completed")
    assert decoder.dialect_name == "openai-responses"


def test_failed_response_without_an_error_says_so() -> None:
    result = decoded({"type": "response.failed", "response": {"status": "failed"}})
    assert (result.outcome, result.finish_reason) == (Outcome.FAILED, "failed")
    assert result.problem is not None
    assert result.problem.message == "the response failed"
