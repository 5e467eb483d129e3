"""The runs of a race on one clock, which starts for each of them at its own request. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import chain

from tui.core.derived_run import DerivedRun
from tui.core.race_cells import origin_of


class RaceTimeline:
    """The lanes that have begun; frames are counted over all of them, in the order of their times."""

    def __init__(self, runs: Sequence[DerivedRun], lane_count: int) -> None:
        self.runs = list(runs)
        self._lane_count = lane_count
        self._times = array("d")

    def add(self, run: DerivedRun) -> None:
        """A further lane has begun."""
        self.runs.append(run)

    @property
    def frame_count(self) -> int:
        """How many frames came on all lanes."""
        return sum(run.frame_count for run in self.runs)

    @property
    def is_over(self) -> bool:
        """Whether every lane has ended."""
        return len(self.runs) == self._lane_count and all(run.is_over for run in self.runs)

    @property
    def has_times(self) -> bool:
        """Whether every lane has times; else they have no clock in common."""
        return all(run.capture.header.has_times for run in self.runs)

    @property
    def end_at(self) -> float:
        """When the last lane ended, or brought something last."""
        return max((run.capture.last_at - origin_of(run) for run in self.runs), default=0.0)

    def frames_until(self, at: float) -> int:
        """How many frames had come at a moment, inclusive."""
        return sum(run.frames_until(at + origin_of(run)) for run in self.runs)

    def time_of(self, frame: int) -> float:
        """When a frame came, counted over all lanes."""
        if len(self._times) != self.frame_count:
            moments = chain.from_iterable(map(_moments, self.runs))
            self._times = array("d", sorted(moments))
        return self._times[frame]


def _moments(run: DerivedRun) -> Iterable[float]:
    """The times of a lane's frames since its request."""
    origin, frames = origin_of(run), run.decoder.frames if run.decoder is not None else ()
    return [at - origin for at in frames.times_between(0, len(frames))] if frames else ()
