"""What a list of runs says of each: how it ended, which model, when its text began, how long it was. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Final

from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun

_MODEL_WITHIN: Final = 200  # chunks; a stream names its model early or not at all


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run in a row. Times are seconds of its clock, None where it has none; nothing is sanitised yet.

    `problem` is what went wrong, as `kind: message`.
    """

    outcome: Outcome
    finish_reason: str
    problem: str
    model: str
    ttft_s: float | None
    length_s: float | None
    chars: int
    frames: int
    reads: int | None


def summary_of(run: DerivedRun) -> RunSummary:
    """The summary of a run that ended. Raises ValueError for one that goes on."""
    end, result, header = run.capture.end, run.result, run.capture.header
    if end is None or result is None:
        raise ValueError("a run is summed up when it has ended")
    problem = result.problem
    return RunSummary(
        result.outcome,
        result.finish_reason or "",
        f"{problem.kind}: {problem.message}" if problem is not None else "",
        model_of(run),
        run.stats.ttft_s if header.has_times else None,
        end.at if header.has_times else None,
        run.pipeline.content.length,
        run.frame_count,
        run.capture.read_count if header.has_reads else None,
    )


def model_of(run: DerivedRun) -> str:
    """The model that answered, else the one that was asked for, else nothing."""
    told = next((chunk.model for chunk in islice(run.chunks, _MODEL_WITHIN) if chunk.model), None)
    asked = run.capture.header.request.get("model")
    return told or (asked if isinstance(asked, str) else "")
