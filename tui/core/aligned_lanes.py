"""Lanes laid over one another by output offset: how much later each has the same place of the text, where texts differ.

Pure. Times count from each lane's own request, so that answers of other models and other captures can be compared.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from tui.core.checks.run_diff import NOTICED_S, diff_runs, falling_behind, place_lines, text_lines, time_at
from tui.core.derived_run import DerivedRun

LATER_S: Final = (NOTICED_S, 0.25, 1.0)
"""From so much on a lane is later, much later, very much later than the first one at the same place."""


class AlignedCell(NamedTuple):
    """A slice of the text. `step` says how much later than the first lane it was there: 0 to 3, None where it is not.

    `differs` marks a slice in which the lane says another thing than the first lane of the list.
    """

    step: int | None
    differs: bool = False


class AlignedLane(NamedTuple):
    """A lane: its cells; where it parts from the first lane (None: nowhere), and how much later it ends.

    What counts as the end is that of the shorter text of the two.
    """

    cells: list[AlignedCell]
    parts_at: int | None
    lag_s: float | None


def aligned_lanes(runs: Sequence[DerivedRun], width: int) -> list[AlignedLane]:
    """Every lane in `width` slices of the longest text; the first one is what the others are compared with."""
    longest = max((run.pipeline.content.length for run in runs), default=0)
    texts = [run.pipeline.content.text() for run in runs]
    edges = [longest * cell // width for cell in range(width + 1)]
    firsts = [_earliest(runs, edges[cell + 1] - 1) for cell in range(width)]
    lanes = []
    for place, run in enumerate(runs):
        both = texts[place], texts[0]
        cells = [_cell(run, both, (edges[cell], edges[cell + 1]), firsts[cell]) for cell in range(width)]
        parting = diff_runs(runs[0], run).parting if place else None
        lag = falling_behind(runs[0], run, _shortest(runs[0], run))[1] if place else None
        lanes.append(AlignedLane(cells, parting.offset if parting is not None else None, lag))
    return lanes


def aligned_notes(lanes: Sequence[tuple[str, DerivedRun]]) -> list[str]:
    """For each lane but the first one: where the texts part, and who falls behind where."""
    if not lanes:
        return []
    (first_name, first), *others = lanes
    notes = []
    for name, run in others:
        names = first_name, name
        places, lag = falling_behind(first, run, _shortest(first, run))
        said = [*text_lines(diff_runs(first, run), names), *place_lines(places, names)]
        notes.append(" ".join([f"{first_name} and {name}:", *said, _at_the_end(first, run, lag, names)]))
    return notes


def _at_the_end(first: DerivedRun, run: DerivedRun, lag: float | None, names: tuple[str, str]) -> str:
    """How far apart two lanes are where the shorter text ends."""
    if lag is None:
        return "Times cannot be compared: one of the two has none, or no text."
    where = f"at char {_shortest(first, run)}, where the shorter text ends."
    if abs(lag) <= NOTICED_S:
        return f"Both are there at the same time {where}"
    return f"{names[int(lag > 0)]} is {abs(lag):.2f} s later {where}"


def _shortest(first: DerivedRun, second: DerivedRun) -> int:
    return min(first.pipeline.content.length, second.pipeline.content.length)


def _earliest(runs: Sequence[DerivedRun], offset: int) -> float | None:
    """When the first of the lanes had the text up to an offset; None where none has it, or a lane has no times."""
    there = [run for run in runs if 0 <= offset < run.pipeline.content.length]
    return min((time_at(run, offset) for run in there if run.capture.header.has_times), default=None)


def _cell(run: DerivedRun, texts: tuple[str, str], span: tuple[int, int], earliest: float | None) -> AlignedCell:
    """A slice of a lane's text beside that of the first lane; an empty one is like its neighbour."""
    (text, first_text), (low, high) = texts, span
    if not text or low >= len(text):
        return AlignedCell(None)
    end = min(max(low + 1, high), len(text))
    differs = first_text[low:end] != text[low:end]
    if earliest is None or not run.capture.header.has_times:
        return AlignedCell(0, differs=differs)
    return AlignedCell(bisect_right(LATER_S, time_at(run, end - 1) - earliest), differs=differs)
