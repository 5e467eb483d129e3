"""The numbers of one run, with exact definitions. Sans-IO: times come in, numbers go out.

Anchors, in seconds on the capture's clock: t0 the request begins to be written; th the response head; tb the
first body byte; t1 the first non-empty generated delta of any channel; tv the first visible content; tn the last
non-empty generated delta. Frames without generated text (role, usage, keep-alive) count for none of them.
"""

from __future__ import annotations

from array import array
from statistics import median
from typing import Any

from tui.core.chunks import StreamChunk, Usage

STALL_FLOOR_S = 0.25
STALL_FACTOR = 5.0
_MIN_GAPS_FOR_RHYTHM = 8  # below this the run has no rhythm of its own, and the floor alone would cry wolf


class StreamStats:
    """Numbers that grow with the run; asking is cheap enough for a few times a second.

    A number that is not defined yet is None (shown as n/a), never 0.
    """

    def __init__(self) -> None:
        self.sent_at: float | None = None
        self.head_at: float | None = None
        self.first_byte_at: float | None = None
        self.first_token_at: float | None = None
        self.first_visible_at: float | None = None
        self.last_token_at: float | None = None
        self.usage: Usage | None = None
        self.byte_count = 0
        self.read_count = 0
        self.chunk_count = 0
        self.char_count = 0
        self._gaps = array("d")
        self._gap_view: tuple[int, list[float], list[float]] = (0, [], [])

    def note_sent(self, at: float) -> None:
        """The request begins to be written; a retry starts the clock anew."""
        self.sent_at = at

    def note_head(self, at: float) -> None:
        """A response head is complete."""
        self.head_at = at

    def note_read(self, at: float, byte_count: int) -> None:
        """A socket read brought body bytes."""
        self.read_count += 1
        self.byte_count += byte_count
        if self.first_byte_at is None:
            self.first_byte_at = at

    def note_chunk(self, chunk: StreamChunk) -> None:
        """A chunk was decoded. Constant work."""
        if chunk.usage is not None:
            self.usage = chunk.usage
        if not chunk.is_progress:
            return
        self.chunk_count += 1
        self.char_count += len(chunk.content)
        if self.last_token_at is None:
            self.first_token_at = chunk.at
        else:
            self._gaps.append(chunk.at - self.last_token_at)
        self.last_token_at = chunk.at
        if chunk.content and self.first_visible_at is None:
            self.first_visible_at = chunk.at

    @property
    def ttfb_s(self) -> float | None:
        """First body byte minus t0."""
        return _difference(self.first_byte_at, self.sent_at)

    @property
    def ttft_s(self) -> float | None:
        """First non-empty delta of any channel minus t0."""
        return _difference(self.first_token_at, self.sent_at)

    @property
    def ttfo_s(self) -> float | None:
        """First visible content minus t0."""
        return _difference(self.first_visible_at, self.sent_at)

    @property
    def gap_p50_s(self) -> float | None:
        """Median gap between non-empty deltas."""
        gaps, _ = self._sorted_gaps()
        return median(gaps) if gaps else None

    @property
    def gap_max_s(self) -> float | None:
        """Longest gap between non-empty deltas."""
        gaps, _ = self._sorted_gaps()
        return gaps[-1] if gaps else None

    @property
    def stall_threshold_s(self) -> float | None:
        """A gap above it is a stall: the larger of 250 ms and 5 times the run's own median gap."""
        gaps, _ = self._sorted_gaps()
        if len(gaps) < _MIN_GAPS_FOR_RHYTHM:
            return None
        return max(STALL_FLOOR_S, STALL_FACTOR * median(gaps))

    @property
    def stalls(self) -> list[float]:
        """The gaps that are stalls, in order."""
        return self._sorted_gaps()[1]

    @property
    def token_count(self) -> int | None:
        """Output tokens: from usage where the server told, else the number of chunks."""
        if self.usage is not None and self.usage.output is not None:
            return self.usage.output
        return self.chunk_count or None

    @property
    def token_source(self) -> str:
        """Where `token_count` comes from: `usage`, or `chunks` (then rates are marked with ~)."""
        return "usage" if self.usage is not None and self.usage.output is not None else "chunks"

    @property
    def tokens_per_s(self) -> float | None:
        """Decode speed (N-1)/(tn-t1); None below two tokens or without elapsed time."""
        tokens, span = self.token_count, _difference(self.last_token_at, self.first_token_at)
        if tokens is None or tokens < 2 or not span:
            return None
        return (tokens - 1) / span

    def to_json(self) -> dict[str, Any]:
        """All numbers under the names of the command line's JSON; seconds, counts, or null."""
        return {
            "ttfb_s": self.ttfb_s,
            "ttft_s": self.ttft_s,
            "ttfo_s": self.ttfo_s,
            "gap_p50_s": self.gap_p50_s,
            "gap_max_s": self.gap_max_s,
            "tokens_per_s": self.tokens_per_s,
            "tokens": self.token_count,
            "token_source": self.token_source,
            "stalls": len(self.stalls),
            "longest_stall_s": max(self.stalls, default=None),
            "chars": self.char_count,
            "chunks": self.chunk_count,
            "reads": self.read_count,
            "bytes": self.byte_count,
        }

    def _sorted_gaps(self) -> tuple[list[float], list[float]]:
        """Sorted gaps and the stalls among them, made anew only when gaps have come."""
        count, gaps, stalls = self._gap_view
        if count != len(self._gaps):
            gaps = sorted(self._gaps)
            limit = max(STALL_FLOOR_S, STALL_FACTOR * median(gaps))
            stalls = [gap for gap in self._gaps if gap > limit] if len(gaps) >= _MIN_GAPS_FOR_RHYTHM else []
            self._gap_view = (len(self._gaps), gaps, stalls)
        return gaps, stalls


def _difference(later: float | None, earlier: float | None) -> float | None:
    return None if later is None or earlier is None else later - earlier
