"""The log of segments: chunks and times against a brute-force oracle, its columns, and what it still holds."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.chunks import SegmentReady
from tui.core.text.buffers import BUFFER_MODES, make_buffer
from tui.core.text.segment_log import SegmentLog

CHUNKS = st.lists(st.text(alphabet="ab .;\n\r", max_size=6), max_size=40)


def pattern_of(mode: str) -> str | None:
    return ";" if mode == "regex" else None


def expected_segments(mode: str, chunks: list[str], cap: int) -> list[SegmentReady]:
    """What the definitions say, with a list of the chunk of every code point."""
    buffer = make_buffer(mode, pattern=pattern_of(mode), cap=cap)
    chunk_of = [index for index, chunk in enumerate(chunks) for _ in chunk]
    end = float(len(chunks))
    released = [(text, index, float(index)) for index, chunk in enumerate(chunks) for text in buffer.add(chunk)]
    released += [(text, -1, end) for text in buffer.flush()]
    expected, start = [], 0
    for place, (text, emitted, at) in enumerate(released):
        first, last = chunk_of[start], chunk_of[start + len(text) - 1]
        expected.append(SegmentReady(text, place, first, last, emitted, float(first), at, emitted == -1))
        start += len(text)
    return expected


@given(CHUNKS, st.sampled_from(BUFFER_MODES), st.sampled_from([1, 5, 65536]))
@settings(max_examples=300, deadline=None)
def test_log_says_where_and_when_each_segment_came_from_and_out(chunks: list[str], mode: str, cap: int) -> None:
    log = SegmentLog(mode, pattern_of(mode), cap=cap)
    got: list[SegmentReady] = []
    text = ""
    for index, chunk in enumerate(chunks):
        got += log.add(chunk, index, float(index))
        text += chunk
        held = text[sum(len(segment.text) for segment in got) :]
        assert log.held_text == held
        assert (log.held_length, log.held_beginning(3)) == (len(held), held[:3])
        first = next((i for i in range(index + 1) if len("".join(chunks[: i + 1])) > len(text) - len(held)), None)
        assert log.held_since == (float(first) if held and first is not None else None)
    got += log.flush(float(len(chunks)))
    expected = expected_segments(mode, chunks, cap)
    assert got == expected
    assert [log.segment(index) for index in range(log.count)] == expected
    assert (log.held_text, log.held_since) == ("", None)
    assert (log.held_length, log.held_beginning(9)) == (0, "")
    for at in range(len(chunks) + 1):
        assert log.count_at(at - 0.5) == sum(segment.emitted_at < at for segment in expected)
        assert log.count_at(at) == sum(segment.emitted_at <= at for segment in expected)


def test_hold_time_is_from_the_first_character_to_the_release() -> None:
    log = SegmentLog("word")
    log.add("a wo", 0, 1.0)
    log.add("rd", 1, 2.0)
    (word,) = log.add(" x", 2, 4.5)
    assert (word.text, word.first_chunk, word.last_chunk, word.emitted_chunk) == (" word", 0, 1, 2)
    assert word.hold_s == 3.5
    assert (log.held_text, log.held_since) == (" x", 4.5)


def test_take_gives_the_count_and_logs_the_same() -> None:
    log = SegmentLog("line")
    assert log.take("a\nb\nc", 0, 1.0) == 2
    assert log.take("", 1, 2.0) == 0
    assert [log.segment(i).text for i in range(log.count)] == ["a\n", "b\n"]


def test_chunk_indices_may_have_gaps() -> None:
    log = SegmentLog("line")
    log.add("a", 7, 0.0)
    (line,) = log.add("b\n", 11, 0.0)
    assert (line.first_chunk, line.last_chunk, line.emitted_chunk) == (7, 11, 11)


@pytest.mark.parametrize("index", [-1, 1])
def test_segment_that_is_not_there_is_an_index_error(index: int) -> None:
    log = SegmentLog("raw")
    log.add("a", 0, 0.0)
    with pytest.raises(IndexError, match="there are 1"):
        log.segment(index)


def test_many_segments_keep_their_texts() -> None:
    log = SegmentLog("word")
    for index in range(3000):
        log.take(f" w{index}", index, float(index))
    log.flush(3000.0)
    assert [log.segment(i).text for i in (0, 63, 64, 65, 1999, 2999)] == [f" w{i}" for i in (0, 63, 64, 65, 1999, 2999)]
    assert log.segment(2500).first_chunk == 2500


def test_remarks_of_the_buffer_are_passed_on() -> None:
    log = SegmentLog("regex", r"(?:a|a)+?c")
    log.add("a" * 40 + "\n", 0, 0.0)
    assert len(log.remarks) == 1


@pytest.mark.parametrize("unit", ["word ", "x", "\n"])
def test_work_doubles_when_the_chunks_double(unit: str) -> None:
    def calls_made(count: int) -> int:
        log, calls = SegmentLog("word", cap=1000), 0

        def profile(_frame: object, event: str, _argument: object) -> None:
            nonlocal calls
            calls += event in ("call", "c_call")

        sys.setprofile(profile)
        try:
            for index in range(count):
                log.take(unit, index, 0.0)
        finally:
            sys.setprofile(None)
        return calls

    assert calls_made(8000) <= 2.1 * calls_made(4000) + 100
