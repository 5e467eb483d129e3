"""The list of everything odd: what, frame, sentence, what to do."""

from __future__ import annotations

import pytest

from tests.core.wire.test_traps import DONE, STOP, TEXT, delta, sse
from tests.core.wire_view.test_wire_log import log_of, run_of
from tests.core.wire_view.tool_run import tool_records
from tui.core.capture import CaptureEnd, Read
from tui.core.chunks import Outcome, StreamProblem
from tui.core.derived_run import DerivedRun
from tui.core.wire.stream_oddities import REMARK_KINDS
from tui.core.wire_view import oddity_list
from tui.core.wire_view.oddity_list import frame_to_begin_at, nothing_odd, oddities_of, oddity_count, row_of


def run_with(body: str, outcome: Outcome | None = Outcome.COMPLETED) -> DerivedRun:
    run = run_of([body.encode()], is_over=False)
    if outcome is not None:
        run.add(CaptureEnd(2.0, outcome))
    return run


def test_the_run_of_the_drawing() -> None:
    run = DerivedRun.of_records(tool_records())
    log = log_of(run)
    rows = [(oddity.what, row_of(oddity, log)) for oddity in oddities_of(run)]
    assert rows == [("remark", 7), ("trap", 0), ("stall", 5), ("trap", 5), ("trap", 6), ("trap", 8), ("remark", 9)]
    assert oddity_count(run) == len(rows)
    empty = oddities_of(run)[5]
    assert empty.sentence == "the list choices is empty, so that choices[0] fails"
    assert empty.advice == "Skip such a chunk (often it brings usage)"
    assert all(oddity.advice for oddity in oddities_of(run))


def test_where_to_begin_is_the_first_problem_or_trap_but_for_the_everyday_ones() -> None:
    assert frame_to_begin_at(DerivedRun.of_records(tool_records())) == 5
    everyday = sse(delta(role="assistant"), TEXT, {"choices": []}, STOP) + DONE
    assert frame_to_begin_at(run_with(everyday)) is None
    assert frame_to_begin_at(broken("bad_json", (everyday + "data: {no\n\n").encode())) is not None
    assert frame_to_begin_at(broken("reset", sse(TEXT).encode())) == 0
    assert frame_to_begin_at(run_of([])) is None


def broken(kind: str, *pieces: bytes) -> DerivedRun:
    run = run_of(pieces, is_over=False)
    run.add(CaptureEnd(3.0, Outcome.FAILED, StreamProblem.of(kind, "as the end of the capture says")))
    return run


def test_the_problem_is_first_and_knows_its_frame() -> None:
    run = broken("bad_json", (sse(TEXT) + "data: {no\n\n" + sse(TEXT)).encode())
    first = oddities_of(run)[0]
    assert (first.what, first.frame, first.sentence[:9]) == ("problem", 1, "bad_json:")
    cut = broken("unterminated_event", (sse(TEXT) + "data: {").encode())
    problem = oddities_of(cut)[0]
    assert (problem.sentence[:18], row_of(problem, log_of(cut))) == ("unterminated_event", 1)
    assert problem.advice
    assert [oddity_count(odd) for odd in (run, cut, None)] == [len(oddities_of(run)), len(oddities_of(cut)), 0]


def test_a_run_without_a_frame_has_its_problem_too() -> None:
    run = broken("reset")
    (problem,) = oddities_of(run)
    assert (problem.frame, row_of(problem, log_of(run))) == (None, None)


def test_nothing_odd_counts_frames_and_reads_and_names_the_proof() -> None:
    whole = run_with(sse(TEXT, STOP) + DONE)
    assert (oddities_of(whole), nothing_odd(whole)) == ([], "Nothing odd: 3 frames, 1 read, proven end ([DONE]).")
    assert nothing_odd(run_with(sse(TEXT), None)) == "Nothing odd so far: 1 frame, 1 read."
    assert nothing_odd(run_with(sse(TEXT), Outcome.CANCELLED)) == "Nothing odd: 1 frame, 1 read, cancelled."
    assert nothing_odd(None) == "Nothing has come yet, so nothing is odd."


def test_stalls_and_pauses_are_rows_with_the_frame_before_them() -> None:
    run = run_of([], is_over=False)
    for at, value in (
        (1.0, delta(content="a")),
        (1.01, delta(content="b")),
        (1.02, delta(content="c")),
        (1.03, TEXT),
        (2.0, STOP),
    ):
        run.add(Read(at, sse(value).encode()))
    run.add(Read(3.0, sse(TEXT).encode()))
    stalls = [(oddity.what, oddity.frame) for oddity in oddities_of(run) if oddity.what == "stall"]
    assert stalls == [("stall", 3)]


@pytest.mark.parametrize("kind", [*REMARK_KINDS, "seam"])
def test_every_remark_says_what_to_do(kind: str) -> None:
    assert oddity_list.advice_on(kind).endswith((".", "?"))
