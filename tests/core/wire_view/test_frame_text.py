"""The text of a row: raw, its JSON, its reads; all places are characters of the raw text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.core.wire_view.test_wire_log import DIALECT_CASES, JSON, NDJSON, SSE, entries, log_of, run_of
from tui.core.wire_view.frame_text import MOST_BYTES, FrameText
from tui.core.wire_view.json_layout import json_rows
from tui.core.wire_view.wire_log import WireLog


def text_of(log: WireLog, row: int = 0) -> FrameText:
    return FrameText(log, log.entry(row))


@pytest.mark.parametrize("case", DIALECT_CASES, ids=lambda case: case["name"])
def test_the_json_of_a_row_is_the_text_of_its_frame(case: dict[str, Any]) -> None:
    if "body" not in case and "frames" not in case:
        return  # what is no text has its replacement signs elsewhere
    http = case.get("http", {"status": 101, "headers": {}})
    headers = [(name.lower(), value) for name, value in dict(http["headers"]).items()]
    pieces: list[Any] = case.get("frames") or [case["body"].encode()]
    log = log_of(run_of(pieces, headers, status=http["status"], dialect=case["dialect"]))
    decoder = log.run.decoder
    assert decoder is not None
    for entry in entries(log):
        if entry.frame is not None:
            text = FrameText(log, entry)
            assert (
                text.json == decoder.frames[entry.frame].text.strip(" \t\r\n")
                or text.json == decoder.frames[entry.frame].text
            )


def test_json_of_several_lines_knows_its_places_in_the_raw_text() -> None:
    text = text_of(log_of(run_of([b'event: x\r\ndata: {"a":\r\ndata:  "\xc3\xa9b"}\r\n\r\n'])))
    assert text.json == '{"a":\n "éb"}'
    raw = text.raw.text
    for place, char in enumerate(text.json):
        if char != "\n":
            assert raw[text.raw_place(place)] == char
    assert [(member.key, raw[member.start : member.end]) for member in text.members()] == [("a", '"éb"')]
    pieces = [piece for row in json_rows(text.json_tokens(), 40) for piece in row if piece.at >= 0]
    assert all(raw.startswith(piece.text, piece.at) for piece in pieces)


def test_raw_rows_are_lines_with_their_fields_and_ends() -> None:
    rows = text_of(log_of(run_of([b": hi\nevent: x\r\ndata: 1\n\n"]))).raw_rows()
    assert [[(piece.text, piece.style) for piece in row] for row in rows] == [
        [(": hi", "comment"), ("\n", "end")],
        [("event: ", "field"), ("x", ""), ("\r\n", "end")],
        [("data: ", "field"), ("1", ""), ("\n", "end")],
        [("\n", "end")],
    ]


def test_lines_of_other_bodies_have_no_fields() -> None:
    ndjson = text_of(log_of(run_of([b'{"data": 1}\r\n'], NDJSON)))
    assert [[piece.text for piece in row] for row in ndjson.raw_rows()] == [['{"data": 1}', "\r\n"]]
    whole = text_of(log_of(run_of([b'{"a":\n 1}'], JSON)))
    assert (whole.json, [piece.text for row in whole.raw_rows() for piece in row]) == (
        '{"a":\n 1}',
        ['{"a":', "\n", " 1}"],
    )


def test_error_line_is_the_data_of_its_frame() -> None:
    log = log_of(run_of([b'error: {"message": "x"}\ndata: 2\n\n']))
    assert [text_of(log, row).json for row in range(2)] == ['{"message": "x"}', "2"]


def test_reads_join_at_their_first_byte_in_its_character() -> None:
    body = 'data: "aé"\n\n'.encode()
    at = body.index(b"\xa9")
    text = text_of(log_of(run_of([body[:3], body[3:at], body[at:]])))
    assert text.joints == [(3, 3), (at, text.raw.text.index("é"))]


def test_long_row_is_cut_and_says_so() -> None:
    text = text_of(log_of(run_of([b"data: " + b"x" * 40_000 + b"\n\n"], SSE)))
    assert (len(text.raw.data), text.left_out) == (MOST_BYTES, 40_008 - MOST_BYTES)
    assert json.loads(json.dumps(text.json)) == "x" * (MOST_BYTES - 6)
