"""What the case files do not say about chat completions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tui.core.chunks import Outcome, StreamResult
from tui.core.wire.response_decoder import ResponseDecoder


def decoded(*values: Any) -> StreamResult:
    decoder = ResponseDecoder("openai-chat", headers={"content-type": "text/event-stream"})
    for value in (*values, "[DONE]"):
        text = value if isinstance(value, str) else json.dumps(value)
        decoder.feed(f"data: {text}\n\n".encode())
    return decoder.finish()


def delta(**members: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": members, "finish_reason": None}]}


def call(name: str | None = None, arguments: str = "", **members: Any) -> dict[str, Any]:
    return {**members, "function": {"name": name, "arguments": arguments}}


def test_calls_without_index_are_told_by_id() -> None:
    result = decoded(
        delta(tool_calls=[call("f", "{", id="a")]),
        delta(tool_calls=[call("g", "[", id="b")]),
        delta(tool_calls=[call(None, "}", id="a")]),
        delta(tool_calls=[call(None, "]", id="b")]),
    )
    assert [(c.name, c.arguments, c.id) for c in result.tool_calls] == [("f", "{}", "a"), ("g", "[]", "b")]
    assert {trap.kind for trap in result.traps} == {"call_without_index", "interleaved_calls", "late_arguments"}


def test_call_that_lost_its_index_goes_on_by_its_id() -> None:
    result = decoded(delta(tool_calls=[call("f", "{", index=0, id="a")]), delta(tool_calls=[call(None, "}", id="a")]))
    assert [(c.name, c.arguments) for c in result.tool_calls] == [("f", "{}")]


@pytest.mark.parametrize("arguments", ["{}", ""])
def test_calls_without_index_and_id_are_told_by_their_names(arguments: str) -> None:
    result = decoded(delta(tool_calls=[call("f", arguments), call("g", arguments)]))
    assert [(c.name, c.arguments) for c in result.tool_calls] == [("f", arguments), ("g", arguments)]


def test_piece_without_index_id_and_name_goes_to_the_last_call() -> None:
    result = decoded(delta(tool_calls=[call("f", "{")]), delta(tool_calls=[call(None, "}")]))
    assert [(c.name, c.arguments) for c in result.tool_calls] == [("f", "{}")]


def test_legacy_function_call_is_a_tool_call() -> None:
    result = decoded(delta(function_call={"name": "f", "arguments": "{"}), delta(function_call={"arguments": "}"}))
    assert [(c.name, c.arguments) for c in result.tool_calls] == [("f", "{}")]


def test_surrogate_pair_split_inside_arguments_is_joined() -> None:
    result = decoded(
        delta(tool_calls=[call("f", "\ud83d", index=0)]), delta(tool_calls=[call(None, "\ude00", index=0)])
    )
    assert result.tool_calls[0].arguments == "\U0001f600"
    assert [trap.kind for trap in result.traps] == ["split_surrogates"]


def test_content_in_typed_parts_is_read() -> None:
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
    result = decoded(delta(content=[thinking, {"type": "text", "text": "yes"}]))
    assert (result.content, result.reasoning) == ("yes", "hm")


def test_legacy_text_completion_is_read() -> None:
    result = decoded({"choices": [{"index": 0, "text": "a", "finish_reason": None}]}, {"choices": [{"text": "b"}]})
    assert result.content == "ab"


def test_flat_error_object_is_an_error() -> None:
    error = {"object": "error", "message": "too long", "type": "BadRequestError", "code": 400}
    result = decoded(delta(content="a"), error)
    assert result.problem is not None
    assert (result.content, result.outcome) == ("a", Outcome.FAILED)
    assert (result.problem.message, result.problem.type, result.problem.status) == ("too long", "BadRequestError", 400)


def test_finish_reason_beside_an_error_is_kept() -> None:
    value = {"choices": [{"index": 0, "delta": {"content": "z"}, "finish_reason": "error"}], "error": {"message": "m"}}
    result = decoded(delta(content="a"), value)
    assert (result.content, result.finish_reason, result.outcome) == ("az", "error", Outcome.FAILED)


def test_model_is_on_every_chunk_and_its_change_is_seen() -> None:
    one, two = ({**delta(content="x"), "model": model} for model in ("m1", "m2"))
    result = decoded(one, one, two, two)
    assert [chunk.model for chunk in result.chunks] == ["m1", "m1", "m2", "m2"]


def test_role_with_a_new_model_is_a_chunk_and_without_it_is_none() -> None:
    role = {**delta(role="assistant", content=""), "model": "m"}
    assert len(decoded(role, role).chunks) == 1


def test_usage_details_are_read() -> None:
    usage = {
        "prompt_tokens": 3,
        "completion_tokens": 4,
        "completion_tokens_details": {"reasoning_tokens": 2},
        "prompt_tokens_details": {"cached_tokens": 1},
    }
    result = decoded({"choices": [], "usage": usage})
    assert result.usage is not None
    assert (result.usage.total, result.usage.reasoning, result.usage.cached) == (7, 2, 1)
    assert result.total_tokens == 7


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, {"choices": {}}, {"choices": [7]}, delta(content={"a": 1})])
def test_wrong_shape_is_skipped_with_a_remark(value: Any) -> None:
    text = json.dumps(value)
    result = decoded(delta(content="a"), text, delta(content="b"))
    assert (result.content, result.outcome) == ("ab", Outcome.COMPLETED)
    assert any("shape" in remark or "unknown" in remark for remark in result.remarks)


def test_named_event_of_an_unknown_type_may_hold_anything() -> None:
    decoder = ResponseDecoder("openai-chat", headers={"content-type": "text/event-stream"})
    decoder.feed(b"event: heartbeat\ndata: now\n\ndata: [DONE]\n\n")
    assert decoder.finish().outcome is Outcome.COMPLETED
