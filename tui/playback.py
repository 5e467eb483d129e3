"""The cursor over a run: follow it, hold it, step, seek, play. Pure but for the clock it is given.

A position is a number of frames and a moment of the run's clock; every pane shows the run at it.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, Protocol, TypeVar, overload

from tui.errors import UsageError

if TYPE_CHECKING:
    from tui.core.derived_run import DerivedRun

SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 10.0, 25.0, 100.0, inf)
FRAMES_PER_S: Final = 25.0
"""At which a recording without times is played."""
_REAL_TIME: Final = SPEEDS.index(1.0)
_PLACE: Final = re.compile(r"(?P<time>\d+(?:\.\d+)?)\s*s|#(?P<frame>\d+)|(?P<share>\d+(?:\.\d+)?)\s*%")


class Position(NamedTuple):
    """The run after its first `frames` frames, at `at` seconds on its clock."""

    frames: int
    at: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A place worth a jump, and what is there."""

    position: Position
    what: str


class Played(Protocol):
    """What a cursor needs of a run, or of several on one clock."""

    @property
    def frame_count(self) -> int:
        """How many frames came."""

    @property
    def is_over(self) -> bool:
        """Whether no more will come."""

    def frames_until(self, at: float) -> int:
        """How many frames had come at a moment, inclusive."""


PlayedT = TypeVar("PlayedT", bound=Played)


class TimeCursor(ABC, Generic[PlayedT]):
    """Where the view of what is played stands. `position` None: it follows."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._speed = _REAL_TIME
        self._ticked_at = 0.0
        self.run: PlayedT | None = None
        self.position: Position | None = None
        self.is_playing = False

    @property
    @abstractmethod
    def has_times(self) -> bool:
        """Whether the frames have times."""

    @property
    @abstractmethod
    def end_at(self) -> float:
        """The last moment that is known."""

    @abstractmethod
    def time_of(self, frame: int) -> float:
        """When a frame came."""

    @abstractmethod
    def marks(self) -> Sequence[Mark]:
        """Places worth a jump, in order."""

    @property
    def speed(self) -> float:
        """How many seconds of the run pass in one; infinite: at once."""
        return SPEEDS[self._speed]

    @property
    def speed_words(self) -> str:
        """The speed as it is shown."""
        return "instant" if self.speed == inf else f"{self.speed:g}x"

    def show(self, run: PlayedT | None) -> None:
        """Says which run is seen; another one is followed."""
        if run is not self.run:
            self.run, self.position, self.is_playing = run, None, False

    def follow(self) -> None:
        """Shows all there is, and what comes."""
        self.position, self.is_playing = None, False

    def hold(self, now: float) -> None:
        """Stops the view where it is; of a view that follows, at `now` on the run's clock."""
        self.is_playing = False
        if self.run is not None and self.position is None:
            self.position = Position(self.run.frame_count, max(now, self.end_at))

    def toggle(self, now: float) -> None:
        """Of an open run: hold, then follow again. Of an ended one: play (from the start where all is seen), stop."""
        if self.run is None:
            return
        if not self.run.is_over:
            self.hold(now) if self.position is None else self.follow()
        elif self.is_playing:
            self.is_playing = False
        else:
            self.play()

    def play(self) -> None:
        """Goes on from the position, or from the start."""
        if self.run is None:
            return
        if self.position is None:
            self.position = Position(0, 0.0)
        self.is_playing, self._ticked_at = True, self._clock()

    def change_speed(self, steps: int) -> None:
        """The next faster (1) or slower (-1) speed."""
        self._speed = min(max(self._speed + steps, 0), len(SPEEDS) - 1)

    def step(self, frames: int) -> None:
        """So many frames on, or back where negative; the view is held there."""
        if self.run is not None:
            base = self.run.frame_count if self.position is None else self.position.frames
            self.seek_frame(base + frames)

    def seek_frame(self, frames: int) -> None:
        """The moment at which so many frames had come."""
        if self.run is None:
            return
        frames = min(max(frames, 0), self.run.frame_count)
        at = self.time_of(frames - 1) if frames else 0.0
        self.position, self.is_playing = Position(frames, at), False

    def seek_time(self, at: float) -> None:
        """A moment of the run's clock; of a recording without times, nothing."""
        if self.run is None or not self.has_times:
            return
        at = min(max(at, 0.0), self.end_at)
        self.position, self.is_playing = Position(self.run.frames_until(at), at), False

    def seek_share(self, share: float) -> None:
        """A share of the run's time, or of its frames where it has no times."""
        if self.run is None:
            return
        share = min(max(share, 0.0), 1.0)
        self.seek_time(share * self.end_at) if self.has_times else self.seek_frame(round(share * self.run.frame_count))

    def seek_text(self, text: str) -> None:
        """A place as a person writes it: 1.25s, #37, 50%. Raises UsageError on anything else."""
        found = _PLACE.fullmatch(text.strip())
        if found is None:
            raise UsageError(f"{text.strip()!r} is no place: write a time as 1.25s, a frame as #37, a share as 50%")
        if found["time"]:
            if not self.has_times:
                raise UsageError("this recording has no times: write a frame as #37 or a share as 50%")
            self.seek_time(float(found["time"]))
        elif found["frame"]:
            self.seek_frame(int(found["frame"]) + 1)
        else:
            self.seek_share(float(found["share"]) / 100)

    def seek_mark(self, direction: int) -> Mark | None:
        """The next mark (1) or the one before (-1); None where there is none, and then nothing moves."""
        here = self.position or Position(self.run.frame_count if self.run else 0, inf)
        listed, where = self.marks(), attrgetter("position")
        place = bisect_right(listed, here, key=where) if direction > 0 else bisect_left(listed, here, key=where) - 1
        if not 0 <= place < len(listed):
            return None
        self.position, self.is_playing = listed[place].position, False
        return listed[place]

    def tick(self) -> bool:
        """Lets time pass while it plays; whether the position changed. At the end everything is seen again."""
        if not self.is_playing or self.position is None or self.run is None:
            return False
        now = self._clock()
        passed, self._ticked_at = (now - self._ticked_at) * self.speed, now
        if self.has_times:
            at = self.position.at + passed
            self.position = Position(self.run.frames_until(at), at)
        else:  # the moment counts the frames that were played
            at = self.position.at + passed * FRAMES_PER_S
            self.position = Position(int(min(at, self.run.frame_count)), at)
        if self.run.is_over and (self.position.at >= self.end_at and self.position.frames >= self.run.frame_count):
            self.follow()
        return True


class FrameMarks(Sequence[Mark]):
    """Marks at frames, in order; of many thousands each is made when it is asked for."""

    def __init__(self, found: Mapping[int, str], time_of: Callable[[int], float]) -> None:
        self._found = found
        self._frames = sorted(found)
        self._time_of = time_of

    def __len__(self) -> int:
        return len(self._frames)

    @overload
    def __getitem__(self, index: int) -> Mark: ...
    @overload
    def __getitem__(self, index: slice) -> list[Mark]: ...
    def __getitem__(self, index: int | slice) -> Mark | list[Mark]:
        if isinstance(index, slice):
            return [self._mark(frame) for frame in self._frames[index]]
        return self._mark(self._frames[index])

    def _mark(self, frame: int) -> Mark:
        return Mark(Position(frame + 1, self._time_of(frame)), self._found[frame])


class Playback(TimeCursor["DerivedRun"]):
    """Where the view of one run stands."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self._marks: tuple[object, Sequence[Mark]] = (None, [])

    @property
    def has_times(self) -> bool:
        """Whether the run's frames have times."""
        return self.run is not None and self.run.capture.header.has_times

    @property
    def end_at(self) -> float:
        """The time of the last read or of the end."""
        return self.run.capture.last_at if self.run is not None else 0.0

    def time_of(self, frame: int) -> float:
        """When a frame came, on the run's clock; 0 before the first head."""
        decoder = self.run.decoder if self.run is not None else None
        return decoder.frames.time_of(frame) if decoder is not None else 0.0

    def marks(self) -> Sequence[Mark]:
        """First token, stalls, units, extracts, traps and the problem of the run, in order."""
        run = self.run
        if run is None:
            return []
        known = (id(run), run.version, id(run.pipeline.segments))
        if self._marks[0] != known:
            self._marks = known, FrameMarks(marked_frames(run), self.time_of)
        return self._marks[1]


def marked_frames(run: DerivedRun) -> dict[int, str]:
    """The frames at which something happened, with a word for it: of several things at one the rarest."""
    content = run.pipeline.content
    found = dict.fromkeys(map(content.frame_of, run.pipeline.segments.emitting_chunks()), "unit")
    found.update(rare_frames(run))
    frames = run.frame_count
    return {frame: what for frame, what in found.items() if 0 <= frame < frames}


def rare_frames(run: DerivedRun) -> list[tuple[int, str]]:
    """As `marked_frames` without the units; the same frame may be named more than once, the rarest thing last."""
    pipeline, content, decoder = run.pipeline, run.pipeline.content, run.decoder
    emitted = [ready.emitted_chunk for ready in pipeline.code_blocks]
    emitted += [ready.emitted_chunk for ready in pipeline.json_values]
    found = [(content.frame_of(chunk), "extract") for chunk in emitted if chunk >= 0]
    found += [(call.valid_frame, "tool call valid") for call in pipeline.tool_calls.values() if call.valid_frame]
    found += [(stall.frame, "stall") for stall in run.stats.stall_list]
    if decoder is not None:
        found += [(trap.frame, f"trap {trap.kind}") for trap in decoder.traps]
        if decoder.problem_frame is not None:
            found.append((decoder.problem_frame, "problem"))
    if (first := run.stats.facts().moments.get("t1")) is not None and first.frame is not None:
        found.append((first.frame, "first token"))
    return found
