"""What a run came to, for people and for programs: the lines after a run, the table of its numbers, the JSON object.

Pure; `run`, `stats`, `replay` and the exports all say the same with it. Texts are as they came: who prints them makes
them safe.
"""

from __future__ import annotations

from typing import Any

from tui.core.chunks import StreamResult
from tui.core.derived_run import DerivedRun
from tui.core.metric_text import exact
from tui.core.problem_kinds import title_of
from tui.core.stats import StreamStats


def run_members(result: StreamResult, run: DerivedRun | None, attempts: int) -> dict[str, Any]:
    """The object of `run --json`; `run` is None when not even a header came."""
    usage, stats = result.usage, run.stats if run is not None else StreamStats()
    decoder = run.decoder if run is not None else None
    return {
        "outcome": str(result.outcome),
        "content": result.content,
        "reasoning": result.reasoning,
        "tool_calls": [{"name": call.name, "arguments": call.arguments} for call in result.tool_calls],
        "finish_reason": result.finish_reason,
        "usage": None if usage is None else {"input": usage.input, "output": usage.output, "total": usage.total},
        "problem": result.problem.to_json() if result.problem is not None else None,
        "remarks": result.remarks,
        "attempts": attempts,
        "reads": stats.read_count if stats.has_reads else None,
        "frames": len(decoder.frames) if decoder is not None else 0,
        "chunks": len(result.chunks),
        "stats": stats.to_json(),
    }


def numbers_lines(result: StreamResult, stats: StreamStats, *, on_demo: bool = False) -> list[str]:
    """The narration after a run: outcome and numbers, then problem and remarks."""
    rough = "" if stats.token_source == "usage" else "~"
    rate = "n/a" if stats.tokens_per_s is None else f"{stats.tokens_per_s:.1f}"
    numbers = [
        outcome_words(result),
        f"TTFT {_seconds(stats.ttft_s)}",
        f"TTFO {_seconds(stats.ttfo_s)}",
        f"{rate} tok/s{rough}",
        f"{stats.token_count or 0} tokens{rough}",
        f"gap p50 {_milliseconds(stats.gap_p50_s)} max {_milliseconds(stats.gap_max_s)}",
        f"stalls {len(stats.stalls)}",
        f"{len(result.content)} characters" + (f" in {stats.read_count} reads" if stats.has_reads else ""),
    ]
    lines = ["RECORDED or SYNTHETIC demo; your prompt is not read"] if on_demo else []
    return [*lines, "  ".join(numbers), *trouble_lines(result)]


def trouble_lines(result: StreamResult) -> list[str]:
    """Problem, refusal and remarks of a run, a line each."""
    lines = []
    if result.problem is not None:
        lines += [f"{title_of(result.problem.kind)}: {result.problem.message}", result.problem.hint]
    if result.refusal:
        lines.append(f"refusal: {result.refusal}")
    return lines + [f"remark: {remark}" for remark in result.remarks]


def outcome_words(result: StreamResult) -> str:
    """`completed (stop)`."""
    return str(result.outcome) + (f" ({result.finish_reason})" if result.finish_reason else "")


def metric_lines(stats: StreamStats, definition: str = "streamscope") -> list[str]:
    """Name and value of every number of a definition set, in two columns. Raises UsageError for an unknown set."""
    metrics = stats.metrics(definition)
    width = max(len(metric.name) for metric in metrics)
    return [f"{metric.name:<{width}}  {exact(metric)}" for metric in metrics]


def _seconds(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3f} s"


def _milliseconds(value: float | None) -> str:
    return "n/a" if value is None else f"{value * 1000:.0f} ms"
