"""A run as a Markdown report, ready for an issue: what was run, numbers, arrivals, and the frames that are suspicious.

Text of frames stands in fences that nothing in it can close. Prompt and answer are left out but for those frames.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tui.core.derived_run import DerivedRun
from tui.core.exports.raster_text import axis_row, raster_row, span_of
from tui.core.metric_text import exact
from tui.core.run_report import outcome_words
from tui.core.sanitize import sanitize, sanitize_line

_WIDTH: Final = 96
_MOST_FRAMES: Final = 12
_FRAME_CHARS: Final = 600


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Something odd: its kind, the frame it is in (None: none), one sentence."""

    kind: str
    frame: int | None
    sentence: str


def markdown_report(run: DerivedRun, name: str, version: str, notes: list[str]) -> str:
    """The report of a run that ended. `name` is that of its file, `notes` is what the file lacks."""
    found = list(suspicions_of(run))
    parts = [
        f"# {_cell(name)}",
        _facts(run, version, notes),
        "## Arrivals",
        _arrivals(run),
        "## Numbers",
        _numbers(run),
        f"## Suspicious ({len(found)})" if found else "## Suspicious: nothing odd",
        *_suspicious(run, found),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def suspicions_of(run: DerivedRun) -> Iterator[Suspicion]:
    """Problem, stalls, traps and remarks of a run, the gravest first."""
    result = run.result
    last = len(run.decoder.frames) - 1 if run.decoder is not None and len(run.decoder.frames) else None
    if result is not None and result.problem is not None:
        yield Suspicion("problem", last, f"{result.problem.kind}: {result.problem.message}. {result.problem.hint}")
    for stall in run.stats.stall_list:
        yield Suspicion("stall", stall.frame, stall.sentence)
    for trap in run.decoder.traps if run.decoder is not None else []:
        yield Suspicion("trap", trap.frame, trap.sentence)
    for remark in result.remarks if result is not None else []:
        yield Suspicion("remark", None, remark)


def _facts(run: DerivedRun, version: str, notes: list[str]) -> str:
    header, result = run.capture.header, run.result
    head = run.capture.heads[-1] if run.capture.heads else None
    model = next((chunk.model for chunk in run.chunks if chunk.model), None) or header.request.get("model")
    frames = len(run.decoder.frames) if run.decoder is not None else 0
    reads = f" in {run.capture.read_count} reads" if header.has_reads else ""
    software = ", ".join(f"{name} {number}" for name, number in header.software.items())
    rows = {
        "outcome": outcome_words(result) if result else "",
        "transport": f"{header.transport} {header.url}",
        "model": str(model or ""),
        "status": f"{head.status} {head.header('content-type') or ''}" if head else "",
        "read as": run.decoder.read_as if run.decoder is not None else "",
        "size": f"{run.stats.char_count} characters, {frames} frames{reads}, {run.capture.byte_count} bytes",
        "started": header.started,
        "software": software or f"streamscope {version}",
        "notes": " ".join(notes),
    }
    return _table(("", ""), [(name, value) for name, value in rows.items() if value])


def _arrivals(run: DerivedRun) -> str:
    span = span_of(run)
    rows = [raster_row(run, _WIDTH, span), axis_row(span, _WIDTH, has_times=run.capture.header.has_times)]
    verdict = run.verdict(run.capture.last_at).sentence
    return _fence("\n".join(row.rstrip() for row in rows)) + (f"\n\n{_cell(verdict)}" if verdict else "")


def _numbers(run: DerivedRun) -> str:
    rows = [(metric.name, exact(metric)) for metric in run.stats.metrics() if metric.value is not None]
    return _table(("number", "value"), rows) if rows else "This run defines none."


def _suspicious(run: DerivedRun, found: list[Suspicion]) -> Iterator[str]:
    for each in found[:_MOST_FRAMES]:
        where = f", frame {each.frame}" if each.frame is not None else ""
        yield f"**{each.kind}**{where}: {_cell(each.sentence)}"
        if each.frame is not None and run.decoder is not None and each.frame < len(run.decoder.frames):
            frame = run.decoder.frames[each.frame]
            at = f"{frame.at:.3f} s, " if run.capture.header.has_times else ""
            yield f"{at}{frame.size} bytes{f', event {_cell(frame.event)}' if frame.event else ''}"
            yield _fence(sanitize(frame.text[:_FRAME_CHARS]) + ("…" if len(frame.text) > _FRAME_CHARS else ""))
    if len(found) > _MOST_FRAMES:
        yield f"{len(found) - _MOST_FRAMES} more are not shown."


def _table(heading: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    lines = [heading, ("---", "---"), *((_cell(name), _cell(value)) for name, value in rows)]
    return "\n".join(f"| {first} | {second} |" for first, second in lines)


def _cell(text: str) -> str:
    """A text that is one line and no markup."""
    return re.sub(r"([\\`*_{}\[\]<>|#~])", r"\\\1", sanitize_line(text))


def _fence(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"
