"""The detail of a frame in rows: JSON, raw and hex, carets under what is meant, joints of reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.wire.test_traps import delta, sse
from tests.core.wire_view.test_wire_log import log_of, run_of
from tests.core.wire_view.tool_run import tool_records
from tui.core.derived_run import DerivedRun
from tui.core.wire_view.frame_marks import FrameMark, marks_of
from tui.core.wire_view.frame_text import FrameText
from tui.core.wire_view.json_layout import SYNTHETIC
from tui.panes.detail_rows import HEX, JSON, RAW, VIEWS, DetailRow, detail_rows_of
from tui.panes.wrapped_text import cells_of


def shown(rows: list[DetailRow]) -> list[str]:
    return ["".join(cell.text for cell in row.cells).rstrip() for row in rows]


def rows_of(body: bytes | list[bytes], view: str, width: int = 60, *, row: int = 0, joints: bool = False) -> list[str]:
    log = log_of(run_of([body] if isinstance(body, bytes) else body))
    text = FrameText(log, log.entry(row))
    return shown(detail_rows_of(text, marks_of(log, text), view, width, shows_joints=joints))


def test_caret_of_the_drawing_stands_under_the_empty_list() -> None:
    log = log_of(DerivedRun.of_records(tool_records()))
    text = FrameText(log, log.entry(8))
    rows = shown(detail_rows_of(text, marks_of(log, text), JSON, 46, shows_joints=False))
    at = rows.index('  "choices": [],')
    assert rows[at + 1 : at + 4] == [
        "             ▲▲",
        "  trap: the list choices is empty, so that",
        "  choices[0] fails: skip such a chunk (often",
    ]
    assert rows[0] == "{"
    assert rows[-1] == "}"


def test_raw_shows_fields_and_line_ends_as_signs() -> None:
    assert rows_of(b'event: x\ndata: {"a": 1}\n\n', RAW) == ["event: x␊", 'data: {"a": 1}␊', "␊"]
    assert rows_of(b"data: 1\r\n\r\n", RAW)[:2] == ["data: 1␍␊", "       ▲▲"]


def test_what_is_no_json_is_shown_raw() -> None:
    assert rows_of(b"data: [DONE]\n\n", JSON) == ["data: [DONE]␊", "␊"]
    assert rows_of(b": hi\n\n", JSON) == [": hi␊", "␊"]


def test_broken_json_has_its_caret_where_it_breaks() -> None:
    rows = rows_of(b'data: {"a": x}\n\n', JSON)
    assert rows[1:3] == ['  "a": x', "       ▲"]
    assert rows[3].startswith("  problem: this is no JSON: Expecting value")


def test_hex_has_offsets_bytes_and_characters() -> None:
    rows = rows_of('data: "aé€"\n\n'.encode(), HEX, 60)
    assert rows[0] == '       0  64 61 74 61 3a 20 22 61  data: "a'
    assert rows[1] == '       8  c3 a9 e2 82 ac 22 0a 0a  é€"␊␊'
    assert rows_of(b"data: 1234567890\n\n", HEX, 80)[0].startswith("       0  64 61 74 61 3a 20 31 32 33")


def test_joint_of_a_split_character_is_seen_in_every_view() -> None:
    body = sse(delta(content="xx")).replace("xx", "xé").encode()
    at = body.index(b"\xa9")
    pieces = [body[:at], body[at:]]
    assert any("x⟨c3┆a9⟩é" in row for row in rows_of(pieces, JSON, 70))
    assert any("x⟨c3┆a9⟩é" in row for row in rows_of(pieces, RAW, 70))
    in_hex = rows_of(pieces, HEX)
    for byte in ("c3  ", "┆a9"):  # the last byte of one row, the first of the next
        line = next(index for index, row in enumerate(in_hex) if byte in row)
        assert in_hex[line + 1][in_hex[line].index(byte.strip("┆ ")) :].startswith("▲▲")


def test_other_joints_are_seen_when_they_are_asked_for() -> None:
    pieces = [b'data: "ab', b'cd"\n\n']
    assert rows_of(pieces, RAW)[0] == 'data: "abcd"␊'
    assert rows_of(pieces, RAW, joints=True)[0] == 'data: "ab┆cd"␊'
    assert "┆63" in rows_of(pieces, HEX)[1]


def test_half_of_an_escaped_pair_is_seen_as_it_came() -> None:
    log = log_of(DerivedRun.of_records(tool_records()))
    text = FrameText(log, log.entry(5))
    rows = shown(detail_rows_of(text, marks_of(log, text), JSON, 70, shows_joints=False))
    line = next(index for index, row in enumerate(rows) if "\\udf27" in row)
    assert rows[line + 1].strip() == "▲" * 6
    assert rows[line + 1].index("▲") == rows[line].index("\\udf27")


def test_long_rows_hang_under_their_beginning() -> None:
    rows = rows_of(b'data: {"a": "' + b"x" * 50 + b'"}\n\n', JSON, 30)
    assert rows[1].startswith('  "a": "xxx')
    assert rows[2].startswith("    xxx")
    assert all(len(row) <= 30 for row in rows)


def test_control_characters_reach_no_row() -> None:
    rows = rows_of(b'data: {"a": "\x1b[31m\xe2\x80\xae"}\n\n', RAW) + rows_of(b"data: \x1b\x9b\n\n", HEX)
    assert not any(ord(char) < 32 or char in "\u202e\x9b" for row in rows for char in row)


def test_a_mark_without_a_place_is_said_at_the_end() -> None:
    log = log_of(run_of([b"data: 1\n\n"]))
    text = FrameText(log, log.entry(0))
    rows = shown(detail_rows_of(text, [FrameMark("trap", "somewhere")], JSON, 40, shows_joints=False))
    assert rows[-1] == "  trap: somewhere"


def test_a_cut_row_says_how_much_is_left_out() -> None:
    assert rows_of(b"data: " + b"x" * 40_000 + b"\n\n", HEX)[-1] == "… 7240 more bytes; y copies all"


DATA = st.lists(st.sampled_from(["a", "é", "語", "\U0001f600", "\\n", "\x1b", "\t", '"', "{", ":"]), max_size=12).map(
    "".join
)


@given(DATA, st.sampled_from(VIEWS), st.integers(12, 40), st.integers(1, 12))
def test_every_cell_knows_its_character_and_fits(data: str, view: str, width: int, size: int) -> None:
    body = f"data: {data}\n\n".encode()
    log = log_of(run_of([body[i : i + size] for i in range(0, len(body), size)]))
    text = FrameText(log, log.entry(0))
    rows = detail_rows_of(text, marks_of(log, text), view, width, shows_joints=True)
    seen: list[int] = []
    for row in rows:
        for cell in row.cells:
            if cell.at != SYNTHETIC and not row.is_caret and not cell.is_byte:
                seen += range(cell.at, cell.at + len(cell.text))
        places = row.places()
        assert [column for column, _ in places] == sorted({column for column, _ in places})
        if view != HEX:
            assert sum(cells_of(char) for cell in row.cells for char in cell.text) <= width
    if view != JSON:
        assert seen == list(range(len(text.raw.text)))


@pytest.mark.parametrize("view", VIEWS)
def test_point_is_drawn_in_its_own_style(view: str) -> None:
    log = log_of(run_of(['data: {"k": "é"}\n\n'.encode()]))
    text = FrameText(log, log.entry(0))
    point = text.raw.text.index("é")
    spans = [s for row in detail_rows_of(text, [], view, 60, shows_joints=False) for s in row.spans(point)]
    marked = [span.text for span in spans if span.style == "detail--point"]
    assert marked == (["c3", "a9", "é"] if view == HEX else ["é"])
