"""Real token streams, recorded on the wire: the decoder reads them whole, as recorded, and byte by byte."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tui.core.chunks import Outcome, StreamResult
from tui.core.wire.response_decoder import ResponseDecoder

CAPTURES = sorted((Path(__file__).parents[2] / "data" / "captures").glob("*.jsonl"))


def rows_of(path: Path) -> tuple[dict[str, Any], list[tuple[float, bytes]]]:
    """The head, and the reads: rows with one time came in one read."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    reads: dict[float, bytes] = {}
    for row in rows:
        if row["kind"] == "body":
            data = base64.b64decode(row["b64"]) if "b64" in row else row["text"].encode()
            reads[row["t"]] = reads.get(row["t"], b"") + data
    return next(row for row in rows if row["kind"] == "head"), list(reads.items())


def decoded(head: dict[str, Any], reads: list[tuple[float, bytes]]) -> tuple[ResponseDecoder, StreamResult]:
    decoder = ResponseDecoder(status=head["status"], headers=[tuple(pair) for pair in head["headers"]])
    for at, data in reads:
        decoder.feed(data, at)
    return decoder, decoder.finish()


def told_by_the_wire(body: bytes) -> tuple[str, str | None, dict[str, Any] | None]:
    """Content, finish reason and usage as a plain reading of these well-formed bodies gives them."""
    content, finish, usage = "", None, None
    for block in body.decode().replace("\r\n", "\n").split("\n\n")[:-1]:
        data = block.removeprefix("data:").strip()
        if not block.startswith("data:") or data == "[DONE]":
            continue
        value = json.loads(data)
        usage = value.get("usage") or usage
        for choice in value["choices"]:
            content += choice["delta"].get("content") or ""
            finish = choice.get("finish_reason") or finish
    return content, finish, usage


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_capture_is_read_alike_in_any_cutting(path: Path) -> None:
    head, reads = rows_of(path)
    body = b"".join(data for _, data in reads)
    decoder, result = decoded(head, reads)
    content, finish, usage = told_by_the_wire(body)
    assert (result.content, result.finish_reason) == (content, finish)
    assert (result.usage and result.usage.total) == (usage and usage["total_tokens"])
    assert decoder.dialect_name == "openai-chat"
    is_whole = b"[DONE]" in body
    assert (result.outcome is Outcome.COMPLETED) == is_whole
    for cutting in ([(0.0, body)], [(0.0, body[i : i + 1]) for i in range(len(body))]):
        _, other = decoded(head, cutting)
        assert (other.content, other.outcome, other.problem, other.usage, other.tool_calls) == (
            result.content,
            result.outcome,
            result.problem,
            result.usage,
            result.tool_calls,
        )
        assert [chunk.content for chunk in other.chunks] == [chunk.content for chunk in result.chunks]


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_capture_times_and_reads_are_those_recorded(path: Path) -> None:
    head, reads = rows_of(path)
    decoder, result = decoded(head, reads)
    times = [at for at, _ in reads]
    assert all(times[frame.read_index] == frame.at for frame in decoder.frames)
    assert all(decoder.frames[chunk.frame].at == chunk.at for chunk in result.chunks)


@pytest.mark.parametrize("name", ["llmock-tool", "aimock-weather"])
def test_recorded_tool_call_has_a_name_and_valid_arguments(name: str) -> None:
    _, result = decoded(*rows_of(next(path for path in CAPTURES if path.stem == name)))
    (call,) = result.tool_calls
    assert call.name
    assert isinstance(json.loads(call.arguments), dict)


def test_cancelled_recording_keeps_its_text_and_is_incomplete() -> None:
    _, result = decoded(*rows_of(next(path for path in CAPTURES if path.stem == "smol-cancelled")))
    assert result.outcome is Outcome.INCOMPLETE
    assert result.content
