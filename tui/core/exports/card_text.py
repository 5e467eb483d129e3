"""A run, or a race of runs, as a dozen lines of plain text for a chat or an issue: at most 80 columns. Pure.

Hosts are left out unless asked for; no text of prompt or answer is in it but the word before a stall.
"""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Final

from tui.core.derived_run import DerivedRun
from tui.core.exports.raster_text import axis_row, raster_row, span_of
from tui.core.race_verdict import RaceLane, lanes_of, race_verdict
from tui.core.run_report import numbers_lines, outcome_words
from tui.core.sanitize import sanitize_line

COLUMNS: Final = 80
LINES: Final = 12
_NAME_CELLS: Final = 16


def card_lines(runs: Sequence[tuple[str, DerivedRun]], *, version: str, with_hosts: bool = False) -> list[str]:
    """The card of ended runs, each with a name or an empty one (its transport is its name then)."""
    lanes = lanes_of([(sanitize_line(name)[:_NAME_CELLS], run) for name, run in runs])
    lines = _single(lanes[0]) if len(lanes) == 1 else _race(lanes)
    hosts = [f"{lane.letter} {lane.run.capture.header.url}" for lane in lanes] if with_hosts else []
    foot = [*hosts, _made_with(lanes, version)]
    return [_fitted(line) for line in [*lines[: LINES - len(foot)], *foot]]


def _fitted(line: str) -> str:
    """A line of at most 80 columns that is safe to show; a cut is marked."""
    safe = sanitize_line(line).rstrip()
    return safe if len(safe) <= COLUMNS else safe[: COLUMNS - 1] + "…"


def _race(lanes: list[RaceLane]) -> list[str]:
    span = max(span_of(lane.run) for lane in lanes)
    names = [f"{lane.letter} {lane.name}" for lane in lanes]
    left = max(map(len, names)) + 1
    rights = [_right(lane) for lane in lanes]
    width = COLUMNS - left - max(map(len, rights)) - 1
    has_times = all(lane.run.capture.header.has_times for lane in lanes)
    rows = [
        f"{name:<{left}}{raster_row(lane.run, width, span)} {right}"
        for name, lane, right in zip(names, lanes, rights, strict=True)
    ]
    verdict = race_verdict(lanes)
    said = wrap(f"► {verdict.sentence}", COLUMNS, subsequent_indent="  ")
    return [
        *rows,
        " " * left + axis_row(span, width, has_times=has_times),
        *said,
        *(f"  {row.letter} {row.text}" for row in verdict.evidence),
    ]


def _right(lane: RaceLane) -> str:
    first = "   n/a" if lane.first_s is None else f"{lane.first_s:.2f} s"
    return f"{first} {lane.run.stats.read_count:>4} reads  {lane.shape}"


def _single(lane: RaceLane) -> list[str]:
    run, result = lane.run, lane.run.result
    span = span_of(run)
    model = next((chunk.model for chunk in run.chunks if chunk.model), None) or ""
    verdict = run.verdict(run.capture.last_at).sentence
    lines = [
        " ".join(filter(None, (lane.name, str(model), outcome_words(result) if result else ""))),
        raster_row(run, COLUMNS, span),
        axis_row(span, COLUMNS, has_times=run.capture.header.has_times),
    ]
    if result is not None:
        lines += wrap(numbers_lines(result, run.stats)[0].partition("  ")[2], COLUMNS)
    lines += wrap(f"► {verdict}", COLUMNS, subsequent_indent="  ") if verdict else []
    if result is not None and result.problem is not None:
        lines += wrap(f"{result.problem.kind}: {result.problem.message}", COLUMNS, subsequent_indent="  ")[:2]
    if run.decoder is not None:
        lines += [f"trap, frame {trap.frame}: {trap.sentence}" for trap in run.decoder.traps]
    return lines


def _made_with(lanes: list[RaceLane], version: str) -> str:
    header = lanes[0].run.capture.header
    day = header.started[:10]
    software = ", ".join(f"{name} {number}" for name, number in header.software.items() if name != "streamscope")
    return "  ".join(filter(None, (f"streamscope {version}", day, software)))
