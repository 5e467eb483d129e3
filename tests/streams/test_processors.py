"""Chunks to segments and chunks to chunks: nothing lost, and no source left open."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.streams.scripted_sources import ScriptedSource, SourceFailedError, chunk_of, giving, only_this_task_is_left
from tui import BufferedStreamProcessor, StreamTransformer
from tui.core.chunks import StreamChunk
from tui.core.text.buffers import BUFFER_MODES, WordBuffer, make_buffer
from tui.errors import UsageError

MODES = st.sampled_from([mode for mode in BUFFER_MODES if mode != "regex"])
TEXTS = st.lists(st.text(alphabet="ab .\n\r`é\u4e00", max_size=6), max_size=30)


async def segments_of(processor: BufferedStreamProcessor, stream: AsyncIterable[StreamChunk]) -> list[str]:
    return [segment async for segment in processor.process_stream(stream)]


def contents(chunks: Iterable[StreamChunk]) -> list[str]:
    return [chunk.content for chunk in chunks]


@given(mode=MODES, pieces=TEXTS)
def test_segments_are_those_of_the_buffer_and_join_to_the_text(mode: str, pieces: list[str]) -> None:
    found = asyncio.run(segments_of(BufferedStreamProcessor(mode), giving(pieces)))
    buffer = make_buffer(mode)
    assert found == [segment for piece in pieces for segment in buffer.add(piece)] + buffer.flush()
    assert "".join(found) == "".join(pieces)


@given(mode=MODES, pieces=TEXTS)
def test_a_failing_source_loses_no_text_and_its_exception_comes_last(mode: str, pieces: list[str]) -> None:
    async def consume() -> tuple[list[str], Exception | None]:
        found: list[str] = []
        try:
            async for segment in BufferedStreamProcessor(mode).process_stream(giving(pieces, SourceFailedError())):
                found.append(segment)  # noqa: PERF401  what came before the failure must be kept
        except SourceFailedError as error:
            return found, error
        return found, None

    found, failure = asyncio.run(consume())
    assert "".join(found) == "".join(pieces)
    assert isinstance(failure, SourceFailedError)


async def test_a_segment_leaves_while_the_source_is_still_open() -> None:
    source = ScriptedSource().put("one ", "tw")
    async with aclosing(BufferedStreamProcessor("word").process_stream(source.stream())) as segments:
        assert await anext(segments) == "one"
        source.put("o ")
        assert await anext(segments) == " two"
        assert not source.closed.is_set()


async def test_other_choices_and_reasoning_do_not_mix_with_the_answer() -> None:
    async def two_answers() -> AsyncIterator[StreamChunk]:
        yield StreamChunk("yes ", choice=0)
        yield StreamChunk("no ", choice=1)
        yield StreamChunk("sir", choice=0, reasoning="hmm")

    assert await segments_of(BufferedStreamProcessor("word"), two_answers()) == ["yes", " sir"]
    assert await segments_of(BufferedStreamProcessor("word", choice=1), two_answers()) == ["no", " "]


async def test_a_mode_gives_each_stream_a_buffer_of_its_own() -> None:
    processor = BufferedStreamProcessor("line")
    first, second = processor.process_stream(giving(["a\nheld"])), processor.process_stream(giving(["b\n"]))
    assert [await anext(first), await anext(second)] == ["a\n", "b\n"]
    await first.aclose()
    await second.aclose()


async def test_a_given_buffer_still_holds_what_an_early_leaver_did_not_take() -> None:
    buffer = WordBuffer()
    source = ScriptedSource().put("one two")
    async with aclosing(BufferedStreamProcessor(buffer).process_stream(source.stream())) as segments:
        async for _ in segments:
            break
    assert source.closed.is_set()
    assert buffer.flush() == [" two"]


@pytest.mark.parametrize("mode", ["paragraphs", "regex", ""])
def test_a_mode_that_cannot_be_made_is_refused_at_once(mode: str) -> None:
    with pytest.raises(UsageError):
        BufferedStreamProcessor(mode)


COMBINATORS = pytest.mark.parametrize(
    "combine",
    [BufferedStreamProcessor("raw").process_stream, StreamTransformer(lambda chunk: chunk).transform_stream],
    ids=["processor", "transformer"],
)


@COMBINATORS
@pytest.mark.parametrize("way", ["end", "failure", "early", "consumer", "cancel", "other task"])
async def test_the_source_is_closed_before_the_combinator_is(combine: object, way: str) -> None:
    assert callable(combine)
    source = ScriptedSource().put("a")
    stream = combine(source.stream())

    async def consume() -> None:
        async with aclosing(stream):
            async for _ in stream:
                if way == "early":
                    return
                if way == "consumer":
                    raise SourceFailedError
                source.put(*([None] if way == "end" else [SourceFailedError()] if way == "failure" else []))

    if way == "other task":
        await anext(stream)
        await asyncio.get_running_loop().create_task(stream.aclose())
    elif way == "cancel":
        task = asyncio.get_running_loop().create_task(consume())
        await source.waits.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    elif way in ("failure", "consumer"):
        with pytest.raises(SourceFailedError):
            await consume()
    else:
        await consume()
    assert source.closed.is_set()
    assert only_this_task_is_left()


@COMBINATORS
async def test_a_source_without_a_close_is_read_like_any_other(combine: object) -> None:
    assert callable(combine)

    class Plain:
        def __init__(self) -> None:
            self.left = ["a", "b"]

        def __aiter__(self) -> "Plain":
            return self

        async def __anext__(self) -> StreamChunk:
            if not self.left:
                raise StopAsyncIteration
            return chunk_of(self.left.pop(0))

    assert len([item async for item in combine(Plain())]) == 2


async def test_functions_apply_in_order_and_may_keep_drop_and_multiply() -> None:
    def drop_blank(chunk: StreamChunk) -> StreamChunk | None:
        return chunk if chunk.content.strip() else None

    def letters(chunk: StreamChunk) -> Iterator[StreamChunk]:
        return (chunk_of(letter) for letter in chunk.content)

    def twice(chunk: StreamChunk) -> list[StreamChunk]:
        return [chunk, chunk_of(chunk.content.upper())]

    made = StreamTransformer(drop_blank, letters, twice).transform_stream(giving(["ab", " ", "c"]))
    assert contents([chunk async for chunk in made]) == ["a", "A", "b", "B", "c", "C"]


async def test_without_functions_the_chunks_pass_as_they_are() -> None:
    chunks = [StreamChunk("a", reasoning="r", index=3), StreamChunk(finish_reason="stop")]

    async def source() -> AsyncIterator[StreamChunk]:
        for chunk in chunks:
            yield chunk

    passed = [chunk async for chunk in StreamTransformer().transform_stream(source())]
    assert [id(chunk) for chunk in passed] == [id(chunk) for chunk in chunks]


async def test_a_failing_function_raises_behind_what_it_gave_and_closes_the_source() -> None:
    def fail_at_x(chunk: StreamChunk) -> Iterator[StreamChunk]:
        yield chunk
        if chunk.content == "x":
            raise SourceFailedError

    source = ScriptedSource().put("a", "x", "b")
    seen: list[StreamChunk] = []

    async def consume() -> None:
        async for chunk in StreamTransformer(fail_at_x).transform_stream(source.stream()):
            seen.append(chunk)  # noqa: PERF401  what came before the failure must be kept

    with pytest.raises(SourceFailedError):
        await consume()
    assert contents(seen) == ["a", "x"]
    assert source.closed.is_set()


async def test_combinators_stand_on_each_other_and_close_as_one() -> None:
    source = ScriptedSource().put("One. Two. ")
    upper = StreamTransformer(lambda chunk: chunk_of(chunk.content.upper())).transform_stream(source.stream())
    async with aclosing(BufferedStreamProcessor("word").process_stream(upper)) as segments:
        assert await anext(segments) == "ONE."
    assert source.closed.is_set()
