"""The merge: order and completeness of each stream, fairness, bounded reading, and every source closed with it."""

import asyncio
import gc
import itertools
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.streams.scripted_sources import ScriptedSource, SourceFailedError, chunk_of, giving, only_this_task_is_left
from tui import StreamAggregator
from tui.core.chunks import StreamChunk
from tui.errors import UsageError
from tui.streams.aggregator import SourceCancelledError

Merged = AsyncGenerator[tuple[str, StreamChunk], None]


def merged(sources: Mapping[str, ScriptedSource], **options: Any) -> tuple[StreamAggregator, Merged]:
    aggregator = StreamAggregator(max_pending=2)
    return aggregator, aggregator.merge_streams({name: s.stream() for name, s in sources.items()}, **options)


def start(coroutine: Any) -> "asyncio.Task[Any]":
    return asyncio.get_running_loop().create_task(coroutine)


async def everything(stream: Merged) -> list[tuple[str, str]]:
    return [(name, chunk.content) async for name, chunk in stream]


async def until_all_wait(*sources: ScriptedSource) -> None:
    for source in sources:
        await source.waits.wait()


async def let_all_run() -> None:
    """Returns when the loop has nothing ready: whoever could go on went on."""
    for _ in range(50):
        await asyncio.sleep(0)


STREAMS = st.lists(
    st.tuples(st.lists(st.sampled_from(["pause", "give"]), max_size=12), st.booleans()),
    max_size=5,
)


async def paced(number: int, steps: list[str], *, fails: bool) -> AsyncGenerator[StreamChunk, None]:
    """Gives 'number:step' and now and then leaves the loop to others."""
    for index, step in enumerate(steps):
        if step == "pause":
            await asyncio.sleep(0)
        yield chunk_of(f"{number}:{index}")
    if fails:
        raise SourceFailedError(str(number))


@given(streams=STREAMS, max_pending=st.integers(1, 4), pauses=st.booleans())
def test_each_stream_keeps_its_order_and_nothing_is_lost(
    streams: list[tuple[list[str], bool]], max_pending: int, pauses: bool
) -> None:
    aggregator = StreamAggregator(max_pending)

    async def consume() -> list[tuple[int, str]]:
        found = []
        sources = [paced(number, steps, fails=fails) for number, (steps, fails) in enumerate(streams)]
        async for name, chunk in aggregator.merge_streams(sources):
            found.append((name, chunk.content))
            if pauses:
                await asyncio.sleep(0)
        assert only_this_task_is_left()
        return found

    found = asyncio.run(consume())
    for number, (steps, _) in enumerate(streams):
        assert [text for name, text in found if name == number] == [f"{number}:{i}" for i in range(len(steps))]
    assert len(found) == sum(len(steps) for steps, _ in streams)
    assert set(aggregator.failures) == {number for number, (_, fails) in enumerate(streams) if fails}


@given(streams=STREAMS, leave_after=st.integers(0, 12), max_pending=st.integers(1, 4))
def test_leaving_at_any_chunk_leaves_no_task_and_no_open_source(
    streams: list[tuple[list[str], bool]], leave_after: int, max_pending: int
) -> None:
    open_sources: set[int] = set()

    async def watched(number: int, steps: list[str], *, fails: bool) -> AsyncGenerator[StreamChunk, None]:
        open_sources.add(number)
        try:
            async with aclosing(paced(number, steps, fails=fails)) as chunks:
                async for chunk in chunks:
                    yield chunk
        finally:
            try:  # the merge may close while this cleanup waits: whatever a source waits for is cancelled
                await asyncio.sleep(0)
            finally:
                open_sources.discard(number)

    async def consume() -> None:
        sources = [watched(number, steps, fails=fails) for number, (steps, fails) in enumerate(streams)]
        async with aclosing(StreamAggregator(max_pending).merge_streams(sources)) as stream:
            for _ in range(leave_after):
                if await anext(stream, None) is None:
                    break
        assert open_sources == set()
        assert only_this_task_is_left()

    asyncio.run(consume())


async def test_names_are_keys_or_places() -> None:
    aggregator = StreamAggregator()
    assert [item async for item in aggregator.merge_streams({"left": giving("a")})] == [("left", chunk_of("a"))]
    assert [item async for item in aggregator.merge_streams([giving("a")])] == [(0, chunk_of("a"))]
    assert [item async for item in aggregator.merge_streams([])] == []


async def test_streams_that_all_have_chunks_take_turns() -> None:
    streams = {name: giving(name * 40) for name in "abc"}
    names = [name for name, _ in await everything(StreamAggregator(max_pending=4).merge_streams(streams))]
    rounds = list(zip(*[iter(names)] * 3, strict=True))
    assert all(set(turn) == set("abc") for turn in rounds)


async def test_an_endless_stream_that_never_waits_does_not_starve_a_slow_one() -> None:
    max_pending = 4
    slow = ScriptedSource()
    streams = {"fast": giving(itertools.repeat("f")), "slow": slow.stream()}
    async with aclosing(StreamAggregator(max_pending).merge_streams(streams)) as stream:
        for round_number in range(20):
            slow.put(str(round_number))
            for _ in range(max_pending + 2):
                name, chunk = await anext(stream)
                if name == "slow":
                    break
            assert (name, chunk.content) == ("slow", str(round_number))


@pytest.mark.parametrize("max_pending", [1, 2, 7])
async def test_a_source_is_read_no_further_ahead_than_allowed(max_pending: int) -> None:
    source = ScriptedSource().put(*"abcdefghijklmnop")
    async with aclosing(StreamAggregator(max_pending).merge_streams([source.stream()])) as stream:
        for taken in range(1, 9):
            await anext(stream)
            await let_all_run()
            assert source.given == taken + max_pending


async def test_a_chunk_is_given_while_other_streams_are_silent() -> None:
    sources = {"silent": ScriptedSource(), "busy": ScriptedSource()}
    _, stream = merged(sources)
    async with aclosing(stream):
        for text in "xyz":
            sources["busy"].put(text)
            assert await anext(stream) == ("busy", chunk_of(text))


async def test_one_failing_stream_does_not_end_the_others() -> None:
    failure = SourceFailedError("b")
    sources = {"a": ScriptedSource().put("1", "2", "3", None), "b": ScriptedSource().put("4", failure)}
    aggregator, stream = merged(sources)
    assert sorted(await everything(stream)) == [("a", "1"), ("a", "2"), ("a", "3"), ("b", "4")]
    assert aggregator.failures == {"b": failure}
    assert all(source.closed.is_set() for source in sources.values())


async def test_all_streams_may_fail_and_each_failure_is_kept() -> None:
    failures: dict[str, Exception] = {name: SourceFailedError(name) for name in "abc"}
    aggregator, stream = merged({name: ScriptedSource().put(name, failures[name]) for name in "abc"})
    assert sorted(await everything(stream)) == [(name, name) for name in "abc"]
    assert aggregator.failures == failures


async def test_failing_fast_raises_behind_what_the_stream_gave_and_closes_the_others() -> None:
    failure = SourceFailedError()
    sources = {"open": ScriptedSource(), "broken": ScriptedSource().put("1", "2", "3", "4", "5", failure)}
    aggregator, stream = merged(sources, fail_fast=True)
    seen: list[str] = []

    async def consume() -> None:
        async for _, chunk in stream:
            seen.append(chunk.content)

    with pytest.raises(SourceFailedError) as caught:
        await consume()
    assert caught.value is failure
    assert seen == list("12345")
    assert aggregator.failures == {"broken": failure}
    assert sources["open"].closed.is_set()
    assert only_this_task_is_left()


async def test_failures_are_those_of_the_latest_merge() -> None:
    aggregator = StreamAggregator()
    assert await everything(aggregator.merge_streams({"bad": giving("", SourceFailedError())})) == []
    assert list(aggregator.failures) == ["bad"]
    assert await everything(aggregator.merge_streams({"good": giving("g")})) == [("good", "g")]
    assert aggregator.failures == {}


async def test_a_source_that_is_cancelled_from_within_has_failed_and_hangs_nobody() -> None:
    sources = {"a": ScriptedSource().put("1", asyncio.CancelledError()), "b": ScriptedSource().put("2", None)}
    aggregator, stream = merged(sources)
    async with asyncio.timeout(5):
        assert sorted(await everything(stream)) == [("a", "1"), ("b", "2")]
    assert [type(failure) for failure in aggregator.failures.values()] == [SourceCancelledError]


async def test_leaving_with_a_break_closes_the_sources_without_anybody_asking() -> None:
    sources = {"a": ScriptedSource().put("1"), "b": ScriptedSource().put("2")}
    _, stream = merged(sources)
    async for _ in stream:
        break
    del stream
    gc.collect()
    async with asyncio.timeout(5):
        for source in sources.values():
            await source.closed.wait()
        await let_all_run()
    assert only_this_task_is_left()


async def test_an_exception_in_the_consumer_closes_the_sources_first() -> None:
    sources = {"a": ScriptedSource().put("1"), "b": ScriptedSource()}
    aggregator, stream = merged(sources)

    async def consume() -> None:
        async with aclosing(stream):
            async for _ in stream:
                raise SourceFailedError

    with pytest.raises(SourceFailedError):
        await consume()
    assert all(source.closed.is_set() for source in sources.values())
    assert aggregator.failures == {}
    assert only_this_task_is_left()


async def test_another_task_may_close_the_merge() -> None:
    sources = {"a": ScriptedSource().put("1"), "b": ScriptedSource()}
    _, stream = merged(sources)
    await anext(stream)
    await start(stream.aclose())
    assert all(source.closed.is_set() for source in sources.values())
    assert only_this_task_is_left()


async def test_a_cancel_of_the_consumer_arrives_when_all_sources_are_closed() -> None:
    sources = {"a": ScriptedSource().put("1"), "b": ScriptedSource()}
    _, stream = merged(sources)
    task = start(everything(stream))
    await until_all_wait(*sources.values())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert all(source.closed.is_set() for source in sources.values())
    assert only_this_task_is_left()


async def test_closing_waits_for_a_slow_cleanup() -> None:
    sources = {"quick": ScriptedSource().put("1"), "slow": ScriptedSource(slow_close=True)}
    _, stream = merged(sources)
    await anext(stream)
    closing = start(stream.aclose())
    await sources["slow"].closing.wait()
    await let_all_run()
    assert not closing.done()
    sources["slow"].may_close.set()
    await closing
    assert sources["slow"].closed.is_set()


async def test_a_cancel_during_the_closing_interrupts_a_slow_cleanup_and_is_not_lost() -> None:
    sources = {"a": ScriptedSource(slow_close=True), "b": ScriptedSource(slow_close=True).put("1")}
    _, stream = merged(sources)
    await anext(stream)
    await let_all_run()
    closing = start(stream.aclose())
    for source in sources.values():
        await source.closing.wait()
    closing.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await closing
    assert all(source.closed.is_set() for source in sources.values())
    assert only_this_task_is_left()


async def test_a_cancel_before_the_first_chunk_closes_a_source_that_was_begun_elsewhere() -> None:
    source = ScriptedSource().put("1", "2")
    begun = source.stream()
    await anext(begun)

    async def consume() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await anext(StreamAggregator().merge_streams([begun]))

    with pytest.raises(asyncio.CancelledError):
        await start(consume())
    assert source.closed.is_set()
    assert only_this_task_is_left()


async def test_what_a_source_raises_while_it_closes_is_a_failure_and_nothing_else() -> None:
    async def bad_cleanup() -> AsyncGenerator[StreamChunk, None]:
        try:
            yield chunk_of("1")
            yield chunk_of("2")
        finally:
            raise SourceFailedError

    aggregator = StreamAggregator(max_pending=1)
    async with aclosing(aggregator.merge_streams({"a": bad_cleanup()})) as stream:
        await anext(stream)
    assert [type(failure) for failure in aggregator.failures.values()] == [SourceFailedError]
    assert only_this_task_is_left()


async def test_a_source_that_swallows_the_cancel_is_closed_all_the_same() -> None:
    closed = asyncio.Event()

    async def stubborn() -> AsyncGenerator[StreamChunk, None]:
        try:
            while True:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    yield chunk_of("still here")
        finally:
            closed.set()

    stream = StreamAggregator().merge_streams({"stubborn": stubborn(), "other": giving("x")})
    async with asyncio.timeout(5):
        assert await anext(stream) == ("other", chunk_of("x"))
        await stream.aclose()
    assert closed.is_set()


async def test_sources_may_hold_a_task_group_and_a_time_out_open_between_chunks() -> None:
    async def scoped() -> AsyncGenerator[StreamChunk, None]:
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            tasks.create_task(asyncio.Event().wait())
            for text in "abcdefgh":
                yield chunk_of(text)

    stream = StreamAggregator(max_pending=1).merge_streams({"a": scoped(), "b": scoped()})
    for _ in range(5):
        await anext(stream)
    await start(stream.aclose())
    assert only_this_task_is_left()


async def test_nothing_is_reported_to_the_loop_however_the_merge_ends() -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    for fail_fast in (True, False):
        sources = {"a": ScriptedSource().put("1", SourceFailedError()), "b": ScriptedSource().put("2")}
        _, stream = merged(sources, fail_fast=fail_fast)
        for _ in range(2):
            await anext(stream)
        await stream.aclose()
        del stream, sources
    gc.collect()
    await let_all_run()
    assert reported == []


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with Python 3.12")
async def test_eager_tasks_change_nothing() -> None:
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined,unused-ignore]
    streams = {"a": giving("abc"), "b": giving("xyz")}
    found = await everything(StreamAggregator(max_pending=1).merge_streams(streams))
    assert sorted(found) == [("a", "a"), ("a", "b"), ("a", "c"), ("b", "x"), ("b", "y"), ("b", "z")]


def test_wrong_arguments_are_refused_at_once() -> None:
    with pytest.raises(UsageError, match="at least 1"):
        StreamAggregator(max_pending=0)
    with pytest.raises(TypeError):
        StreamAggregator().merge_streams([[chunk_of("no stream")]])
