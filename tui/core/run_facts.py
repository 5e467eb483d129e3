"""The values that the definitions of numbers are made of: moments, gaps and counts in, metrics out.

Plain values. `stats` fills a `RunFacts`; `metric_definitions` turns it into `Metric`s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from tui.core.gap_series import ArrivalSeries
from tui.core.server_timings import ServerTimings

# The moments of a run by the short names that formulas use; generated text is that of any channel.
MOMENT_LABELS: Final[Mapping[str, str]] = {
    "t0": "request sent",
    "th": "response head",
    "tb": "first body byte",
    "tf": "first event",
    "tk": "first event with a choice, empty or not",
    "t1": "first generated text",
    "t2": "second piece of generated text",
    "tv": "first visible text",
    "tw": "last visible text",
    "tn": "last generated text",
    "tl": "last event with a choice, empty or not",
    "tx": "last event",
    "te": "end mark, or close",
    "word": "first word complete",
    "sentence": "first sentence complete",
    "line": "first line complete",
}


class Moment(NamedTuple):
    """A time on the capture's clock in seconds, and the frame that came then, if one did."""

    at_s: float
    frame: int | None = None


class Anchor(NamedTuple):
    """A moment that a number rests on, with its name in words."""

    label: str
    at_s: float
    frame: int | None


@dataclass(frozen=True, slots=True)
class Metric:
    """One number with its receipt.

    `value` is None where the run does not define it (shown as n/a), never 0 for that. `unit` is `s`, `tok/s`,
    `tokens`, `frames/read`, `share` or empty for a count. `formula` is one plain sentence; `anchors` are the
    moments it is computed from; `source` says whose number it is, where the tokens come from, or why there is
    none. `is_estimate` is shown as `~`: tokens were counted in chunks.
    """

    key: str
    name: str
    value: float | None
    unit: str
    formula: str
    anchors: tuple[Anchor, ...] = ()
    source: str = ""
    is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class StallFacts:
    """The stalls of a run in numbers; the moments are those of the longest one."""

    count: int
    total_s: float
    longest_s: float | None
    longest: str
    between: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """How long the present buffer mode held its units, in seconds."""

    count: int
    p50_s: float | None
    longest_s: float | None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is known of one run at one instant. The series are live: read at once.

    `moments` holds the known ones of `MOMENT_LABELS`; a capture without times has none. `texts` are the gaps
    between pieces of generated text, `choices` those between events with a choice, `events` those between all
    events. `output_tokens` is from usage, or the number of chunks where `has_usage` is False.
    """

    moments: Mapping[str, Moment]
    has_times: bool
    texts: ArrivalSeries
    choices: ArrivalSeries
    events: ArrivalSeries
    visible_count: int
    frame_count: int
    read_count: int
    output_tokens: int | None
    input_tokens: int | None
    has_usage: bool
    hidden_reasoning: int
    stalls: StallFacts
    holds: HoldFacts
    server: ServerTimings

    def between(self, earlier: str, later: str) -> float | None:
        """Seconds from one moment to another; None if one of them is not known."""
        start, end = self.moments.get(earlier), self.moments.get(later)
        return None if start is None or end is None else end.at_s - start.at_s

    def anchor(self, name: str) -> Anchor | None:
        """The moment of this name, for a receipt."""
        moment = self.moments.get(name)
        return None if moment is None else Anchor(MOMENT_LABELS[name], moment.at_s, moment.frame)
