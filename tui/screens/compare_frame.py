"""What the Compare screen draws of a comparison at one moment: its header and its bars. No widgets."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from tui.core.comparison import Comparison
from tui.core.derived_run import DerivedRun
from tui.core.lane_view import ReleaseCell, slice_counts
from tui.core.price_cells import lane_letter
from tui.panes.lane_pane import LANE_STYLES
from tui.panes.lanes_raster import RasterFrame, RasterLane
from tui.panes.line_view import Span
from tui.screens.live_words import view_lamp
from tui.screens.run_lamp import current_lamp
from tui.screens.small_lines import short_lamp

if TYPE_CHECKING:
    from tui.app import StreamscopeApp
    from tui.playback import Position
    from tui.screens.screen_sizes import Fit

# A growing axis moves in steps, so that the bars keep their place for a while.
_AXIS_STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)


def header_spans(scope: StreamscopeApp, lane_count: int, fit: Fit) -> tuple[list[Span], list[Span]]:
    """The left and the right part of the header: what is compared, and the lamp of the run."""
    controller = scope.controller
    plan = controller.run.plan if controller.run is not None else None
    is_wide = fit.is_wide
    left = [Span(" streamscope", "status--strong")] if is_wide else []
    left.append(Span("  Compare" if is_wide else " Compare"))
    label = scope.endpoint.labelled(plan, is_wide=is_wide)
    if label:
        words = f"  {lane_count} buffer modes" if is_wide else f"  {lane_count} modes"
        left += [Span(f"{words}  {_described(scope)}"), Span(f"  {label}", "status--dim")]
    else:
        words = f"{lane_count} buffer modes over one capture" if is_wide else f"{lane_count} modes"
        left.append(Span(f"   {words}   {_described(scope)}"))
    lamp = current_lamp(controller)
    right = [Span(short_lamp(lamp.text, fit.width), f"status--{lamp.tone}"), Span(" ")]
    if view := view_lamp(controller.playback, is_streaming=controller.is_streaming):
        right.append(Span(f" {view} ", "status--thinking"))
    return [] if fit.is_tiny else left, right


def raster_frame(comparison: Comparison, now: float, width: int, position: Position | None) -> RasterFrame:
    """The bars of all lanes in cells, the cursor at a position; an arrivals row stands first where no lane is raw."""
    run = comparison.run
    assert run is not None, "there is a run where bars are drawn"  # noqa: S101  states what the caller checked
    start, end = _axis(comparison, run, now)
    shown_until = now if comparison.has_clock else end
    lanes = [
        RasterLane(
            f" {lane_letter(index)} {view.lane.mode}",
            LANE_STYLES[index],
            view.releases(width, start, end, shown_until),
            is_raw=view.lane.mode == "raw",
        )
        for index, view in enumerate(comparison.views)
    ]
    if not any(lane.is_raw for lane in lanes):
        lanes.insert(0, RasterLane("   arrivals", "", _arrivals(comparison, run, width, start, end), is_raw=True))
    is_live = not run.is_over and comparison.has_clock
    return RasterFrame(
        start,
        end,
        lanes,
        _stalls(comparison, run, now),
        now if is_live else None,
        has_clock=comparison.has_clock,
        cursor=None if position is None else _cursor(comparison, run, position),
    )


def _cursor(comparison: Comparison, run: DerivedRun, position: Position) -> tuple[float, str]:
    """A position on the axis, and its words."""
    if comparison.has_clock:
        return position.at, f"{position.at - comparison.origin:.2f} s"
    return float(run.pipeline.content.count_before_frame(position.frames)), f"frame {position.frames}"


def _described(scope: StreamscopeApp) -> str:
    run = scope.controller.run
    return scope.endpoint.described(run.plan if run is not None else None, is_wide=False)


def _axis(comparison: Comparison, run: DerivedRun, now: float) -> tuple[float, float]:
    """From when to when; the end of a run that goes on is ahead of it."""
    if not comparison.has_clock:
        return 0.0, float(max(1, run.pipeline.content.count))
    start = comparison.origin
    if run.is_over:
        return start, max(now, start + 1e-3)
    return start, start + ahead_of(now - start)


def ahead_of(elapsed: float) -> float:
    """The next round length of an axis."""
    power = 1.0
    while power * 10 <= elapsed:
        power *= 10
    return next((step * power for step in _AXIS_STEPS if step * power >= elapsed), 10 * power)


def _arrivals(comparison: Comparison, run: DerivedRun, width: int, start: float, end: float) -> list[ReleaseCell]:
    content = run.pipeline.content
    counts = (
        slice_counts(content.count_until, width, start, end)
        if comparison.has_clock
        else slice_counts(lambda at: min(content.count, int(at) + 1), width, start, end)
    )
    return [ReleaseCell(after - before, is_held=False) for before, after in pairwise(counts)]


def _stalls(comparison: Comparison, run: DerivedRun, now: float) -> list[tuple[float, float, str]]:
    """From, to and words of every stall; of the one that still goes on too."""
    if not comparison.has_clock:
        return []
    stalls = [(stall.from_s, stall.from_s + stall.gap_s, stall.gap_s, stall.text) for stall in run.stats.stall_list]
    open_s, last_at = run.stats.open_stall(now), run.stats.last_token_at
    if not run.is_over and open_s is not None and last_at is not None:
        stalls.append((last_at, now, open_s, ""))
    return [(low, high, f"stall {gap:.2f} s" + _after(text)) for low, high, gap, text in stalls]


def _after(text: str) -> str:
    """What was said last, as much of it as helps to find the place."""
    words = text.split()
    return f' after "{words[-1][-16:]}"' if words else ""
