"""The verdict on a run says what its arrivals show, and no more."""

from __future__ import annotations

import pytest

from tui.core.arrivals import ArrivalLog, Verdict, verdict_of
from tui.core.chunks import StreamChunk
from tui.core.repeated_times import RepeatedTimes
from tui.core.stats import StreamStats


def judged(times: list[float], *, now: float | None = None, last_text: str = "") -> Verdict:
    """The verdict on pieces of text that came at these times; at `now`, or after the end."""
    log, stats = ArrivalLog(), StreamStats()
    stats.note_sent(0.0)
    for index, at in enumerate(times):
        log.add(at)
        stats.note_chunk(StreamChunk(content=f"word{index} ", index=index, at=at, frame=index))
    end = times[-1] if times else 0.0
    if now is None:
        stats.note_end(end, is_complete=True)
    at = end if now is None else now
    return verdict_of(log, stats, at, frames=len(times), is_over=now is None, last_text=last_text)


def test_even_arrivals_stream() -> None:
    verdict = judged([0.31 + 0.024 * index for index in range(63)])
    assert verdict == Verdict("streams", "streams: 63 frames in 63 reads, gap p50 24 ms.", "good")


def test_everything_at_once_is_a_lump() -> None:
    verdict = judged([3.91] * 97 + [3.912])
    assert (verdict.word, verdict.tone) == ("lump", "warn")
    assert verdict.sentence == "one lump: 98 frames in 2 reads at 3.91 s."


def test_groups_at_a_distance_are_batches() -> None:
    verdict = judged([0.3 * group for group in range(1, 13) for _ in range(8)])
    assert verdict.word == "batches"
    assert verdict.sentence.startswith("comes in batches: 8 frames together every 0.30 s.")


@pytest.mark.parametrize("count", [1, 4, 15])
def test_few_frames_say_nothing(count: int) -> None:
    assert judged([0.1 * index for index in range(count)]).word == "few"


def test_no_text_has_no_verdict() -> None:
    assert judged([]).word == "none"


def test_a_silence_is_told_while_it_lasts_and_afterwards() -> None:
    times = [0.3 + 0.025 * index for index in range(40)]
    now = times[-1] + 0.5
    live = judged(times, now=now, last_text="and then raise")
    assert live.sentence.endswith('Silent for 0.50 s now (20x the usual gap), after "raise".')
    assert live.tone == "warn"
    ended = judged([*times, now + 0.4, now + 0.425])
    assert '1 stall, 0.90 s after "word39".' in ended.sentence


def test_reads_are_counted_apart_from_frames() -> None:
    log = ArrivalLog()
    for at in (0.1, 0.1, 0.1, 0.2):
        log.add(at)
    assert list(log.read_counts) == [3, 1]
    assert list(log.times) == [0.1, 0.1, 0.1, 0.2]


@pytest.mark.parametrize("other", [0, 1, 3, 5])
def test_the_times_of_content_are_kept_once_and_leave_it_where_something_else_comes(other: int) -> None:
    content = RepeatedTimes()
    log = ArrivalLog(content)
    moments = [0.1, 0.1, 0.2, 0.3, 0.3]
    for index, at in enumerate(moments):
        if index != other:
            content.add(at)
        log.add(at)
    assert list(log.times) == moments
    assert list(log.read_counts) == [2, 1, 2]
    assert (log.times is content) == (other == len(moments))
    assert list(log.until(0.2).times) == [0.1, 0.1, 0.2]
