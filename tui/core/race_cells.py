"""A lane of a race as a row of cells: connecting, waiting, arrivals, stalls, and the end. Pure.

The axis is in seconds since the lane's own request; what lies before 0 is the time that connecting took.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from tui.core.arrival_raster import raster
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun

CONNECT: Final = "connect"
WAIT: Final = "wait"
TEXT: Final = "text"
STALL: Final = "stall"
PROVEN: Final = "proven"
UNPROVEN: Final = "unproven"
OTHER: Final = "other"
BLANK: Final = ""


class LaneCell(NamedTuple):
    """What happened in a slice of time; `arrivals` counts pieces of text."""

    what: str
    arrivals: int = 0


def origin_of(run: DerivedRun) -> float:
    """When the request of a lane was sent, on its run's clock; of one that never was, when it began to connect."""
    return connect_began(run) if run.stats.sent_at is None else run.stats.sent_at


def connect_began(run: DerivedRun) -> float:
    """When the connection that brought the text was begun, on the run's clock."""
    begun = [marker.at for marker in run.capture.markers if marker.name == "connecting"]
    sent = run.stats.sent_at
    return max((at for at in begun if sent is None or at <= sent), default=sent or 0.0)


def connect_s(run: DerivedRun) -> float:
    """How long connecting took before the request was sent."""
    return origin_of(run) - connect_began(run)


def end_of(run: DerivedRun, now: float) -> float:
    """Where a lane ends on the axis, or stands while it goes on; `now` is on the run's clock."""
    return max(0.0, (run.capture.last_at if run.is_over else now) - origin_of(run))


def lane_cells(run: DerivedRun, now: float, width: int, start: float, end: float) -> list[LaneCell]:
    """`width` cells of the axis from `start` to `end`, and one more, so that a sign of the end has room behind text."""
    if width < 1 or end <= start:
        return [LaneCell(BLANK)] * (max(0, width) + 1)
    origin, lasted = origin_of(run), end_of(run, now)
    times = run.arrivals.times
    stalls = [(stall.from_s, stall.from_s + stall.gap_s) for stall in run.stats.stall_list]
    open_s = None if run.is_over else run.stats.open_stall(now)
    if open_s is not None:
        stalls.append((origin + lasted - open_s, origin + lasted))
    first = times[0] - origin if times else lasted
    step = (end - start) / width
    cells = []
    for place, slice_ in enumerate(raster(times, width, origin + end, start=origin + start, stalls=stalls)):
        low, high = start + step * place, start + step * (place + 1)
        if slice_.arrivals:
            cells.append(LaneCell(TEXT, slice_.arrivals))
        else:
            cells.append(LaneCell(_empty(run, low, high, first=first, lasted=lasted, is_stalled=slice_.is_stalled)))
    cells.append(LaneCell(BLANK))
    return _with_end(run, cells, lasted, start, step) if run.is_over else cells


def _empty(run: DerivedRun, low: float, high: float, *, first: float, lasted: float, is_stalled: bool) -> str:
    """What a slice without text is."""
    middle = (low + high) / 2
    if middle < -connect_s(run) or low >= lasted:
        return BLANK
    if middle < 0 or run.stats.sent_at is None:
        return CONNECT
    if middle < first:
        return WAIT
    return STALL if is_stalled else BLANK


def _with_end(run: DerivedRun, cells: list[LaneCell], lasted: float, start: float, step: float) -> list[LaneCell]:
    """The sign of the end in the cell where the lane ended, or in the next one where that one holds text."""
    place = min(len(cells) - 2, max(0, int((lasted - start) / step)))
    place += cells[place].what == TEXT
    mark = PROVEN if run.outcome is Outcome.COMPLETED else UNPROVEN
    return [*cells[:place], LaneCell(mark), *cells[place + 1 :]]
