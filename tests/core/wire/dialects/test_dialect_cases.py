"""The dialect captures of the project, under every cutting: whole, byte by byte, in threes, and at random."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tui.core.chunks import Outcome, StreamProblem, StreamResult
from tui.core.wire.response_decoder import ResponseDecoder

CASES = Path(__file__).parents[3] / "data" / "cases" / "dialects"
OWN_TYPES = {
    "truncated": {"truncated", "no_terminal", "unterminated_event"},
    "invalid_json": {"bad_json"},
    "not_a_stream": {"content_type"},
}


def load() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}-{case['name']}")
        for path in sorted(CASES.glob("*.json"))
        for case in json.loads(path.read_text(encoding="utf-8"))
    ]


def cuttings(body: bytes) -> Iterator[list[bytes]]:
    yield [body]
    for size in (1, 3):
        yield [body[i : i + size] for i in range(0, len(body), size)]
    for seed in range(4):
        rng, pieces, at = random.Random(seed), [], 0
        while at < len(body):
            size = rng.randint(1, 40)
            pieces.append(body[at : at + size])
            at += size
        yield pieces


def decode(case: dict[str, Any], dialect: str, pieces: list[Any]) -> StreamResult:
    http = case.get("http", {"status": 101, "headers": {}})
    decoder = ResponseDecoder(dialect, http["status"], http["headers"])
    live = [chunk for piece in pieces for chunk in decoder.feed(piece)]
    result = decoder.finish()
    assert list(result.chunks)[: len(live)] == live
    return result


def all_runs(case: dict[str, Any]) -> Iterator[StreamResult]:
    for dialect in (case["dialect"], "auto"):
        if "frames" in case:
            yield decode(case, dialect, case["frames"])
            continue
        body = base64.b64decode(case["body_b64"]) if "body_b64" in case else case["body"].encode()
        for pieces in cuttings(body):
            yield decode(case, dialect, pieces)


def json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def check_problem(problem: StreamProblem | None, outcome: Outcome, expected: dict[str, Any] | None) -> None:
    if expected is None:
        assert problem is None
        assert outcome in (Outcome.COMPLETED, Outcome.CANCELLED)
        return
    assert problem is not None
    own = expected["type"]
    if own in OWN_TYPES:
        assert problem.kind in OWN_TYPES[own]
    elif own == "http_error":
        assert problem.kind == f"http_{expected['status']}"
    else:
        assert problem.type == own
    if expected["message"] is not None:
        assert problem.message == expected["message"]
    for name in ("status", "retry_after"):
        if name in expected:
            assert getattr(problem, name) == expected[name]
    assert outcome is (Outcome.INCOMPLETE if own == "truncated" else Outcome.FAILED)
    assert problem.hint


@pytest.mark.parametrize("case", load())
def test_capture_gives_the_expected_result_in_any_cutting(case: dict[str, Any]) -> None:
    expected = case["expected"]
    for result in all_runs(case):
        assert result.content == expected["content"]
        assert result.reasoning == expected["reasoning"]
        assert result.finish_reason == expected["finish_reason"]
        assert result.refusal == expected.get("refusal", "")
        calls = [(call.name, json_or_text(call.arguments)) for call in result.tool_calls]
        assert calls == [(call["name"], json_or_text(call["arguments"])) for call in expected["tool_calls"]]
        usage = result.usage and {n: getattr(result.usage, n) for n in ("input", "output", "total")}
        assert usage == expected["usage"]
        if "choices" in expected:
            found = [{"index": c.index, "content": c.content, "finish_reason": c.finish_reason} for c in result.choices]
            assert found == expected["choices"]
        check_problem(result.problem, result.outcome, expected["error"])


@pytest.mark.parametrize("case", [p for p in load() if "http" in p.values[0] and p.values[0]["http"]["status"] == 200])
def test_capture_cut_at_every_byte_gives_a_prefix_and_never_more(case: dict[str, Any]) -> None:
    body = base64.b64decode(case["body_b64"]) if "body_b64" in case else case["body"].encode()
    http = case["http"]
    step = max(1, len(body) // 60)
    for cut in range(0, len(body), step):
        decoder = ResponseDecoder(case["dialect"], http["status"], http["headers"])
        decoder.feed(body[:cut])
        result = decoder.finish(end=StreamProblem.of("reset", "connection reset"))
        assert case["expected"]["content"].startswith(result.content)
        assert (result.outcome is Outcome.COMPLETED) == (decoder.proof is not None and result.problem is None)
