"""Lanes by output offset: who is later where, and where the texts part."""

from __future__ import annotations

from tests.core.made_runs import DONE, FINISH, delta, run_of
from tui.core.aligned_lanes import AlignedLane, AlignedLanes
from tui.core.derived_run import DerivedRun

TEXT = "abcdefghij" * 4


def letters(text: str, *, pause_at: int = -1, pause_ms: int = 0) -> DerivedRun:
    """A letter every 10 ms from 100 ms on, with a pause before one of them."""
    at, reads = 100.0, []
    for place, letter in enumerate(text):
        at += 10 + (pause_ms if place == pause_at else 0)
        reads.append((at, delta(content=letter)))
    return run_of([*reads, (at + 1, FINISH + DONE)])


def compared(lanes: list[tuple[str, DerivedRun]], pieces: int = 7) -> AlignedLanes:
    """Compared in portions of so many pieces."""
    found = AlignedLanes(lanes)
    while not found.advance(pieces):
        assert 0 <= found.share <= 1
    assert found.share == 1
    return found


def aligned_lanes(runs: list[DerivedRun], width: int) -> list[AlignedLane]:
    return compared([("", run) for run in runs]).cells(width)


def aligned_notes(lanes: list[tuple[str, DerivedRun]]) -> list[str]:
    return compared(lanes).notes()


def test_a_lane_that_falls_behind_is_later_from_there_on() -> None:
    lanes = aligned_lanes([letters(TEXT), letters(TEXT, pause_at=20, pause_ms=400)], 20)
    assert [cell.step for cell in lanes[0].cells] == [0] * 20
    assert [cell.step for cell in lanes[1].cells] == [0] * 10 + [2] * 10
    assert not any(cell.differs for lane in lanes for cell in lane.cells)
    assert lanes[1].parts_at is None
    assert lanes[1].lag_s is not None
    assert abs(lanes[1].lag_s - 0.4) < 1e-6
    (note,) = aligned_notes([("A", letters(TEXT)), ("B", letters(TEXT, pause_at=20, pause_ms=400))])
    assert "Same text, 40 characters." in note
    assert "B falls behind at char 20 by 0.40 s (frame 20," in note
    assert "B is 0.40 s later at char 40, where the shorter text ends." in note


def test_other_texts_are_marked_where_they_differ_and_still_compared_by_offset() -> None:
    other = TEXT[:10] + TEXT[10:20].upper() + TEXT[20:30]
    lanes = aligned_lanes([letters(TEXT), letters(other, pause_at=5, pause_ms=2000)], 20)
    cells = lanes[1].cells
    assert [cell.differs for cell in cells[:15]] == [False] * 5 + [True] * 5 + [False] * 5
    assert [cell.step for cell in cells[15:]] == [None] * 5, "the shorter text has ended"
    assert {cell.step for cell in cells[5:15]} == {3}
    assert lanes[1].parts_at == 10
    (note,) = aligned_notes([("A", letters(TEXT)), ("B", letters(other, pause_at=5, pause_ms=2000))])
    assert 'The texts part at char 10: A has "abcdefghij' in note
    assert "B is 2.00 s later at char 30, where the shorter text ends." in note


def test_more_cells_than_text_and_no_text_at_all() -> None:
    lanes = aligned_lanes([letters("abc"), letters("")], 10)
    assert [cell.step for cell in lanes[0].cells] == [0] * 10
    assert [cell.step for cell in lanes[1].cells] == [None] * 10
    assert "Times cannot be compared" in aligned_notes([("A", letters("abc")), ("B", letters(""))])[0]
    assert aligned_notes([]) == []
    assert aligned_lanes([], 10) == []
