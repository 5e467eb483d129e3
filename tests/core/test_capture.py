"""A capture keeps everything in order and gives it back as it was, through its file format too."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.capture import Capture, CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.capture_codec import decode_line, encode_record
from tui.core.chunks import Outcome, StreamProblem
from tui.errors import CaptureError

TIMES = st.floats(0, 1e6, allow_nan=False).map(lambda at: round(at, 6))
WORDS = st.text(st.characters(codec="utf-8"), max_size=40)
HEADERS = st.builds(
    CaptureHeader,
    transport=st.sampled_from(["direct", "sse", "ws"]),
    url=WORDS,
    request=st.dictionaries(WORDS, WORDS, max_size=3),
    dialect=WORDS,
    started=WORDS,
    clock=st.none() | TIMES,
    software=st.dictionaries(WORDS, WORDS, max_size=3),
    accept_encoding=st.sampled_from(["identity", "gzip, deflate"]),
)
HEADS = st.builds(
    ResponseHead,
    status=st.integers(100, 599),
    headers=st.lists(st.tuples(WORDS, WORDS), max_size=3).map(tuple),
    at=TIMES,
)
READS = st.builds(Read, at=TIMES, data=st.binary(max_size=60) | WORDS, wire_bytes=st.integers(0, 10**9))
MARKERS = st.builds(Marker, name=WORDS, at=TIMES, text=WORDS, attempt=st.integers(1, 9))
PROBLEMS = st.builds(StreamProblem.of, st.just("reset"), WORDS, status=st.none() | st.integers(100, 599))
ENDS = st.builds(
    CaptureEnd,
    at=TIMES,
    outcome=st.sampled_from(list(Outcome)),
    problem=st.none() | PROBLEMS,
    attempts=st.integers(1, 9),
)
BODIES = st.lists(HEADS | READS | MARKERS, max_size=12)


@given(HEADERS | HEADS | READS | MARKERS | ENDS, st.none() | st.integers(0, 99))
def test_a_line_gives_back_its_record(record: Record, stream: int | None) -> None:
    line = encode_record(record, stream)
    assert line.isascii()
    assert line.count("\n") == 1
    assert line.endswith("\n")
    assert decode_line(line) == (record, stream)


@given(HEADERS, BODIES, st.none() | ENDS)
def test_a_capture_gives_back_its_records_in_order(
    header: CaptureHeader, body: list[Record], end: CaptureEnd | None
) -> None:
    capture = Capture(header)
    records = [*body, *([end] if end else [])]
    for record in records:
        capture.add(record)
    assert list(capture.records()) == [header, *records]
    assert capture.read_count == sum(isinstance(record, Read) for record in body)


def test_nothing_comes_after_the_end() -> None:
    capture = Capture(CaptureHeader("sse", "", {}))
    capture.add(CaptureEnd(1.0, Outcome.COMPLETED))
    with pytest.raises(ValueError, match="a capture ends once"):
        capture.add(Read(2.0, b"late"))


def test_reads_until_is_inclusive() -> None:
    capture = Capture(CaptureHeader("sse", "", {}))
    for at in (0.1, 0.2, 0.2, 0.3):
        capture.add(Read(at, b"x"))
    assert [capture.reads_until(at) for at in (0.0, 0.1, 0.2, 0.25, 9.0)] == [0, 1, 3, 3, 4]


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_junk_is_a_capture_error_and_nothing_else(line: str) -> None:
    with pytest.raises(CaptureError):
        decode_line(line)


def test_a_newer_version_is_refused_by_its_number() -> None:
    line = encode_record(CaptureHeader("sse", "", {})).replace('"version":1', '"version":99')
    with pytest.raises(CaptureError, match="99"):
        decode_line(line)
