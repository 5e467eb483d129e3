"""What can be asked of a run by name: its numbers, counts, words and claims, each answered with its place on the wire.

Names are those of the JSON of `run --json` (a trailing `_s` may be left out), with a few words that people say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tui.core.checks.json_claims import json_claim, tools_claim
from tui.core.derived_run import DerivedRun
from tui.core.metric_text import NOT_DEFINED, exact
from tui.core.run_facts import Anchor, Metric
from tui.core.stats import StreamStats

Value = float | str | bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run answers: a value (None: the run does not define it), the same in words, and where that shows."""

    value: Value | None
    text: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A name that can be asked. `unit` is `s`, `bytes` or empty; `is_claim` needs no comparison: it holds or not."""

    name: str
    ask: Callable[[DerivedRun], Answer]
    kind: type[float | str | bool]
    unit: str = ""


ALIASES: Final[Mapping[str, str]] = {
    "max_gap": "gap_max",
    "max_stall": "longest_stall",
    "total": "duration",
    "speed": "tokens_per_s",
    "tok/s": "tokens_per_s",
    "finish": "finish_reason",
    "tools": "tools.count",
}
"""Other names of the same."""


def _metric(key: str) -> Callable[[DerivedRun], Answer]:
    def ask(run: DerivedRun) -> Answer:
        metric = next(metric for metric in run.stats.metrics() if metric.key == key)
        if metric.value is None:
            return Answer(None, NOT_DEFINED, _why_not(run))
        return Answer(float(metric.value), exact(metric), _place_of(run, metric))

    return ask


def _why_not(run: DerivedRun) -> str:
    if not run.capture.header.has_times:
        return "the recording has no times"
    if run.stats.sent_at is None:
        return "the recording does not say when the request was sent, or the run is too short"
    return "the run is too short, or its server does not tell"


def _place_of(run: DerivedRun, metric: Metric) -> str:
    """The moments that a number is made of; of a gap also the text before it."""
    anchors = [anchor for anchor in metric.anchors if anchor.frame is not None]
    if len(anchors) == 2 and metric.key == "gap_max_s":
        return _silence(run, *anchors)
    if not anchors:
        return metric.source
    return ", ".join(f"{anchor.label}: frame {anchor.frame} at {anchor.at_s:.3f} s" for anchor in anchors)


def _silence(run: DerivedRun, before: Anchor, after: Anchor) -> str:
    text = "".join(chunk.content for chunk in run.chunks if chunk.frame == before.frame)
    said = f', after "{text.strip()[-40:]}"' if text.strip() else ""
    silent = after.at_s - before.at_s
    return f"frame {after.frame} came {silent:.3f} s after frame {before.frame} ({before.at_s:.3f} s){said}"


def _stalls(run: DerivedRun) -> Answer:
    stalls = run.stats.stall_list
    if run.stats.stall_threshold_s is None:
        return Answer(None, NOT_DEFINED, _why_not(run))
    where = "; ".join(f"frame {stall.frame}: {stall.sentence}" for stall in stalls)
    return Answer(float(len(stalls)), str(len(stalls)), where)


def _longest_stall(run: DerivedRun) -> Answer:
    """Without any stall the longest is none, which is shorter than every limit."""
    told = _stalls(run)
    if not told.value:
        return Answer(told.value, told.text if told.value is None else "no stall", told.where)
    longest = max(run.stats.stall_list, key=lambda stall: stall.gap_s)
    return Answer(longest.gap_s, f"{longest.gap_s:.4f} s", f"frame {longest.frame}: {longest.sentence}")


def _stall_total(run: DerivedRun) -> Answer:
    stalls = _stalls(run)
    return Answer(None, stalls.text, stalls.where) if stalls.value is None else _metric("stall_total_s")(run)


def _count(of: Callable[[DerivedRun], int], word: str) -> Callable[[DerivedRun], Answer]:
    def ask(run: DerivedRun) -> Answer:
        number = of(run)
        return Answer(float(number), f"{number} {word}" if number != 1 else f"{number} {word.removesuffix('s')}")

    return ask


def _reads(run: DerivedRun) -> Answer:
    if not run.stats.has_reads:
        return Answer(None, NOT_DEFINED, "the recording does not tell the network's reads")
    return _count(lambda run: run.stats.read_count, "reads")(run)


def _duration(run: DerivedRun) -> Answer:
    end, sent = run.capture.end, run.stats.sent_at or 0.0
    if end is None or not run.capture.header.has_times:
        return Answer(None, NOT_DEFINED, _why_not(run))
    return Answer(end.at - sent, f"{end.at - sent:.4f} s", f"the end is at {end.at:.3f} s")


def _outcome(run: DerivedRun) -> Answer:
    result = run.result
    if result is None:
        return Answer(None, NOT_DEFINED)
    problem = result.problem
    said = f": {problem.message}" if problem else ""
    return Answer(str(result.outcome), str(result.outcome), f"{_last_frame(run)}{said}")


def _problem(run: DerivedRun) -> Answer:
    problem = run.result.problem if run.result else None
    if problem is None:
        return Answer("none", "none")
    return Answer(problem.kind, problem.kind, f"{_last_frame(run)}: {problem.message}")


def _finish_reason(run: DerivedRun) -> Answer:
    reason = (run.result.finish_reason if run.result else None) or "none"
    frame = next((chunk.frame for chunk in reversed(run.chunks) if chunk.finish_reason), None)
    return Answer(reason, reason, f"frame {frame}" if frame is not None else _last_frame(run))


def _model(run: DerivedRun) -> Answer:
    chunk = next((chunk for chunk in run.chunks if chunk.model), None)
    if chunk is None:
        return Answer("none", "none", "no frame names a model")
    return Answer(chunk.model, str(chunk.model), f"frame {chunk.frame}")


def _content(run: DerivedRun) -> Answer:
    text = run.result.content if run.result else ""
    return Answer(text, f"{len(text)} characters", f'it begins "{text[:40]}"' if text else "there is no text")


def _claim(of: Callable[[DerivedRun], tuple[bool, str]]) -> Callable[[DerivedRun], Answer]:
    def ask(run: DerivedRun) -> Answer:
        holds, where = of(run)
        return Answer(holds, "yes" if holds else "no", where)

    return ask


def _code_claim(run: DerivedRun) -> tuple[bool, str]:
    blocks = run.pipeline.code_blocks
    open_block = next((block for block in blocks if not block.closed), None)
    if open_block is None:
        return bool(blocks), f"{len(blocks)} code blocks, all closed" if blocks else "the answer has no code block"
    frame = run.pipeline.content.frame_of(open_block.first_chunk)
    return False, f"the block that begins in frame {frame} is never closed"


def _last_frame(run: DerivedRun) -> str:
    count = frames_of(run)
    return f"frame {count - 1}, the last" if count else "no frame came"


def frames_of(run: DerivedRun) -> int:
    """How many frames came."""
    return len(run.decoder.frames) if run.decoder is not None else 0


def _remarks(run: DerivedRun) -> Answer:
    remarks = run.result.remarks if run.result else []
    return Answer(float(len(remarks)), f"{len(remarks)} remarks", "; ".join(remarks))


def _traps(run: DerivedRun) -> Answer:
    traps = run.decoder.traps if run.decoder is not None else []
    where = "; ".join(f"frame {trap.frame}: {trap.sentence}" for trap in traps)
    return Answer(float(len(traps)), f"{len(traps)} traps", where)


def _questions() -> dict[str, Question]:
    metrics = StreamStats().metrics()
    found = [Question(m.key.removesuffix("_s"), _metric(m.key), float, "s" if m.unit == "s" else "") for m in metrics]
    # What keeps its `_s` is a rate: `tokens_per_s`.
    found = [
        Question(m.key, q.ask, float) if m.key.endswith("_per_s") else q for m, q in zip(metrics, found, strict=True)
    ]
    found += [
        Question("duration", _duration, float, "s"),
        Question("stalls", _stalls, float),
        Question("longest_stall", _longest_stall, float, "s"),
        Question("stall_total", _stall_total, float, "s"),
        Question("chars", _count(lambda run: run.stats.char_count, "characters"), float),
        Question("frames", _count(frames_of, "frames"), float),
        Question("reads", _reads, float),
        Question("chunks", _count(lambda run: run.stats.chunk_count, "chunks"), float),
        Question("bytes", _count(lambda run: run.capture.byte_count, "bytes"), float, "bytes"),
        Question("attempts", _count(lambda run: run.capture.end.attempts if run.capture.end else 0, "attempts"), float),
        Question("code.count", _count(lambda run: len(run.pipeline.code_blocks), "code blocks"), float),
        Question("json.count", _count(lambda run: len(run.pipeline.json_values), "JSON values"), float),
        Question("tools.count", _count(lambda run: len(run.pipeline.tool_calls), "tool calls"), float),
        Question("remarks", _remarks, float),
        Question("traps", _traps, float),
        Question("outcome", _outcome, str),
        Question("problem", _problem, str),
        Question("finish_reason", _finish_reason, str),
        Question("model", _model, str),
        Question("content", _content, str),
        Question("json.valid", _claim(json_claim), bool),
        Question("tools.valid", _claim(tools_claim), bool),
        Question("code.closed", _claim(_code_claim), bool),
    ]
    return {question.name: question for question in found}


QUESTIONS: Final = _questions()
"""All names that can be asked."""


def find_question(name: str) -> Question | None:
    """The question of a name, an alias, or a name of the JSON with its `_s`; None when there is none."""
    name = ALIASES.get(name, name)
    return QUESTIONS.get(name) or QUESTIONS.get(name.removesuffix("_s"))
