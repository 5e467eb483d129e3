from __future__ import annotations

import asyncio
import json
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.gateway.generation_log import GenerationLog, LogEntry, LogFullError, LogGapError, MemoryLog

LONG_S = 30.0


def new_log(event_limit: int = 1000, byte_limit: int = 10_000) -> GenerationLog:
    """Every implementation of the interface passes this file."""
    return MemoryLog(event_limit, byte_limit)


async def read_all(log: GenerationLog, after: int) -> list[LogEntry]:
    async with asyncio.timeout(5), aclosing(log.read(after, LONG_S)) as batches:
        return [entry async for batch in batches for entry in batch]


def test_numbers_are_dense_from_zero_and_the_end_has_the_last() -> None:
    log = new_log()
    assert [log.append("chunk", "{}") for _ in range(3)] == [0, 1, 2]
    assert log.finish("done", "{}") == 3
    assert log.next_seq == 4
    assert log.is_finished


def test_nothing_comes_after_the_terminal_event() -> None:
    log = new_log()
    log.finish("done", "{}")
    with pytest.raises(ValueError, match="terminal"):
        log.append("chunk", "{}")
    with pytest.raises(ValueError, match="terminal"):
        log.finish("error", "{}")
    assert log.next_seq == 1


@pytest.mark.parametrize("limits", [{"event_limit": 2}, {"byte_limit": 4}])
def test_a_full_log_refuses_events_and_keeps_room_for_the_end(limits: dict[str, int]) -> None:
    log = new_log(**limits)
    log.append("chunk", "{}")
    log.append("chunk", "{}")
    with pytest.raises(LogFullError):
        log.append("chunk", "{}")
    assert log.finish("error", '{"kind":"too_large"}') == 2


@given(count=st.integers(0, 600), cut=st.integers(-1, 600))
def test_reading_after_any_event_gives_exactly_the_rest(count: int, cut: int) -> None:
    log = new_log()
    for number in range(count):
        log.append("chunk", json.dumps({"n": number}))
    log.finish("done", "{}")
    after = min(cut, count)
    entries = asyncio.run(read_all(log, after))
    assert [entry.seq for entry in entries] == list(range(after + 1, count + 1))
    assert all(json.loads(entry.data) == {"n": entry.seq} for entry in entries[:-1])


@pytest.mark.parametrize("after", [-2, 3, 99])
async def test_a_cursor_that_was_never_written_is_refused(after: int) -> None:
    log = new_log()
    for _ in range(3):
        log.append("chunk", "{}")
    with pytest.raises(LogGapError):
        log.check_cursor(after)
    with pytest.raises(LogGapError):
        await anext(log.read(after, LONG_S))


async def test_two_readers_at_their_own_pace_get_the_same() -> None:
    log = new_log()
    first = log.read(-1, LONG_S)
    log.append("chunk", '{"n":0}')
    seen = [entry.seq for entry in await anext(first)]
    log.append("chunk", '{"n":1}')
    log.finish("done", "{}")
    seen += [entry.seq async for batch in first for entry in batch]
    assert seen == [0, 1, 2]
    assert [entry.seq for entry in await read_all(log, -1)] == seen


async def test_a_waiting_reader_wakes_at_the_append() -> None:
    log = new_log()
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(read_all(log, -1))
        writing = tasks.create_task(_append_then_finish(log))
    assert writing.done()
    assert [entry.event for entry in reading.result()] == ["chunk", "done"]


async def _append_then_finish(log: GenerationLog) -> None:
    log.append("chunk", "{}")
    await asyncio.sleep(0)
    log.finish("done", "{}")


async def test_silence_gives_an_empty_batch() -> None:
    log = new_log()
    async with asyncio.timeout(5), aclosing(log.read(-1, 0.01)) as batches:
        assert list(await anext(batches)) == []
        log.append("chunk", "{}")
        assert [entry.seq for entry in await anext(batches)] == [0]


def test_bytes_are_counted() -> None:
    log = new_log()
    log.append("chunk", '{"a":1}')
    log.finish("done", "{}")
    assert log.byte_count == len('{"a":1}') + len("{}")
