"""The capture file: sealed lines, cut and damaged at every byte."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_capture import BODIES, ENDS, HEADERS
from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.capture_codec import encode_record
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.core.readers.capture_lines import CaptureLines, LineSealer
from tui.core.readers.detecting_reader import DetectingReader
from tui.errors import CaptureError

SMALL: list[Record] = [
    CaptureHeader("direct", "http://127.0.0.1/v1", {"model": "m"}, "openai-chat", clock=1.5, software={"a": "1"}),
    Marker("sent", 0.0),
    ResponseHead(200, (("content-type", "text/event-stream"),), 0.01),
    Read(0.02, b'data: {"choices":[{"index":0,"delta":{"content":"J\xc3'),
    Read(0.03, b'\xb6rn."},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n', 90),
    CaptureEnd(0.04, Outcome.COMPLETED),
]


def sealed(records: list[Record]) -> bytes:
    sealer = LineSealer()
    return b"".join(sealer.seal(record) for record in records)


def unsealed(records: list[Record]) -> bytes:
    return "".join(map(encode_record, records)).encode()


def read(data: bytes, step: int | None = None) -> tuple[list[Record], list[str]]:
    """What the reader that finds out the form makes of a file."""
    reader = DetectingReader()
    records: list[Record] = []
    for start in range(0, len(data), step or max(1, len(data))):
        records += reader.feed(data[start : start + (step or len(data))])
    return [*records, *reader.finish()], reader.notes


def read_or_say(data: bytes) -> tuple[list[Record], list[str]]:
    """As `read`; of what cannot be shown the reason alone."""
    try:
        return read(data)
    except CaptureError as error:
        return [], [str(error)]


@given(HEADERS, BODIES, ENDS, st.integers(1, 200))
def test_a_sealed_file_gives_back_its_records_in_any_pieces(
    header: CaptureHeader, body: list[Record], end: CaptureEnd, step: int
) -> None:
    header = CaptureHeader(header.transport, header.url, header.request, "auto", clock=header.clock)
    records = [header, *body, end]
    assert read(sealed(records), step) == (records, [])
    assert read(unsealed(records), step) == (records, [])


@pytest.mark.parametrize("write", [sealed, unsealed])
def test_a_file_cut_at_any_byte_opens_as_its_whole_lines_and_says_so(write: Callable[[list[Record]], bytes]) -> None:
    data = write(SMALL)
    line_ends = [index + 1 for index, byte in enumerate(data) if byte == 0x0A]
    for size in range(len(data)):
        whole = sum(end <= size + 1 for end in line_ends)  # the last line feed may be missing
        if not whole:
            with pytest.raises(CaptureError):
                read(data[:size])
            continue
        records, notes = read(data[:size])
        if whole == len(SMALL):
            assert (records, notes) == (SMALL, [])
            continue
        *kept, end = records
        assert kept == SMALL[:whole]
        assert isinstance(end, CaptureEnd)
        assert not end.is_recorded
        assert len(notes) >= 1
        is_at_line_end = size in line_ends or size + 1 in line_ends
        assert ("no end line" if is_at_line_end else f"Line {whole + 1}") in notes[0]
        assert DerivedRun.of_records(records).is_over


@pytest.mark.parametrize("mask", [0x01, 0x20, 0x80, 0xFF])
def test_damage_at_any_byte_of_a_sealed_file_is_named_and_what_stands_before_it_is_shown(mask: int) -> None:
    data = sealed(SMALL)
    for index in range(len(data)):
        damaged = bytearray(data)
        damaged[index] ^= mask
        number = data[:index].count(b"\n")
        records, notes = read_or_say(bytes(damaged))
        if not records:
            assert number == 0
            assert notes[0].startswith("Line 1 ")
            continue
        assert any(f"Line {number + 1} " in note or f"Line {number + 2} " in note for note in notes), (index, notes)
        assert records[:-1] == SMALL[: len(records) - 1]
        assert len(records) - 1 >= number
        assert DerivedRun.of_records(records).is_over


@pytest.mark.parametrize("mask", [0x01, 0x20, 0x80, 0xFF])
def test_no_damage_of_an_unsealed_file_raises_anything_but_a_capture_error(mask: int) -> None:
    data = unsealed(SMALL)
    for index in range(len(data)):
        damaged = bytearray(data)
        damaged[index] ^= mask
        try:
            records, _ = read(bytes(damaged))
        except CaptureError:
            continue
        assert DerivedRun.of_records(records).is_over


def test_a_missing_line_is_damage_at_its_place() -> None:
    lines = sealed(SMALL).splitlines(keepends=True)
    records, notes = read(b"".join(lines[:3] + lines[4:]))
    assert records[:-1] == SMALL[:3]
    assert "Line 4" in notes[0]
    assert "checksum" in notes[0]


def test_what_stands_behind_the_end_is_not_shown_and_said() -> None:
    data = sealed(SMALL)
    records, notes = read(data + data)
    assert records == SMALL
    assert notes == [f"{len(data):,} bytes behind the end line are not shown."]


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"read","t":NaN,"kind":"bytes","text":"x"}',
        '{"type":"read","t":1e999,"kind":"bytes","text":"x"}',
        '{"type":"read","t":0,"wire":-1,"kind":"bytes","text":"x"}',
        '{"type":"read","t":0,"wire":99999999999999999999,"kind":"bytes","text":"x"}',
        '{"type":"read","t":0,"kind":"bytes","text":"\\ud800"}',
        '{"type":"head","t":0,"status":200,"headers":7}',
        '{"type":"end","t":0,"outcome":"great"}',
        '{"type":"end","t":0,"outcome":"failed","problem":7}',
        '{"type":"end","t":0,"outcome":"failed","problem":{"status":"x"}}',
        '{"type":"mark","t":null,"name":"x"}',
        "[" * 100_000,
        '{"type":"moon","t":0}',
    ],
)
def test_a_line_that_no_recorder_writes_is_damage(line: str) -> None:
    records, notes = read(unsealed(SMALL[:3]) + line.encode() + b"\n")
    assert records[:-1] == SMALL[:3]
    assert notes[0].startswith("Line 4 ")


def test_an_unknown_dialect_in_the_header_is_found_out_anew() -> None:
    header = CaptureHeader("sse", "", {}, "klingon")
    records, notes = read(sealed([header, *SMALL[1:]]))
    run = DerivedRun.of_records(records)
    assert run.outcome is Outcome.COMPLETED
    assert "klingon" in notes[0]


def test_a_recording_without_its_end_is_judged_by_its_frames() -> None:
    whole, cut = DerivedRun.of_records(read(sealed(SMALL[:-1]))[0]), DerivedRun.of_records(read(sealed(SMALL[:4]))[0])
    assert whole.outcome is Outcome.COMPLETED
    assert cut.outcome is Outcome.INCOMPLETE
    assert cut.result is not None
    assert cut.result.problem is not None
    assert "no end line" in cut.result.problem.message
    assert cut.capture.end is not None
    assert cut.capture.end.outcome is Outcome.INCOMPLETE


def test_a_long_line_in_small_pieces_is_linear() -> None:
    """Joining all that waits for each piece would make 40 million steps of a 2 MB line in 64-byte pieces."""
    data = unsealed([SMALL[0], Read(0.0, b"x" * 2_000_000)])
    reader = CaptureLines()
    records = [record for start in range(0, len(data), 64) for record in reader.feed(data[start : start + 64])]
    assert records == [SMALL[0], Read(0.0, b"x" * 2_000_000)]
