"""The decoder against the case file, a literal second reading and any cutting; the encoder against the decoder."""

from __future__ import annotations

import base64
import json
import random
import time
import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.core.wire.literal_sse import read_literally
from tui.core.wire.sse_block import MAX_RETRY_MS
from tui.core.wire.sse_codec import SSEDecoder, SSEEvent

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "data/cases/sse.json").read_text("utf-8"))

# Pieces that make every rule meet every other one, line ends and halves of code points included.
PIECES = st.sampled_from(
    [
        *(
            b"data: x",
            b"data:x",
            b"data: ",
            b"data",
            b"data:  y",
            b"event: tick",
            b"event:",
            b"id: 7",
            b"id:",
            b"id: a\0b",
        ),
        *(b"retry: 20", b"retry: 1e3", b"retry: " + b"9" * 20, b"retry: \xd9\xa1", b"retry"),
        *(b": note", b":", b'error: {"code":500}', b"error", b"other: 1", b'{"a":1}', b" data: x", b"Data: x"),
        *(
            b"\n",
            b"\r\n",
            b"\r",
            b"\n\n",
            b"\r\n\r\n",
            b"\r\r",
            b"data: a\n\n",
            b"data: b\n\n",
            b"event: e\ndata: c\n\n",
        ),
        *(
            b"\xef\xbb\xbf",
            b"\xef\xbb",
            b"\xff",
            b"\xf0\x9f",
            b"\x98\x80",
            b"\xc2\x85",
            b"\xe2\x80\xa8",
            b"\xef\xbf\xbd",
            b"\x0b\x0c\x1c",
        ),
    ]
)
STREAMS = st.lists(st.one_of(PIECES, PIECES, PIECES, st.binary(max_size=3)), max_size=40).map(b"".join)
# The shapes of the fast paths, with a disturbance here and there.
UNIFORM = st.lists(
    st.sampled_from(
        [
            *[b"data: one\n\n"] * 6,
            b"event: e\ndata: two\n\n",
            *[b"event: e\nid: g:1\ndata: three\n\n"] * 2,
            b"id: g:2\nevent: f\ndata: \n\n",
            b"id: \ndata:  four\n\n",
            b"event: e\nid: \0\nevent: \ndata: five\n\n",
            b"event: e\ndata: a\ndata: b\n\n",
            b"event: e\n\n",
            b"event: \ndata: untyped\n\n",
            b"\n",
            b"data: a\ndata: b\n\n",
        ]
    ),
    max_size=30,
).map(b"".join)


def shape(events: Iterable[SSEEvent]) -> list[tuple[str | None, str, str | None, int | None]]:
    return [(event.event, event.data, event.id, event.retry) for event in events]


def state(decoder: SSEDecoder) -> dict[str, object]:
    """Everything public but the events."""
    names = ("retry", "last_event_id", "event_count", "comment_count", "ignored_line_count", "replacement_count")
    more = ("ghost_block_count", "error_fields", "oddities", "is_over_limit", "pending")
    return {name: getattr(decoder, name) for name in (*names, *more)}


def decode(chunks: Iterable[bytes], limit: int = 1 << 24) -> tuple[list[SSEEvent], SSEDecoder]:
    decoder = SSEDecoder(limit)
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    decoder.finish()
    return events, decoder


def pieces_of(stream: bytes, size: int) -> list[bytes]:
    return [stream[start : start + size] for start in range(0, len(stream), size)]


def cut_at_random(stream: bytes, seed: int, longest: int) -> Iterator[bytes]:
    generator, start = random.Random(seed), 0
    while start < len(stream):
        size = generator.randint(0, longest)
        yield stream[start : start + size]
        start += size


def chunkings(stream: bytes) -> Iterator[list[bytes]]:
    longest = 12 if len(stream) < 20_000 else 5000
    yield [stream]
    yield pieces_of(stream, 1)
    for seed in range(3):
        yield list(cut_at_random(stream, seed, longest))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case_of_the_standard(case: dict[str, Any]) -> None:
    stream = base64.b64decode(case["bytes_b64"])
    expected = [(event["event"], event["data"], event["id"]) for event in case["events"]]
    for chunks in chunkings(stream):
        events, decoder = decode(chunks)
        assert [(event.event or "message", event.data, event.id or "") for event in events] == expected
        assert decoder.retry == case["retry"]
        assert decoder.last_event_id == case["last_event_id"]


def assert_as_literal(stream: bytes, chunks: Iterable[bytes]) -> None:
    literal = read_literally(stream)
    events, decoder = decode(chunks)
    assert shape(events) == literal.events
    assert decoder.event_count == len(literal.events)
    assert decoder.last_event_id == (literal.last_event_id or "")
    names = (
        "retry",
        "comment_count",
        "ignored_line_count",
        "ghost_block_count",
        "replacement_count",
        "error_fields",
        "oddities",
    )
    for name in names:
        assert getattr(decoder, name) == getattr(literal, name), name


@settings(max_examples=400, deadline=None)
@given(stream=st.one_of(STREAMS, UNIFORM), seed=st.integers(0, 2**16), longest=st.integers(1, 40))
@example(stream=b"\xef\xbb\xbf\xef\xbb\xbfdata: x\n\n", seed=0, longest=1)
@example(stream=b"data: a\r\r\ndata: b\r\n\r", seed=0, longest=1)
@example(stream=b"event: \ndata: a\n\nevent: e\ndata: b\n\n", seed=0, longest=1)
@example(stream=b"data: \xef\xbf\xbd \xff \xe2\x82\n\ndata: \xff", seed=0, longest=1)
@example(stream=b"retry: " + b"9" * 5000 + b"\n", seed=0, longest=40)
@example(stream=b"retry: " + b"0" * 5000 + b"7\n", seed=0, longest=40)
def test_any_bytes_in_any_cutting_read_as_the_literal_algorithm(stream: bytes, seed: int, longest: int) -> None:
    for chunks in ([stream], cut_at_random(stream, seed, longest), pieces_of(stream, 1)):
        assert_as_literal(stream, chunks)


@settings(max_examples=200, deadline=None)
@given(stream=STREAMS, seed=st.integers(0, 2**16), limit=st.integers(0, 30))
def test_any_cutting_gives_the_same_state_with_any_limit(stream: bytes, seed: int, limit: int) -> None:
    whole_events, whole = decode([stream], limit)
    for chunks in (pieces_of(stream, 1), cut_at_random(stream, seed, 9)):
        events, decoder = decode(chunks, limit)
        assert events == whole_events
        assert state(decoder) == state(whole)


@settings(max_examples=100, deadline=None)
@given(stream=STREAMS)
def test_empty_chunks_change_nothing(stream: bytes) -> None:
    _, plain = decode(pieces_of(stream, 2))
    _, padded = decode(chunk for piece in pieces_of(stream, 2) for chunk in (b"", piece, b""))
    assert state(padded) == state(plain)


@settings(max_examples=200, deadline=None)
@given(stream=STREAMS)
def test_pending_and_a_blank_line_make_the_event_that_was_cut(stream: bytes) -> None:
    """A closing blank line on the whole stream gives one event more, and so it does on `pending` alone."""
    events, decoder = decode([stream])
    closed, _ = decode([stream + b"\n\n"])
    assume(not stream.endswith(b"\r"))  # the first newline would belong to that CR
    cut, _ = decode([b"\n", decoder.pending, b"\n\n"])
    assert [(event.event, event.data) for event in cut] == [
        (event.event, event.data) for event in closed[len(events) :]
    ]


@pytest.mark.parametrize(
    ("stream", "pending"),
    [
        (b"", b""),
        (b"data: x\n\n", b""),
        (b"data: x\r", b"data: x\n"),
        (b"data: x\n\ndata: [DONE]", b"data: [DONE]"),
        (b"data: x\n\ndata:a\ndata: \xf0\x9f", b"data: a\ndata: \xf0\x9f"),
        (b"event: e\nid: 4\ndata: a\ndata: b\nda", b"event: e\nid: 4\ndata: a\ndata: b\nda"),
        (b"\xef\xbb\xbf", b""),
        (b": ping\n", b""),
        (b"retry: 3\nother: 1\n", b""),
    ],
)
def test_pending_holds_what_finish_discards(stream: bytes, pending: bytes) -> None:
    decoder = SSEDecoder()
    decoder.feed(stream)
    assert decoder.pending == pending
    decoder.finish()
    assert decoder.pending == pending


def test_a_stream_after_finish_keeps_the_id_and_drops_the_half_block() -> None:
    decoder = SSEDecoder()
    decoder.feed(b"id: 3\ndata: a\n\nid: 4\ndata: lost\nda")
    decoder.finish()
    assert decoder.last_event_id == "3"
    assert shape(decoder.feed(b"\xef\xbb\xbfdata: b\n\n")) == [(None, "b", "3", None)]
    assert decoder.pending == b""
    assert (decoder.event_count, decoder.oddities["bom"]) == (2, 1)


def test_a_cr_at_the_end_of_a_chunk_dispatches_at_once() -> None:
    decoder = SSEDecoder()
    assert shape(decoder.feed(b"data: a\r\r")) == [(None, "a", None, None)]
    assert decoder.feed(b"\n") == []
    assert shape(decoder.feed(b"data: b\n\n")) == [(None, "b", None, None)]


def test_error_fields_come_with_the_number_of_events_before_them() -> None:
    stream = (
        b'data: a\n\ndata: b\n\nerror: {"code":500}\n\n' + b"error: more\n" * 40 + b"error: " + b"e" * 100_000 + b"\n"
    )
    _, decoder = decode([stream])
    assert decoder.error_fields[0] == (2, '{"code":500}')
    assert len(decoder.error_fields) == 16
    assert decoder.ignored_line_count == 42
    _, decoder = decode([b"error: " + b"e" * 100_000 + b"\n"])
    assert decoder.error_fields == [(0, "e" * 65_536)]


def test_oddities_name_the_first_event_concerned() -> None:
    first = b"data: 0\n\ndata:1\n\ndata: 2\r\n\r\ndata: 3\r\rdata: 4\ndata: 4\n\n"
    stream = first + b": c\ndata: 5\n\nid: 9\n\ndata: 6\n\ndata:7\r\n\r\n"
    expected = {"no_space": 1, "crlf": 2, "cr": 3, "multi_line_data": 4, "comment_inside": 5, "id_without_data": 6}
    for chunks in chunkings(stream):
        assert decode(chunks)[1].oddities == expected
    assert decode([b"data: 0\n\n: keep-alive\n\ndata:\n\nevent: e\ndata: 1\n\n"])[1].oddities == {}


@pytest.mark.parametrize("value_size", [995, 994])
def test_the_limit_is_the_data_so_far_and_the_line_being_read(value_size: int) -> None:
    """1,000 bytes: `data:` and 995 more are the largest line; after one line of 9 bytes of data, 10 fewer fit."""
    single = b"data: ok\n\ndata:" + b"x" * value_size
    second = b"data: ok\n\ndata: 123456789\ndata:" + b"x" * (value_size - 10)
    for stream in (single, second):
        for chunks in chunkings(stream + b"\n\ndata: after\n\n"):
            events, decoder = decode(chunks, 1000)
            assert not decoder.is_over_limit
            assert len(events) == 3
        for chunks in chunkings(stream + b"xx\n\ndata: after\n\n"):
            events, decoder = decode(chunks, 1000)
            assert decoder.is_over_limit
            assert shape(events) == [(None, "ok", None, None)]
            assert decoder.pending == b""


def test_a_replacement_character_counts_as_the_one_byte_that_it_may_stand_for() -> None:
    stream = b"data:" + b"\xff" * 20 + b"\ndata:" + b"\xff" * 20 + b"\n\n"
    for chunks in chunkings(stream):
        assert shape(decode(chunks, 46)[0]) == [(None, "\ufffd" * 20 + "\n" + "\ufffd" * 20, None, None)]
        assert decode(chunks, 45)[1].is_over_limit


def test_many_small_events_in_one_chunk_larger_than_the_limit_are_all_given() -> None:
    events, decoder = decode([b"data: x\n\n" * 5000 + b": keep-alive\n" * 5000], 100)
    assert (len(events), decoder.comment_count, decoder.is_over_limit) == (5000, 5000, False)


def test_memory_over_the_limit_stays_bounded() -> None:
    decoder = SSEDecoder(100_000)
    chunk = b"x" * 10_000
    tracemalloc.start()
    try:
        for _ in range(1000):
            assert decoder.feed(chunk) == []
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert decoder.is_over_limit
    assert peak < 1_000_000


@pytest.mark.parametrize(
    "unit",
    [b"x", b"data: x\n", b": c\n", b"\r", b"id: 1\n", b"data: x\r\n\r\n"],
    ids=["line", "data", "comment", "cr", "id", "crlf"],
)
def test_byte_by_byte_is_linear(unit: bytes) -> None:
    """CPU time of four times the bytes is far below the sixteen times of a quadratic decoder."""

    def cpu_seconds(size: int) -> float:
        decoder, stream = SSEDecoder(), pieces_of(unit * (size // len(unit)), 1)
        start = time.process_time()
        for byte in stream:
            decoder.feed(byte)
        return time.process_time() - start

    small = min(cpu_seconds(20_000) for _ in range(3))
    assert min(cpu_seconds(80_000) for _ in range(2)) < 9 * small


def test_a_megabyte_byte_by_byte_takes_seconds_at_most() -> None:
    stream = b"data: " + b"x" * (1 << 20) + b"\n\n"
    decoder = SSEDecoder()
    start = time.process_time()
    events = [event for index in range(len(stream)) for event in decoder.feed(stream[index : index + 1])]
    assert time.process_time() - start < 3
    assert [len(event.data) for event in events] == [1 << 20]


TEXT = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("\r\n\n \0\ufeff\u2028\x85:")))
EVENTS = st.builds(
    SSEEvent,
    TEXT,
    st.none() | TEXT.filter(lambda text: text != "" and not set(text) & set("\r\n")),
    st.none() | TEXT.filter(lambda text: not set(text) & set("\r\n\0")),
    st.none() | st.integers(0, MAX_RETRY_MS),
)


def with_newlines(event: SSEEvent) -> SSEEvent:
    """The one thing that the format cannot keep: which line end the data had."""
    return SSEEvent(event.data.replace("\r\n", "\n").replace("\r", "\n"), event.event, event.id, event.retry)


@settings(max_examples=150, deadline=None)
@given(event=EVENTS, size=st.integers(1, 9))
def test_decoding_the_encoded_event_gives_it_back(event: SSEEvent, size: int) -> None:
    stream = event.encode().encode()
    assert decode([stream])[0] == [with_newlines(event)]
    assert decode(pieces_of(stream, size))[0] == [with_newlines(event)]
    assert shape(decode([stream])[0]) == read_literally(stream).events


@settings(max_examples=100, deadline=None)
@given(events=st.lists(EVENTS, max_size=8))
def test_no_text_can_make_a_second_event(events: list[SSEEvent]) -> None:
    decoded, decoder = decode(["".join(event.encode() for event in events).encode()])
    assert [(event.data, event.event, event.retry) for event in decoded] == [
        (event.data, event.event, event.retry) for event in map(with_newlines, events)
    ]
    assert (decoder.ignored_line_count, decoder.comment_count, decoder.pending) == (0, 0, b"")


@pytest.mark.parametrize(
    "event",
    [
        SSEEvent("x", event="a\nb"),
        SSEEvent("x", event="a\rdata: evil"),
        SSEEvent("x", id="1\n\ndata: evil"),
        SSEEvent("x", id="1\r"),
        SSEEvent("x", id="a\0b"),
        SSEEvent("x", retry=-1),
        SSEEvent("x", retry=MAX_RETRY_MS + 1),
        SSEEvent("x", retry=10**5000),
    ],
)
def test_what_cannot_reach_the_other_side_raises(event: SSEEvent) -> None:
    with pytest.raises(ValueError, match="must be"):
        event.encode()


def test_zero_and_empty_are_written() -> None:
    assert SSEEvent("", id="", retry=0).encode() == "id: \nretry: 0\ndata: \n\n"
    assert SSEEvent("a\n", "tick", "7", 20).encode() == "event: tick\nid: 7\nretry: 20\ndata: a\ndata: \n\n"
    assert SSEEvent("a", event="").encode() == "data: a\n\n"
