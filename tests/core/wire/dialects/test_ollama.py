"""What the case files do not say about Ollama."""

from __future__ import annotations

import json

import pytest

from tui.core.chunks import Outcome
from tui.core.wire.response_decoder import ResponseDecoder


@pytest.mark.parametrize("media", ["application/x-ndjson", "application/json", ""])
@pytest.mark.parametrize("dialect", ["ollama", "auto"])
def test_generate_route_is_read_whatever_the_content_type(media: str, dialect: str) -> None:
    lines = [{"response": "a", "done": False}, {"response": "b", "done": True, "done_reason": "length"}]
    decoder = ResponseDecoder(dialect, headers={"content-type": media})
    for line in lines:
        decoder.feed(json.dumps(line).encode() + b"\n")
    result = decoder.finish()
    assert (result.content, result.finish_reason, result.outcome) == ("ab", "length", Outcome.COMPLETED)
    assert decoder.dialect_name == "ollama"


def test_calls_of_one_line_are_all_kept() -> None:
    calls = [{"function": {"name": name, "arguments": {"é": 1}}} for name in ("f", "f")]
    decoder = ResponseDecoder("ollama", headers={"content-type": "application/x-ndjson"})
    decoder.feed(json.dumps({"message": {"content": "", "tool_calls": calls}, "done": True}).encode() + b"\n")
    assert [(c.name, c.arguments) for c in decoder.finish().tool_calls] == [("f", '{"é":1}')] * 2


@pytest.mark.parametrize(
    ("tail", "outcome"), [(b'{"done":true}', Outcome.COMPLETED), (b'{"done":{}', Outcome.INCOMPLETE)]
)
def test_last_line_counts_without_its_end_only_if_it_is_whole(tail: bytes, outcome: Outcome) -> None:
    decoder = ResponseDecoder("ollama", headers={"content-type": "application/x-ndjson"})
    decoder.feed(tail)
    assert decoder.finish().outcome is outcome
