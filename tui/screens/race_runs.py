"""A race on the screen: its lanes with their runs, and the cursor that moves all of them on one clock. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from tui.captures.open_capture import OpenedCapture, open_capture
from tui.core.aligned_lanes import AlignedLane, AlignedLanes
from tui.core.comparison import READER
from tui.core.lane_view import Lane, LaneView
from tui.core.race_cells import connect_began, origin_of
from tui.core.race_timeline import RaceTimeline
from tui.core.race_verdict import RaceLane, RaceVerdict, race_verdict
from tui.playback import Mark, Position, TimeCursor, rare_frames
from tui.screens.race_lanes import LETTERS
from tui.screens.run_controller import ActiveRun

if TYPE_CHECKING:
    from tui.core.derived_run import DerivedRun
    from tui.screens.endpoint_choice import EndpointChoice
    from tui.screens.race_lanes import LaneEntry
    from tui.screens.run_controller import RunController

_CHUNKS, _RECORDS, _PIECES = 400, 200, 2048


class RaceCursor(TimeCursor[RaceTimeline]):
    """Where the view of a race stands, in seconds since each lane's own request."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self._marks: tuple[list[tuple[int, int]], list[Mark]] = ([], [])

    @property
    def has_times(self) -> bool:
        """Whether the lanes have times."""
        return self.run is not None and self.run.has_times

    @property
    def end_at(self) -> float:
        """When the last lane ended."""
        return self.run.end_at if self.run is not None else 0.0

    def time_of(self, frame: int) -> float:
        """When a frame came, counted over all lanes."""
        return self.run.time_of(frame) if self.run is not None else 0.0

    def marks(self) -> list[Mark]:
        """First text, stalls and problems of all lanes, in order."""
        timeline = self.run
        if timeline is None:
            return []
        known = [(id(run), run.version) for run in timeline.runs]
        if self._marks[0] != known:
            self._marks = known, self._found_marks(timeline)
        return self._marks[1]

    @staticmethod
    def _found_marks(timeline: RaceTimeline) -> list[Mark]:
        found: dict[float, str] = {}
        for run in timeline.runs:
            decoder = run.decoder
            for frame, what in rare_frames(run) if decoder is not None else []:
                if what in ("first token", "stall", "problem") and decoder is not None:
                    found[decoder.frames.time_of(frame) - origin_of(run)] = what
        return [Mark(Position(timeline.frames_until(at), at), what) for at, what in sorted(found.items())]


class RacingLane:
    """One lane: its letter, its name, its run, and its text as it came."""

    def __init__(self, letter: str, name: str, run: ActiveRun, recording: OpenedCapture | None = None) -> None:
        self.letter = letter
        self.name = name
        self.run = run
        self._recording = recording
        self._records = iter(recording) if recording is not None else None  # those that were not taken yet
        self._view: LaneView | None = None

    @property
    def derived(self) -> DerivedRun | None:
        """The derivation of its run, once that has begun."""
        return self.run.derived

    @property
    def view(self) -> LaneView | None:
        """Its text, every piece as it came."""
        derived = self.run.derived
        if self._view is None and derived is not None:
            has_clock = derived.capture.header.has_times
            self._view = LaneView(Lane("raw"), derived.pipeline.content, READER, has_clock=has_clock)
        return self._view

    @property
    def is_streaming(self) -> bool:
        """Whether it was sent and goes on; a capture is read as fast as may be."""
        return self._recording is None and not self.run.is_over

    def close(self) -> None:
        """Reads no further in its capture."""
        if self._recording is not None:
            self._recording.close()

    def advance(self) -> bool:
        """Takes in a portion of what came, or of its capture; whether nothing is left."""
        if self._records is not None:
            portion = list(islice(self._records, _RECORDS))
            for record in portion:
                self.run.take(record)
            if not portion:
                self._records = None
        view, derived = self.view, self.run.derived
        return self._records is None and self._is_derived(view, derived)

    @staticmethod
    def _is_derived(view: LaneView | None, derived: DerivedRun | None) -> bool:
        return view is None or derived is None or view.advance(_CHUNKS, derived.pipeline.finished_at)

    def seconds(self, monotonic: float) -> float:
        """Now on its run's clock, or when the run ended."""
        derived = self.run.derived
        if derived is not None and (derived.is_over or self._records is not None):
            return derived.capture.last_at
        return self.run.seconds(monotonic)


class Race:
    """The latest race. `entries` are the rows of its form, `choice` the endpoint from which it was begun."""

    def __init__(
        self,
        controller: RunController,
        choice: EndpointChoice | None,
        lanes: Sequence[tuple[str, LaneEntry]],
        prompt: str,
        entries: Sequence[LaneEntry | None] = (),
    ) -> None:
        self.controller = controller
        self.choice = choice
        self.prompt = prompt
        self.entries = list(entries)
        self._lanes = list(lanes)
        self.cursor = RaceCursor(controller.clock)
        self.lanes: list[RacingLane] = []
        self._verdict: RaceVerdict | None = None
        self._aligned: AlignedLanes | None = None
        self._aligned_cells: tuple[int, list[AlignedLane]] | None = None
        self.run_again()

    @classmethod
    def of_runs(cls, controller: RunController, lanes: Sequence[tuple[str, ActiveRun]]) -> Race:
        """A race that was captured before: names and runs."""
        race = cls(controller, None, (), "")
        race._take([RacingLane(letter, name, run) for letter, (name, run) in zip(LETTERS, lanes, strict=False)])
        return race

    def run_again(self) -> None:
        """Sends the same requests again."""
        sent = [entry.plan(self.prompt) for _, entry in self._lanes if entry.capture is None]
        runs = iter(self.controller.race(sent))
        self._take([self._lane(letter, entry, runs) for letter, entry in self._lanes])

    def close(self) -> None:
        """Lets go of the files of its lanes."""
        for lane in self.lanes:
            lane.close()

    def _lane(self, letter: str, entry: LaneEntry, runs: Iterator[ActiveRun]) -> RacingLane:
        """A lane with the next of the runs that were sent, or with what its file holds."""
        if entry.capture is None:
            return RacingLane(letter, entry.name, next(runs))
        run = ActiveRun(None, entry.plan(""), self.controller.clock(), self.controller.mode, self.controller.pattern)
        return RacingLane(letter, entry.name, run, open_capture(entry.capture))

    def _take(self, lanes: list[RacingLane]) -> None:
        self.close()
        self.lanes = lanes
        self._verdict, self._aligned, self._aligned_cells = None, None, None
        self.cursor.show(None)

    @property
    def can_run_again(self) -> bool:
        """Whether its requests are known."""
        return bool(self._lanes)

    @property
    def begun(self) -> list[DerivedRun]:
        """The runs that have begun."""
        return [lane.derived for lane in self.lanes if lane.derived is not None]

    @property
    def is_over(self) -> bool:
        """Whether every lane has ended."""
        return all(lane.run.is_over for lane in self.lanes)

    @property
    def is_streaming(self) -> bool:
        """Whether a lane that was sent goes on."""
        return any(lane.is_streaming for lane in self.lanes)

    def advance(self) -> bool:
        """Takes in a portion of what came on every lane; whether nothing is left to do now."""
        begun = self.begun
        if self.cursor.run is None and begun:
            self.cursor.show(RaceTimeline(begun, len(self.lanes)))
        elif self.cursor.run is not None:
            known = self.cursor.run.runs
            for run in begun:
                if run not in known:
                    self.cursor.run.add(run)
        # A list, not a generator: every lane gets its turn.
        return all([lane.advance() for lane in self.lanes])  # noqa: C419  as said above

    def seconds(self) -> float:
        """Now, on the clock of the race: of the lane that is farthest."""
        now = self.controller.clock()
        passed = [lane.seconds(now) - (origin_of(lane.derived) if lane.derived else 0.0) for lane in self.lanes]
        return max(0.0, *passed)

    def verdict(self) -> RaceVerdict | None:
        """What the lanes show together, once all have ended."""
        if self._verdict is None and self.is_over:
            lanes = [RaceLane(lane.letter, lane.name, lane.derived) for lane in self.lanes if lane.derived is not None]
            self._verdict = race_verdict(lanes)
        return self._verdict

    @property
    def aligned(self) -> AlignedLanes:
        """The lanes of a race that is over by output offset, as far as `compare` came."""
        if self._aligned is None:
            named = [(f"{lane.letter} {lane.name}", lane.derived) for lane in self.lanes if lane.derived is not None]
            self._aligned = AlignedLanes(named)
        return self._aligned

    def compare(self) -> bool:
        """Compares a portion of the texts of a race that is over; whether nothing is left."""
        return self.aligned.advance(_PIECES)

    def aligned_cells(self, width: int) -> list[AlignedLane]:
        """The lanes by output offset in so many cells, once all is compared; made once for each width."""
        if self._aligned_cells is None or self._aligned_cells[0] != width:
            self._aligned_cells = width, self.aligned.cells(width)
        return self._aligned_cells[1]

    def start_spread_s(self) -> float:
        """How far apart the requests were sent; 0 where that is not known."""
        sent = [
            run.capture.header.clock + run.stats.sent_at
            for run in self.begun
            if run.capture.header.clock is not None and run.stats.sent_at is not None
        ]
        return max(sent) - min(sent) if sent else 0.0

    @property
    def end_s(self) -> float:
        """When the last lane ended, since its own request."""
        return self.cursor.end_at

    def connect_s(self) -> float:
        """The longest time that connecting took on a lane."""
        return max((origin_of(run) - connect_began(run) for run in self.begun), default=0.0)
