"""Chunks of every kind are given out later as they were given out live, and take little memory meanwhile."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from itertools import islice, repeat
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.chunks import StreamChunk, ToolCallDelta, Usage
from tui.core.pipeline import StreamPipeline
from tui.core.wire.stream_assembly import StreamAssembly

PIECES = st.text(max_size=4) | st.sampled_from(["", "\ud83d", "\ude00", "\ud83d\ude00", "日本", "word "])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | PIECES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PIECES, inner, max_size=3),
    max_leaves=6,
)
COUNTS = st.none() | st.integers(0, 2**70)
RICH = st.fixed_dictionaries(
    {},
    optional={
        "content": PIECES,
        "reasoning": PIECES,
        "refusal": PIECES,
        "finish_reason": st.sampled_from(["stop", "length"]),
        "model": st.sampled_from(["m-1", "m-2"]),
        "choice": st.integers(0, 2),
        "usage": st.builds(Usage, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS),
        "logprobs": JSON,
        "tool_calls": st.lists(
            st.builds(ToolCallDelta, st.integers(0, 2), st.none() | PIECES, st.none() | PIECES, PIECES), max_size=2
        ).map(tuple),
    },
)
# A frame, one of a read of its own, or time that passes without one; or a chunk, of plain text or of more.
STEPS = st.lists(st.sampled_from(["read", "frame", "later"]) | st.just("plain ") | RICH, min_size=1, max_size=12)


def fed(assembly: StreamAssembly, steps: list[Any]) -> list[StreamChunk]:
    """What an assembly gives live for these steps."""
    for step in steps:
        if step == "later":
            assembly.at += 0.1
        elif step == "read":
            assembly.at += 0.3
            assembly.frames.begin_read(len(assembly.frames), assembly.at)
            assembly.frame = assembly.frames.add("{}")
        elif step == "frame":
            if len(assembly.frames):
                assembly.frame = assembly.frames.add("{}")
        elif isinstance(step, str):
            fed(assembly, ["read"])
            assembly.add_text(step)
        else:
            assembly.add(**step)
    return assembly.fresh


@settings(max_examples=40, deadline=None)
@given(STEPS, st.sampled_from([5, 300, 900]), st.randoms(use_true_random=False))
def test_any_mix_of_chunks_is_given_out_as_it_was_live(steps: list[Any], count: int, chance: Any) -> None:
    assembly = StreamAssembly()
    live = fed(assembly, list(islice((step for again in repeat(steps) for step in again), count)))
    chunks = assembly.chunks
    assert len(chunks) == len(live)
    assert chunks[:] == live
    assert list(chunks) == live
    for _ in range(10):
        first, end = chance.randint(-5, len(live) + 5), chance.randint(-5, len(live) + 5)
        assert chunks[first:end] == live[first:end]
        step = chance.choice([-7, -1, 2, 300])
        assert chunks[first:end:step] == live[first:end:step]
        frame = chance.randint(0, len(assembly.frames) + 1)
        assert chunks.of_frame(frame) == [chunk for chunk in live if chunk.frame == frame]
    for index in chance.sample(range(len(live)), min(20, len(live))):
        assert chunks[index] == chunks[index - len(live)] == live[index]


def test_plain_runs_end_where_a_chunk_carries_more() -> None:
    assembly = StreamAssembly()
    fed(assembly, ["a", "b", "read", {"reasoning": "hm"}, "c", "d"])
    found = [list(assembly.chunks.plain_run(first, first, 9)) for first in range(6)]
    assert found == [[0, 1], [1], [], [3, 4], [4], []]


def test_what_nests_too_deep_to_be_packed_stays_as_it_is() -> None:
    assembly = StreamAssembly()
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    fed(assembly, [{"logprobs": deep if index == 7 else [index]} for index in range(600)])
    assert [chunk.logprobs for chunk in assembly.chunks[:7]] == [[index] for index in range(7)]
    assert assembly.chunks[7].logprobs is deep
    assert [chunk.logprobs for chunk in assembly.chunks[8:]] == [[index] for index in range(8, 600)]


def test_long_texts_are_packed_before_a_block_is_full() -> None:
    assembly = StreamAssembly()
    tracemalloc.start()
    try:
        for index in range(40):
            fed(assembly, [{"reasoning": f"{index}" * 100_000}])
            assembly.fresh.clear()
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held < 1_500_000
    assert [chunk.reasoning[:2] for chunk in assembly.chunks[10:12]] == ["10", "11"]


def call_piece(index: int) -> dict[str, Any]:
    return {"tool_calls": (ToolCallDelta(0, None, None, "[" if not index else f"{index},"),)}


@pytest.mark.parametrize(
    "piece",
    [lambda index: {"reasoning": f" word{index % 97}"}, lambda index: {"refusal": f"no{index % 9} "}, call_piece],
    ids=["thinking", "refusal", "arguments"],
)
def test_a_piece_costs_few_bytes(piece: Callable[[int], dict[str, Any]]) -> None:
    """The time of its frame alone takes eight."""
    assembly, pipeline, count = StreamAssembly(), StreamPipeline(), 20_000
    tracemalloc.start()
    try:
        for index in range(count):
            fed(assembly, ["read", piece(index)])
            pipeline.take(assembly.fresh.pop())
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held < 40 * count
