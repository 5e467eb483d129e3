"""Buffer modes side by side over one run, and the same modes over earlier runs of the same request.

Pure. `show` is told of the run, `advance` works off what came in bounded portions; the views of the shown run and
the prices are then there to be drawn. From three complete runs on, prices are medians.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from statistics import median
from typing import Any, Final

from tui.core.chunks import Outcome
from tui.core.content_log import ContentLog
from tui.core.derived_run import DerivedRun
from tui.core.lane_view import Lane, LaneView, Price, Reader
from tui.core.text.buffers import BUFFER_MODES

DEFAULT_LANES: Final = (Lane("raw"), Lane("word"), Lane("sentence"), Lane("line"))
LEAST_LANES: Final = 2
MOST_LANES: Final = 4
VOICE: Final = Reader("voice", 15.0, is_voice=True)
READER: Final = Reader("reader", 60.0)
RUNS_FOR_MEDIAN: Final = 3
MOST_RUNS: Final = 20


@dataclass(slots=True, eq=False)
class PastRun:
    """What prices need of a complete run: its text, its clock, and what was computed from them."""

    content: ContentLog
    origin: float
    finished_at: float
    prices: dict[tuple[Lane, Reader], Price] = field(default_factory=dict)


class Comparison:
    """Two to four lanes over one run. `lanes` and `views` are in the order of the screen."""

    def __init__(self, lanes: tuple[Lane, ...] = DEFAULT_LANES, reader: Reader = READER) -> None:
        self.run: DerivedRun | None = None
        self.reader = reader
        self.views: list[LaneView] = []
        self.runs: list[PastRun] = []
        self._lanes = list(lanes)
        self._request: Any = None
        self._noted_run: DerivedRun | None = None
        self._job: tuple[PastRun, Lane, LaneView] | None = None

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """What the lanes show."""
        return tuple(self._lanes)

    @property
    def has_clock(self) -> bool:
        """Whether the shown run has times; a plain log has none."""
        return self.run is None or _has_clock(self.run)

    @property
    def origin(self) -> float:
        """When the request of the shown run was written, on the run's clock: the zero of all numbers."""
        return _origin(self.run) if self.run is not None else 0.0

    def show(self, run: DerivedRun) -> None:
        """Says which run is compared; call it before each `advance`. A complete run is kept for the medians."""
        if run is not self.run:
            self.run = run
            self._forget_other_requests(run)
            self._derive_all()
        elif self.views and self.views[0].has_clock is not self.has_clock:
            self._derive_all()
        if run.is_over and self._noted_run is not run:
            self._noted_run = run
            self._keep(run)

    def advance(self, limit: int) -> bool:
        """Works off at most about `limit` chunks a lane; whether nothing is left to do now."""
        if self.run is None:
            return True
        finished_at = self.run.pipeline.finished_at
        # A list, not a generator: every lane gets its turn.
        if not all([view.advance(limit, finished_at) for view in self.views]):  # noqa: C419  as said above
            return False
        return self._advance_runs(limit)

    def set_lane(self, index: int, lane: Lane) -> None:
        """Derives one lane anew. Raises UsageError for a wrong pattern; then nothing has changed."""
        if self.run is not None:
            self.views[index] = self._view(lane, self.run)
        self._lanes[index] = lane

    def add_lane(self) -> bool:
        """Adds a lane of the first mode that is not shown yet; False when there are enough."""
        if len(self._lanes) >= MOST_LANES:
            return False
        shown = {lane.mode for lane in self._lanes}
        lane = Lane(next(mode for mode in BUFFER_MODES if mode not in shown))
        self._lanes.append(lane)
        if self.run is not None:
            self.views.append(self._view(lane, self.run))
        return True

    def remove_lane(self, index: int) -> bool:
        """Takes a lane away; False when as few are left as a comparison needs."""
        if len(self._lanes) <= LEAST_LANES:
            return False
        del self._lanes[index]
        if self.views:
            del self.views[index]
        return True

    def set_reader(self, reader: Reader) -> None:
        """Lets another reader read every lane, at the next `advance`."""
        self.reader = reader
        self._job = None
        for view in self.views:
            view.set_reader(reader)

    @property
    def shows_medians(self) -> bool:
        """Whether prices are medians over `runs`: there are three and all are computed."""
        return len(self.runs) >= RUNS_FOR_MEDIAN and self._missing() is None

    def prices(self) -> list[Price]:
        """The price of each lane: of the shown run so far, or the median over the complete runs."""
        if self.shows_medians:
            return [_combined(median, self._prices_of(lane)) for lane in self._lanes]
        return [view.price(self.origin) for view in self.views]

    def ranges(self) -> list[tuple[Price, Price]]:
        """Of each lane the least and the greatest of every number over the complete runs; empty below three."""
        if not self.shows_medians:
            return []
        return [(_combined(min, self._prices_of(lane)), _combined(max, self._prices_of(lane))) for lane in self._lanes]

    def _derive_all(self) -> None:
        self.views = [self._view(lane, self.run) for lane in self._lanes] if self.run is not None else []

    def _view(self, lane: Lane, run: DerivedRun) -> LaneView:
        return LaneView(lane, run.pipeline.content, self.reader, has_clock=_has_clock(run))

    def _forget_other_requests(self, run: DerivedRun) -> None:
        """Medians are over runs of one request the same way: another one begins anew."""
        header = run.capture.header
        request = (header.transport, header.url, header.request)
        if request != self._request:
            self._request, self.runs, self._job = request, [], None

    def _keep(self, run: DerivedRun) -> None:
        content, finished_at = run.pipeline.content, run.pipeline.finished_at
        if run.outcome is Outcome.COMPLETED and content.count and finished_at is not None and _has_clock(run):
            self.runs = [*self.runs, PastRun(content, _origin(run), finished_at)][-MOST_RUNS:]

    def _prices_of(self, lane: Lane) -> list[Price]:
        return [run.prices[lane, self.reader] for run in self.runs]

    def _missing(self) -> tuple[PastRun, Lane] | None:
        """A complete run and a lane whose price is not computed."""
        wanted = ((run, lane) for run in self.runs for lane in self._lanes)
        return next(((run, lane) for run, lane in wanted if (lane, self.reader) not in run.prices), None)

    def _advance_runs(self, limit: int) -> bool:
        """Computes the next missing price of the complete runs; whether none is missing."""
        missing = self._missing() if len(self.runs) >= RUNS_FOR_MEDIAN else None
        if missing is None:
            self._job = None
            return True
        if self._job is None or self._job[:2] != missing:
            self._job = (*missing, LaneView(missing[1], missing[0].content, self.reader))
        run, lane, view = self._job
        if view.advance(limit, run.finished_at):
            run.prices[lane, self.reader] = view.price(run.origin)
        return False


def _has_clock(run: DerivedRun) -> bool:
    content = run.pipeline.content
    return run.stats.sent_at is not None or content.count == 0 or content.piece(content.count - 1)[1] > 0


def _origin(run: DerivedRun) -> float:
    return run.stats.sent_at or 0.0


def _combined(rule: Callable[[list[float]], float], prices: Iterable[Price]) -> Price:
    """Each number of the prices by a rule, over those that have it."""
    rows = list(prices)
    found = {}
    for entry in fields(Price):
        values = [value for price in rows if (value := getattr(price, entry.name)) is not None]
        found[entry.name] = rule(values) if values else None
    return Price(**found)  # type: ignore[arg-type]  # every price has a count of units
