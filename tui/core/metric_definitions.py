"""Whose TTFT? The definition sets as data: for each set its numbers in order, with value, formula and anchors.

The moments (t0, t1, tn, ...) are those of `run_facts.MOMENT_LABELS`. Sources: the tools' published rules and
source code as of 2026; where a tool tokenizes the text itself, usage stands in for its count here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui.core.metric_rows import (
    LINEAR,
    SECONDS,
    Row,
    choices,
    events,
    gap_deviation,
    gap_longest,
    gap_mean,
    gap_quantile,
    input_tokens,
    metric_of,
    moments,
    output_tokens,
    prefill_rate,
    span,
    texts,
    time_per_token,
    token_rate,
    token_source,
    words,
)
from tui.core.run_facts import Metric, RunFacts
from tui.core.streamscope_metrics import STREAMSCOPE
from tui.errors import UsageError

DEFINITIONS: Final[Mapping[str, str]] = {
    "streamscope": "TTFT is the first generated text of any channel, TTFO the first visible one; gaps are per chunk.",
    "AIPerf": "As streamscope; ITL and speeds per token, from the first to the last generated text.",
    "vLLM": "The clock stops at the first event with a choice, even empty; what it calls ITL is per chunk.",
    "guidellm": "TTFT as AIPerf; TPOT is (tn - t0) / N, so the first token's wait is in it.",
    "OTel": "Counts events, not tokens: the first one, even role-only, and the time from each to the next.",
    "llmperf": "TTFT is the first visible text; its ITL is the mean of all gaps, TTFT among them; speed in chunks.",
    "llm-scope": "TTFT counts from the response head, not from the request; generation lasts until the end mark.",
}


def metrics_of(facts: RunFacts, definition: str) -> list[Metric]:
    """Every number of a definition set, in its order. Raises UsageError for a name that is none of `DEFINITIONS`.

    Case does not matter in the name.
    """
    rows = _SETS.get(definition.lower())
    if rows is None:
        raise UsageError(f"no definitions of the name {definition!r}: there are {', '.join(DEFINITIONS)}")
    return [metric_of(row, facts) for row in rows]


def formulas_of(definition: str) -> list[tuple[str, str]]:
    """(key, formula) of every number of one of `DEFINITIONS`, in its order."""
    return [(row.key, row.formula) for row in _SETS[definition.lower()]]


def _content_gap_mean(facts: RunFacts) -> float | None:
    """The gaps from t0 on sum up to the whole span, and there are as many as pieces of visible text."""
    elapsed = facts.between("t0", "tw")
    return elapsed / facts.visible_count if elapsed is not None and facts.visible_count else None


def _content_rate(facts: RunFacts) -> float | None:
    elapsed = facts.between("t0", "te")
    return facts.visible_count / elapsed if elapsed and facts.visible_count else None


_AIPERF: Final = (
    span("ttft_s", "Time to First Token", "t0", "t1", "First non-empty response minus t0; reasoning counts."),
    span("ttst_s", "Time to Second Token", "t1", "t2", "Second non-empty response minus the first."),
    span("ttfo_s", "Time to First Output Token", "t0", "tv", "First response that is no reasoning, minus t0."),
    span("e2e_s", "Request Latency", "t0", "tn", "Last non-empty response minus t0."),
    time_per_token(
        "itl_s", "Inter Token Latency", "t1", "tn", "(Request latency - TTFT) / (N - 1).", skipped=1, source=""
    ),
    gap_mean("icl_mean_s", "Inter Chunk Latency avg", texts, "Mean gap between non-empty responses."),
    gap_quantile("icl_p50_s", "Inter Chunk Latency p50", texts, 0.5, "Median gap between non-empty responses."),
    gap_quantile("icl_p90_s", "Inter Chunk Latency p90", texts, 0.9, f"90th percentile of these gaps, {LINEAR}."),
    gap_quantile("icl_p99_s", "Inter Chunk Latency p99", texts, 0.99, f"99th percentile of these gaps, {LINEAR}."),
    gap_longest("icl_max_s", "Inter Chunk Latency max", texts, "Longest gap between non-empty responses."),
    output_tokens(token_source("")),
    token_rate(
        "tokens_per_s", "Output Token Throughput Per User", "t1", "tn", "1 / inter token latency.", skipped=1, source=""
    ),
    token_rate("e2e_tokens_per_s", "E2E Output Token Throughput", "t0", "tn", "N / latency.", skipped=0, source=""),
    prefill_rate("Prefill Throughput Per User", "Prompt tokens / TTFT.", words("")),
    span("ttfb_s", "HTTP Waiting", "t0", "tb", "First body byte minus the request sent."),
)
_VLLM: Final = (
    span("ttft_s", "TTFT", "t0", "tk", "First event whose `choices` is not empty, minus t0: a role-only one counts."),
    time_per_token("tpot_s", "TPOT (excl. 1st token)", "tk", "tl", "(E2EL - TTFT) / (N - 1).", skipped=1, source=""),
    gap_mean("itl_mean_s", "ITL mean", choices, "Mean gap between events with a choice, the empty last one too."),
    gap_quantile("itl_p50_s", "ITL median", choices, 0.5, "Median gap between events with a choice."),
    gap_quantile("itl_p99_s", "ITL p99", choices, 0.99, f"99th percentile of these gaps, {LINEAR}."),
    span("e2e_s", "E2EL", "t0", "tl", "Last event with a choice minus t0; the usage chunk has none."),
    output_tokens(token_source("")),
    token_rate("e2e_tokens_per_s", "Output throughput", "t0", "tl", "N / E2EL of this one run.", skipped=0, source=""),
)
_GUIDELLM: Final = (
    span("ttft_s", "time_to_first_token", "t0", "t1", "First generated text of any channel minus t0."),
    span("ttfo_s", "time_to_first_output_token", "t0", "tv", "First text that is no reasoning, minus t0."),
    time_per_token(
        "tpot_s", "time_per_output_token", "t0", "tn", "(tn - t0) / N: the first token is in it.", skipped=0, source=""
    ),
    time_per_token("itl_s", "inter_token_latency", "t1", "tn", "(tn - t1) / (N - 1).", skipped=1, source=""),
    span("e2e_s", "request_latency", "t0", "te", "End of the request minus t0."),
    output_tokens(token_source("")),
    token_rate(
        "e2e_tokens_per_s", "output_tokens_per_second", "t0", "te", "N / request latency.", skipped=0, source=""
    ),
)
_OTEL: Final = (
    span(
        "ttfc_s",
        "gen_ai.client.operation.time_to_first_chunk",
        "t0",
        "tf",
        "First event of the stream, with or without text, minus t0.",
    ),
    gap_mean("chunk_mean_s", "gen_ai.client.operation.time_per_output_chunk mean", events, "Mean time between events."),
    gap_quantile(
        "chunk_p50_s", "gen_ai.client.operation.time_per_output_chunk p50", events, 0.5, "Median time between events."
    ),
    gap_quantile(
        "chunk_p99_s",
        "gen_ai.client.operation.time_per_output_chunk p99",
        events,
        0.99,
        f"99th percentile of the times between events, {LINEAR}.",
    ),
    gap_longest(
        "chunk_max_s", "gen_ai.client.operation.time_per_output_chunk max", events, "Longest time between events."
    ),
    span("duration_s", "gen_ai.client.operation.duration", "t0", "te", "End mark, or the close, minus t0."),
    output_tokens(token_source("gen_ai.client.token.usage, type output")),
    input_tokens(words("gen_ai.client.token.usage, type input")),
)
_LLMPERF: Final = (
    span("ttft_s", "ttft_s", "t0", "tv", "First non-empty content minus t0: reasoning does not count."),
    Row(
        "itl_s",
        "inter_token_latency_s",
        SECONDS,
        "(Last content - t0) / content chunks: all gaps, TTFT among them.",
        _content_gap_mean,
        moments("t0", "tw"),
        words("per chunk, not per token"),
    ),
    span("e2e_s", "end_to_end_latency_s", "t0", "te", "End of the stream minus t0."),
    Row(
        "tokens_per_s",
        "request_output_throughput",
        "chunks/s",
        "Content chunks / end-to-end latency.",
        _content_rate,
        moments("t0", "te"),
        words("chunks, not tokens"),
    ),
)
_LLM_SCOPE: Final = (
    span("ttft_s", "TTFT", "th", "tv", "First content minus the response head."),
    span("generation_s", "generation", "tv", "te", "End of the stream minus the first content."),
    gap_deviation("jitter_s", "jitter", texts, "Standard deviation (population) of the gaps."),
)

_SETS: Final[Mapping[str, tuple[Row, ...]]] = {
    "streamscope": STREAMSCOPE,
    "aiperf": _AIPERF,
    "vllm": _VLLM,
    "guidellm": _GUIDELLM,
    "otel": _OTEL,
    "llmperf": _LLMPERF,
    "llm-scope": _LLM_SCOPE,
}
