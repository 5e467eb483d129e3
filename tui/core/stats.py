"""The numbers of one run, with exact definitions. Sans-IO: times come in, numbers go out.

What arrives is noted at constant cost; the numbers are made when they are asked for. What each number means in
whose words stands in `metric_definitions`; this file keeps the moments and counts that they rest on.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from tui.core.chunks import StreamChunk, Usage
from tui.core.first_units import FirstUnits
from tui.core.gap_series import ArrivalSeries, GapSeries, TimesBetween
from tui.core.hold_times import Holds, HoldTimes, Segments
from tui.core.metric_definitions import metrics_of
from tui.core.run_facts import HoldFacts, Metric, Moment, RunFacts, StallFacts
from tui.core.server_timings import ServerTimings
from tui.core.stall_watch import Stall, StallWatch


class StreamStats:
    """Numbers that grow with the run; asking is cheap enough for a few times a second, at any length.

    All times are seconds on the capture's clock. A number that is not defined yet is None (shown as n/a), never
    0; a capture whose times are all 0 has no clock, and so no time numbers. `segments` gives the segment log of
    the present buffer mode, for the hold times. `has_reads` False: what is noted as reads are frames of a plain log.
    `times_between` as in `GapSeries`.
    """

    def __init__(
        self,
        segments: Callable[[], Segments] | None = None,
        *,
        has_reads: bool = True,
        times_between: TimesBetween | None = None,
    ) -> None:
        self.has_reads = has_reads
        self.sent_at: float | None = None
        self.head_at: float | None = None
        self.first_byte_at: float | None = None
        self.end_at: float | None = None
        self.usage: Usage | None = None
        self.byte_count = self.read_count = 0
        self.char_count = self.reasoning_char_count = 0
        self.server_timings, self.first_units = ServerTimings(), FirstUnits()
        self._new_series = partial(GapSeries, times_between=times_between)
        self._texts: ArrivalSeries = self._new_series()
        self._choices, self._events = self._two_series()
        self._response_reads = self._visible_count = 0
        self._first_visible: Moment | None = None
        self._last_visible: tuple[float, int] | None = None
        self._end_mark: Moment | None = None
        self._is_usage_fresh = self._is_generating = False
        self._is_complete = self._has_reasoned = False
        self._holds: Holds = HoldTimes(segments)
        self._stall_watch = StallWatch(self._median_gap)

    # A moment of it.

    @property
    def series(self) -> tuple[ArrivalSeries, ArrivalSeries, ArrivalSeries]:
        """The arrivals of generated text, of events with a choice, of all events; from the first text on the same."""
        return self._texts, self._choices, self._events

    def kept(self) -> StreamStats:
        """What is known now, as a base of `resumed` and for nothing else; a constant of memory."""
        found = StreamStats(has_reads=self.has_reads)
        vars(found).update(vars(self))
        found.server_timings = self.server_timings.copy()
        found._stall_watch = self._stall_watch.kept()
        return found

    def resumed(self, series: tuple[ArrivalSeries, ArrivalSeries, ArrivalSeries], holds: Holds) -> StreamStats:
        """Statistics that know what was `kept` and learn on their own, with these beginnings of the series."""
        found = StreamStats(has_reads=self.has_reads)
        vars(found).update(vars(self))
        found._texts, found._choices, found._events = series
        found._holds = holds
        found.server_timings = self.server_timings.copy()
        found._stall_watch = self._stall_watch.resumed(found._median_gap)
        return found

    # In.

    def note_sent(self, at: float) -> None:
        """The request begins to be written; a retry starts the clock anew, a resumption after the first token not."""
        if self._texts:
            return
        self.sent_at = at
        self.head_at = None
        self._forget_response()

    def note_head(self, at: float, headers: Iterable[tuple[str, str]] = ()) -> None:
        """A response head is complete; only that of the response which brings the first token counts."""
        if self._texts:
            return
        self.head_at = at
        self._forget_response()
        self.server_timings.note_headers(headers, at)

    def note_read(self, at: float, byte_count: int) -> None:
        """A socket read brought body bytes."""
        self.read_count += 1
        self._response_reads += 1
        self.byte_count += byte_count
        if self.first_byte_at is None:
            self.first_byte_at = at

    def note_frame(self, at: float, frame: int, *, is_event: bool = True, is_choice: bool = True) -> None:
        """A frame came: an event unless it is a bare end mark, `is_choice` if it has a choice, even an empty one."""
        if is_event:
            self._events.add(at, frame)
        else:
            self._end_mark = Moment(at, frame)
        if is_choice:
            self._choices.add(at, frame)

    def note_chunk(self, chunk: StreamChunk) -> None:
        """A chunk was decoded. Constant work."""
        if chunk.usage is not None:
            self.usage = chunk.usage
            self._is_usage_fresh = True
        if chunk.finish_reason:
            self._is_generating = False
        if not (chunk.content or chunk.is_progress):
            return
        # Some servers send a first count before the text; such a count is out of date once more text came.
        self._is_usage_fresh = chunk.usage is not None
        self._is_generating = not chunk.finish_reason
        self._texts.add(chunk.at, chunk.frame)
        self._stall_watch.note(chunk)
        if chunk.content or chunk.refusal:
            self._note_visible(chunk)
        if chunk.reasoning:
            self._has_reasoned = True
            self.reasoning_char_count += len(chunk.reasoning)

    @property
    def has_begun(self) -> bool:
        """Whether there was visible text, so that more of it may be noted many at a time."""
        return self._first_visible is not None

    @property
    def takes_many(self) -> bool:
        """Whether `note_many` is all there is to note: no first word, sentence or line is waited for."""
        return self.has_begun and not self.first_units.is_waiting

    def know_first_units(self, whole: StreamStats, frames: int) -> None:
        """Takes the first word, sentence and line from the statistics of the whole run, which these are a part of."""
        self.first_units = whole.first_units.before_frame(frames)

    def note_many(
        self, times: array[float], frames: array[int], chars: int, chunk_of: Callable[[int], StreamChunk]
    ) -> None:
        """As `note_frame` and `note_chunk` of frames that gave a chunk of plain text each, not the first ones.

        `chars` is how much text they have together; `chunk_of` gives the chunk at a place.
        """
        for series in (self._texts, self._choices, self._events):
            series.extend(times, frames)
        self._is_usage_fresh, self._is_generating = False, True
        self._stall_watch.note_many(times, chunk_of)
        self.char_count += chars
        self._visible_count += len(times)
        self._last_visible = times[-1], frames[-1]

    def note_reads(self, count: int, byte_count: int) -> None:
        """As `note_read` of so many reads, not the first one."""
        self.read_count += count
        self._response_reads += count
        self.byte_count += byte_count

    def note_end(self, at: float, *, is_complete: bool) -> None:
        """The run ended; `is_complete` says that its end was proved. Once."""
        self.end_at = at
        self._is_complete = is_complete
        if self._is_generating and not is_complete:
            self._stall_watch.note_end(at)
        self._is_generating = False
        self.first_units.flush(at)

    # Out: single numbers.

    @property
    def chunk_count(self) -> int:
        """How many chunks brought generated text of any channel."""
        return len(self._texts)

    @property
    def first_token_at(self) -> float | None:
        """When the first generated text of any channel came."""
        return self._texts.first[0] if self._texts.first else None

    @property
    def last_token_at(self) -> float | None:
        """When the last generated text of any channel came."""
        return self._texts.last[0] if self._texts.last else None

    @property
    def first_visible_at(self) -> float | None:
        """When the first visible text (content or a refusal) came."""
        return self._first_visible.at_s if self._first_visible else None

    @property
    def ttfb_s(self) -> float | None:
        """First body byte minus t0."""
        return _difference(self.first_byte_at, self.sent_at)

    @property
    def ttft_s(self) -> float | None:
        """First generated text of any channel minus t0."""
        return _difference(self.first_token_at, self.sent_at)

    @property
    def ttfo_s(self) -> float | None:
        """First visible text minus t0."""
        return _difference(self.first_visible_at, self.sent_at)

    @property
    def gap_p50_s(self) -> float | None:
        """Median gap between pieces of generated text."""
        return self._texts.gaps.quantile(0.5) if self._has_times else None

    @property
    def gap_max_s(self) -> float | None:
        """Longest gap between pieces of generated text."""
        return self._texts.gaps.quantile(1.0) if self._has_times else None

    @property
    def stall_threshold_s(self) -> float | None:
        """A gap above it is a stall: the larger of 250 ms and 5 times the run's own median gap."""
        return self._stall_watch.threshold_s if self._has_times else None

    @property
    def stalls(self) -> list[float]:
        """The gaps that are stalls, in order, in seconds."""
        return [stall.gap_s for stall in self._stall_watch.stalls()]

    @property
    def stall_list(self) -> list[Stall]:
        """The stalls with channel, place and the text before them, in order."""
        return self._stall_watch.stalls()

    @property
    def pause_list(self) -> list[Stall]:
        """Gaps of one channel that another channel filled: named, not counted as stalls."""
        return self._stall_watch.pauses()

    def open_stall(self, now: float) -> float | None:
        """How long the text has been silent at `now`, if that is a stall; None before text, at and after the end."""
        return self._stall_watch.open_stall_s(now) if self._is_generating else None

    @property
    def token_count(self) -> int | None:
        """Output tokens: from usage where the server told, else the number of chunks with text."""
        if self.token_source == "usage" and self.usage is not None:
            return self.usage.output
        return len(self._texts) or None

    @property
    def token_source(self) -> str:
        """Where `token_count` comes from: `usage`, or `chunks` (then it and every rate is marked with ~)."""
        is_told = self._is_usage_fresh and self.usage is not None and self.usage.output is not None
        return "usage" if is_told else "chunks"

    @property
    def tokens_per_s(self) -> float | None:
        """Decode speed (N-1)/(tn-t1); None below two tokens or without elapsed time."""
        tokens, span = self.token_count, self._texts.span_s
        return (tokens - 1) / span if tokens is not None and tokens > 1 and span else None

    # Out: everything.

    def metrics(self, definition: str = "streamscope") -> list[Metric]:
        """Every number of a definition set of `metric_definitions.DEFINITIONS`, in its fixed order.

        Raises UsageError for another name.
        """
        return metrics_of(self.facts(), definition)

    def to_json(self) -> dict[str, Any]:
        """All numbers under the names of the command line's JSON; seconds, counts, shares, or null."""
        told = {metric.key: metric.value for metric in self.metrics()}
        return told | {
            "token_source": self.token_source,
            "chars": self.char_count,
            "reasoning_chars": self.reasoning_char_count,
            "chunks": self.chunk_count,
            "reads": self.read_count,
            "bytes": self.byte_count,
        }

    def facts(self) -> RunFacts:
        """What the numbers are made of, at this instant."""
        usage, has_usage = self.usage, self.token_source == "usage"
        hidden = usage.reasoning if usage is not None and has_usage and not self._has_reasoned else None
        return RunFacts(
            moments=self._moments() if self._has_times else {},
            has_times=self._has_times,
            texts=self._texts,
            choices=self._choices,
            events=self._events,
            visible_count=self._visible_count,
            frame_count=len(self._events) + (self._end_mark is not None),
            read_count=self._response_reads if self.has_reads else 0,
            output_tokens=self.token_count,
            input_tokens=usage.input if usage is not None else None,
            has_usage=has_usage,
            hidden_reasoning=hidden or 0,
            stalls=self._stall_facts(),
            holds=self._hold_facts(),
            server=self.server_timings,
        )

    @property
    def _has_times(self) -> bool:
        return self.sent_at is not None or bool(self.last_token_at)

    def _median_gap(self) -> tuple[float, int]:
        gaps = self._texts.gaps
        return gaps.quantile(0.5) or 0.0, len(gaps)

    def _two_series(self) -> tuple[ArrivalSeries, ArrivalSeries]:
        return self._new_series(has_spread=False), self._new_series(has_spread=False)

    def _forget_response(self) -> None:
        """What came before belongs to an attempt that brought no token."""
        self.first_byte_at = None
        self._response_reads = 0
        self.server_timings = ServerTimings()
        self._choices, self._events = self._two_series()
        self._end_mark = None

    def _note_visible(self, chunk: StreamChunk) -> None:
        self.char_count += len(chunk.content)
        self._visible_count += 1
        self._last_visible = chunk.at, chunk.frame
        if self._first_visible is None:
            self._first_visible = Moment(chunk.at, chunk.frame)
        if self.first_units.is_waiting and chunk.choice == 0:
            self.first_units.add(chunk.content, chunk.at, chunk.frame)

    def _moments(self) -> dict[str, Moment]:
        texts, choices, events = self._texts, self._choices, self._events
        found = {
            "t0": _moment(self.sent_at),
            "th": _moment(self.head_at),
            "tb": _moment(self.first_byte_at),
            "tf": _arrival(events.first),
            "tk": _arrival(choices.first),
            "t1": _arrival(texts.first),
            "t2": _arrival(texts.second),
            "tv": self._first_visible,
            "tw": _arrival(self._last_visible),
            "tn": _arrival(texts.last),
            "tl": _arrival(choices.last),
            "tx": _arrival(events.last),
            "te": self._end(),
        }
        for name in ("word", "sentence", "line"):
            unit = self.first_units.find(name)
            found[name] = _moment(unit.at, unit.frame) if unit else None
        return {name: moment for name, moment in found.items() if moment is not None}

    def _end(self) -> Moment | None:
        """The end mark of a completed run, or else its last event; the close of any other."""
        if self.end_at is None:
            return None
        last = self._end_mark or _arrival(self._events.last)
        return last if self._is_complete and last else Moment(self.end_at)

    def _stall_facts(self) -> StallFacts:
        stalls = self.stall_list
        longest = max(stalls, key=lambda stall: stall.gap_s, default=None)
        if longest is None:
            return StallFacts(0, 0.0, None, "", ())
        ends = Moment(longest.from_s, longest.frame), Moment(longest.from_s + longest.gap_s)
        return StallFacts(len(stalls), sum(self.stalls), longest.gap_s, longest.sentence, ends)

    def _hold_facts(self) -> HoldFacts:
        times = self._holds.values()
        if not self._has_times:
            return HoldFacts(len(times), None, None)
        return HoldFacts(len(times), times.quantile(0.5), times.quantile(1.0))


def _moment(at: float | None, frame: int | None = None) -> Moment | None:
    return None if at is None else Moment(at, frame)


def _arrival(arrival: tuple[float, int] | None) -> Moment | None:
    return None if arrival is None else Moment(*arrival)


def _difference(later: float | None, earlier: float | None) -> float | None:
    return None if later is None or earlier is None else later - earlier
