"""The run at a moment equals a fresh run over what had come until then."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.captures.open_capture import read_capture
from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.core.metric_definitions import DEFINITIONS
from tui.core.run_view import RunView
from tui.core.stats_prefix import StatsPrefix
from tui.core.text.buffers import BUFFER_MODES
from tui.core.wire.sse_codec import SSEEvent

CAPTURES = sorted((Path(__file__).parent.parent / "data" / "captures").glob("*.jsonl"))
PIECES = [
    "Hello world. ",
    "One",
    " two.\n\n",
    "```py\n",
    "x = 1\n",
    "```\n",
    '{"a": [1, ',
    "2]}",
    "[",
    "]",
    "- i\n",
    "日本。",
]
HEADER = CaptureHeader("sse", "http://127.0.0.1", {}, clock=0.0)


def event(content: str, index: int) -> bytes:
    choice = {"index": 0, "delta": {"content": content}}
    return SSEEvent(f'{{"choices": [{json.dumps(choice)}], "model": "m{index // 7}"}}').encode().encode()


def tool_event(arguments: str) -> bytes:
    call = {"index": 0, "id": "c", "function": {"name": "f", "arguments": arguments}}
    return SSEEvent(f'{{"choices": [{json.dumps({"index": 0, "delta": {"tool_calls": [call]}})}]}}').encode().encode()


def facts_of(pipeline: Any, stats: Any, arrivals: Any) -> dict[str, Any]:
    """Everything that panes show."""
    segments, content = pipeline.segments, pipeline.content
    open_block, partial = pipeline.code_parser.open_block, pipeline.json_parser.partial
    return {
        "text": content.text(),
        "tail": content.tail(5),
        "segments": [segments.segment(index) for index in range(segments.count)],
        "held": (segments.held_text, segments.held_since, segments.held_length, segments.held_beginning(7)),
        "code": pipeline.code_blocks,
        "json": pipeline.json_values,
        "open block": None if open_block is None else (open_block.start, open_block.code),
        "partial": None if partial is None else (partial.start, partial.value),
        "tools": [(call.name, call.arguments, call.valid_frame) for call in pipeline.tool_calls.values()],
        "stats": stats.to_json(),
        "arrivals": (list(arrivals.times), list(arrivals.read_times), list(arrivals.read_counts)),
    }


def at_moment(run: DerivedRun, at: float) -> dict[str, Any]:
    view = RunView(run, run.frames_until(at), at)
    while not view.advance(1):
        pass
    numbers = StatsPrefix(run, view.frames, at, view.pipeline.segments)
    while not numbers.advance(3):
        pass
    return facts_of(view.pipeline, numbers.stats, view.arrivals)


def marked_often(records: list[Record], stride: int) -> DerivedRun:
    """A run whose statistics are kept at every few frames."""
    header, *rest = records
    assert isinstance(header, CaptureHeader)
    run = DerivedRun(header)
    run.stats_marks.stride = stride
    for record in rest:
        run.add(record)
    return run


def fresh(records: list[Record], at: float, mode: str) -> dict[str, Any]:
    run = DerivedRun.of_records([r for r in records if isinstance(r, CaptureHeader) or r.at <= at], mode)
    return facts_of(run.pipeline, run.stats, run.arrivals)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4), st.sampled_from([0.01, 0.02, 0.9]))),
    st.sampled_from([mode for mode in BUFFER_MODES if mode != "regex"]),
    st.integers(0, 30),
    st.booleans(),
)
def test_the_run_at_a_moment_is_a_fresh_run_over_the_prefix(
    reads: list[tuple[list[str], float]], mode: str, moment: int, ends: bool
) -> None:
    at, count = 0.2, 0
    records: list[Record] = [HEADER, Marker("connecting", 0.0), Marker("sent", 0.05)]
    records.append(ResponseHead(200, (("content-type", "text/event-stream"),), 0.1))
    for pieces, gap in reads:
        at += gap
        data = b"".join(event(piece, count + index) for index, piece in enumerate(pieces))
        count += len(pieces)
        records.append(Read(at, data if count % 3 else data + tool_event('{"q": 1')))
    if ends:
        records.append(CaptureEnd(at + 0.5, Outcome.CANCELLED))
    run = DerivedRun.of_records(records, mode)
    moments = [record.at for record in records if not isinstance(record, CaptureHeader | CaptureEnd)]
    t = moments[moment % len(moments)]
    assert at_moment(run, t) == fresh(records, t, mode)


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_real_captures_at_every_tenth_read(path: Path) -> None:
    records = read_capture(path)[0]
    run = DerivedRun.of_records(records)
    reads = [record.at for record in records if isinstance(record, Read)]
    apart = [at for at, after in pairwise(reads) if after > at]
    for at in apart[::10]:
        assert at_moment(run, at) == fresh(records, at, "sentence")


def test_a_long_run_is_read_again_from_a_checkpoint_only() -> None:
    run = DerivedRun(HEADER)
    run.add(ResponseHead(200, (), 0.0))
    text = '```json\n{"a": [1, 2, 3]}\n```\nSome prose follows here. '
    for index in range(6000):
        run.add(Read(index / 100, event(text[index % len(text)], index)))
    assert run.pipeline.checkpoints.before(5900)[0] > 5000
    records = list(run.capture.records())
    for at in (0.0, 20.0, 55.55, 59.0):
        assert at_moment(run, at) == fresh(records, at, "sentence")


@pytest.mark.parametrize("seed", range(6))
def test_long_stretches_of_plain_text_are_told_at_once_and_exactly(seed: int) -> None:
    """Stretches of plain text with stalls, several frames a read, reads without a frame, tool calls and a marker."""
    dice, at, count = random.Random(seed), 0.1, 0
    records: list[Record] = [HEADER, Marker("sent", 0.05), ResponseHead(200, (), 0.1)]
    for _ in range(1200):
        at += dice.choice([0.001, 0.01, 0.012, 0.3 if dice.random() < 0.05 else 0.011])
        kind = dice.random()
        frames = dice.randint(1, 3) if kind < 0.2 else 1
        data = b"".join(event(dice.choice(PIECES), count + index) for index in range(frames))
        count += frames
        if kind > 0.995:
            data = tool_event('{"q": 1')
        elif kind > 0.98:
            data = b": keep-alive\n\n"
        half = len(data) // 2
        records += [Read(at, data)] if kind < 0.9 else [Read(at, data[:half]), Read(at + 0.0005, data[half:])]
        records += [Marker("seam", at + 0.0006)] if dice.random() < 0.005 else []
    run = marked_often(records, stride=(1, 2, 7, 100, 1024, 1024)[seed])
    moments = sorted({record.at for record in records if isinstance(record, Read)})
    for t in [*dice.sample(moments, 12), moments[-1]]:
        assert at_moment(run, t) == fresh(records, t, "sentence")


def test_a_long_plain_run_is_told_in_few_steps() -> None:
    run = DerivedRun(HEADER)
    run.add(ResponseHead(200, (), 0.0))
    for index in range(20_000):
        run.add(Read(index / 100, event("word. \n", 0)))
    view = RunView(run, 20_000, 199.99)
    numbers = StatsPrefix(run, view.frames, view.at, view.pipeline.segments)
    assert numbers.advance(1500)
    assert numbers.stats.to_json() == run.stats.to_json()


def test_every_number_of_every_definition_is_that_of_a_fresh_run_after_many_blocks() -> None:
    """Quantiles and spreads of more values than one sorted block holds; a frame that is no choice, the end mark."""
    dice, at = random.Random(3), 0.1
    records: list[Record] = [HEADER, Marker("sent", 0.05), ResponseHead(200, (), 0.1)]
    for index in range(9000):
        at += dice.choice([0.001, dice.random() / 50])
        records.append(Read(at, event("word. ", index)))
        if not index % 500:
            records.append(Read(at, b'data: {"choices": []}\n\n'))
    records.append(Read(at + 1, b"data: [DONE]\n\n"))
    run = DerivedRun.of_records(records)
    for moment in (at, at + 1, 30.0, 4.5):
        view = RunView(run, run.frames_until(moment), moment)
        numbers = StatsPrefix(run, view.frames, moment, view.pipeline.segments)
        while not numbers.advance(3):
            pass
        then = DerivedRun.of_records([r for r in records if isinstance(r, CaptureHeader) or r.at <= moment])
        for name in DEFINITIONS:
            assert numbers.stats.metrics(name) == then.stats.metrics(name)
        assert numbers.stats.stall_list == then.stats.stall_list


@pytest.mark.parametrize("stride", [1, 300])
def test_long_arguments_of_tool_calls_are_those_of_a_fresh_run(stride: int) -> None:
    records: list[Record] = [HEADER, ResponseHead(200, (), 0.0)]
    pieces = ["[", *(f"{index}, " for index in range(700)), "1]", " ", "x"]
    records += [Read(index / 100, tool_event(piece)) for index, piece in enumerate(pieces, start=1)]
    run = marked_often(records, stride)
    for at in (0.01, 2.55, 2.56, 2.57, 6.0, 7.01, 7.02, 7.03, 7.04):
        assert at_moment(run, at) == fresh(records, at, "sentence")


def test_a_long_open_value_is_read_in_portions() -> None:
    run = DerivedRun(HEADER)
    run.add(ResponseHead(200, (), 0.0))
    run.add(Read(0.1, event("[", 0)))
    for index in range(3000):
        run.add(Read(0.2 + index / 100, event('{"key": "some words"},\n', index)))
    view = RunView(run, 2900, 29.0)
    assert not view.advance(1000)
    assert view.pipeline.content.length == 1 + 2899 * 23
    while not view.advance(1000):
        pass
    assert view.pipeline.json_parser.partial is not None
    assert len(view.pipeline.json_parser.partial.value) == 2899
