"""The rhythm of a run as it goes: how unusual is this gap? Constant work and a few hundred bytes for any run.

The median is kept in logarithmic buckets of 5 %, so it is the same however the run was cut into frames.
"""

from __future__ import annotations

import math

STALL_FLOOR_S = 0.25
SLOW_FACTOR, STALL_FACTOR = 3.0, 5.0
ORDINARY, SLOW, STALLED = range(3)

_SLOW_FLOOR_S = STALL_FLOOR_S / STALL_FACTOR
_STEP = math.log(1.05)
_SMALLEST_S = 1e-5
_MIN_GAPS = 8


class GapRhythm:
    """Judges each gap against the median of those before it."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._total = 0
        self._bucket = 0
        self._below = 0  # gaps in buckets under `_bucket`

    def judge(self, gap_s: float) -> int:
        """ORDINARY, SLOW (over 3 times the median) or STALLED (over 250 ms and 5 times), then learns the gap."""
        verdict = ORDINARY
        if gap_s > _SLOW_FLOOR_S and self._total >= _MIN_GAPS:  # most gaps are short, and the median costs an exponent
            median = self.median_s
            if gap_s > max(STALL_FLOOR_S, STALL_FACTOR * median):
                verdict = STALLED
            elif gap_s > SLOW_FACTOR * median:
                verdict = SLOW
        self._learn(gap_s)
        return verdict

    @property
    def median_s(self) -> float:
        """The median so far, to within 5 %; 0.0 before the first gap."""
        return _SMALLEST_S * math.exp(_STEP * (self._bucket + 0.5)) if self._total else 0.0

    def _learn(self, gap_s: float) -> None:
        bucket = int(math.log(gap_s / _SMALLEST_S) / _STEP) if gap_s > _SMALLEST_S else 0
        self._counts[bucket] = self._counts.get(bucket, 0) + 1
        self._total += 1
        if self._total == 1:
            self._bucket = bucket
        elif bucket < self._bucket:
            self._below += 1
        self._move()

    def _move(self) -> None:
        """Lets the median's bucket follow: at most half of the gaps lie below it, and at most half above."""
        half = self._total / 2
        while self._below > half:
            self._bucket = max(key for key in self._counts if key < self._bucket)
            self._below -= self._counts[self._bucket]
        while self._below + self._counts.get(self._bucket, 0) < half:
            self._below += self._counts.get(self._bucket, 0)
            self._bucket = min(key for key in self._counts if key > self._bucket)
