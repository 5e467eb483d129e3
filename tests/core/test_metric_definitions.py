"""The definition sets on runs whose numbers are computed by hand."""

from __future__ import annotations

import json

import pytest

from tests.core.made_runs import DONE, FINISH, delta, event, reasoning_stream, run_of, usage
from tui.core.metric_definitions import DEFINITIONS
from tui.core.run_facts import Anchor, Metric
from tui.core.stats import StreamStats
from tui.errors import UsageError

# Sums and medians over many moments.
WITHOUT_MOMENTS = {"hold_p50_s", "hold_max_s", "stall_total_s"}


def _numbers(definition: str) -> dict[str, Metric]:
    stats = run_of(reasoning_stream(), head_ms=200).stats
    return {metric.key: metric for metric in stats.metrics(definition)}


# Milliseconds, by hand: t0 = 0, th = 200, tk = 205, t1 = 600, tv = 1700, tn = 4277, tl = 4346, te = 4351; N = 130,
# 50 pieces of text (30 visible), 52 events with a choice, 53 events.
@pytest.mark.parametrize(
    ("definition", "key", "milliseconds"),
    [
        ("vLLM", "ttft_s", 205),
        ("OTel", "ttfc_s", 205),
        ("AIPerf", "ttft_s", 600),
        ("guidellm", "ttft_s", 600),
        ("streamscope", "ttft_s", 600),
        ("llmperf", "ttft_s", 1700),
        ("llm-scope", "ttft_s", 1500),
        ("streamscope", "ttfo_s", 1700),
        ("AIPerf", "ttfo_s", 1700),
        ("guidellm", "ttfo_s", 1700),
        ("streamscope", "itl_s", 3677 / 129),
        ("AIPerf", "itl_s", 3677 / 129),
        ("guidellm", "itl_s", 3677 / 129),
        ("vLLM", "itl_mean_s", 4141 / 51),
        ("llmperf", "itl_s", 4277 / 30),
        ("vLLM", "tpot_s", 4141 / 129),
        ("guidellm", "tpot_s", 32.9),
        ("streamscope", "tpot_s", 3677 / 129),
        ("streamscope", "e2e_s", 4277),
        ("AIPerf", "e2e_s", 4277),
        ("vLLM", "e2e_s", 4346),
        ("guidellm", "e2e_s", 4351),
        ("OTel", "duration_s", 4351),
        ("OTel", "chunk_mean_s", 4145 / 52),
        ("llm-scope", "generation_s", 2651),
        ("streamscope", "tail_s", 74),
        ("streamscope", "ttst_s", 50),
        ("streamscope", "gap_p50_s", 60),
        ("streamscope", "gap_p90_s", 60),
        ("streamscope", "gap_p99_s", 150 + 0.52 * 750),
        ("streamscope", "gap_max_s", 900),
        ("streamscope", "jitter_p99_p50_s", 480),
        ("streamscope", "longest_stall_s", 900),
    ],
)
def test_tools_disagree_on_one_stream(definition: str, key: str, milliseconds: float) -> None:
    assert _numbers(definition)[key].value == pytest.approx(milliseconds / 1000)


def test_speeds_of_the_sets_differ() -> None:
    assert _numbers("streamscope")["tokens_per_s"].value == pytest.approx(129 / 3.677)
    assert _numbers("AIPerf")["e2e_tokens_per_s"].value == pytest.approx(130 / 4.277)
    assert _numbers("guidellm")["e2e_tokens_per_s"].value == pytest.approx(130 / 4.351)
    assert _numbers("streamscope")["prefill_tokens_per_s"].value == pytest.approx(12 / 0.6)
    assert _numbers("llmperf")["tokens_per_s"].value == pytest.approx(30 / 4.351)


def test_number_is_anchored_to_its_frames() -> None:
    ttft, longest = _numbers("streamscope")["ttft_s"], _numbers("streamscope")["gap_max_s"]
    assert ttft.anchors == (Anchor("request sent", 0.0, None), Anchor("first generated text", 0.6, 1))
    # The role frame, 20 of reasoning and 15 of content come before the freeze.
    assert [anchor.frame for anchor in longest.anchors] == [35, 36]
    assert longest.anchors[1].at_s - longest.anchors[0].at_s == pytest.approx(0.9)
    assert [anchor.frame for anchor in _numbers("vLLM")["ttft_s"].anchors] == [None, 0]
    assert [anchor.frame for anchor in _numbers("vLLM")["e2e_s"].anchors] == [None, 51]


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_every_number_explains_itself(definition: str) -> None:
    metrics = run_of(reasoning_stream()).stats.metrics(definition)
    keys = [metric.key for metric in metrics]
    assert len(keys) == len(set(keys))
    assert keys == [metric.key for metric in StreamStats().metrics(definition)]
    for metric in metrics:
        assert metric.name
        assert metric.formula.endswith(".")
        if metric.unit in ("s", "tok/s", "chunks/s") and metric.value is not None:
            assert metric.anchors or metric.key in WITHOUT_MOMENTS


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_empty_run_has_no_numbers_but_counts(definition: str) -> None:
    counts = {"stalls", "stall_total_s"}
    assert [m.key for m in StreamStats().metrics(definition) if m.value is not None and m.key not in counts] == []


def test_name_of_a_set_is_found_in_any_case_and_another_refused() -> None:
    stats = StreamStats()
    assert stats.metrics("vllm") == stats.metrics("vLLM")
    with pytest.raises(UsageError, match="guidellm"):
        stats.metrics("genai-perf")


def test_time_per_token_needs_usage_but_speed_is_estimated() -> None:
    reads = [(10 + 10 * i, delta(content="ab ")) for i in range(5)]
    numbers = {m.key: m for m in run_of([*reads, (60, FINISH), (61, DONE)]).stats.metrics()}
    assert numbers["itl_s"].value is None
    assert numbers["tokens_per_s"].value == pytest.approx(4 / 0.04)
    assert numbers["tokens_per_s"].is_estimate
    assert numbers["tokens"].is_estimate
    assert "~" in numbers["tokens"].source


def test_several_tokens_a_chunk_give_both_latencies() -> None:
    """11 tokens in 3 chunks 100 ms apart: 20 ms a token, 100 ms a chunk."""
    reads = [(100 + 100 * i, delta(content="abc ")) for i in range(3)]
    numbers = {
        m.key: m.value for m in run_of([*reads, (310, FINISH), (311, usage(1, 11)), (312, DONE)]).stats.metrics()
    }
    assert numbers["itl_s"] == pytest.approx(0.02)
    assert numbers["gap_p50_s"] == pytest.approx(0.1)


def test_one_token_has_no_time_per_token() -> None:
    stats = run_of([(5, delta(content="Yes")), (6, FINISH), (7, usage(3, 1)), (8, DONE)]).stats
    numbers = {m.key: m.value for m in stats.metrics()}
    names = ("itl_s", "tpot_s", "tokens_per_s", "gap_p50_s", "gap_max_s", "jitter_s", "jitter_p99_p50_s", "ttst_s")
    assert [numbers[name] for name in names] == [None] * len(names)
    assert {m.key: m.value for m in stats.metrics("guidellm")}["tpot_s"] == pytest.approx(0.005)


def test_hidden_reasoning_is_said() -> None:
    details = {"completion_tokens_details": {"reasoning_tokens": 90}}
    reads = [(100, delta(content="a")), (200, delta(content="b")), (210, FINISH), (220, usage(5, 100, **details))]
    numbers = {m.key: m for m in run_of(reads).stats.metrics()}
    assert "90 of them reasoning that was never streamed" in numbers["tokens_per_s"].source
    assert "reasoning" not in _numbers("streamscope")["tokens_per_s"].source


def test_empty_deltas_and_a_first_event_without_choices() -> None:
    """Azure's first event has no choice; an empty delta in the middle is a step for vLLM and for no one else."""
    reads = [
        (50, event({"choices": [], "prompt_filter_results": []})),
        (100, delta(content="a")),
        (150, delta(content="")),
        (200, delta(content="b")),
        (210, FINISH + DONE),
    ]
    stats = run_of(reads).stats
    vllm = {m.key: m.value for m in stats.metrics("vLLM")}
    assert vllm["ttft_s"] == pytest.approx(0.1)
    assert vllm["itl_p50_s"] == pytest.approx(0.05)
    assert {m.key: m.value for m in stats.metrics("OTel")}["ttfc_s"] == pytest.approx(0.05)
    assert stats.gap_p50_s == pytest.approx(0.1)


def test_dialect_without_choices_counts_events_with_text() -> None:
    lines = [
        (100, {"message": {"role": "assistant", "content": "a"}, "done": False}),
        (200, {"message": {"content": "b"}, "done": False}),
        (250, {"message": {"content": ""}, "done": True, "eval_count": 2}),
    ]
    reads = [(at, json.dumps(value) + "\n") for at, value in lines]
    stats = run_of(reads, headers=(("content-type", "application/x-ndjson"),)).stats
    vllm = {m.key: m.value for m in stats.metrics("vLLM")}
    assert vllm["ttft_s"] == pytest.approx(0.1)
    assert vllm["e2e_s"] == pytest.approx(0.25)
