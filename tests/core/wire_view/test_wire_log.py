"""The second pass over a capture against the decoder: every frame has its bytes, and every other byte its row."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.core.wire.test_captures import CAPTURES, rows_of
from tests.core.wire.test_sse_codec import STREAMS
from tui.core.capture import CaptureEnd, CaptureHeader, Read, Record, ResponseHead
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.core.wire.body_spans import SpanKind
from tui.core.wire.sse_codec import SSEDecoder
from tui.core.wire_view.wire_log import Entry, WireLog

CASES = Path(__file__).parents[2] / "data" / "cases"
SSE_CASES: list[dict[str, Any]] = json.loads((CASES / "sse.json").read_text("utf-8"))
DIALECT_CASES: list[dict[str, Any]] = [
    case for path in sorted((CASES / "dialects").glob("*.json")) for case in json.loads(path.read_text("utf-8"))
]
SSE = (("content-type", "text/event-stream"),)
NDJSON = (("content-type", "application/x-ndjson"),)
JSON = (("content-type", "application/json"),)
F, B = SpanKind.FRAME, SpanKind.BLOCK


def run_of(
    pieces: Sequence[bytes | str],
    headers: Any = SSE,
    *,
    status: int = 200,
    dialect: str = "auto",
    is_over: bool = True,
    limit: int = 16_000_000,
) -> DerivedRun:
    run = DerivedRun(CaptureHeader("sse", "http://127.0.0.1", {}, dialect, clock=0.0), event_limit_bytes=limit)
    run.add(ResponseHead(status, tuple(headers), 0.0))
    for index, piece in enumerate(pieces):
        run.add(Read(1.0 + index, piece))
    if is_over:
        run.add(CaptureEnd(1000.0, Outcome.INCOMPLETE))
    return run


def log_of(run: DerivedRun, window: int = 131_072) -> WireLog:
    log = WireLog(run)
    for _ in range(100_000):
        if log.advance(window):
            return log
    raise AssertionError("the log never came to its end")


def entries(log: WireLog) -> list[Entry]:
    return [log.entry(index) for index in range(log.count)]


def kinds(log: WireLog) -> list[SpanKind]:
    return [entry.kind for entry in entries(log)]


def texts(log: WireLog) -> list[str]:
    """The bytes of each row, with the letter of its kind."""
    data = log.run.capture.bytes_between
    return [f"{entry.kind.name} {data(entry.start, entry.end).decode()}" for entry in entries(log)]


def cuttings(body: bytes, sizes: Sequence[int] = (1, 3), seeds: int = 3) -> Iterator[list[bytes]]:
    yield [body]
    for size in sizes:
        yield [body[i : i + size] for i in range(0, len(body), size)]
    for seed in range(seeds):
        rng, pieces, at = random.Random(seed), [], 0
        while at < len(body):
            size = rng.randint(1, 60)
            pieces.append(body[at : at + size])
            at += size
        yield pieces


def check(log: WireLog) -> None:
    """What holds of every log: rows in order, all frames there, each with the read, the time and the bytes it has."""
    run = log.run
    frames = run.decoder.frames if run.decoder is not None else ()
    first_read = run.capture.connections[run.first_connection][0] if run.first_connection >= 0 else 0
    rows = entries(log)
    assert [row.frame for row in rows if row.frame is not None] == list(range(len(frames)))
    assert [row.end for row in rows] == sorted(row.end for row in rows)
    for row in rows:
        assert 0 <= row.start <= row.end <= run.capture.byte_count
        if row.frame is None:
            assert row.kind not in (F, B)
            continue
        frame = frames[row.frame]
        assert log.row_of_frame(row.frame) == row.index
        if frame.at != 1000.0:  # one that only the end of the body completed has the time of its last byte
            assert (row.read, row.at) == (frame.read_index + first_read, frame.at)
        assert row.index in log.rows_of_read(row.read)


def check_sse(log: WireLog) -> None:
    """The bytes of each frame, read alone, are an event with its data."""
    check(log)
    decoder = log.run.decoder
    assert decoder is not None
    for row in entries(log):
        if row.frame is None or decoder.frames[row.frame].event == "error":
            continue
        alone = SSEDecoder().feed(b"\n" + log.run.capture.bytes_between(row.start, row.end))
        assert [event.data for event in alone] == [decoder.frames[row.frame].text]


@pytest.mark.parametrize("case", SSE_CASES, ids=lambda case: case["name"])
def test_every_event_of_the_case_file_has_its_bytes(case: dict[str, Any]) -> None:
    body = base64.b64decode(case["bytes_b64"])
    is_large = len(body) > 10_000
    for pieces in cuttings(body, () if is_large else (1, 3)):
        for window in (131_072,) if is_large else (131_072, 7):
            check_sse(log_of(run_of(pieces), window))


@given(STREAMS, st.integers(1, 50), st.integers(1, 50))
@example(b"error\n\n", 1, 1)
@example(b'error: {"code":500}\r\n', 1, 1)
@example(b"error: 5\ndata: cut", 3, 7)
def test_any_stream_in_any_windows_has_the_rows_of_the_whole(body: bytes, size: int, window: int) -> None:
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    whole, log = log_of(run_of(pieces)), log_of(run_of(pieces), window)
    check_sse(log)
    assert entries(log) == entries(whole)


@given(STREAMS, st.integers(1, 30))
def test_rows_at_a_time_are_those_of_the_run_up_to_then(body: bytes, size: int) -> None:
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    whole = log_of(run_of(pieces, is_over=False))
    growing = WireLog(run_of([], is_over=False))
    for count, piece in enumerate(pieces):
        # The frame of an error line is at once there; its row comes with the end of the block.
        assert growing.count == whole.rows_until(count) or b"error" in body
        growing.run.add(Read(1.0 + count, piece))
        while not growing.advance():
            pass
    assert entries(growing) == entries(whole)


@pytest.mark.parametrize("case", DIALECT_CASES, ids=lambda case: case["name"])
def test_every_frame_of_the_dialect_cases_has_its_bytes(case: dict[str, Any]) -> None:
    http = case.get("http", {"status": 101, "headers": {}})
    headers = [(name.lower(), value) for name, value in dict(http["headers"]).items()]
    if "frames" in case:
        pieces: list[Any] = [case["frames"]]
    else:
        body = base64.b64decode(case["body_b64"]) if "body_b64" in case else case["body"].encode()
        pieces = list(cuttings(body))
    for piece in pieces:
        for dialect in (case["dialect"], "auto"):
            log = log_of(run_of(piece, headers, status=http["status"], dialect=dialect))
            check(log)
            frames = log.run.decoder.frames if log.run.decoder is not None else ()
            spans = [(row.start, row.end, frames[row.frame].text) for row in entries(log) if row.frame is not None]
            for start, end, text in spans:
                data = log.run.capture.bytes_between(start, end).decode("utf-8", "replace")
                assert "\n" in text or "\ufffd" in text or text in data


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_every_byte_of_a_real_capture_is_in_a_row(path: Path) -> None:
    head, reads = rows_of(path)
    headers = [tuple(pair) for pair in head["headers"]]
    log = log_of(run_of([data for _, data in reads], headers, status=head["status"]))
    check_sse(log)
    covered = sum(entry.size for entry in entries(log))
    assert covered == log.run.capture.byte_count


def test_what_is_no_frame_has_a_row_of_its_own_kind() -> None:
    body = b': hi\n\ndata: {"a":1}\n\nid: 7\n\nnoise\n\nerror: 5\n\nevent: x\ndata: 2\n\ndata: cut'
    log = log_of(run_of([body]))
    assert texts(log) == [
        "COMMENT : hi\n\n",
        'FRAME data: {"a":1}\n\n',
        "GHOST id: 7\n\n",
        "IGNORED noise\n\n",
        "BLOCK error: 5\n",
        "FRAME event: x\ndata: 2\n\n",
        "CUT data: cut",
    ]
    assert [entry.frame for entry in entries(log)] == [None, 0, None, None, 1, 2, None]


def test_a_second_error_line_is_only_ignored() -> None:
    log = log_of(run_of([b"error: 5\n\nerror: 6\ndata: 1\n\n"]))
    assert kinds(log) == [B, SpanKind.IGNORED, B]
    check(log)


def test_comment_before_an_event_is_a_row_if_it_came_in_a_read_before() -> None:
    apart = log_of(run_of([b": ping\n", b"data: 1\n\n", b": a\n: b\n\n"]))
    assert texts(apart) == ["COMMENT : ping\n", "FRAME data: 1\n\n", "COMMENT : a\n: b\n\n"]
    assert [entry.at for entry in entries(apart)] == [1.0, 2.0, 3.0]
    assert [entry.gap_s for entry in entries(apart)] == [1.0, 1.0, 1.0]
    assert texts(log_of(run_of([b": ping\ndata: 1\n\n"]))) == ["BLOCK : ping\ndata: 1\n\n"]


def test_comment_is_there_before_its_event() -> None:
    run = run_of([b": ping\n"], is_over=False)
    log = log_of(run)
    assert texts(log) == ["COMMENT : ping\n"]
    run.add(Read(2.0, b"data: 1"))
    log.advance()
    assert run.capture.bytes_between(*log.pending) == b"data: 1"
    run.add(Read(3.0, b"\n\n"))
    log.advance()
    assert texts(log) == ["COMMENT : ping\n", "FRAME data: 1\n\n"]
    assert log.pending == (run.capture.byte_count, run.capture.byte_count)


@pytest.mark.parametrize("cut", range(1, 17))
def test_crlf_cut_anywhere_gives_the_same_spans(cut: int) -> None:
    body = b"data: 1\r\n\r\ndata: 2\r\n\r\n"
    log = log_of(run_of([body[:cut], body[cut:]]))
    assert [(entry.start, entry.end) for entry in entries(log)] == [(0, 11), (11, 22)]
    check_sse(log)


def test_event_over_the_limit_ends_the_frames() -> None:
    run = run_of([b"data: 1\n\n", b"data: " + b"x" * 99 + b"\n\n", b"data: 2\n\n"], limit=50)
    log = log_of(run)
    check(log)
    assert kinds(log) == [F, SpanKind.UNREAD, SpanKind.UNREAD]


def test_lines_and_values_have_their_bytes() -> None:
    lines = log_of(run_of([b'{"a": 1}\n\n  \n{"b"', b": 2}\r\n[3"], NDJSON))
    assert texts(lines) == ['FRAME {"a": 1}\n', 'FRAME {"b": 2}\r\n', "CUT [3"]
    whole = log_of(run_of([b'{"a": 1}', b" {}\nnoise\n[1"], JSON))
    assert texts(whole) == ['FRAME {"a": 1}', "FRAME {}", "FRAME noise\n", "CUT [1"]
    check(lines)
    check(whole)


def test_last_line_without_its_end_is_a_frame_as_the_decoder_takes_it() -> None:
    log = log_of(run_of([b'{"a": 1}\n', b'{"done": true}'], NDJSON))
    check(log)
    assert [entry.frame for entry in entries(log)] == [0, 1]


def test_a_body_that_is_no_stream_is_one_frame() -> None:
    run = run_of([b"<!doctype", b" html>"], (("content-type", "text/html"),), is_over=False)
    log = log_of(run)
    assert (log.count, run.capture.bytes_between(*log.pending)) == (0, b"<!doctype html>")
    run.add(CaptureEnd(1000.0, Outcome.FAILED))
    log.advance()
    assert texts(log) == ["FRAME <!doctype html>"]
    check(log)


def test_messages_are_a_row_each_the_empty_one_too() -> None:
    log = log_of(run_of(['{"type":"start"}', "", b"\x00\x01", "x" * 99], (), status=101, limit=50))
    check(log)
    assert kinds(log) == [F, F, F, SpanKind.UNREAD]
    assert [entry.at for entry in entries(log)] == [1.0, 2.0, 3.0, 4.0]
    assert [log.rows_until(count) for count in range(5)] == [0, 1, 2, 3, 4]
    assert log.rows_of_read(1) == range(1, 2)


def chunk(text: str) -> bytes:
    return f'data: {{"choices":[{{"delta":{{"content":"{text}"}}}}]}}\n\n'.encode()


def run_with_heads(*records: Record) -> DerivedRun:
    run = DerivedRun(CaptureHeader("sse", "http://127.0.0.1", {}, clock=0.0))
    for record in records:
        run.add(record)
    return run


def test_seam_stands_between_two_connections() -> None:
    run = run_with_heads(
        ResponseHead(200, SSE, 0.1),
        Read(1.0, chunk("a") + b"data: cu"),
        ResponseHead(200, SSE, 2.0),
        Read(3.0, chunk("b")),
    )
    log = log_of(run)
    check(log)
    assert kinds(log) == [F, SpanKind.CUT, SpanKind.SEAM, F]
    assert [entry.at for entry in entries(log)] == [1.0, 1.0, 2.0, 3.0]
    head = log.head_of(2)
    assert head is not None
    assert head.at == 2.0


def test_attempt_without_a_token_is_one_row_and_numbers_begin_behind_it() -> None:
    refused = ResponseHead(503, (("content-type", "text/plain"),), 0.1)
    run = run_with_heads(refused, Read(0.2, b"busy"))
    log = log_of(run)
    assert log.count == 0
    for record in (ResponseHead(503, (), 0.3), ResponseHead(200, SSE, 0.5), Read(0.6, chunk("a"))):
        run.add(record)
    while not log.advance():
        pass
    check(log)
    assert kinds(log) == [SpanKind.EARLIER, SpanKind.EARLIER, F]
    assert [entry.at for entry in entries(log)] == [0.2, 0.3, 0.6]
    assert [entry.size for entry in entries(log)][:2] == [4, 0]
    head = log.head_of(1)
    assert head is not None
    assert (head.status, head.at) == (503, 0.3)


def test_first_row_of_a_kind_is_found() -> None:
    log = log_of(run_of([b"data: 1\n\n: a\n\nx\n\n: b\n\n"]))
    assert log.first_row_of(SpanKind.IGNORED, SpanKind.COMMENT) == 1
    assert log.first_row_of(SpanKind.CUT) is None


def test_empty_run_has_no_rows() -> None:
    run = DerivedRun(CaptureHeader("sse", "http://127.0.0.1", {}))
    log = log_of(run)
    assert (log.count, log.row_of_frame(3), log.rows_until(0), log.pending) == (0, 0, 0, (0, 0))
    run.add(CaptureEnd(1.0, Outcome.FAILED))
    assert log.advance()
    assert log.count == 0
