"""The help on the problem of a run: what its kind means, and the evidence: frame, byte, header. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tui.core.problem_meanings import meaning_of
from tui.screens.help_texts import Help
from tui.screens.problem_words import problem_lines

if TYPE_CHECKING:
    from tui.core.derived_run import DerivedRun
    from tui.screens.run_controller import ActiveRun

_HEADERS = ("content-type", "content-length", "content-encoding", "retry-after", "location", "server", "via")


def problem_help(run: ActiveRun | None, said: Callable[[str], str], environ: Mapping[str, str]) -> Help | None:
    """The help; None for a run without a problem. Not yet safe to show."""
    derived = run.derived if run is not None else None
    problem = derived.result.problem if derived is not None and derived.result is not None else None
    if run is None or derived is None or problem is None:
        return None
    title, sentence, step = problem_lines(problem, run, environ)
    terms = (("what came", sentence), *evidence_of(derived), ("kind", problem.kind), ("next", said(step)))
    return Help(f"▲ {title}", meaning_of(problem.kind), terms)


def evidence_of(run: DerivedRun) -> tuple[tuple[str, str], ...]:
    """Where it happened: after which frame and byte, under which head."""
    capture, frames = run.capture, run.decoder.frames if run.decoder is not None else ()
    where = [("frame", f"the last one is {len(frames) - 1}, of {frames[-1].size} bytes" if frames else "none came")]
    where.append(("byte", f"{capture.byte_count} came, in {capture.read_count} reads"))
    if capture.heads:
        head = capture.heads[-1]
        named = [f"{name}: {value}" for name in _HEADERS if (value := head.header(name)) is not None]
        where.append(("header", "; ".join([f"status {head.status}", *named])))
    else:
        where.append(("header", "no head came"))
    return tuple(where)
