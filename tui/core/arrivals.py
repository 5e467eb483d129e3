"""When text arrived: one time per piece of generated text, and how the pieces fell into network reads.

Sans-IO columns behind the arrival raster and the verdict; constant work per chunk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.core.repeated_times import RepeatedTimes
from tui.core.shared_times import SharedTimes
from tui.core.stats import StreamStats

FEW_FRAMES = 16  # fewer say nothing about a rhythm
_LUMP_READS = 3
_LUMP_SHARE = 0.9
_BATCH_FRAMES = 4


class ArrivalLog:
    """Times of pieces of text, and of the reads that brought them, both ascending.

    Most answers are content and nothing else, and then these are the times of the content, which are kept once:
    `content_times` has them before they are added here.
    """

    def __init__(self, content_times: RepeatedTimes | None = None) -> None:
        self._content_times = content_times
        self.times = RepeatedTimes() if content_times is None else content_times
        self._count = len(self.times)

    def add(self, at: float, count: int = 1) -> None:
        """So many pieces came; when they are content, the content's times have them already."""
        self._count += count
        if self.times is self._content_times:
            if self.times.size == self._count:
                return
            self.times = self.times.beginning(self._count - count)
        self.times.add(at, count)

    @property
    def read_times(self) -> SharedTimes:
        """When the reads came."""
        return self.times.values

    @property
    def read_counts(self) -> Sequence[int]:
        """How many pieces of text each of the reads brought."""
        return self.times.counts

    def until(self, at: float) -> ArrivalLog:
        """What had arrived at a time, inclusive."""
        first = ArrivalLog()
        first.times = self.times.until(at)
        first._count = len(first.times)
        return first


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run streams: a word for programs, a sentence for people, and its tone (good, warn, idle).

    The words: none, few, lump, batches, streams.
    """

    word: str
    sentence: str
    tone: str


def verdict_of(
    log: ArrivalLog,
    stats: StreamStats,
    now: float,
    *,
    frames: int,
    is_over: bool,
    last_text: str = "",
    has_reads: bool = True,
) -> Verdict:
    """What the arrivals of a run show at `now`; never more certain than they are.

    It judges the frames that brought text and names all `frames` and, where they are known, reads.
    """
    count, reads = len(log.times), len(log.read_times)
    all_reads = f" in {max(reads, stats.read_count)} reads" if has_reads else ""
    if not count:
        return Verdict("none", "", "idle")
    if is_over and count < FEW_FRAMES:
        return Verdict("few", f"cannot tell: {frames} frames are too few ({FEW_FRAMES} are needed).", "idle")
    if is_over and _is_lump(log):
        return Verdict("lump", f"one lump: {frames} frames{all_reads} at {log.read_times[-1]:.2f} s.", "warn")
    silence = _silence(stats, None if is_over else now, last_text)
    if count >= FEW_FRAMES and count >= _BATCH_FRAMES * reads and reads > _LUMP_READS:
        pause = (log.read_times[-1] - log.read_times[0]) / (reads - 1)
        sentence = f"comes in batches: {count / reads:.0f} frames together every {pause:.2f} s.{silence}"
        return Verdict("batches", sentence, "warn")
    gap = "" if stats.gap_p50_s is None else f", gap p50 {stats.gap_p50_s * 1000:.0f} ms"
    sentence = f"streams: {frames} frames{all_reads}{gap}.{silence}"
    return Verdict("streams", sentence, "warn" if silence else "good")


def _is_lump(log: ArrivalLog) -> bool:
    """Nearly everything came in a few reads at once."""
    most = sum(sorted(log.read_counts, reverse=True)[:_LUMP_READS])
    return most >= _LUMP_SHARE * len(log.times)


def _silence(stats: StreamStats, now: float | None, last_text: str) -> str:
    """What is to be said of stalls: the one that lasts at `now`, else the longest."""
    open_s, usual = (None if now is None else stats.open_stall(now)), stats.gap_p50_s
    if open_s is not None and usual:
        after = _after(last_text)
        return f" Silent for {open_s:.2f} s now ({open_s / usual:.0f}x the usual gap){',' if after else ''}{after}."
    stalls = stats.stall_list
    if not stalls:
        return ""
    longest = max(stalls, key=lambda stall: stall.gap_s)
    count = "1 stall," if len(stalls) == 1 else f"{len(stalls)} stalls, the longest"
    return f" {count} {longest.gap_s:.2f} s{_after(longest.text)}."


def _after(text: str) -> str:
    words = text.split()
    return f' after "{words[-1]}"' if words else ""
