"""The gateway's own wire: numbers, checks, complaints, and the routes without names."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from tui.core.chunks import Outcome, StreamResult
from tui.core.wire.response_decoder import ResponseDecoder


def messages(*pairs: tuple[str, Any]) -> StreamResult:
    decoder = ResponseDecoder("gateway", status=101)
    for kind, data in pairs:
        decoder.feed(json.dumps({"type": kind, "data": data}))
    return decoder.finish()


def events(body: str) -> StreamResult:
    decoder = ResponseDecoder("gateway", headers={"content-type": "text/event-stream"})
    decoder.feed(body.encode())
    return decoder.finish()


def test_whole_chunk_is_read() -> None:
    calls = [{"index": 0, "id": "c", "name": "f", "arguments": "{"}], [{"index": 0, "arguments": "}"}]
    result = messages(
        ("start", {"gen": "g"}),
        ("chunk", {"content": "a", "reasoning": "r", "model": "m", "seq": 0, "tool_calls": calls[0]}),
        ("chunk", {"content": "", "seq": 1, "tool_calls": calls[1]}),
        ("chunk", {"content": "b", "finish_reason": "length", "seq": 2, "usage": {"input": 1, "output": 2}}),
        ("done", {"done": True, "finish_reason": "length", "seq": 3, "usage": None, "count": 3}),
    )
    assert (result.content, result.reasoning, result.finish_reason) == ("ab", "r", "length")
    assert [(c.name, c.arguments, c.id) for c in result.tool_calls] == [("f", "{}", "c")]
    assert result.usage is not None
    assert (result.usage.total, result.chunks[0].model, result.remarks) == (3, "m", [])


def test_content_that_differs_from_the_checksum_is_not_complete() -> None:
    text = "aé\ud83d"
    right = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    for digest, outcome in ((right, Outcome.COMPLETED), ("0" * 64, Outcome.INCOMPLETE)):
        result = messages(("chunk", {"content": text}), ("done", {"done": True, "sha256": digest}))
        assert result.outcome is outcome
    assert result.problem is not None
    assert result.problem.kind == "sequence"


def test_other_count_is_a_remark() -> None:
    result = messages(("chunk", {"content": "a"}), ("done", {"done": True, "count": 2}))
    assert result.outcome is Outcome.COMPLETED
    assert any("count" in remark for remark in result.remarks)


def test_cancelled_is_an_outcome_without_a_problem() -> None:
    result = messages(("chunk", {"content": "a"}), ("cancelled", {"count": 1}))
    assert (result.outcome, result.problem, result.finish_reason) == (Outcome.CANCELLED, None, "cancelled")


@pytest.mark.parametrize(
    ("data", "kind", "outcome"),
    [
        ({"message": "m", "kind": "reset", "outcome": "incomplete"}, "reset", Outcome.INCOMPLETE),
        ({"message": "m", "kind": "http_429", "outcome": "failed", "retry_after": 2}, "http_429", Outcome.FAILED),
        ({"message": "m", "kind": "nonsense", "outcome": "splendid"}, "server_error", Outcome.FAILED),
        ({"message": "m"}, "server_error", Outcome.FAILED),
    ],
)
def test_error_keeps_kind_and_outcome_of_the_closed_sets(data: dict[str, Any], kind: str, outcome: Outcome) -> None:
    result = messages(("chunk", {"content": "a"}), ("error", data), ("chunk", {"content": "late"}))
    assert result.problem is not None
    assert (result.problem.kind, result.problem.message, result.outcome) == (kind, "m", outcome)
    assert result.problem.retry_after == data.get("retry_after")
    assert result.content == "a"


def test_complaint_about_our_message_ends_nothing() -> None:
    complaint = {"message": "no such verb", "kind": "protocol", "outcome": None}
    result = messages(("error", complaint), ("chunk", {"content": "a"}), ("done", {}))
    assert (result.content, result.outcome) == ("a", Outcome.COMPLETED)
    assert any("no such verb" in remark for remark in result.remarks)


def test_unknown_types_and_shapes_are_skipped_with_remarks() -> None:
    decoder = ResponseDecoder("gateway", status=101)
    for text in ('{"type":"novel","data":null}', '{"type":"chunk","data":null}', "[1]", '{"type":7}'):
        decoder.feed(text)
    decoder.feed('{"type":"chunk","data":{"content":"ok","later":1}}')
    decoder.feed('{"type":"done","data":{}}')
    result = decoder.finish()
    assert (result.content, result.outcome) == ("ok", Outcome.COMPLETED)
    assert len(result.remarks) == 2


def test_event_without_an_id_of_its_own_is_no_repetition() -> None:
    result = events('id: 0\nevent: chunk\ndata: {"content":"x"}\n\nevent: done\ndata: {"done":true}\n\n')
    assert (result.content, result.outcome, result.remarks) == ("x", Outcome.COMPLETED, [])


@pytest.mark.parametrize("prefix", ["", "g:", "a:b:"])
def test_number_is_what_follows_the_last_colon(prefix: str) -> None:
    decoder = ResponseDecoder("gateway", headers={"content-type": "text/event-stream"})
    decoder.feed(f'id: {prefix}0\nevent: chunk\ndata: {{"content":"x"}}\n\n'.encode())
    assert (decoder.last_seq, decoder.generation) == (0, prefix[:-1] or None)


@pytest.mark.parametrize("event_id", ["x", "g:", "g:x", "g:-1", "g:\u0661", "g:" + "9" * 5000])
def test_id_without_a_number_is_no_number(event_id: str) -> None:
    result = events(f'id: {event_id}\nevent: chunk\ndata: {{"content":"x"}}\n\nevent: done\ndata: {{}}\n\n')
    assert (result.content, result.outcome) == ("x", Outcome.COMPLETED)


@pytest.mark.parametrize(
    ("body", "content", "outcome"),
    [
        ('data: {"content":"a"}\n\ndata: {"content":"b"}\n\ndata: {"done":true}\n\n', "ab", Outcome.COMPLETED),
        ('data: {"item":"a "}\n\ndata: {"item":"b"}\n\ndata: {"done":true}\n\n', "a b", Outcome.COMPLETED),
        ('data: {"object":{"k":[1]}}\n\ndata: {"done":true}\n\n', '{"k":[1]}', Outcome.COMPLETED),
        ('data: {"content":"a"}\n\ndata: {"error":{"message":"m"}}\n\n', "a", Outcome.FAILED),
        ('data: {"content":"a"}\n\ndata: {"error":"m"}\n\n', "a", Outcome.FAILED),
        ('data: {"content":"a"}\n\n', "a", Outcome.INCOMPLETE),
    ],
)
def test_routes_without_names(body: str, content: str, outcome: Outcome) -> None:
    result = events(body)
    assert (result.content, result.outcome) == (content, outcome)
    assert result.problem is None or result.problem.message != ""


def test_number_that_goes_back_within_one_connection_costs_no_text() -> None:
    chunk = 'id: {}\nevent: chunk\ndata: {{"content":"{}"}}\n\n'
    body = "".join(chunk.format(seq, text) for seq, text in ((0, "a"), (1, "b"), (0, "c"), (1, "d")))
    result = events(body + "id: 2\nevent: done\ndata: {}\n\n")
    assert (result.content, result.outcome) == ("abcd", Outcome.COMPLETED)
    assert any("go back" in remark or "goes back" in remark for remark in result.remarks)
