"""The caret stands under the bytes that are meant."""

from __future__ import annotations

import pytest

from tests.core.wire.test_traps import DONE, STOP, TEXT, TRAPS, delta, piece, sse
from tests.core.wire_view.test_wire_log import log_of, run_of
from tui.core.wire.stream_oddities import trap_sentence
from tui.core.wire_view.frame_marks import FrameMark, marks_of
from tui.core.wire_view.frame_text import FrameText
from tui.core.wire_view.wire_log import WireLog

MEANT = {
    "empty_choices": "[]",
    "role_only": "null",
    "multi_line_data": "data",
    "no_space": ":",
    "crlf": "\r\n",
    "comment_inside": ": wait",
    "split_surrogates": "\\ude00",
    "split_number": "2",
    "split_escape": "\\",
    "interleaved_calls": "0",
    "call_without_index": '[{"function": {"arguments": "{}", "name": "f"}}]',
    "late_arguments": "}",
    "text_after_finish": "x",
    "text_after_end": "x",
}


def marks(log: WireLog, row: int) -> list[FrameMark]:
    return marks_of(log, FrameText(log, log.entry(row)))


def meant(log: WireLog, row: int) -> list[tuple[str, str | None]]:
    """The word of each mark, and what its caret is under."""
    text = FrameText(log, log.entry(row))
    return [(mark.word, text.raw.text[slice(*mark.span)] if mark.span else None) for mark in marks_of(log, text)]


@pytest.mark.parametrize("kind", list(TRAPS))
def test_caret_of_each_trap(kind: str) -> None:
    body, frame = TRAPS[kind]
    log = log_of(run_of([body.encode()]))
    row = log.row_of_frame(frame)
    found = {mark.sentence: mark for mark in marks(log, row)}
    mark = found[trap_sentence(kind)]
    assert mark.span is not None
    assert FrameText(log, log.entry(row)).raw.text[slice(*mark.span)] == MEANT[kind]


def test_character_split_over_reads() -> None:
    body = sse(delta(content="xx")).replace("xx", "xé").encode()
    at = body.index(b"\xa9")
    log = log_of(run_of([body[:at], body[at:]]))
    assert meant(log, 0) == [("trap", "é")]


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        ('{"a": 1 2}', "2", "this is no JSON"),
        ('{"a": x}', "x", "this is no JSON: Expecting value at char 6"),
        ('  {"a": x}', "x", "this is no JSON"),
        ("hello", "h", "this is no JSON: Expecting value at char 0"),
        ('{"a": NaN}', "NaN", "NaN is no JSON number"),
        ("[" * 30_000, None, "nested too deeply"),
    ],
)
def test_a_frame_that_is_no_json_is_marked_where_it_breaks(data: str, place: str | None, words: str) -> None:
    log = log_of(run_of([f"data: {data}\n\n".encode()]))
    (mark,) = marks(log, 0)
    assert (mark.word, words in mark.sentence) == ("problem", True)
    text = FrameText(log, log.entry(0)).raw.text
    assert (text[slice(*mark.span)] if mark.span else None) == place


def test_a_frame_that_is_shown_in_part_is_not_taken_for_broken() -> None:
    body = f'data: {{"choices": [], "x": "{"y" * 40_000}"}}\n\n'.encode()
    assert meant(log_of(run_of([body])), 0) == [("trap", "[]")]


def test_error_of_the_server_is_marked_with_its_message() -> None:
    log = log_of(run_of([sse(TEXT, {"error": {"type": "overloaded", "message": "busy"}}).encode()]))
    assert meant(log, 1) == [("problem", '"busy"')]
    assert "the server reports" in marks_of_open(sse({"error": {"message": "x"}}))[0].sentence


def marks_of_open(body: str) -> list[FrameMark]:
    return marks(log_of(run_of([body.encode()], is_over=False)), 0)


def test_cut_and_unread_rows_say_that_they_are_not_counted() -> None:
    cut = log_of(run_of([b"data: {"]))
    assert meant(cut, 0) == [("problem", "{")]
    unread = log_of(run_of([b"data: " + b"x" * 99 + b"\n\n"], limit=50))
    assert [mark.word for mark in marks(unread, 0)] == ["problem"]


def test_bytes_that_are_no_text_are_pointed_at_but_not_what_was_sent_as_such() -> None:
    body = sse(TEXT).encode().replace(b'"x"', b'"\xff\xef\xbf\xbd"')
    log = log_of(run_of([body]))
    text = FrameText(log, log.entry(0))
    (mark,) = marks_of(log, text)
    assert mark.span is not None
    assert (mark.word, text.raw.bytes_of(mark.span[0])) == ("remark", b"\xff")
    assert mark.sentence.endswith("ff")


def test_frame_without_anything_odd_has_no_mark() -> None:
    log = log_of(run_of([(sse(TEXT, piece("{}", name="f"), STOP) + DONE + "\n\n: x\n\n").encode()]))
    assert [marks(log, row) for row in range(log.count)] == [[]] * log.count
