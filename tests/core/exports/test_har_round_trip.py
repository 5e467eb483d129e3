"""A capture through HAR and back is the very same capture; what other tools read of the HAR is right too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.readers.test_capture_lines import SMALL
from tests.core.readers.test_log_readers import records_of
from tests.core.test_capture import ENDS, HEADS, MARKERS, READS
from tui.captures.open_capture import read_capture
from tui.core.capture import CaptureEnd, CaptureHeader, Read, Record, ResponseHead
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.core.exports.har_export import har_text
from tui.core.readers.har_file import OWN_RECORDS, SSE_MESSAGES, WS_MESSAGES
from tui.errors import CaptureError

FILES = sorted((Path(__file__).parents[2] / "data" / "captures").glob("*.jsonl"))
DEMOS = sorted((Path(__file__).parents[3] / "tui" / "gateway" / "demo").glob("*.jsonl"))
HTTP = READS.filter(lambda read: isinstance(read.data, bytes))


def again(records: list[Record]) -> list[Record]:
    back, notes, name = records_of(har_text([records], "1").encode())
    assert (notes, name) == ([], "HAR")
    return back


def entries(text: str) -> list[dict[str, Any]]:
    found = json.loads(text)["log"]["entries"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("path", [*FILES, *DEMOS], ids=lambda path: path.stem)
def test_a_recorded_stream_comes_back_as_it_was(path: Path) -> None:
    records, _ = read_capture(path)
    assert again(records) == records


@given(st.lists(HEADS | HTTP | MARKERS, max_size=9), ENDS)
def test_any_http_capture_comes_back_as_it_was(body: list[Record], end: CaptureEnd) -> None:
    records = [CaptureHeader("sse", "http://h/", {"model": "m"}, "auto", "2026-11-22T16:17:35+00:00"), *body, end]
    har = har_text([records], "1")
    several = [entry for entry in entries(har) if len(entries(har)) > 1]
    back, notes, _ = records_of(har.encode())
    assert back == records
    assert bool(notes) is bool(several)


@given(st.lists(READS | MARKERS, max_size=9), ENDS)
def test_any_websocket_capture_comes_back_as_it_was(body: list[Record], end: CaptureEnd) -> None:
    records = [CaptureHeader("ws", "ws://h/", {}), ResponseHead(101, (), 0.0), *body, end]
    assert again(records) == records


def test_several_captures_in_one_har_are_entries_that_can_be_chosen() -> None:
    text = har_text([SMALL, [*SMALL[:4], CaptureEnd(0.5, Outcome.CANCELLED)]], "1")
    first, _, _ = records_of(text.encode())
    assert first == SMALL
    assert [entry[OWN_RECORDS]["capture"] for entry in entries(text)] == [0, 1]


def test_other_tools_find_the_events_with_their_times() -> None:
    header = CaptureHeader("sse", "http://h/x", {"model": "m"}, started="2026-11-22T16:17:35.500+00:00")
    records = [header, *SMALL[1:]]
    (entry,) = entries(har_text([records], "1"))
    assert entry["startedDateTime"] == "2026-11-22T16:17:35.500+00:00"
    assert entry["response"]["content"]["text"].startswith('data: {"choices"')
    assert entry["timings"] == {"send": 0, "wait": 10.0, "receive": 20.0}
    assert entry[SSE_MESSAGES][0]["time"] == pytest.approx(1795364255.53)
    assert [message["data"] for message in entry[SSE_MESSAGES]][-1] == "[DONE]"
    without = {**entry}
    del without[OWN_RECORDS]
    back, _, _ = records_of(json.dumps({"log": {"entries": [without]}}).encode())
    run = DerivedRun.of_records(back)
    assert run.outcome is Outcome.COMPLETED
    assert run.stats.ttft_s == pytest.approx(0.03)


def test_messages_of_a_websocket_are_those_received() -> None:
    records: list[Record] = [CaptureHeader("ws", "ws://h/", {}), Read(0.1, "a"), Read(0.2, b"\xff"), SMALL[-1]]
    (entry,) = entries(har_text([records], "1"))
    assert [(m["type"], m["opcode"], m["data"]) for m in entry[WS_MESSAGES]] == [
        ("receive", 1, "a"),
        ("receive", 2, "/w=="),
    ]


@given(st.data())
def test_a_damaged_own_har_gives_a_run_or_a_capture_error(data: st.DataObject) -> None:
    text = bytearray(har_text([SMALL], "1").encode())
    text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        records, _, _ = records_of(bytes(text))
    except CaptureError:
        return
    assert DerivedRun.of_records(records).is_over
