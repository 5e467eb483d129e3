"""Runs made by hand for the tests of the numbers: SSE text at given milliseconds, through the whole derivation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun

Headers = tuple[tuple[str, str], ...]


def delta(**members: Any) -> str:
    """A chat completions event with one delta."""
    return event({"choices": [{"index": 0, "delta": members}]})


def event(value: Any) -> str:
    """An SSE event with a JSON value."""
    return f"data: {json.dumps(value)}\n\n"


FINISH = event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
DONE = "data: [DONE]\n\n"


def usage(given: int, made: int, **details: Any) -> str:
    """The trailing usage event."""
    counts = {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}
    return event({"choices": [], "usage": counts | details})


def run_of(
    reads: Iterable[tuple[float, str]],
    *,
    head_ms: float = 1,
    sent_ms: float | None = 0,
    end_ms: float | None = None,
    outcome: Outcome | None = Outcome.COMPLETED,
    headers: Headers = (("content-type", "text/event-stream"),),
) -> DerivedRun:
    """The run of these reads, each (milliseconds, text); without an outcome it is still open."""
    return DerivedRun.of_records(_records(list(reads), head_ms, sent_ms, end_ms, outcome, headers))


def _records(
    reads: list[tuple[float, str]],
    head_ms: float,
    sent_ms: float | None,
    end_ms: float | None,
    outcome: Outcome | None,
    headers: Headers,
) -> Iterator[Record]:
    yield CaptureHeader("sse", "http://127.0.0.1", {}, clock=0.0)
    if sent_ms is not None:
        yield Marker("sent", sent_ms / 1000)
    yield ResponseHead(200, headers, head_ms / 1000)
    for at, text in reads:
        yield Read(at / 1000, text.encode())
    if outcome is not None:
        yield CaptureEnd((reads[-1][0] if end_ms is None else end_ms) / 1000, outcome)


def reasoning_stream() -> list[tuple[float, str]]:
    """A reasoning answer of 130 tokens in 50 chunks on which the tools disagree.

    205 ms role only; 20 pieces of reasoning every 50 ms from 600 ms on; 30 of content from 1700 to 4277 ms, 60 ms
    apart but for a freeze of 900 ms after the 15th and a last gap of 57 ms; 4346 ms the finish reason; then usage.
    """
    times = [1700.0]
    for gap in [60] * 14 + [900] + [60] * 13 + [57]:
        times.append(times[-1] + gap)
    reads = [(205.0, delta(role="assistant", content=""))]
    reads += [(600.0 + 50 * i, delta(reasoning_content="hm ")) for i in range(20)]
    reads += [(at, delta(content=f"word{i} ")) for i, at in enumerate(times)]
    return [*reads, (4346, FINISH), (4350, usage(12, 130)), (4351, DONE)]
