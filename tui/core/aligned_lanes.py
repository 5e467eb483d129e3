"""Lanes laid over one another by output offset: how much later each has the same place of the text, where texts differ.

Pure. Times count from each lane's own request, so that answers of other models and other captures can be compared.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from tui.core.checks.lag_walk import NOTICED_S, LagWalk
from tui.core.checks.run_diff import Parting, parting_of, place_lines, text_line, time_at
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


class AlignedLanes:
    """Runs that are over, with their names; `advance` compares them, and everything else tells what that gave.

    The first one is what the others are compared with, each along the shorter text of the two.
    """

    def __init__(self, lanes: Sequence[tuple[str, DerivedRun]]) -> None:
        self._names = [name for name, _ in lanes]
        self._runs = [run for _, run in lanes]
        self._partings: list[tuple[Parting | None, int]] = []
        self._walks = [LagWalk(self._runs[0], run, _shortest(self._runs[0], run)) for run in self._runs[1:]]

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return sum(walk.share for walk in self._walks) / len(self._walks) if self._walks else 1.0

    def advance(self, limit: int) -> bool:
        """Takes at most `limit` pieces of either run of a pair; whether all is compared."""
        for place, walk in enumerate(self._walks):
            if place == len(self._partings):
                self._partings.append(parting_of(self._runs[0], self._runs[place + 1]))
                return False
            if not walk.advance(limit):
                return False
        return True

    def cells(self, width: int) -> list[AlignedLane]:
        """Every lane in `width` slices of the longest text."""
        runs = self._runs
        longest = max((run.pipeline.content.length for run in runs), default=0)
        texts = [run.pipeline.content.text() for run in runs]
        edges = [longest * cell // width for cell in range(width + 1)]
        firsts = [_earliest(runs, edges[cell + 1] - 1) for cell in range(width)]
        lanes = []
        for place, run in enumerate(runs):
            both = texts[place], texts[0]
            cells = [_cell(run, both, (edges[cell], edges[cell + 1]), firsts[cell]) for cell in range(width)]
            parting = self._partings[place - 1][0] if place else None
            lag = self._walks[place - 1].lag_s if place else None
            lanes.append(AlignedLane(cells, parting.offset if parting is not None else None, lag))
        return lanes

    def notes(self) -> list[str]:
        """For each lane but the first one: where the texts part, and who falls behind where."""
        notes = []
        for place, walk in enumerate(self._walks):
            names = self._names[0], self._names[place + 1]
            said = [text_line(*self._partings[place], names), *place_lines(walk.places, names)]
            end = _at_the_end(self._runs[0], self._runs[place + 1], walk.lag_s, names)
            notes.append(" ".join([f"{names[0]} and {names[1]}:", *said, end]))
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
