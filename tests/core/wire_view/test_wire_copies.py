"""What is copied from the wire: data, raw bytes, JSON lines, curl."""

from __future__ import annotations

import json

import pytest

from tests.core.wire_view.test_wire_log import log_of, run_of
from tests.core.wire_view.tool_run import COMMENT, END, tool_records
from tui.core.capture import CaptureHeader
from tui.core.derived_run import DerivedRun
from tui.core.wire_view.wire_copies import curl_of, data_of, json_lines_of, raw_of

ASK = {"messages": [{"role": "user", "content": "it's"}], "model": "q"}


def test_data_and_raw_are_what_came() -> None:
    log = log_of(DerivedRun.of_records(tool_records()))
    assert data_of(log, [9]) == "[DONE]"
    assert json.loads(data_of(log, [8]))["choices"] == []
    assert data_of(log, [7]) == ": keep-alive"
    assert data_of(log, [7, 9]) == ": keep-alive\n[DONE]"
    assert raw_of(log, [7, 9]) == (COMMENT + END).decode()


def test_json_lines_tell_the_numbers_of_the_screen() -> None:
    log = log_of(DerivedRun.of_records(tool_records()))
    first, second = (json.loads(line) for line in json_lines_of(log, [7, 9]).splitlines())
    assert first == {
        "frame": None,
        "at": 2.434,
        "gap": 1.12,
        "read": 7,
        "byte": 1451,
        "size": 14,
        "kind": "comment",
        "event": None,
        "data": ": keep-alive",
    }
    assert (second["frame"], second["read"], second["data"]) == (8, 8, "[DONE]")
    named = log_of(run_of([b"event: chunk\ndata: {}\n\n"]))
    assert json.loads(json_lines_of(named, [0]))["event"] == "chunk"


@pytest.mark.parametrize(
    ("transport", "url", "target", "key"),
    [
        ("direct", "https://h", "https://h/v1/chat/completions", "OPENAI_API_KEY"),
        ("direct", "https://h/api/v1/", "https://h/api/v1/chat/completions", "OPENAI_API_KEY"),
        ("direct", "https://h/v1/chat/completions", "https://h/v1/chat/completions", "OPENAI_API_KEY"),
        ("sse", "https://h/v1", "https://h/v1/stream", "STREAMSCOPE_TOKEN"),
        ("sse", "https://h/v1/stream/raw", "https://h/v1/stream/raw", "STREAMSCOPE_TOKEN"),
        ("sse", "https://h/v1/messages", "https://h/v1/messages", ""),
        ("ws", "wss://h/v1/ws/stream", "https://h/v1/stream", "STREAMSCOPE_TOKEN"),
        ("ws", "http://h", "http://h/v1/stream", "STREAMSCOPE_TOKEN"),
        ("sse", "", "", ""),
        ("sse", "not a url", "not a url", ""),
    ],
)
def test_curl_goes_where_the_run_went(transport: str, url: str, target: str, key: str) -> None:
    command = curl_of(CaptureHeader(transport, url, ASK))
    assert command.startswith(f"curl -N '{target}' \\\n")
    assert (f'"authorization: Bearer ${key}"' in command) == bool(key)
    assert ('"stream": true' in command) == (key != "STREAMSCOPE_TOKEN")
    assert "it'\"'\"'s" in command
    assert "--compressed" not in command


def test_curl_asks_for_compression_as_the_run_did() -> None:
    header = CaptureHeader("sse", "https://h/v1/stream", ASK, accept_encoding="gzip, deflate")
    assert curl_of(header).startswith("curl -N --compressed 'https://h/v1/stream' ")
