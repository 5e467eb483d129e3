"""A lane as cells, and the lanes of a race on one clock, against loops over the frames."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.made_runs import DONE, FINISH, delta, run_of
from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, ResponseHead
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.core.race_cells import CONNECT, PROVEN, TEXT, UNPROVEN, WAIT, connect_s, lane_cells
from tui.core.race_timeline import RaceTimeline

GAPS = st.lists(st.integers(min_value=1, max_value=300), min_size=1, max_size=20)


def stream(gaps: list[int], *, sent_ms: float = 0, connecting_ms: float | None = None) -> DerivedRun:
    """A piece after each gap, since the request; the end 10 ms after the last."""
    records = [CaptureHeader("sse", "http://127.0.0.1", {}, clock=0.0)]
    marks = [] if connecting_ms is None else [Marker("connecting", connecting_ms / 1000)]
    at, reads = sent_ms, []
    for number, gap in enumerate(gaps):
        at += gap
        reads.append(Read(at / 1000, delta(content=f"w{number} ").encode()))
    reads.append(Read((at + 10) / 1000, (FINISH + DONE).encode()))
    head = ResponseHead(200, (("content-type", "text/event-stream"),), sent_ms / 1000)
    end = CaptureEnd((at + 10) / 1000, Outcome.COMPLETED)
    return DerivedRun.of_records([*records, *marks, Marker("sent", sent_ms / 1000), head, *reads, end])


@settings(max_examples=60)
@given(GAPS, st.integers(min_value=5, max_value=120), st.integers(min_value=0, max_value=400))
def test_every_piece_of_text_is_in_a_cell_and_what_is_before_the_first_waits(
    gaps: list[int], width: int, sent_ms: int
) -> None:
    run = stream(gaps, sent_ms=sent_ms)
    end = (sum(gaps) + 10) / 1000
    cells = lane_cells(run, 99.0, width, 0.0, end)
    assert len(cells) == width + 1
    assert sum(cell.arrivals for cell in cells) == len(gaps)
    first = next(place for place, cell in enumerate(cells) if cell.what == TEXT)
    assert all(cell.what == WAIT for cell in cells[:first])
    assert [cell.what for cell in cells].count(PROVEN) == 1


def test_connecting_is_apart_from_waiting_and_before_the_request() -> None:
    run = stream([400], sent_ms=200, connecting_ms=0)
    assert connect_s(run) == 0.2
    cells = [cell.what for cell in lane_cells(run, 9.0, 61, -0.2, 0.41)]
    assert cells[:20] == [CONNECT] * 20
    assert set(cells[21:59]) == {WAIT}


def test_an_open_lane_ends_now_and_a_broken_one_without_proof() -> None:
    is_open = run_of([(310, delta(content="a"))], outcome=None)
    cells = [cell.what for cell in lane_cells(is_open, 0.6, 10, 0.0, 1.0)]
    assert cells[:3] == [WAIT] * 3
    assert cells[3] == TEXT
    assert PROVEN not in cells
    assert UNPROVEN not in cells
    broken = run_of([(300, delta(content="a"))], outcome=Outcome.INCOMPLETE)
    assert UNPROVEN in [cell.what for cell in lane_cells(broken, 0.6, 10, 0.0, 1.0)]


def test_a_lane_that_was_never_sent_has_only_tried_to_connect() -> None:
    run = DerivedRun.of_records(
        [
            CaptureHeader("sse", "http://127.0.0.1", {}, clock=0.0),
            Marker("connecting", 0.0),
            CaptureEnd(0.5, Outcome.FAILED),
        ]
    )
    cells = [cell.what for cell in lane_cells(run, 0.5, 10, 0.0, 1.0)]
    assert cells[:5] == [CONNECT] * 5
    assert cells[5] == UNPROVEN


@settings(max_examples=40)
@given(st.lists(st.tuples(GAPS, st.integers(min_value=0, max_value=500)), min_size=1, max_size=4))
def test_frames_of_all_lanes_are_counted_in_the_order_of_their_times(lanes: list[tuple[list[int], int]]) -> None:
    runs = [stream(gaps, sent_ms=sent) for gaps, sent in lanes]
    timeline = RaceTimeline(runs, len(runs))
    times = sorted(
        run.decoder.frames.time_of(index) - (run.stats.sent_at or 0.0)
        for run in runs
        if run.decoder is not None
        for index in range(run.frame_count)
    )
    assert timeline.frame_count == len(times)
    assert [timeline.time_of(index) for index in range(len(times))] == times
    assert timeline.frames_until(times[-1] + 1e-6) == len(times)
    assert timeline.frames_until(0.0) == 0
    assert timeline.is_over
    assert not RaceTimeline(runs, len(runs) + 1).is_over
    assert timeline.end_at >= times[-1]
