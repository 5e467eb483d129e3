"""Runs made by hand for the tests of the numbers: SSE text at given milliseconds, through the whole derivation."""

from __future__ import annotations

import json
from collections.abc import Sequence
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
    reads: Sequence[tuple[float, str]],
    *,
    head_ms: float = 1,
    sent_ms: float | None = 0,
    outcome: Outcome | None = Outcome.COMPLETED,
    headers: Headers = (("content-type", "text/event-stream"),),
) -> DerivedRun:
    """The run of these reads, each (milliseconds, text); without an outcome it is still open."""
    records: list[Record] = [CaptureHeader("sse", "http://127.0.0.1", {}, clock=0.0)]
    if sent_ms is not None:
        records.append(Marker("sent", sent_ms / 1000))
    records.append(ResponseHead(200, headers, head_ms / 1000))
    records += [Read(at / 1000, text.encode()) for at, text in reads]
    if outcome is not None:
        records.append(CaptureEnd(reads[-1][0] / 1000, outcome))
    return DerivedRun.of_records(records)


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
