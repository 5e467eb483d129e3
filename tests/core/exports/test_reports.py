"""Card, Markdown report, event stream and test module of a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.core.made_runs import DONE, FINISH, delta, run_of
from tests.core.readers.test_log_readers import BODY, records_of
from tui.captures.open_capture import read_capture
from tui.core.capture import CaptureEnd, CaptureHeader, Read
from tui.core.capture_codec import decode_line
from tui.core.chunks import Outcome, StreamProblem
from tui.core.derived_run import DerivedRun
from tui.core.exports.card_text import COLUMNS, LINES, card_lines
from tui.core.exports.markdown_report import markdown_report
from tui.core.exports.pytest_module import pytest_module
from tui.core.exports.raster_text import axis_row, raster_row
from tui.core.exports.sse_text import sse_bytes
from tui.core.race_verdict import lanes_of, race_verdict

RACE = Path(__file__).parents[3] / "screenshots" / "race"
FILES = sorted((Path(__file__).parents[2] / "data" / "captures").glob("*.jsonl"))
AT = [300.0 + 20 * index for index in range(40)]
STEADY = run_of([*((at, delta(content=f"w{i} ")) for i, at in enumerate(AT)), (1200, FINISH), (1201, DONE)])
LUMP = run_of(
    [(3900, "".join(delta(content=f"w{i} ") for i in range(40))), (3901, FINISH + DONE)],
    headers=(("content-type", "text/event-stream"), ("via", "1.1 nginx"), ("content-encoding", "gzip")),
)
BATCHES = run_of(
    [*((300.0 * (b + 1), "".join(delta(content="x ") for _ in range(8))) for b in range(6)), (2000, FINISH + DONE)]
)
FAILED = run_of([(10, "<html>")], outcome=Outcome.FAILED)
NO_TIMES = DerivedRun.of_records(records_of(BODY)[0])


def card(*runs: DerivedRun, **options: bool) -> list[str]:
    return card_lines([("", run) for run in runs], version="1.2.3", **options)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_recorded_stream_fits_a_card(path: Path) -> None:
    run = DerivedRun.of_records(read_capture(path)[0])
    for lines in (card(run), card(run, STEADY, LUMP, FAILED)):
        assert len(lines) <= LINES
        assert max(map(len, lines)) <= COLUMNS
        assert lines[-1].startswith("streamscope 1.2.3")
        assert "127.0.0.1" not in "\n".join(lines)


def test_the_card_of_a_race_names_who_holds_the_text_back() -> None:
    lines = card_lines([("direct", STEADY), ("gateway", LUMP), ("", BATCHES)], version="1")
    first, second, third, axis, *said = lines
    assert first.startswith("A direct  ▒▒")
    assert first.endswith("0.30 s   42 reads  steady")
    assert second.endswith("3.90 s    2 reads  LUMP")
    assert "✓" in second
    assert third.endswith("batches")
    assert axis.rstrip().endswith("3.90 s")
    verdict = " ".join(said)
    assert "► BUFFERED between lane A and lane B." in verdict
    assert "40 frames" in verdict or "42 frames" in verdict


def test_the_race_of_the_readme_is_a_card_that_names_who_did_it() -> None:
    names = ("direct provider", "SSE gateway", "WS gateway")
    files = [RACE / f"{name.partition(' ')[0].lower()}.jsonl" for name in names]
    records = [[decode_line(line)[0] for line in file.read_text(encoding="utf-8").splitlines()] for file in files]
    lines = card_lines(list(zip(names, map(DerivedRun.of_records, records), strict=True)), version="1")
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= COLUMNS
    assert "127.0.0.1" not in "\n".join(lines)
    rain, lump, again = lines[:3]
    assert lump.count("▒") > 5 * max(rain.count("▒"), again.count("▒"))
    assert lump.partition("✓")[0].endswith("█")
    assert " ".join(lines).count("► BUFFERED between lane A and lane B. Direct shows text at") == 1


def test_hosts_are_shown_only_when_asked_for() -> None:
    assert "127.0.0.1" not in "\n".join(card(STEADY))
    assert "A http://127.0.0.1" in card(STEADY, with_hosts=True)


@pytest.mark.parametrize(
    ("runs", "word", "begins"),
    [
        (
            [STEADY, STEADY],
            "streams",
            "STREAMS. All 2 lanes show text from 0.30-0.30 s on, about 1 frame a read. Nothing",
        ),
        ([STEADY], "streams", "STREAMS. A shows text"),
        ([STEADY, LUMP], "buffered", "BUFFERED between lane A and lane B. "),
        ([BATCHES, BATCHES], "batches", "THE MODEL BATCHES, or something before every lane does."),
        ([LUMP], "cannot_tell", "CANNOT TELL. One lump"),
        ([NO_TIMES, STEADY], "cannot_tell", "CANNOT TELL."),
        ([FAILED], "cannot_tell", "CANNOT TELL."),
        ([STEADY, FAILED], "streams", "STREAMS. A shows text"),
    ],
)
def test_the_verdict_is_no_more_certain_than_the_lanes(runs: list[DerivedRun], word: str, begins: str) -> None:
    verdict = race_verdict(lanes_of([("", run) for run in runs]))
    assert verdict.word == word
    assert verdict.sentence.startswith(begins)
    assert ("failed: " in verdict.sentence) is (FAILED in runs)
    assert {row.letter for row in verdict.evidence} <= set("AB")


def test_the_head_of_a_buffered_lane_is_evidence() -> None:
    verdict = race_verdict(lanes_of([("direct", STEADY), ("gateway", LUMP)]))
    told = " ".join(row.text for row in verdict.evidence)
    assert all(sign in told for sign in ('"via: 1.1 nginx"', "no X-Accel-Buffering", "content-encoding gzip"))
    assert "Direct streams on the same way, which points to content-encoding gzip." in verdict.sentence


def test_few_frames_cannot_tell() -> None:
    few = run_of([(300, delta(content="a")), (320, delta(content="b")), (400, FINISH), (401, DONE)])
    assert "too few (16 are needed)" in race_verdict(lanes_of([("", few), ("", STEADY)])).sentence


def test_a_raster_is_as_wide_as_asked_and_shows_waiting_stall_and_end() -> None:
    late = [at + (900 if i >= 20 else 0) for i, at in enumerate(AT)]
    run = run_of([*((at, delta(content=f"w{i} ")) for i, at in enumerate(late)), (2200, FINISH), (2201, DONE)])
    row = raster_row(run, 60, 2.2)
    assert len(row) == 60
    assert row.startswith("▒▒")
    assert "!!!!" in row
    assert row.endswith("✓")
    assert len(raster_row(run, 60, 4.4).rstrip()) in (30, 31)
    assert axis_row(2.2, 60).startswith("0 ")
    assert axis_row(2.2, 60).endswith(" 2.20 s")
    assert raster_row(NO_TIMES, 30, 6.0).endswith("✓")


def test_a_report_is_markdown_that_no_text_can_break() -> None:
    hostile = run_of(
        [
            (300, delta(content="```\n# not a heading <script>|x|")),
            (320, 'data: {"choices":[{"index":0,"delta":{"content":"````"}}], "x": "\\u001b[31m"}\n\n'),
            (330, "data: {broken ```` \x1b[31m\n\n"),
        ],
        outcome=None,
    )
    hostile.add(CaptureEnd(0.4, Outcome.FAILED, StreamProblem.of("bad_json", "`frame` | 2 is <b>no</b> JSON")))
    text = markdown_report(hostile, "run|`1`.jsonl", "1", ["a note"])
    assert "\x1b" not in text
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    headings = [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings[1:3] == ["Arrivals", "Numbers"]
    assert headings[3].startswith("Suspicious (")
    assert len(headings) == 4
    assert not any(token.type in ("html_block", "html_inline") for token in tokens)
    fences = [token.content for token in tokens if token.type == "fence"]
    assert any("{broken ````" in fence for fence in fences)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_report_has_every_part(path: Path) -> None:
    run = DerivedRun.of_records(read_capture(path)[0])
    text = markdown_report(run, path.name, "1", [])
    assert f"| outcome | {run.outcome}" in text.replace("\\", "")
    assert "## Arrivals" in text
    assert "| TTFT |" in text
    assert "## Suspicious" in text


def test_an_event_stream_is_the_very_bytes_and_messages_become_events() -> None:
    run = DerivedRun.of_records(read_capture(FILES[0])[0])
    assert sse_bytes(run) == run.capture.bytes_between(0, run.capture.byte_count)
    ws = DerivedRun.of_records(
        [CaptureHeader("ws", "", {}), Read(0.1, '{"type":"start"}'), CaptureEnd(0.2, Outcome.FAILED)]
    )
    assert sse_bytes(ws) == b'data: {"type":"start"}\n\n'


def test_the_name_of_a_module_cannot_be_code() -> None:
    module = pytest_module(STEADY, 'x"""\nimport os', "1")
    assert "import os\n" not in module.partition("from __future__")[0]
    compile(module, "made.py", "exec")
