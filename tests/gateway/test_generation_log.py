"""The contract of a generation's log: every implementation of the interface passes this file."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.gateway.generation_log import GenerationLog, LogEntry, LogGapError, LogLimits, MemoryLog

LONG_S = 30.0


def new_log(events: int = 1000, size: int = 100_000) -> GenerationLog:
    return MemoryLog(LogLimits(events, size))


async def read_all(log: GenerationLog, after: int) -> list[LogEntry]:
    async with asyncio.timeout(5), aclosing(log.read(after, LONG_S)) as batches:
        return [entry async for batch in batches for entry in batch]


def test_numbers_are_dense_from_zero_and_the_end_has_the_last() -> None:
    log = new_log()
    assert [log.append("chunk", "{}") for _ in range(3)] == [0, 1, 2]
    assert log.terminal is None
    assert log.finish("done", '{"done":true}') == 3
    assert log.next_seq == 4
    assert log.terminal == LogEntry(3, "done", '{"done":true}')


def test_nothing_comes_after_the_terminal_event() -> None:
    log = new_log()
    log.finish("done", "{}")
    with pytest.raises(ValueError, match="terminal"):
        log.append("chunk", "{}")
    with pytest.raises(ValueError, match="terminal"):
        log.finish("error", "{}")
    assert log.next_seq == 1


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


@given(
    sizes=st.lists(st.integers(2, 40), max_size=80), events=st.integers(1, 20), size=st.integers(1, 200), cut=st.data()
)
def test_a_full_log_drops_its_oldest_and_never_leaves_a_gap_unsaid(
    sizes: list[int], events: int, size: int, cut: st.DataObject
) -> None:
    log = new_log(events, size)
    written = [f"{number:<{length}}" for number, length in enumerate(sizes)]
    for text in written:
        log.append("chunk", text)
    log.finish("done", "{}")
    everything = [*written, "{}"]
    after = cut.draw(st.integers(-1, len(written)))
    rest = everything[after + 1 :]
    cost = sum(map(len, rest))
    if len(rest) <= events * 0.8 and cost <= size * 0.8:
        assert [entry.data for entry in asyncio.run(read_all(log, after))] == rest, "what fits is kept"
    elif len(rest) > max(events, 1) or (cost > size and len(rest) > 1):
        with pytest.raises(LogGapError, match="too old"):
            asyncio.run(read_all(log, after))


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
    async with aclosing(log.read(-1, LONG_S)) as first:
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


async def test_a_producer_that_waits_for_room_never_makes_a_slow_reader_miss_an_event() -> None:
    log = new_log(events=64)
    seen: list[int] = []

    async def produce() -> None:
        for number in range(1000):
            await log.room()
            log.append("chunk", str(number))
        log.finish("done", "{}")

    async def read_slowly() -> None:
        async with aclosing(log.read(-1, LONG_S)) as batches:
            async for batch in batches:
                seen.extend(entry.seq for entry in batch)
                await asyncio.sleep(0)

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(produce())
        tasks.create_task(read_slowly())
    assert seen == list(range(1001))


@pytest.mark.parametrize("text", ["x", "x" * 4_000])
async def test_there_is_no_room_until_a_reader_has_taken_its_share(text: str) -> None:
    log = new_log(events=100, size=100_000)
    async with asyncio.timeout(5), aclosing(log.read(-1, LONG_S)) as batches, asyncio.TaskGroup() as tasks:
        while not (waiting := tasks.create_task(log.room())).done():
            log.append("chunk", text)
            await asyncio.sleep(0)
            if not waiting.done():
                break
        assert log.next_seq < 60
        taken = len(await anext(batches))
        assert not waiting.done(), "given is not yet sent"
        assert taken == log.next_seq
        log.append("chunk", text)
        await anext(batches)
        await waiting


async def test_where_the_last_reader_left_stays_the_measure_for_room() -> None:
    log = new_log(events=100)
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        async with aclosing(log.read(-1, LONG_S)) as batches:
            for _ in range(60):
                log.append("chunk", "{}")
            await anext(batches)
        waiting = tasks.create_task(log.room())
        await asyncio.sleep(0)
        assert not waiting.done(), "who left may come back for all of it"
        async with aclosing(log.read(40, LONG_S)) as batches:
            log.append("chunk", "{}")
            assert [entry.seq for entry in await anext(batches)] == list(range(41, 61))
            await waiting


async def test_a_reader_that_is_overtaken_is_told_and_sees_no_gap() -> None:
    log = new_log(events=10)
    async with asyncio.timeout(5), aclosing(log.read(-1, LONG_S)) as batches:
        log.append("chunk", "{}")
        assert [entry.seq for entry in await anext(batches)] == [0]
        for _ in range(50):
            log.append("chunk", "{}")
        with pytest.raises(LogGapError, match="too old"):
            await anext(batches)


def test_the_cost_counts_data_and_entries_and_shrinks_with_what_is_dropped() -> None:
    log = new_log(events=10)
    log.append("chunk", "x" * 5_000)
    assert log.cost_bytes > 5_000
    for _ in range(20):
        log.append("chunk", "{}")
    assert log.cost_bytes < 10 * 200
