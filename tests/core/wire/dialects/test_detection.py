"""Which dialect a value says that it is of; the case files are read under `auto` as well."""

from __future__ import annotations

from typing import Any

import pytest

from tui.core.wire.dialects.detection import detect
from tui.core.wire.response_decoder import ResponseDecoder


@pytest.mark.parametrize(
    ("value", "event", "name"),
    [
        ({}, "chunk", "gateway"),
        ({}, "message_start", "anthropic"),
        ({}, "response.created", "openai-responses"),
        ({"type": "response.created"}, None, "openai-responses"),
        ({"type": "error", "sequence_number": 2}, None, "openai-responses"),
        ({"type": "message_start"}, None, "anthropic"),
        ({"choices": []}, None, "openai-chat"),
        ({"message": {}, "done": False}, None, "ollama"),
        ({"response": "a", "done": False}, None, "ollama"),
        ({"kind": "reset", "outcome": "failed"}, "error", "gateway"),
        ({"content": "a"}, None, "gateway"),
        ({"done": True}, None, "gateway"),
    ],
)
def test_dialect_is_told_with_evidence(value: Any, event: str | None, name: str) -> None:
    found = detect(value, event)
    assert found is not None
    assert found[0] == name
    assert found[1]


@pytest.mark.parametrize(
    "value", [None, 7, "x", [], {}, {"error": "m"}, {"type": 7}, {"type": "ping"}, {"content": []}]
)
def test_value_that_says_nothing_decides_nothing(value: Any) -> None:
    assert detect(value, None) is None


def test_typed_message_is_the_gateways_only_on_a_websocket() -> None:
    value = {"type": "start", "data": {}}
    assert detect(value, None) is None
    assert detect(value, None, is_message=True) is not None


def test_a_sentence_says_how_a_stream_is_read_and_on_what_evidence() -> None:
    decoder = ResponseDecoder(headers={"content-type": "text/event-stream"})
    assert decoder.read_as == ""
    decoder.feed(b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n')
    assert decoder.read_as == f"read as openai-chat: {decoder.dialect_evidence}"
    assert "choices" in decoder.dialect_evidence
    assert ResponseDecoder("ollama").read_as == "read as ollama: named by the caller"
