"""A packed log gives what the log gave of which it was made, and refuses what that would refuse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.gateway.gateway_events import to_json_line
from tui.gateway.generation_log import LogEntry, LogGapError, LogLimits, MemoryLog
from tui.gateway.packed_log import PackedLog


def ended_log(texts: list[str], limit: int = 10_000) -> MemoryLog:
    log = MemoryLog(LogLimits(limit, 1_000_000))
    for text in texts:
        log.append("chunk", to_json_line({"content": text}))
    log.finish("done", to_json_line({"done": True}))
    return log


async def read(log: MemoryLog | PackedLog, after: int) -> list[LogEntry]:
    return [entry async for batch in log.read(after, 1.0) for entry in batch]


@given(st.lists(st.text(), max_size=12), st.integers(1, 20))
async def test_it_reads_as_the_log_did_from_everywhere(texts: list[str], limit: int) -> None:
    log = ended_log(texts, limit)
    packed = PackedLog(log.entries)
    assert (packed.terminal, packed.next_seq) == (log.terminal, log.next_seq)
    for after in range(-3, len(texts) + 3):
        try:
            expected = await read(log, after)
        except LogGapError as gap:
            with pytest.raises(LogGapError, match=str(gap)):
                await read(packed, after)
        else:
            assert await read(packed, after) == expected


async def test_a_long_one_comes_in_several_batches_and_costs_a_third() -> None:
    log = ended_log(["word"] * 1_000)
    packed = PackedLog(log.entries)
    batches = [batch async for batch in packed.read(-1, 1.0)]
    assert len(batches) > 1
    assert sum(map(len, batches)) == 1_001
    assert packed.cost_bytes < log.cost_bytes / 3
    await packed.room()


def test_nothing_comes_after_the_end() -> None:
    packed = PackedLog(ended_log([]).entries)
    for add in (packed.append, packed.finish):
        with pytest.raises(ValueError, match="terminal event"):
            add("chunk", "{}")
