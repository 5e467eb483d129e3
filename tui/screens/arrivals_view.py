"""What the arrival raster draws of a run at a moment. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.panes.raster_pane import ArrivalsView

if TYPE_CHECKING:
    from tui.core.derived_run import DerivedRun


def arrivals_of(run: DerivedRun | None, at: float) -> ArrivalsView | None:
    """The arrivals of a run up to `at` on its clock, without a clock its frames; None before the first one."""
    if run is None or not run.arrivals.times:
        return None
    frames = len(run.decoder.frames) if run.decoder is not None else 0
    if not run.capture.header.has_times:
        return ArrivalsView(range(frames), [], float(frames), None, frames, run.is_over, has_times=False)
    stalls = [(stall.from_s, stall.from_s + stall.gap_s) for stall in run.stats.stall_list]
    if not run.is_over and (open_s := run.stats.open_stall(at)) is not None:
        stalls.append((at - open_s, at))
    times = run.arrivals.times
    return ArrivalsView(times, stalls, max(at, times[-1]), run.stats.first_token_at, frames, run.is_over)


def held_arrivals(view: ArrivalsView | None, frames: int, at: float, words: str) -> ArrivalsView | None:
    """The arrivals with the place at which the view is held: after so many frames, at a moment."""
    if view is None:
        return None
    return replace(view, held_at=min(at if view.has_times else float(frames), view.span_s), held_words=words)
