"""Path rules: which member of each object is the text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tui.core.chunks import Outcome
from tui.core.wire.dialects.path_rule import parse_rule
from tui.core.wire.response_decoder import ResponseDecoder
from tui.errors import UsageError

SSE = {"content-type": "text/event-stream"}


@pytest.mark.parametrize(
    ("rule", "steps"),
    [
        ("$.a", ("a",)),
        ("$.choices[0].delta.content", ("choices", 0, "delta", "content")),
        ("$['a b'][-1][\"c.d\"]", ("a b", -1, "c.d")),
        ("$.a[*].*", ("a", None, None)),
        ("$.größe-1", ("größe-1",)),
    ],
)
def test_rule_is_parsed(rule: str, steps: tuple[str | int | None, ...]) -> None:
    assert parse_rule(rule) == steps


@pytest.mark.parametrize("rule", ["$", "$.", "$..a", "$.a[", "$.a[x]", "$a", "$.a b", "$.a[?(@.b)]", "$[99999999999]"])
def test_rule_that_cannot_be_read_is_an_error_of_use(rule: str) -> None:
    with pytest.raises(UsageError, match="path"):
        ResponseDecoder(rule)


@pytest.mark.parametrize(
    ("rule", "value", "content"),
    [
        ("$.a.b", {"a": {"b": "x"}}, "x"),
        ("$.a[-1]", {"a": ["y", "x"]}, "x"),
        ("$.a[*].t", {"a": [{"t": "x"}, {}, {"t": "y"}]}, "xy"),
        ("$.*", {"a": "x", "b": "y"}, "xy"),
        ("$[0]", ["x"], "x"),
        ("$.a", {"b": "x"}, ""),
        ("$.a[3]", {"a": ["x"]}, ""),
        ("$.a", {"a": None}, ""),
        ("$.a", {"a": 7}, ""),
        ("$.a", 7, ""),
    ],
)
def test_text_at_the_path_is_the_content(rule: str, value: Any, content: str) -> None:
    text = json.dumps(value)
    for status, headers, read in (
        (200, SSE, f"data: {text}\n\n".encode()),
        (200, {"content-type": "application/x-ndjson"}, f"{text}\n".encode()),
        (101, {}, text),
    ):
        decoder = ResponseDecoder(rule, status, headers)
        decoder.feed(read)
        assert decoder.finish().content == content
        assert decoder.dialect_name == rule


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        ("[DONE]", Outcome.COMPLETED),
        ('{"done":true}', Outcome.COMPLETED),
        ('{"error":"m"}', Outcome.FAILED),
        ("oops", Outcome.FAILED),
        ("{}", Outcome.INCOMPLETE),
    ],
)
def test_end_needs_proof(end: str, outcome: Outcome) -> None:
    decoder = ResponseDecoder("$.t", headers=SSE)
    decoder.feed(f'data: {{"t":"x"}}\n\ndata: {end}\n\n'.encode())
    assert (decoder.finish().content, decoder.finish().outcome) == ("x", outcome)
