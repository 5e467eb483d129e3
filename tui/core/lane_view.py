"""One lane of a comparison: the text of a run as one buffer mode releases it, and the price of that.

Fed from a `ContentLog`, some chunks at a time, so that a lane over a long run never stops the keys. No screen, no
clock: times come with the chunks. `comparison` puts lanes side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, nextafter
from typing import NamedTuple

from tui.core.chunks import SegmentReady
from tui.core.content_log import ContentLog
from tui.core.gap_series import OrderedValues
from tui.core.text.segment_log import SegmentLog


@dataclass(frozen=True, slots=True)
class Lane:
    """What a lane shows: a buffer mode, and for "regex" the pattern that separates two units."""

    mode: str
    pattern: str | None = None

    @property
    def is_speakable(self) -> bool:
        """Whether its units can be spoken: pieces of words cannot, and single words have no melody."""
        return self.mode not in ("raw", "word")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who consumes the units, and how fast; a voice needs units that can be spoken."""

    name: str
    chars_per_s: float
    is_voice: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """What a buffer mode cost on one run. Seconds; None where it is not defined (yet), never 0 for it.

    - `first_unit_s`: the first unit out, since the request was written. For "raw" that is TTFO; for every other
      mode a unit of nothing but white space is none, as in the TTF numbers of the stats.
    - `after_raw_s`: the same, since the first text arrived; None for "raw".
    - `hold_p50_s`, `hold_max_s`: a unit out minus the arrival of its first character, over all units.
    - `unit_count`: units out, those included that only the end of the text released (a median may be a fraction).
    - `longest_silence_s`: the longest time between two releases.
    - `waits_s`: how long a reader, who starts with the first unit, had nothing left to read before the last one.
    """

    first_unit_s: float | None
    after_raw_s: float | None
    hold_p50_s: float | None
    hold_max_s: float | None
    unit_count: float
    longest_silence_s: float | None
    waits_s: float | None


class LaneMoment(NamedTuple):
    """A lane after some frames of its run: how much was released and held, and since when (None without a clock)."""

    released_length: int
    held_length: int
    held_since: float | None

    def held_s(self, now: float) -> float | None:
        """How long the first held character has been held at `now`; None if none is, or without a clock."""
        return None if self.held_since is None else max(0.0, now - self.held_since)


class ReleaseCell(NamedTuple):
    """One slice of time: how many units came out in it, and whether text was held in it."""

    released: int
    is_held: bool


def slice_counts(count_until: Callable[[float], int], width: int, start: float, end: float) -> list[int]:
    """How many of what `count_until` counts (inclusive) fell before each edge of `width` slices: width + 1 counts.

    What falls on an edge belongs to the slice after it, but at `end` to the last one.
    """
    step = (end - start) / width
    before = [count_until(nextafter(start + step * edge, -inf)) for edge in range(width)]
    return [*before, count_until(end)]


class _Reading:
    """A reader who starts with the first unit and consumes what is released at a steady speed."""

    def __init__(self, reader: Reader) -> None:
        self._speed = reader.chars_per_s
        self._done_at: float | None = None
        self.waits_s = 0.0

    def note(self, size: int, at: float, *, is_first: bool) -> None:
        """A unit of `size` characters came out; those before the first unit that shows something are skipped."""
        if self._done_at is None:
            if not is_first:
                return
            self._done_at = at
        if at > self._done_at:
            self.waits_s += at - self._done_at
            self._done_at = at
        self._done_at += size / self._speed


class _Tally:
    """The numbers of a price that grow with each unit."""

    def __init__(self, *, counts_blank: bool) -> None:
        self._counts_blank = counts_blank
        self.first_index: int | None = None
        self.first_at: float | None = None
        self.holds = OrderedValues()
        self.worst: tuple[float, float] | None = None
        self.longest_silence: float | None = None
        self._last_at: float | None = None

    def note(self, unit: SegmentReady) -> None:
        """The next unit came out."""
        at, first_at = unit.emitted_at, unit.first_at
        if self.first_at is None and (self._counts_blank or unit.text.strip()):
            self.first_index, self.first_at = unit.index, at
        self.holds.add(at - first_at)
        if self.worst is None or at - first_at > self.worst[1] - self.worst[0]:
            self.worst = (first_at, at)
        if self._last_at is not None:
            self.longest_silence = max(self.longest_silence or 0.0, at - self._last_at)
        self._last_at = at


class LaneView:
    """A lane over the text of one run. `advance` takes in what came; everything else tells what that gave.

    Without a clock (`has_clock` False) the number of the chunk stands for its time and no price has seconds.
    Raises UsageError for a mode or pattern that there is not.
    """

    def __init__(self, lane: Lane, content: ContentLog, reader: Reader, *, has_clock: bool = True) -> None:
        self.lane = lane
        self.log = SegmentLog(lane.mode, lane.pattern)
        self.has_clock = has_clock
        self.released_length = 0
        self._content = content
        self._taken = 0
        self._taken_length = 0
        self._noted = 0
        self._is_flushed = False
        self._tally = _Tally(counts_blank=lane.mode == "raw")
        self._reader = reader
        self._reading = _Reading(reader)
        self._read = 0
        self._given = 0

    def advance(self, limit: int, finished_at: float | None = None) -> bool:
        """Takes at most `limit` chunks and counts about as many units; whether nothing is left to do now.

        `finished_at` says when the text was over, once it is: then what is held comes out.
        """
        content, log = self._content, self.log
        first, end = self._taken, min(content.count, self._taken + limit)
        for index, (text, at) in enumerate(content.pieces(first, end), first):
            log.take(text, index, at if self.has_clock else float(index))
            self._taken_length += len(text)
            self._taken = index + 1
        is_caught_up = self._taken == content.count
        if is_caught_up and finished_at is not None and not self._is_flushed:
            log.flush(finished_at if self.has_clock else float(content.count))
            self._is_flushed = True
        return self._note_units(limit) and is_caught_up

    def set_reader(self, reader: Reader) -> None:
        """Another reader reads from the beginning, at the next `advance`."""
        self._reader = reader
        self._reading, self._read = _Reading(reader), 0

    def take_released(self) -> str:
        """The text that was released since the last call: what a pane has to append."""
        given, self._given = self._given, self.released_length
        return self._content.text_between(given, self._given)

    def give_again(self) -> None:
        """`take_released` begins with the first character again: another pane shows the lane."""
        self._given = 0

    @property
    def is_over(self) -> bool:
        """Whether all text has come and is released."""
        return self._is_flushed

    @property
    def held_length(self) -> int:
        """How many characters came and are not released."""
        return self._taken_length - self.released_length

    @property
    def present(self) -> LaneMoment:
        """The lane with all that came."""
        return LaneMoment(self.released_length, self.held_length, self.log.held_since if self.has_clock else None)

    def after_frames(self, frames: int) -> LaneMoment:
        """The lane as it stood after the first frames of the run, as far as it was worked off; bisections only."""
        content = self._content
        chunks = min(content.count_before_frame(frames), self._taken)
        released = min(self.log.end_of(self.log.count_before_chunk(chunks)), self.released_length)
        held = (content.end_of(chunks - 1) if chunks else 0) - released
        has_since = held > 0 and self.has_clock
        return LaneMoment(released, held, content.piece(content.chunk_at(released))[1] if has_since else None)

    @property
    def worst_hold(self) -> tuple[float, float] | None:
        """From when to when the unit was held that was held longest."""
        return self._tally.worst

    def price(self, origin: float = 0.0) -> Price:
        """The price so far; `origin` is when the request was written."""
        tally, first = self._tally, self._tally.first_at
        if not self.has_clock:
            return Price(None, None, None, None, self._noted, None, None)
        is_raw = self.lane.mode == "raw"
        return Price(
            first_unit_s=None if first is None else first - origin,
            after_raw_s=None if first is None or is_raw else first - self._content.piece(0)[1],
            hold_p50_s=tally.holds.quantile(0.5),
            hold_max_s=None if tally.worst is None else tally.worst[1] - tally.worst[0],
            unit_count=self._noted,
            longest_silence_s=tally.longest_silence,
            waits_s=None if first is None else self._reading.waits_s,
        )

    def releases(self, width: int, start: float, end: float, now: float = inf) -> list[ReleaseCell]:
        """`width` cells over the time from `start` to `end`; what lies after `now` is empty. Two bisections each."""
        if width < 1 or end <= start:
            return [ReleaseCell(0, is_held=False)] * max(0, width)
        before = slice_counts(self.log.count_at, width, start, end)
        step = (end - start) / width
        cells = []
        for cell in range(width):
            low, high = start + step * cell, start + step * (cell + 1)
            count = before[cell + 1] - before[cell]
            is_held = not count and low <= now and self._arrival_after(before[cell]) < high
            cells.append(ReleaseCell(count, is_held))
        return cells

    def _arrival_after(self, count: int) -> float:
        """When the first character came that is not among the first `count` units; infinity if none has."""
        if count < self.log.count:
            return self.log.segment(count).first_at
        since = self.log.held_since
        return inf if since is None else since

    def _note_units(self, limit: int) -> bool:
        """Counts the next units for the price and for the reader; whether none is left."""
        log, tally, count = self.log, self._tally, self.log.count
        start = min(self._noted, self._read)
        stop = min(count, start + 2 * limit)
        for index in range(start, stop):
            unit = log.segment(index)
            if index >= self._noted:
                tally.note(unit)
                self.released_length += len(unit.text)
                self._noted = index + 1
            if index >= self._read:
                self._reading.note(len(unit.text), unit.emitted_at, is_first=index == tally.first_index)
                self._read = index + 1
        return stop == count
