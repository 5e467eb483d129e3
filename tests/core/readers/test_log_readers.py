"""Logs of curl and ts, rows of other recorders: what they hold, what they lack, and that nothing is made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.arrivals import ArrivalLog
from tui.core.capture import CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.core.readers.chunked_body import ChunkedBody
from tui.core.readers.detecting_reader import DetectingReader
from tui.core.readers.frame_cutter import FrameCutter
from tui.errors import CaptureError

WORDS = ("Hi", " there", ", J\u00f6rn", ".")
EVENTS = [f'data: {{"choices":[{{"index":0,"delta":{{"content":{json.dumps(word)}}}}}]}}\n\n' for word in WORDS]
EVENTS += ['data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n', "data: [DONE]\n\n"]
BODY = "".join(EVENTS).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nSet-Cookie: sid=CANARY\r\n\r\n"


def records_of(data: bytes, step: int | None = None, *, is_live: bool = False) -> tuple[list[Record], list[str], str]:
    reader = DetectingReader(is_live=is_live)
    records: list[Record] = []
    pieces = range(0, len(data), step or max(1, len(data)))
    for number, start in enumerate(pieces):
        records += reader.feed(data[start : start + (step or len(data))], number * 0.5)
    return [*records, *reader.finish(len(pieces) * 0.5)], reader.notes, reader.name


def run_of(data: bytes, step: int | None = None) -> DerivedRun:
    return DerivedRun.of_records(records_of(data, step)[0])


def header_of(records: list[Record]) -> CaptureHeader:
    assert isinstance(records[0], CaptureHeader)
    return records[0]


def times_of(records: list[Record]) -> list[float]:
    return [record.at for record in records if isinstance(record, Read)]


def has_times(run: DerivedRun) -> bool:
    return run.stats.facts().has_times


# Plain logs.


@pytest.mark.parametrize("step", [None, 1, 7])
@pytest.mark.parametrize("head", [b"", HEAD, HEAD.replace(b"\r\n", b"\n"), b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD])
def test_a_plain_log_has_frames_but_no_times(head: bytes, step: int | None) -> None:
    records, notes, name = records_of(head + BODY, step)
    run = DerivedRun.of_records(records)
    assert run.result is not None
    assert (run.outcome, run.result.content) == (Outcome.COMPLETED, "".join(WORDS))
    assert (name, notes[0][:15]) == ("plain log", "It has no times")
    assert not header_of(records).has_times
    assert not header_of(records).has_reads
    assert not has_times(run)
    assert run.stats.ttft_s is run.stats.gap_max_s is None
    assert [record.data for record in records if isinstance(record, Read)] == [event.encode() for event in EVENTS]
    assert "CANARY" not in repr(records)


def test_the_last_of_several_heads_is_that_of_the_body() -> None:
    records, _, _ = records_of(b"HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\n" + HEAD + BODY)
    heads = [record for record in records if isinstance(record, ResponseHead)]
    assert [head.status for head in heads] == [301, 200]
    assert DerivedRun.of_records(records).outcome is Outcome.COMPLETED


def test_an_answer_that_is_an_error_is_failed() -> None:
    body = b'{"error":{"message":"no","type":"auth"}}'
    run = run_of(b"HTTP/2 401 \r\ncontent-type: application/json\r\n\r\n" + body)
    assert run.outcome is Outcome.FAILED
    assert run.result is not None
    assert run.result.problem is not None
    assert run.result.problem.kind == "auth"


def test_ndjson_is_read_line_by_line() -> None:
    lines = [{"model": "m", "message": {"role": "assistant", "content": word}, "done": False} for word in WORDS]
    lines.append({"model": "m", "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"})
    data = "".join(json.dumps(line) + "\n" for line in lines).encode()
    run = run_of(data, 11)
    assert run.result is not None
    assert (run.outcome, run.result.content) == (Outcome.COMPLETED, "".join(WORDS))
    assert run.stats.read_count == len(lines)


def test_a_cut_plain_log_is_incomplete() -> None:
    run = run_of(BODY[:-30])
    assert run.outcome is Outcome.INCOMPLETE


def test_a_live_pipe_has_the_times_of_its_pieces() -> None:
    size = len(EVENTS[0])
    records, notes, name = records_of(BODY, size, is_live=True)
    assert name == "live pipe"
    assert times_of(records)[:3] == [0.0, 0.5, 1.0]
    assert header_of(records).has_times
    assert not any(isinstance(record, Marker) for record in records)
    assert "not known" in notes[0]


@given(st.lists(st.sampled_from([b"data: a", b"\n", b"\n\n", b"\r\n\r\n", b"\r", b"{", b" "]), max_size=30), st.data())
def test_a_body_cut_into_frames_is_the_body(parts: list[bytes], data: st.DataObject) -> None:
    body = b"".join(parts)
    cutter, pieces, start = FrameCutter(), [], 0
    while start < len(body):
        size = data.draw(st.integers(1, 9))
        pieces += cutter.feed(body[start : start + size])
        start += size
    assert b"".join([*pieces, *cutter.finish()]) == body


# Logs with times.


def stamped(stamps: Iterator[str] | list[str], lines: list[bytes]) -> bytes:
    return b"".join(stamp.encode() + b" " + line for stamp, line in zip(stamps, lines, strict=True))


LINES = BODY.splitlines(keepends=True)
AT = [round(0.1 * (index // 2) + (0.9 if index >= 6 else 0), 3) for index in range(len(LINES))]
SINCE_START = [f"{at + 0.3:.6f}" for at in AT]
STEPS = [f"{after - before:.6f}" for before, after in zip([0.0, *AT], AT, strict=False)]
CLOCK = [f"23:59:59.{900 + round(at * 1000):03d}" if at < 0.1 else f"00:00:{at - 0.1:09.6f}" for at in AT]
DATED = [f"2026-11-22T16:17:{35 + at:09.6f}Z" for at in AT]
EPOCH = [f"{1795364255 + at:.6f}" for at in AT]


@pytest.mark.parametrize("step", [None, 5])
@pytest.mark.parametrize(
    "stamps", [SINCE_START, STEPS, CLOCK, DATED, EPOCH], ids=["since", "steps", "clock", "dated", "epoch"]
)
def test_a_log_of_ts_has_its_times(stamps: list[str], step: int | None) -> None:
    records, notes, name = records_of(stamped(stamps, LINES), step)
    run = DerivedRun.of_records(records)
    assert run.result is not None
    assert (name, run.result.content, run.outcome) == ("log with times", "".join(WORDS), Outcome.COMPLETED)
    times = times_of(records)
    gaps = [round(after - before, 3) for before, after in pairwise(times)]
    assert gaps == [0.1, 0.1, 1.0, 0.1, 0.1]
    assert header_of(records).has_times
    assert not header_of(records).has_reads
    assert run.stats.ttft_s is None
    assert "not known" in notes[0]


def test_the_usual_form_of_ts_has_whole_seconds_and_says_so() -> None:
    stamps = [f"Nov 22 16:17:{35 + index // 4:02d}" for index in range(len(LINES))]
    records, notes, _ = records_of(stamped(stamps, LINES))
    assert times_of(records) == [0.0, 1.0, 2.0]
    assert "whole seconds" in notes[1]


def test_a_stamped_head_is_a_head() -> None:
    lines = [*HEAD.splitlines(keepends=True), *LINES]
    stamps = [f"{0.001 * index:.6f}" for index in range(len(lines))]
    records, _, _ = records_of(stamped(stamps, lines))
    (head,) = (record for record in records if isinstance(record, ResponseHead))
    assert (head.status, head.header("content-type")) == (200, "text/event-stream")
    assert DerivedRun.of_records(records).outcome is Outcome.COMPLETED


# Traces.


def dump(data: bytes) -> str:
    rows = []
    for start in range(0, len(data), 16):
        row = data[start : start + 16]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        rows.append(f"{start:04x}: {''.join(f'{byte:02x} ' for byte in row):<48}{text}")
    return "\n".join(rows) + "\n"


def entry(kind: str, data: bytes, at: float | None) -> str:
    clock = "" if at is None else f"21:30:{28 + at:09.6f} "
    return f"{clock}{kind}, {len(data)} bytes (0x{len(data):x})\n{dump(data)}"


def trace(*, has_times: bool = True, is_chunked: bool = True) -> str:
    def when(at: float) -> float | None:
        return at if has_times else None

    sent = (
        b"POST /v1/chat/completions?key=CANARY HTTP/1.1\r\nHost: gw.example.net\r\nAuthorization: Bearer CANARY\r\n\r\n"
    )
    coding = b"Transfer-Encoding: chunked\r\n" if is_chunked else b""
    lines = [*HEAD[:-2].splitlines(keepends=True), *([coding] if coding else []), b"\r\n"]
    text = f"{'21:30:28.000000 ' if has_times else ''}== Info: Trying 127.0.0.1:80...\n"
    text += entry("=> Send header", sent, when(0.01))
    text += entry("=> Send data", b'{"model":"m","api_key":"CANARY"}', when(0.011))
    text += "".join(entry("<= Recv header", line, when(0.1)) for line in lines)
    for index, event in enumerate(EVENTS):
        data = event.encode()
        data = b"%x\r\n%b\r\n" % (len(data), data) if is_chunked else data
        text += entry("<= Recv data", data, when(0.2 + 0.1 * index))
    end = entry("<= Recv data", b"0\r\n\r\n", when(0.9)) if is_chunked else ""
    return text + end + f"{'21:30:29.000000 ' if has_times else ''}== Info: Connection #0 left intact\n"


@pytest.mark.parametrize("step", [None, 13])
@pytest.mark.parametrize("is_chunked", [True, False])
def test_a_trace_has_reads_times_and_sizes(step: int | None, is_chunked: bool) -> None:
    records, notes, name = records_of(trace(is_chunked=is_chunked).encode(), step)
    run = DerivedRun.of_records(records)
    header = header_of(records)
    assert (name, notes, run.outcome) == ("curl trace", [], Outcome.COMPLETED)
    assert (header.url, header.request) == (
        "http://gw.example.net/v1/chat/completions?key=hidden",
        {"model": "m"},
    )
    assert times_of(records) == [0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    assert run.stats.ttft_s == pytest.approx(0.19)
    reads = [record for record in records if isinstance(record, Read)]
    assert [read.data for read in reads] == [event.encode() for event in EVENTS]
    assert all((read.wire_bytes > len(read.data)) is is_chunked for read in reads)
    assert "CANARY" not in repr(records)


def test_a_trace_without_times_has_reads_and_no_clock() -> None:
    records, notes, _ = records_of(trace(has_times=False).encode())
    run = DerivedRun.of_records(records)
    assert header_of(records).has_reads
    assert not header_of(records).has_times
    assert not has_times(run)
    assert "--trace-time" in notes[0]


def test_a_trace_cut_anywhere_is_read_up_to_the_cut() -> None:
    data = trace().encode()
    whole = records_of(data)[0]
    for size in range(data.index(b"<= Recv header"), len(data), 37):
        records = records_of(data[:size])[0]
        assert records[: len(records) - 2] == whole[: len(records) - 2]


def test_an_ascii_trace_is_refused_with_what_to_do() -> None:
    text = "21:30:29.060430 => Send header, 24 bytes (0x18)\n0000: POST /v1/x HTTP/1.1\n0015: \n"
    with pytest.raises(CaptureError, match="--trace FILE"):
        records_of(text.encode())


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.integers(1, 50))
def test_chunked_coding_is_taken_off_in_any_pieces(chunks: list[bytes], step: int) -> None:
    wire = b"".join(b"%x;ext=1\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    body = ChunkedBody()
    got = b"".join(body.feed(wire[start : start + step]) for start in range(0, len(wire), step))
    assert got == b"".join(chunks)


# Whatever comes.


@given(st.binary(max_size=300), st.booleans(), st.integers(1, 60))
def test_any_bytes_give_a_run_or_a_capture_error(data: bytes, is_live: bool, step: int) -> None:
    try:
        records, _, _ = records_of(data, step, is_live=is_live)
    except CaptureError:
        return
    assert DerivedRun.of_records(records).is_over


@given(st.integers(0, len(trace())), st.integers(0, 255), st.sampled_from([trace(), HEAD.decode() + BODY.decode()]))
def test_a_damaged_log_gives_a_run_or_a_capture_error(index: int, byte: int, text: str) -> None:
    data = bytearray(text.encode())
    data[min(index, len(data) - 1)] = byte
    try:
        records, _, _ = records_of(bytes(data), 50)
    except CaptureError:
        return
    assert DerivedRun.of_records(records).is_over


@pytest.mark.parametrize(("magic", "word"), [(b"\x1f\x8b\x08", "gzip"), (b"PK\x03\x04", "zip")])
def test_a_packed_file_is_named(magic: bytes, word: str) -> None:
    with pytest.raises(CaptureError, match=word):
        records_of(magic + b"rest")


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_named(data: bytes) -> None:
    with pytest.raises(CaptureError, match="empty"):
        records_of(data)


def test_arrivals_of_a_log_without_times_are_still_counted() -> None:
    log: ArrivalLog = run_of(BODY).arrivals
    assert len(log.times) == len(WORDS)
