"""The numbers of streamscope's own definition set, in the order of the screens and of the command line's JSON.

Rules: a monotonic clock; stamps at the read; frames without generated text count for no token number; below two
values a spread, a gap or a rate is not defined.
"""

from __future__ import annotations

from typing import Final

from tui.core.metric_rows import (
    LINEAR,
    SECONDS,
    Row,
    gap_deviation,
    gap_longest,
    gap_mean,
    gap_quantile,
    input_tokens,
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
from tui.core.run_facts import Anchor, RunFacts

# Gaps below this are one delivery, not rhythm.
BURST_GAP_S: Final = 0.001


def _spread(facts: RunFacts) -> float | None:
    gaps = facts.texts.gaps
    high, middle = gaps.quantile(0.99), gaps.quantile(0.5)
    return high - middle if facts.has_times and high is not None and middle is not None and len(gaps) > 1 else None


def _has_clock(facts: RunFacts) -> bool:
    """Whether silences can be seen: not in a text without times. Where no text came there was none."""
    return facts.has_times or not facts.texts


def _stall_share(facts: RunFacts) -> float | None:
    elapsed = facts.between("t1", "tn")
    return facts.stalls.total_s / elapsed if elapsed else None


def _frames_per_read(facts: RunFacts) -> float | None:
    return facts.frame_count / facts.read_count if facts.read_count and facts.frame_count else None


def _burst_share(facts: RunFacts) -> float | None:
    return facts.texts.burst_share(BURST_GAP_S) if facts.has_times else None


def _longest_stall_anchors(facts: RunFacts) -> tuple[Anchor, ...]:
    labels = ("before the stall", "after the stall")
    return tuple(Anchor(label, *moment) for label, moment in zip(labels, facts.stalls.between, strict=False))


def _unexplained(facts: RunFacts) -> float | None:
    """What is left of TTFT after the server's own times; None where it told none of them."""
    known = [timing.seconds for part in _BEFORE_FIRST_TOKEN if (timing := facts.server.find(part))]
    elapsed = facts.between("t0", "t1")
    return elapsed - sum(known) if known and elapsed is not None else None


def _server_time(part: str, name: str, formula: str) -> Row:
    def source(facts: RunFacts) -> str:
        timing = facts.server.find(part)
        return timing.source if timing else "unknown: the server tells no such time"

    def anchors(facts: RunFacts) -> tuple[Anchor, ...]:
        timing = facts.server.find(part)
        return () if timing is None else (Anchor("where the server says it", timing.at, timing.frame),)

    def value(facts: RunFacts) -> float | None:
        timing = facts.server.find(part)
        return timing.seconds if timing else None

    return Row(f"server_{part}_s", name, SECONDS, formula, value, anchors, source)


def _first_unit(unit: str) -> Row:
    def source(facts: RunFacts) -> str:
        moment = facts.moments.get(unit)
        return "only the end of the text released it" if moment and moment.frame is None else f"the {unit} buffer"

    formula = f"First whole {unit} out of its buffer minus t0, the request being sent."
    return Row(
        f"ttf_{unit}_s",
        f"time to first {unit}",
        SECONDS,
        formula,
        lambda f: f.between("t0", unit),
        moments("t0", unit),
        source,
    )


_BEFORE_FIRST_TOKEN: Final = ("queue", "load", "prefill")
_OWN_TEXT: Final = "gaps between pieces of generated text (content, reasoning, tool arguments)"

_FIRSTS: Final = (
    span("ttfb_s", "TTFB", "t0", "tb", "First body byte minus t0, the request being sent.", source="k6 and HAR `wait`"),
    span("head_s", "response head", "t0", "th", "Response head complete minus t0."),
    span("ttfc_s", "TTFC", "t0", "tf", "First event, with or without text, minus t0.", source="as OTel"),
    span(
        "ttft_s",
        "TTFT",
        "t0",
        "t1",
        "First generated text of any channel (content, reasoning, tools) minus t0.",
        source="as AIPerf and guidellm",
    ),
    span("ttfo_s", "TTFO", "t0", "tv", "First visible text minus t0: TTFT without the reasoning.", source="as AIPerf"),
    _first_unit("word"),
    _first_unit("sentence"),
    _first_unit("line"),
    span("ttst_s", "TTST", "t1", "t2", "Second piece of generated text minus the first.", source="as AIPerf"),
)
_RHYTHM: Final = (
    gap_mean("gap_mean_s", "ICL mean", texts, f"Mean of all {_OWN_TEXT}."),
    gap_quantile("gap_p50_s", "ICL p50", texts, 0.5, f"Median of all {_OWN_TEXT}."),
    gap_quantile("gap_p90_s", "ICL p90", texts, 0.9, f"90th percentile of all {_OWN_TEXT}, {LINEAR}."),
    gap_quantile("gap_p99_s", "ICL p99", texts, 0.99, f"99th percentile of all {_OWN_TEXT}, {LINEAR}."),
    gap_longest("gap_max_s", "ICL max", texts, f"Longest of all {_OWN_TEXT}."),
    time_per_token(
        "itl_s",
        "ITL",
        "t1",
        "tn",
        "(tn - t1) / (N - 1): time per token after the first; needs N from usage.",
        skipped=1,
        source="as AIPerf and guidellm",
    ),
    time_per_token(
        "tpot_s",
        "TPOT",
        "t1",
        "tn",
        "(tn - t1) / (N - 1), the same as ITL; needs N from usage.",
        skipped=1,
        source="as OTel's server metric",
    ),
    gap_deviation("jitter_s", "jitter", texts, f"Standard deviation (population) of all {_OWN_TEXT}."),
    Row(
        "jitter_p99_p50_s",
        "jitter p99-p50",
        SECONDS,
        "99th percentile minus median of the same gaps.",
        _spread,
        moments("t1", "tn"),
        words(""),
    ),
)
_LENGTHS: Final = (
    span("decode_s", "decode", "t1", "tn", "Last generated text minus the first.", source="as AIPerf"),
    span("e2e_s", "E2E", "t0", "tn", "Last generated text minus t0.", source="as AIPerf"),
    span("tail_s", "tail", "tn", "te", "End mark, or the close where there is none, minus the last generated text."),
)
_SPEED: Final = (
    output_tokens(token_source("")),
    input_tokens(words("usage")),
    token_rate(
        "tokens_per_s",
        "decode speed",
        "t1",
        "tn",
        "(N - 1) / (tn - t1): tokens a second after the first.",
        skipped=1,
        source="as AIPerf's output token throughput per user",
    ),
    token_rate("e2e_tokens_per_s", "E2E speed", "t0", "tn", "N / (tn - t0).", skipped=0, source="as AIPerf"),
    prefill_rate("prefill speed", "Prompt tokens / TTFT; queue and network are in it.", words("as AIPerf")),
)
_STALLS: Final = (
    Row(
        "stalls",
        "stalls",
        "",
        "Gaps of a channel longer than 250 ms and than 5 times the run's median ICL.",
        lambda f: f.stalls.count if _has_clock(f) else None,
        moments(),
        words("keep-alives hide none; while another channel goes on it is none"),
    ),
    Row(
        "stall_total_s",
        "stalled",
        SECONDS,
        "All stalls together.",
        lambda f: f.stalls.total_s if _has_clock(f) else None,
        moments(),
        words(""),
    ),
    Row(
        "longest_stall_s",
        "longest stall",
        SECONDS,
        "Longest of the stalls.",
        lambda f: f.stalls.longest_s,
        _longest_stall_anchors,
        lambda f: f.stalls.longest,
    ),
    Row(
        "stall_share",
        "stall share",
        "share",
        "All stalls together / (tn - t1).",
        _stall_share,
        moments("t1", "tn"),
        words(""),
    ),
)
_DELIVERY: Final = (
    Row(
        "frames_per_read",
        "frames a read",
        "frames/read",
        "Frames / socket reads of the body.",
        _frames_per_read,
        moments("tf", "tx"),
        words("above 1, something between joins frames"),
    ),
    Row(
        "burst_share",
        "burst share",
        "share",
        f"Share shorter than 1 ms of all {_OWN_TEXT}.",
        _burst_share,
        moments("t1", "tn"),
        words(""),
    ),
    Row(
        "hold_p50_s",
        "hold p50",
        SECONDS,
        "Median of unit released minus arrival of its first character.",
        lambda f: f.holds.p50_s,
        moments(),
        words("the buffer mode that is shown"),
    ),
    Row(
        "hold_max_s",
        "hold max",
        SECONDS,
        "Longest of unit released minus arrival of its first character.",
        lambda f: f.holds.longest_s,
        moments(),
        words("the buffer mode that is shown"),
    ),
)
_SERVER: Final = (
    _server_time("queue", "server queue", "The request's wait before the model took it, by the server's clock."),
    _server_time("load", "server load", "Loading the model, by the server's clock."),
    _server_time("prefill", "server prefill", "Reading the prompt, by the server's clock."),
    _server_time("processing", "server processing", "Work until the response began, by the server's clock."),
    _server_time("decode", "server decode", "Making the output tokens, by the server's clock."),
    _server_time("total", "server total", "The whole request, by the server's clock."),
    Row(
        "ttft_unexplained_s",
        "TTFT unexplained",
        SECONDS,
        "TTFT minus the server's queue, load and prefill: network, proxies and what the server does not tell.",
        _unexplained,
        moments("t0", "t1"),
        lambda f: "" if _unexplained(f) is not None else "unknown: the server tells no time before the first token",
    ),
)

STREAMSCOPE: Final = (*_FIRSTS, *_RHYTHM, *_LENGTHS, *_SPEED, *_STALLS, *_DELIVERY, *_SERVER)
