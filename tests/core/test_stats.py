"""The numbers of a run, by hand: clocks, stalls, first units, hold times, token source, and the cost of asking."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.core.made_runs import DONE, FINISH, delta, event, reasoning_stream, run_of, usage
from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome, StreamChunk
from tui.core.derived_run import DerivedRun
from tui.core.stats import StreamStats

Reads = list[tuple[float, str]]


def _steady(count: int, start: float = 100, step: float = 50) -> Reads:
    return [(start + step * i, delta(content=f"w{i} ")) for i in range(count)]


# Clocks.


def test_clock_of_a_retry_starts_anew() -> None:
    """Nothing of the attempt that failed is left in the numbers of the one that worked."""
    records: list[Record] = [
        CaptureHeader("sse", "http://127.0.0.1", {}),
        Marker("sent", 0.0),
        ResponseHead(429, (("openai-processing-ms", "7"),), 0.1),
        Read(0.1, b'{"error":{"message":"slow down"}}'),
        Marker("retrying", 0.2),
        Marker("sent", 1.0),
        ResponseHead(200, (("content-type", "text/event-stream"),), 1.1),
        Read(1.25, delta(content="a").encode()),
    ]
    stats = DerivedRun.of_records(records).stats
    assert stats.ttfb_s == pytest.approx(0.25)
    assert stats.ttft_s == pytest.approx(0.25)
    numbers = stats.to_json()
    assert numbers["head_s"] == pytest.approx(0.1)
    assert numbers["ttfc_s"] == pytest.approx(0.25)
    assert numbers["server_processing_s"] is None
    assert (numbers["frames_per_read"], numbers["reads"]) == (1.0, 2)


def test_resumption_keeps_the_first_clock() -> None:
    stats = StreamStats()
    stats.note_sent(0.0)
    stats.note_head(0.1)
    stats.note_read(0.2, 5)
    stats.note_chunk(StreamChunk(content="a", at=0.2))
    stats.note_sent(3.0)
    stats.note_head(3.1)
    assert (stats.sent_at, stats.head_at, stats.first_byte_at) == (0.0, 0.1, 0.2)


def test_capture_without_times_has_no_time_numbers() -> None:
    reads = [(0.0, text) for _, text in reasoning_stream()]
    stats = run_of(reads, head_ms=0, sent_ms=None).stats
    numbers = stats.to_json()
    assert {key: value for key, value in numbers.items() if key.endswith("_s") and value is not None} == {}
    assert numbers["burst_share"] is numbers["stalls"] is None
    assert (numbers["tokens"], numbers["chunks"], numbers["reads"]) == (130, 50, len(reads))


def test_frames_without_text_count_for_no_token_number() -> None:
    reads = [(10, delta(role="assistant")), (20, ": ping\n\n"), (30, delta(content="")), (500, delta(content="a"))]
    stats = run_of(reads).stats
    assert stats.ttfb_s == pytest.approx(0.01)
    assert stats.ttft_s == pytest.approx(0.5)
    assert stats.chunk_count == 1


def test_refusal_is_visible_text() -> None:
    stats = run_of([(100, delta(refusal="No.")), (110, FINISH + DONE)]).stats
    assert stats.ttfo_s == pytest.approx(0.1)


def test_time_of_first_units() -> None:
    texts = [(100, "Hel"), (200, "lo wor"), (300, "ld. Next"), (400, " one.\n"), (500, "x")]
    stats = run_of([*((at, delta(content=text)) for at, text in texts), (600, FINISH + DONE)]).stats
    numbers = {m.key: m for m in stats.metrics()}
    assert numbers["ttf_word_s"].value == pytest.approx(0.2)
    assert numbers["ttf_sentence_s"].value == pytest.approx(0.3)
    assert numbers["ttf_line_s"].value in (pytest.approx(0.4), pytest.approx(0.5))
    assert [anchor.frame for anchor in numbers["ttf_word_s"].anchors] == [None, 1]


def test_unit_released_by_the_end_says_so() -> None:
    stats = run_of([(100, delta(content="Hello")), (600, FINISH + DONE)]).stats
    sentence = next(m for m in stats.metrics() if m.key == "ttf_sentence_s")
    assert sentence.value == pytest.approx(0.6)
    assert sentence.source == "only the end of the text released it"


def test_white_space_is_no_first_unit() -> None:
    stats = run_of([(100, delta(content="\n\n")), (200, delta(content="Go on ")), (300, FINISH + DONE)]).stats
    numbers = stats.to_json()
    assert numbers["ttf_word_s"] == pytest.approx(0.2)
    assert numbers["ttf_line_s"] == pytest.approx(0.3)


# Stalls.


def test_stall_is_named_with_its_place() -> None:
    stats = run_of(reasoning_stream(), head_ms=200).stats
    (stall,) = stats.stall_list
    assert (stall.channel, stall.text, stall.frame) == ("content", "word14 ", 35)
    assert stall.gap_s == pytest.approx(0.9)
    assert stats.stalls == [pytest.approx(0.9)]
    assert stats.stall_threshold_s == pytest.approx(0.3)
    assert stats.to_json()["stall_share"] == pytest.approx(0.9 / 3.677)


def test_keep_alives_and_empty_frames_hide_no_stall() -> None:
    reads = [*_steady(5), *((350.0 + 100 * i, ": ping\n\n" + delta(content="")) for i in range(9)), *_steady(5, 1300)]
    (stall,) = run_of([*reads, (1600, FINISH + DONE)]).stats.stall_list
    assert stall.gap_s == pytest.approx(1.0)


def test_stall_of_thinking_belongs_to_reasoning() -> None:
    reads = [(100 + 50 * i, delta(reasoning="hm")) for i in range(5)]
    stats = run_of([*reads, *_steady(5, 1300), (1600, FINISH + DONE)]).stats
    (stall,) = stats.stall_list
    assert (stall.channel, stall.text) == ("reasoning", "hm")


def test_thinking_between_text_is_a_pause_and_no_stall() -> None:
    thought = [(350 + 50 * i, delta(reasoning="hm")) for i in range(20)]
    stats = run_of([*_steady(5), *thought, *_steady(5, 1350), (1600, FINISH + DONE)]).stats
    assert stats.stalls == []
    (pause,) = stats.pause_list
    assert (pause.channel, pause.filled_by) == ("content", "reasoning")
    assert pause.gap_s == pytest.approx(1.05)
    assert "reasoning went on" in pause.sentence


@pytest.mark.parametrize(
    ("step", "gap", "is_stall"), [(20, 250, False), (20, 251, True), (80, 399, False), (80, 401, True)]
)
def test_stall_is_judged_by_floor_and_by_rhythm(step: float, gap: float, *, is_stall: bool) -> None:
    """Longer than 250 ms and longer than 5 times the median gap."""
    before = _steady(6, 1024, step)
    last = before[-1][0]
    stats = run_of([*before, *_steady(6, last + gap, step)]).stats
    assert bool(stats.stalls) is is_stall


def test_two_gaps_have_no_rhythm() -> None:
    stats = run_of([(100, delta(content="a")), (110, delta(content="b")), (2000, delta(content="c"))]).stats
    assert (stats.stalls, stats.stall_threshold_s) == ([], None)


def test_open_stall_grows_until_text_or_end() -> None:
    stats = run_of(_steady(5), outcome=None).stats
    assert stats.open_stall(0.549) is None
    assert stats.open_stall(0.9) == pytest.approx(0.6)
    assert stats.stalls == []
    stats.note_end(1.3, is_complete=False)
    assert stats.open_stall(2.0) is None
    (stall,) = stats.stall_list
    assert stall.gap_s == pytest.approx(1.0)
    assert stall.is_open


def test_silence_after_the_finish_reason_is_no_stall() -> None:
    stats = run_of([*_steady(5), (310, FINISH)], outcome=None).stats
    assert stats.open_stall(9.0) is None
    stats.note_end(9.0, is_complete=False)
    assert stats.stalls == []


def test_end_that_is_proved_without_a_reason_is_no_stall() -> None:
    stats = run_of([*_steady(5), (5000, DONE)]).stats
    assert stats.stalls == []
    assert stats.to_json()["tail_s"] == pytest.approx(4.7)


# Delivery.


def test_one_lump_is_all_burst() -> None:
    lump = "".join(text for _, text in _steady(10))
    numbers = run_of([(500, lump), (700, delta(content="x")), (701, FINISH + DONE)]).stats.to_json()
    assert numbers["frames_per_read"] == pytest.approx(13 / 3)
    assert numbers["burst_share"] == pytest.approx(9 / 10)


def test_jitter_is_the_population_deviation() -> None:
    """Gaps of 10, 20 and 60 ms: mean 30, deviation the root of (400 + 100 + 900) / 3."""
    reads = [(100, "a"), (110, "b"), (130, "c"), (190, "d")]
    numbers = run_of([(at, delta(content=text)) for at, text in reads]).stats.to_json()
    assert numbers["gap_mean_s"] == pytest.approx(0.03)
    assert numbers["jitter_s"] == pytest.approx((1400 / 3) ** 0.5 / 1000)


def test_hold_times_follow_the_buffer_mode() -> None:
    texts = [(100, "One "), (150, "two. "), (300, "Three."), (420, " Four")]
    run = run_of([*((at, delta(content=text)) for at, text in texts), (500, FINISH + DONE)])
    holds = [run.pipeline.segments.segment(i).hold_s for i in range(run.pipeline.segments.count)]
    numbers = run.stats.to_json()
    assert numbers["hold_max_s"] == pytest.approx(max(holds))
    assert numbers["hold_max_s"] > 0
    run.pipeline.set_mode("raw")
    assert run.stats.to_json()["hold_max_s"] == pytest.approx(0)


# Tokens.


def test_usage_that_came_before_the_text_is_out_of_date() -> None:
    """Anthropic's first event counts one token; only the count behind the text is N."""
    start: dict[str, Any] = {"type": "message_start", "message": {"usage": {"input_tokens": 9, "output_tokens": 1}}}
    texts: list[dict[str, Any]] = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "ab "}}
    ] * 4
    last: dict[str, Any] = {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn"},
        "usage": {"output_tokens": 12},
    }
    values = [start, *texts, last]
    reads = [(100.0 + 50 * i, f"event: {value['type']}\n{event(value)}") for i, value in enumerate(values)]
    live = run_of(reads[:4], outcome=None).stats
    assert (live.token_count, live.token_source) == (3, "chunks")
    whole = run_of(reads).stats
    assert (whole.token_count, whole.token_source) == (12, "usage")
    assert whole.tokens_per_s == pytest.approx(11 / 0.15)


def test_count_in_every_chunk_is_used_at_once() -> None:
    value = {"choices": [{"index": 0, "delta": {"content": "a"}}], "usage": {"completion_tokens": 7}}
    stats = run_of([(100, event(value))], outcome=None).stats
    assert (stats.token_count, stats.token_source) == (7, "usage")


def test_last_line_without_its_end_counts() -> None:
    first = '{"message":{"role":"assistant","content":"a"},"done":false}\n'
    lines = [(100, first), (200, '{"done":true,"eval_count":5,"total_duration":2000000000}')]
    stats = run_of(lines, headers=(("content-type", "application/x-ndjson"),)).stats
    assert (stats.token_count, stats.token_source) == (5, "usage")
    assert stats.to_json()["server_total_s"] == pytest.approx(2.0)


def test_bytes_are_those_of_the_wire_for_text_messages_too() -> None:
    records: list[Record] = [CaptureHeader("ws", "ws://127.0.0.1", {}), ResponseHead(101, (), 0.0), Read(0.1, "äöü")]
    assert DerivedRun.of_records(records).stats.byte_count == 6


# JSON.


def test_json_has_the_promised_names_and_is_json() -> None:
    numbers = run_of(reasoning_stream(), head_ms=200).stats.to_json()
    assert json.loads(json.dumps(numbers, allow_nan=False)) == numbers
    promised = "ttfb_s ttft_s ttfo_s gap_p50_s gap_max_s tokens_per_s tokens token_source stalls longest_stall_s"
    assert {*promised.split(), "chars", "chunks", "reads", "bytes"} <= numbers.keys()
    assert numbers["stalls"] == 1


def test_run_that_ends_before_anything_came() -> None:
    records: list[Record] = [CaptureHeader("sse", "http://127.0.0.1", {}), CaptureEnd(1.0, Outcome.FAILED)]
    numbers = DerivedRun.of_records(records).stats.to_json()
    assert numbers["ttft_s"] is None
    assert (numbers["tokens"], numbers["stalls"]) == (None, 0)


def test_live_numbers_equal_those_of_the_whole() -> None:
    """Asking in between changes no answer."""
    asked, unasked = StreamStats(), StreamStats()
    for stats in (asked, unasked):
        stats.note_sent(0.0)
    at = 0.0
    for i in range(4000):
        at += ((i * 7919) % 101) ** 2 * 1e-5
        for stats in (asked, unasked):
            stats.note_chunk(StreamChunk(content="ab ", index=i, at=at, frame=i))
        if i % 37 == 0:
            asked.to_json()
            assert asked.stalls is not None
    assert asked.to_json() == pytest.approx(unasked.to_json())


def test_usage_event_alone_is_no_first_token() -> None:
    stats = run_of([(10, usage(4, 0)), (20, DONE)]).stats
    assert (stats.ttft_s, stats.tokens_per_s) == (None, None)
