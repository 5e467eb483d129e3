"""How far two runs are apart along their texts: walked in portions, so that a long text never stops the keys. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from typing import Final

from tui.core.derived_run import DerivedRun

NOTICED_S: Final = 0.05
QUOTED: Final = 24
_MOST_PLACES: Final = 3
_KEPT: Final = 256  # losses that are kept before only the worst are


@dataclass(frozen=True, slots=True)
class FallingBehind:
    """A place of the common text at which one run (`loser` 0 or 1) lost `seconds` on the other within one piece."""

    loser: int
    offset: int
    seconds: float
    frame: int
    after: str


class LagWalk:
    """Goes along the first `common` characters, which both runs have; they need not be the same ones.

    `lag_s` is how much later the second run is at the place that was reached; None before the first piece, and where
    times cannot be compared.
    """

    def __init__(self, first: DerivedRun, second: DerivedRun, common: int) -> None:
        self._runs = first, second
        self._common = common
        self._reached = [0, 0]  # the piece of either run that ends next
        self._losses: list[tuple[float, int, float]] = []  # seconds, the offset negative, by how much the lag changed
        self.lag_s: float | None = None
        self._is_done = not common or not all(run.stats.facts().has_times for run in self._runs)
        self._apart_s = 0.0 if self._is_done else origin_of(first) - origin_of(second)

    @property
    def share(self) -> float:
        """How much of the way is done, 0 to 1."""
        if self._is_done:
            return 1.0
        return self._runs[0].pipeline.content.start_of(self._reached[0]) / self._common

    def advance(self, limit: int) -> bool:
        """Takes at most `limit` pieces of either run; whether the end was reached."""
        if self._is_done:
            return True
        contents = [run.pipeline.content for run in self._runs]
        spans = [(place, place + limit) for place in self._reached]
        ends, others = (content.ends_between(*span) for content, span in zip(contents, spans, strict=True))
        times, other_times = (content.times_between(*span) for content, span in zip(contents, spans, strict=True))
        lag, apart, common = self.lag_s, self._apart_s, self._common
        here = there = 0
        while here < len(ends) and there < len(others):
            end, other = ends[here], others[there]
            if min(end, other) > common:
                break
            now = other_times[there] - times[here] + apart
            if lag is not None and not -NOTICED_S <= now - lag <= NOTICED_S:
                self._lose(min(end, other) - 1, now - lag)
            lag = now
            here += end <= other
            there += other <= end
        self.lag_s = lag
        self._reached = [self._reached[0] + here, self._reached[1] + there]
        self._is_done = max(here, there) < limit
        return self._is_done

    @property
    def places(self) -> tuple[FallingBehind, ...]:
        """Where one run lost the most on the other, in order."""
        worst = nlargest(_MOST_PLACES, self._losses)
        found = [self._place(-offset, change) for _, offset, change in worst]
        return tuple(sorted(found, key=lambda place: place.offset))

    def _lose(self, offset: int, change: float) -> None:
        self._losses.append((abs(change), -offset, change))
        if len(self._losses) > _KEPT:
            self._losses = nlargest(_MOST_PLACES, self._losses)

    def _place(self, offset: int, lost: float) -> FallingBehind:
        loser = int(lost > 0)
        content = self._runs[loser].pipeline.content
        chunk = content.chunk_at(offset)
        start = content.start_of(chunk)
        before = content.text_between(max(0, start - QUOTED), start)
        return FallingBehind(loser, start, abs(lost), content.frame_of(chunk), before)


def origin_of(run: DerivedRun) -> float:
    """When the request was sent, or else when the first text came."""
    return run.stats.sent_at if run.stats.sent_at is not None else run.pipeline.content.piece(0)[1]
