"""HAR files of browsers and recorders: times where they have them, none where they do not, and no key."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.readers.test_log_readers import BODY, EVENTS, WORDS, has_times, header_of, records_of, times_of
from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.core.exports.har_export import har_text
from tui.core.readers.detecting_reader import DetectingReader
from tui.errors import CaptureError

START = 1795364255.5
DONE = Outcome.COMPLETED
REQUEST = {
    "method": "POST",
    "url": "https://gw.example.net/v1/chat/completions?api_key=CANARY",
    "headers": [{"name": "Authorization", "value": "Bearer CANARY"}],
    "postData": {"mimeType": "application/json", "text": '{"model":"m","messages":[],"key":"CANARY"}'},
}


def entry(**members: Any) -> dict[str, Any]:
    response = {
        "status": 200,
        "headers": [{"name": "Content-Type", "value": "text/event-stream"}, {"name": "set-cookie", "value": "CANARY"}],
        "content": {"mimeType": "text/event-stream", "text": BODY.decode()},
    }
    started = "2026-11-22T16:17:35.500Z"
    return {"startedDateTime": started, "request": REQUEST, "response": response, "timings": {"wait": 80}, **members}


def messages(start: float = START) -> list[dict[str, Any]]:
    data = [event.removeprefix("data: ").removesuffix("\n\n") for event in EVENTS]
    return [
        {"time": start + 0.1 * (index + 1), "eventName": "message", "eventId": "", "data": text}
        for index, text in enumerate(data)
    ]


def har(*entries: dict[str, Any]) -> bytes:
    return json.dumps({"log": {"version": "1.2", "entries": list(entries)}}, indent=1).encode()


def test_messages_of_an_event_source_have_their_times() -> None:
    records, notes, name = records_of(har(entry(_eventSourceMessages=messages())), 50)
    run = DerivedRun.of_records(records)
    assert run.result is not None
    assert (name, notes, run.outcome, run.result.content) == ("HAR", [], Outcome.COMPLETED, "".join(WORDS))
    assert times_of(records) == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    assert run.stats.ttft_s == pytest.approx(0.1)
    assert next(record for record in records if isinstance(record, ResponseHead)).at == pytest.approx(0.08)
    assert header_of(records).request == {"model": "m", "messages": []}
    assert header_of(records).url == "https://gw.example.net/v1/chat/completions?api_key=hidden"
    assert not header_of(records).has_reads
    assert "CANARY" not in repr(records)


def test_messages_on_another_clock_count_from_the_first_and_nothing_is_said_of_the_request() -> None:
    records, _, _ = records_of(har(entry(_eventSourceMessages=messages(5_000.0))))
    assert times_of(records)[:2] == pytest.approx([0.0, 0.1])
    assert not any(isinstance(record, Marker) for record in records)
    assert DerivedRun.of_records(records).stats.ttft_s is None


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_plain_body_has_frames_and_no_times(is_packed: bool) -> None:
    plain = entry()
    if is_packed:
        plain["response"]["content"] |= {"text": b64encode(BODY).decode(), "encoding": "base64"}
    records, notes, _ = records_of(har(plain))
    run = DerivedRun.of_records(records)
    assert run.outcome is Outcome.COMPLETED
    assert not has_times(run)
    assert not header_of(records).has_times
    assert "no times" in notes[0]
    assert run.capture.read_count == len(EVENTS)


def test_websocket_messages_are_read_and_those_that_were_sent_left_out() -> None:
    values = [
        {"type": "start", "data": {"gen": "g"}},
        {"type": "chunk", "data": {"content": "Hi", "finish_reason": None, "index": 0, "seq": 0}},
        {"type": "done", "data": {"done": True, "finish_reason": "stop", "usage": None, "seq": 1}},
    ]
    sent = {"type": "send", "time": START, "opcode": 1, "data": '{"type":"complete"}'}
    received = [
        {"type": "receive", "time": START + 0.1 * index, "opcode": 1, "data": json.dumps(value)}
        for index, value in enumerate(values, start=1)
    ]
    records, _, _ = records_of(har(entry(_webSocketMessages=[sent, *received])))
    run = DerivedRun.of_records(records)
    assert run.result is not None
    assert (header_of(records).transport, run.outcome, run.result.content) == ("ws", Outcome.COMPLETED, "Hi")
    assert times_of(records) == pytest.approx([0.1, 0.2, 0.3])


def test_the_entry_that_streams_is_taken_and_others_can_be_chosen() -> None:
    page = entry()
    page["response"] = {"status": 200, "headers": [], "content": {"mimeType": "text/html", "text": "<html>"}}
    data = har(page, entry(), entry(_eventSourceMessages=messages()))
    records, notes, _ = records_of(data)
    assert len(times_of(records)) == len(EVENTS)
    assert notes[0] == "This is entry 3 of 3; 1 more hold streams (--entry N chooses)."
    reader = DetectingReader(entry=1)
    run = DerivedRun.of_records([*reader.feed(data), *reader.finish()])
    assert run.outcome is Outcome.FAILED
    reader = DetectingReader(entry=4)
    with pytest.raises(CaptureError, match="there are 3"):
        [*reader.feed(data), *reader.finish()]


@pytest.mark.parametrize(
    "data",
    [
        b'{"log": {"entries": []}}',
        b'{"log": {"entries": [7]}}',
        b'{"log": {"entries": [{}]}}',
        b'{"log": {"entries": [{"request":{},"response":{}}]}}',
        b'{"log": 7}',
        b'{"log": {"entries": [{"request":{"url":',
        b'{"log":' + b"[" * 100_000,
    ],
)
def test_a_broken_har_gives_a_run_or_a_capture_error(data: bytes) -> None:
    try:
        records, _, _ = records_of(data)
    except CaptureError:
        return
    assert DerivedRun.of_records(records).is_over


@given(st.data())
def test_a_damaged_har_gives_a_run_or_a_capture_error(data: st.DataObject) -> None:
    text = bytearray(har(entry(_eventSourceMessages=messages()[:2])))
    text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        records, _, _ = records_of(bytes(text))
    except CaptureError:
        return
    assert DerivedRun.of_records(records).is_over


def test_a_read_is_made_of_each_message() -> None:
    records, _, _ = records_of(har(entry(_eventSourceMessages=messages())))
    data = b"".join(record.data for record in records if isinstance(record, Read) and isinstance(record.data, bytes))
    assert data == BODY


def own_har(**header: Any) -> dict[str, Any]:
    records: list[Record] = [
        CaptureHeader("sse", "", {}, **header),
        ResponseHead(200, (), 0.0),
        Read(0.1, BODY),
        CaptureEnd(1, DONE),
    ]
    value: dict[str, Any] = json.loads(har_text([records], "0"))
    return value


def test_our_own_har_with_an_unknown_dialect_is_found_out_anew() -> None:
    records, notes, _ = records_of(json.dumps(own_har(dialect="klingon")).encode())
    run = DerivedRun.of_records(records)
    assert (run.outcome, run.result and run.result.content) == (Outcome.COMPLETED, "".join(WORDS))
    assert "klingon" in notes[0]


@pytest.mark.parametrize(("member", "value"), [("t", 1e999), ("t", "nan"), ("wire", -1), ("wire", 2**64)])
def test_our_own_har_with_a_read_that_cannot_be_is_told(member: str, value: Any) -> None:
    damaged = own_har()
    read = next(r for r in damaged["log"]["entries"][0]["_streamscope"]["records"] if r["type"] == "read")
    read[member] = value
    with pytest.raises(CaptureError, match="cannot be read"):
        records_of(json.dumps(damaged).encode())


def test_messages_at_no_time_are_at_the_start() -> None:
    endless = [message | {"time": 1e999} for message in messages()]
    records, _, _ = records_of(har(entry(_eventSourceMessages=endless)))
    assert set(times_of(records)) == {0.0}
