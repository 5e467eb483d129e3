"""A body means the same wherever reads begin and end: each body at every point, each short one at every two points."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.core.wire.test_captures import CAPTURES, rows_of
from tui.core.chunks import StreamResult
from tui.core.wire.response_decoder import ResponseDecoder
from tui.core.wire.sse_codec import SSEDecoder

DATA = Path(__file__).parents[2] / "data" / "cases"
SHORT_BYTES = 400
LONG_BYTES = 4000
ABOUT_READS = {"split_code_point"}
"""Traps that say where reads were split: they alone may differ."""


class Body(NamedTuple):
    """What a response brought, and what its decoder has to know of the head."""

    name: str
    data: bytes
    dialect: str
    status: int
    headers: Any


def bodies() -> Iterator[Body]:
    for path in sorted((DATA / "dialects").glob("*.json")):
        for case in json.loads(path.read_text("utf-8")):
            if "http" in case:
                data = base64.b64decode(case["body_b64"]) if "body_b64" in case else case["body"].encode()
                yield Body(f"{path.stem}-{case['name']}", data, case["dialect"], **case["http"])
    for path in CAPTURES:
        head, reads = rows_of(path)
        data = b"".join(part for _, part in reads)
        yield Body(path.stem, data, "auto", head["status"], [tuple(pair) for pair in head["headers"]])


BODIES = list(bodies())


def outcome_of(body: Body, pieces: Sequence[bytes]) -> tuple[Any, ...]:
    """All that a body says, and each of its chunks."""
    decoder = ResponseDecoder(body.dialect, body.status, body.headers)
    for piece in pieces:
        decoder.feed(piece)
    result = decoder.finish()
    return (*meaning_of(result), [(frame.event, frame.text, frame.size) for frame in decoder.frames])


def meaning_of(result: StreamResult) -> tuple[Any, ...]:
    chunks = [(c.content, c.reasoning, c.finish_reason, c.tool_calls, c.choice, c.frame) for c in result.chunks]
    traps = [trap for trap in result.traps if trap.kind not in ABOUT_READS]
    ending = (result.outcome, result.problem, result.finish_reason, result.usage, result.remarks)
    return (result.content, result.reasoning, result.tool_calls, result.refusal, result.choices, *ending, chunks, traps)


def sized(low: int, high: int, *marks: pytest.MarkDecorator) -> list[Any]:
    return [pytest.param(body, id=body.name, marks=marks) for body in BODIES if low <= len(body.data) < high]


LONG = sized(LONG_BYTES, 1 << 30, pytest.mark.slow, pytest.mark.timeout(900))


@pytest.mark.parametrize(
    "body",
    [*sized(0, 300), *sized(300, LONG_BYTES, pytest.mark.slow), *LONG],
)
def test_a_body_in_two_reads_is_the_body_in_one(body: Body) -> None:
    whole = outcome_of(body, [body.data])
    for at in range(1, len(body.data)):
        assert outcome_of(body, [body.data[:at], body.data[at:]]) == whole, at


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("body", sized(0, SHORT_BYTES + 1))
def test_a_short_body_in_three_reads_is_the_body_in_one(body: Body) -> None:
    data, whole = body.data, outcome_of(body, [body.data])
    for first in range(1, len(data)):
        for second in range(first + 1, len(data)):
            assert outcome_of(body, [data[:first], data[first:second], data[second:]]) == whole, (first, second)


def test_events_are_the_same_in_two_reads_and_in_three() -> None:
    for case in json.loads((DATA / "sse.json").read_text("utf-8")):
        data = base64.b64decode(case["bytes_b64"])
        if len(data) > SHORT_BYTES:
            continue
        whole = events_of([data])
        for first in range(len(data)):
            for second in range(first, len(data)):
                assert events_of([data[:first], data[first:second], data[second:]]) == whole, case["name"]


def events_of(pieces: Sequence[bytes]) -> tuple[Any, ...]:
    decoder = SSEDecoder()
    events = [event for piece in pieces for event in decoder.feed(piece)]
    decoder.finish()
    return events, decoder.retry, decoder.last_event_id
