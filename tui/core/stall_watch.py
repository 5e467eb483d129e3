"""Stalls: silences that are long for this run. The rule is here; when text came is told by `stats`.

A stall is a gap between two pieces of generated text that is longer than 250 ms and than 5 times the run's own
median gap. Keep-alives, role and usage frames are no text, so they hide none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import sub
from typing import Final

from tui.core.chunks import StreamChunk

STALL_FLOOR_S: Final = 0.25
STALL_FACTOR: Final = 5.0
# Of one or two gaps none can be longer than 5 times their median, so below three a run has no rhythm to judge by.
MIN_GAPS: Final = 3
_TAIL_CHARS: Final = 40

CONTENT: Final = "content"
REASONING: Final = "reasoning"
TOOL_ARGUMENTS: Final = "tool arguments"


@dataclass(frozen=True, slots=True)
class Stall:
    """One long gap of one channel.

    `channel` is the one that fell silent, `text` the end of what it said last, in chunk `chunk` (index of the
    StreamChunk) and frame `frame`. `filled_by` names the channel that went on meanwhile: then it is no stall but
    a pause (thinking is named thinking). `is_open` says that it never ended: the run did.
    """

    channel: str
    from_s: float
    gap_s: float
    chunk: int
    frame: int
    text: str
    filled_by: str = ""
    is_open: bool = False

    @property
    def sentence(self) -> str:
        """What happened, in words; the text in it is not yet safe to show."""
        after = f' after "{self.text}"' if self.text else ""
        if self.filled_by:
            return f"{self.channel} paused {self.gap_s:.2f} s{after}: {self.filled_by} went on"
        return f"{self.channel} stalled {self.gap_s:.2f} s{after}" + (" and never went on" if self.is_open else "")


class StallWatch:
    """The gaps of a run that may be stalls. `median_gap` gives the run's median gap so far and the number of gaps.

    Only gaps above the floor are kept, at most four a second of the run; which of them are stalls is judged when
    asked, since the median moves.
    """

    def __init__(self, median_gap: Callable[[], tuple[float, int]]) -> None:
        self._median_gap = median_gap
        self._long: list[Stall] = []
        self._pauses: list[Stall] = []
        self._last: StreamChunk | None = None
        self._last_of: dict[str, StreamChunk] = {}
        self._channel = ""
        self._known = (0, 0)  # of a kept one: how many long gaps and pauses there were
        self._judged: tuple[int, float | None, list[Stall]] = (0, None, [])

    def kept(self) -> StallWatch:
        """What is known now, as a base of `resumed`; it shares what only grows."""
        found = StallWatch(self._median_gap)
        vars(found).update(vars(self))
        found._known = len(self._long), len(self._pauses)
        found._last_of = dict(self._last_of)
        return found

    def resumed(self, median_gap: Callable[[], tuple[float, int]]) -> StallWatch:
        """Another one that knows what was `kept` and learns on its own."""
        stalls, pauses = self._known
        found = StallWatch(median_gap)
        found._long, found._pauses = self._long[:stalls], self._pauses[:pauses]
        found._last, found._last_of, found._channel = self._last, dict(self._last_of), self._channel
        return found

    def note(self, chunk: StreamChunk) -> None:
        """A chunk with generated text came. Constant work."""
        channel = CONTENT if chunk.content else channel_of(chunk)
        last = self._last
        if last is not None and chunk.at - last.at > STALL_FLOOR_S:
            self._long.append(_stall(self._channel, last, chunk.at))
        if channel != self._channel:
            self._note_return(channel, chunk)
            self._channel = channel
        self._last = chunk

    def note_many(self, times: Sequence[float], chunk_of: Callable[[int], StreamChunk]) -> None:
        """Chunks of plain text came at these times; `chunk_of` gives one of them, and only a few are asked for."""
        self.note(chunk_of(0))
        gaps = list(map(sub, islice(times, 1, None), times))
        if gaps and max(gaps) > STALL_FLOOR_S:
            for place, gap in enumerate(gaps):
                if gap > STALL_FLOOR_S:
                    self._long.append(_stall(CONTENT, chunk_of(place), times[place + 1]))
        self._last = chunk_of(len(times) - 1)

    def note_end(self, at: float) -> None:
        """The run ended at `at` in the middle of the text: a silence until then counts too."""
        if self._last is not None and at - self._last.at > STALL_FLOOR_S:
            self._long.append(_stall(self._channel, self._last, at, is_open=True))

    @property
    def threshold_s(self) -> float | None:
        """A gap above it is a stall; None while there are fewer than three gaps."""
        median, count = self._median_gap()
        return None if count < MIN_GAPS else max(STALL_FLOOR_S, STALL_FACTOR * median)

    def stalls(self) -> list[Stall]:
        """All stalls, by time."""
        limit = self.threshold_s
        count, judged_by, stalls = self._judged
        if count != len(self._long) or judged_by != limit:
            stalls = [] if limit is None else [stall for stall in self._long if stall.gap_s > limit]
            self._judged = (len(self._long), limit, stalls)
        return stalls

    def pauses(self) -> list[Stall]:
        """Gaps of one channel as long as a stall while another channel went on, by time."""
        limit = self.threshold_s
        return [] if limit is None else [pause for pause in self._pauses if pause.gap_s > limit]

    def open_stall_s(self, now: float) -> float | None:
        """How long the text has been silent at `now`, if that is a stall already; else None."""
        limit = self.threshold_s
        if self._last is None or limit is None or now - self._last.at <= limit:
            return None
        return now - self._last.at

    def _note_return(self, channel: str, chunk: StreamChunk) -> None:
        """Another channel speaks: the one that spoke is kept with its last chunk, and this one may have paused."""
        if self._last is not None:
            self._last_of[self._channel] = self._last
        before = self._last_of.get(channel)
        if before is not None and chunk.at - before.at > STALL_FLOOR_S:
            self._pauses.append(_stall(channel, before, chunk.at, filled_by=self._channel))


def channel_of(chunk: StreamChunk) -> str:
    """The channel of a chunk with generated text: visible content before tool arguments before reasoning."""
    if chunk.content or chunk.refusal:
        return CONTENT
    return TOOL_ARGUMENTS if chunk.tool_calls else REASONING


def _stall(channel: str, last: StreamChunk, until: float, *, filled_by: str = "", is_open: bool = False) -> Stall:
    return Stall(channel, last.at, until - last.at, last.index, last.frame, _tail_of(last), filled_by, is_open)


def _tail_of(chunk: StreamChunk) -> str:
    arguments = chunk.tool_calls[-1].arguments if chunk.tool_calls else ""
    return (chunk.content or chunk.refusal or arguments or chunk.reasoning)[-_TAIL_CHARS:]
