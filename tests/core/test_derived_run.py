"""What follows from a capture follows from each of its prefixes alike, and from no order of looking."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.capture import CaptureEnd, CaptureHeader, Read, Record, ResponseHead
from tui.core.capture_codec import decode_line
from tui.core.chunks import Outcome, StreamProblem
from tui.core.derived_run import DerivedRun
from tui.errors import CaptureError

DEMOS = sorted((Path(__file__).parents[2] / "tui" / "gateway" / "demo").glob("*.jsonl"))
MODES = ("word", "sentence", "line", "paragraph", "raw")
RECORDS = {file.stem: [decode_line(line)[0] for line in file.read_text().splitlines()] for file in DEMOS}
HEADER = CaptureHeader("sse", "http://far", {})
NDJSON = ResponseHead(200, (("content-type", "application/x-ndjson"),), 0.1)


def to_nanoseconds(value: Any) -> Any:
    """Sums of floats depend in their last bit on the order of adding; nobody measures that finely."""
    return round(value, 9) if isinstance(value, float) else value


def derived_values(run: DerivedRun) -> dict[str, Any]:
    pipeline = run.pipeline
    return {
        "text": pipeline.content.text(),
        "segments": [pipeline.segments.segment(index) for index in range(pipeline.segments.count)],
        "held": (pipeline.segments.held_text, pipeline.segments.held_since),
        "code": pipeline.code_blocks,
        "json": pipeline.json_values,
        "tools": pipeline.tool_calls,
        "chunks": list(run.chunks),
        "frames": list(run.decoder.frames) if run.decoder else [],
        "stats": {name: to_nanoseconds(value) for name, value in run.stats.to_json().items()},
        "outcome": run.outcome,
        "result": None if run.result is None else (run.result.content, run.result.usage, run.result.remarks),
    }


@pytest.mark.parametrize("name", sorted(RECORDS))
@pytest.mark.parametrize("mode", MODES)
def test_segments_of_a_whole_recording_are_its_text(name: str, mode: str) -> None:
    run = DerivedRun.of_records(RECORDS[name], mode)
    assert run.result is not None
    segments = run.pipeline.segments
    assert "".join(segments.segment(index).text for index in range(segments.count)) == run.result.content
    assert run.pipeline.content.text() == run.result.content
    assert run.result.content or run.pipeline.tool_calls
    assert [chunk.content for chunk in run.chunks] == [chunk.content for chunk in run.result.chunks]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_run_that_grows_equals_a_fresh_run_over_each_prefix(data: st.DataObject) -> None:
    """Looking at it on the way changes nothing either."""
    records = RECORDS[data.draw(st.sampled_from(sorted(RECORDS)))]
    stops = sorted(data.draw(st.sets(st.integers(1, len(records)), min_size=1, max_size=3)))
    growing = DerivedRun.of_records(records[:1])
    done = 1
    for stop in stops:
        for record in records[done:stop]:
            growing.add(record)
        done = max(done, stop)
        assert derived_values(growing) == derived_values(DerivedRun.of_records(records[:done]))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_another_mode_gives_what_that_mode_would_have_given_from_the_start(data: st.DataObject) -> None:
    records = RECORDS[data.draw(st.sampled_from(sorted(RECORDS)))]
    first, second = data.draw(st.sampled_from(MODES)), data.draw(st.sampled_from(MODES))
    switch = data.draw(st.integers(1, len(records)))
    run = DerivedRun.of_records(records[:switch], first)
    run.pipeline.set_mode(second)
    assert derived_values(run) == derived_values(DerivedRun.of_records(records[:switch], second))
    for record in records[switch:]:
        run.add(record)
    assert derived_values(run) == derived_values(DerivedRun.of_records(records, second))


def test_records_after_the_end_change_nothing() -> None:
    records = RECORDS["markdown"]
    run = DerivedRun.of_records(records)
    before = derived_values(run)
    for record in records[1:]:
        assert list(run.add(record)) == []
    assert derived_values(run) == before


def test_the_end_of_the_capture_is_the_truth_about_the_outcome() -> None:
    problem = StreamProblem.of("internal", "the probe died")
    without_end = [record for record in RECORDS["markdown"] if not isinstance(record, CaptureEnd)]
    for end in (CaptureEnd(9.0, Outcome.CANCELLED), CaptureEnd(9.0, Outcome.INCOMPLETE, problem)):
        run = DerivedRun.of_records([*without_end, end])
        assert run.result is not None
        assert (run.result.outcome, run.result.problem) == (end.outcome, end.problem)


def test_a_last_line_without_its_end_reaches_text_and_segments() -> None:
    lines = [
        b'{"model":"m","message":{"role":"assistant","content":"one "},"done":false}\n',
        b'{"model":"m","message":{"role":"assistant","content":"two"},"done":true,"done_reason":"stop"}',
    ]
    records: list[Record] = [HEADER, NDJSON, *(Read(0.2, line) for line in lines), CaptureEnd(0.3, Outcome.COMPLETED)]
    run = DerivedRun.of_records(records)
    assert run.result is not None
    assert run.pipeline.content.text() == run.result.content == "one two"


def test_the_first_of_two_headers_of_a_name_counts_as_in_the_probe() -> None:
    head = ResponseHead(200, (("content-type", "application/x-ndjson"), ("content-type", "text/html")), 0.1)
    line = b'{"model":"m","message":{"role":"assistant","content":"one"},"done":true,"done_reason":"stop"}\n'
    run = DerivedRun.of_records([HEADER, head, Read(0.2, line), CaptureEnd(0.3, Outcome.COMPLETED)])
    assert run.pipeline.content.text() == "one"


def test_a_capture_begins_with_its_header() -> None:
    for records in ([], [Read(0.0, b"")]):
        with pytest.raises(CaptureError, match="header"):
            DerivedRun.of_records(records)


@pytest.mark.parametrize("name", sorted(RECORDS))
@pytest.mark.parametrize("size", [2, 7, 60])
def test_reads_joined_at_one_moment_give_what_the_reads_one_by_one_give(name: str, size: int) -> None:
    reads = [record for record in RECORDS[name] if isinstance(record, Read) and isinstance(record.data, bytes)]
    runs = []
    for is_joined in (False, True):
        header, head = RECORDS[name][0], next(record for record in RECORDS[name] if isinstance(record, ResponseHead))
        records: list[Record] = [header, head]
        for start in range(0, len(reads), size):
            group = reads[start : start + size]
            data = [read.data for read in group if isinstance(read.data, bytes)]
            joined = [b"".join(data)] if is_joined else data
            records += [Read(group[0].at, part) for part in joined]
        runs.append(DerivedRun.of_records([*records, CaptureEnd(100.0, Outcome.COMPLETED)]))
    for run in runs:
        assert run.chunks[:] == list(run.chunks)
        assert run.chunks[5:-5] == list(run.chunks)[5:-5]
    apart, together = map(derived_values, runs)
    for found in (apart, together):  # the only thing that may differ is into how many reads it fell
        found["frames"] = [(frame.at, frame.text) for frame in found["frames"]]
        found["stats"] = {key: value for key, value in found["stats"].items() if "read" not in key}
    assert apart["stats"] == together["stats"]
    assert apart == together
    assert runs[0].arrivals.times == runs[1].arrivals.times
    assert runs[0].arrivals.read_counts == runs[1].arrivals.read_counts
