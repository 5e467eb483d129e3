"""The list of extracts: one order and one set of rows however the run was cut and however often it was looked at."""

from __future__ import annotations

import json
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.chunks import StreamChunk, ToolCallDelta
from tui.core.pipeline import StreamPipeline
from tui.core.run_view import PipelinePrefix
from tui.panes.extract_items import CodeItem, JSONItem, ToolItem
from tui.panes.extract_list import ExtractList

TEXT = (
    'One {"a": 1} two\n\n```py\nx = [1, 2]\ny = """\n{"b": 2}\n"""\n```\n'
    'three [{"deep": ["aaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbb", {"c": null}]}] and [4\n~~~\nopen to the end'
)
WIDTH = 40


def rows_of(extracts: ExtractList) -> list[str]:
    return ["".join(span.text for span in extracts.spans(row)) for row in range(extracts.row_count)]


def chunked(text: str, cuts: list[int]) -> list[str]:
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    return [text[start:end] for start, end in pairwise(edges) if end > start]


def tool(pipeline: StreamPipeline, arguments: str, *, at: float, frame: int, position: int = 0) -> None:
    delta = ToolCallDelta(position, name="get", arguments=arguments)
    pipeline.take(StreamChunk(tool_calls=(delta,), at=at, frame=frame))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, len(TEXT)), max_size=30), st.integers(1, 7), st.integers(12, 60))
def test_often_looked_at_or_once_at_the_end_gives_the_same_rows(cuts: list[int], every: int, width: int) -> None:
    pipeline = StreamPipeline()
    seen = ExtractList(pipeline, WIDTH)
    for index, piece in enumerate(chunked(TEXT, cuts)):
        pipeline.take(StreamChunk(piece, at=index / 10, frame=index))
        if index % every == 0:
            seen.update(index / 10)
            rows_of(seen)
    pipeline.finish(9.0)
    seen.update(9.0)
    once = ExtractList(pipeline, width)
    once.update(9.0)
    seen.set_width(width)
    assert rows_of(seen) == rows_of(once)
    assert [type(once.item(index)) for index in range(once.count)].count(CodeItem) == 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, len(TEXT)), max_size=30), st.integers(0, 31), st.booleans())
def test_a_list_cut_from_that_of_the_whole_run_is_one_made_anew(cuts: list[int], frames: int, is_over: bool) -> None:
    pipeline, chunks = StreamPipeline(), list[StreamChunk]()
    for index, piece in enumerate(chunked(TEXT, cuts)):
        delta = ToolCallDelta(index % 2, name="get", arguments='{"a": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "c":')
        chunks.append(StreamChunk(piece, tool_calls=(delta,) if index % 5 == 2 else (), at=index / 10, frame=index))
        pipeline.take(chunks[-1])
    if is_over:
        pipeline.finish(9.0)
    whole = ExtractList(pipeline, WIDTH)
    whole.update(9.0)
    frames = min(frames, len(chunks))
    moments = [PipelinePrefix(pipeline, chunks, frames, frames) for _ in range(2)]
    assert all(moment.advance(10_000) for moment in moments)
    cut, anew = ExtractList.beginning(whole, moments[0]), ExtractList(moments[1], WIDTH)
    cut.update(9.0)
    anew.update(9.0)
    assert rows_of(cut) == rows_of(anew)
    assert [cut.start(index) for index in range(cut.count)] == [anew.start(index) for index in range(anew.count)]


def test_items_come_in_the_order_in_which_they_were_found() -> None:
    pipeline = StreamPipeline()
    for index, line in enumerate(TEXT.splitlines(keepends=True)):
        pipeline.take(StreamChunk(line, at=index / 10, frame=index))
    pipeline.finish(3.0)
    extracts = ExtractList(pipeline, WIDTH)
    extracts.update(3.0)
    kinds = [extracts.item(index).heading(3.0)[0].text for index in range(extracts.count)]
    assert kinds == ["json", "code py", "json", "json", "json", "code"]
    assert "never closed" in rows_of(extracts)[extracts.start(5)]
    assert [extracts.item(index).text() for index in (0, 3)] == ['{"a": 1}', '{"b": 2}']


def test_an_open_block_says_its_age_and_lines_and_then_its_end() -> None:
    pipeline = StreamPipeline()
    extracts = ExtractList(pipeline, WIDTH)
    pipeline.take(StreamChunk("```python\na = 1\nb", at=1.0))
    assert extracts.update(3.3) == 0
    assert rows_of(extracts) == ["code python  open 2.3 s, 2 lines", "a = 1", "b"]
    pipeline.take(StreamChunk(" = 2\n```\n", at=4.0))
    assert extracts.update(4.0) == 0
    assert rows_of(extracts) == ["code python  2 lines  at 4.00 s", "a = 1", "b = 2"]
    assert extracts.update(5.0) is None


def test_json_fills_in_while_it_arrives_and_says_when_it_was_never_closed() -> None:
    pipeline = StreamPipeline()
    extracts = ExtractList(pipeline, WIDTH)
    pipeline.take(StreamChunk('see {"name": "Ada", "tags": ["fir', at=1.0))
    extracts.update(1.4)
    assert rows_of(extracts) == ["json  open 0.4 s, 29 char", '{"name": "Ada", "tags": ["fir"]} …']
    pipeline.finish(2.0)
    extracts.update(2.0)
    assert rows_of(extracts)[0] == "json  char 4, 29 char  never closed"


def test_a_value_that_turns_out_to_be_none_goes_away() -> None:
    pipeline = StreamPipeline()
    extracts = ExtractList(pipeline, WIDTH)
    pipeline.take(StreamChunk("see [1, 2", at=1.0))
    extracts.update(1.0)
    assert extracts.count == 1
    pipeline.take(StreamChunk(" and so on", at=2.0))
    assert extracts.update(2.0) == 0
    assert extracts.count == 0


def test_tool_arguments_grow_and_are_valid_from_a_frame_on() -> None:
    pipeline = StreamPipeline()
    extracts = ExtractList(pipeline, WIDTH)
    pieces = ('{"city":', '"Par', 'is","days"', ":3}", "\n")
    for frame, piece in enumerate(pieces, 3):
        tool(pipeline, piece, at=frame / 4, frame=frame)
        extracts.update(frame / 4)
        if frame == 5:
            assert rows_of(extracts) == ["tool 0 get  arguments open 0.5 s, 22 char", '{"city":"Paris","days"']
    assert rows_of(extracts) == ["tool 0 get  arguments VALID at frame 6 / 1.50 s", '{"city": "Paris", "days": 3}']
    assert extracts.item(0).text() == "".join(pieces)
    assert extracts.item(0).suffix == ".json"


def test_tool_arguments_that_end_inside_a_string_say_where() -> None:
    pipeline = StreamPipeline()
    extracts = ExtractList(pipeline, WIDTH)
    text = '{"city":"' + "x" * 48
    tool(pipeline, text, at=1.0, frame=2)
    extracts.update(1.0)
    assert "NOT VALID" not in rows_of(extracts)[0]
    pipeline.finish(2.0)
    extracts.update(2.0)
    assert rows_of(extracts)[0] == "tool 0 get  arguments NOT VALID at char 57: ended inside a string"
    assert "".join(rows_of(extracts)[1:]) == text


def test_text_after_the_arguments_ends_their_validity() -> None:
    pipeline = StreamPipeline()
    for frame, piece in enumerate(("{}", " ", "}")):
        tool(pipeline, piece, at=float(frame), frame=frame)
    extracts = ExtractList(pipeline, WIDTH)
    extracts.update(3.0)
    assert "NOT VALID at char 3: unexpected '}'" in rows_of(extracts)[0]


def test_arguments_of_every_shape_of_json_are_shown() -> None:
    for arguments in ("12", '"text"', "null", "[]", "1" * 5000, json.dumps([[1] * 50] * 50), "[" * 9000 + "]" * 9000):
        pipeline = StreamPipeline()
        tool(pipeline, arguments, at=1.0, frame=0)
        extracts = ExtractList(pipeline, WIDTH)
        extracts.update(1.0)
        assert "VALID at frame 0 / 1.00 s" in rows_of(extracts)[0]
        assert extracts.row_count > 1


def test_folds_live_longer_than_the_items_that_are_kept() -> None:
    pipeline = StreamPipeline()
    for number in range(400):
        pipeline.take(StreamChunk(json.dumps({"n": number, "text": "word " * 20}) + "\n", at=number, frame=number))
    extracts = ExtractList(pipeline, WIDTH)
    extracts.update(1.0)
    before = extracts.row_count
    assert extracts.fold(1, is_folded=True)
    assert extracts.row_count == before - 2
    rows_of(extracts)
    extracts.set_width(WIDTH + 1)
    assert rows_of(extracts)[1] == "▹ object of 2"
    assert extracts.fold(1, is_folded=False)
    assert extracts.row_count == before


def test_places_are_the_chunks_of_the_text_and_the_position_of_a_call() -> None:
    pipeline = StreamPipeline()
    for index, piece in enumerate(("a ", '{"b"', ": 1}", " c\n", "```\n", "x\n", "```\n", "d")):
        pipeline.take(StreamChunk(piece, at=index, frame=index))
    tool(pipeline, "{}", at=9.0, frame=9, position=4)
    extracts = ExtractList(pipeline, WIDTH)
    extracts.update(9.0)
    places = {type(extracts.item(index)): tuple(extracts.item(index).place) for index in range(extracts.count)}
    assert places[JSONItem] == (1, 2, None)
    assert places[CodeItem][0] == 4
    assert places[CodeItem][1] in (5, 6)
    assert places[ToolItem][2] == 4
