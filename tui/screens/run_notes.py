"""What is said of a run that has ended: its problem, the receipt of its cancel, its remarks, how it was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tui.panes.note_rows import Note
from tui.screens.cancel_receipt import cancel_receipt
from tui.screens.fault_words import fault_words
from tui.screens.problem_words import problem_lines
from tui.screens.recording_words import recording_notes

if TYPE_CHECKING:
    from tui.screens.run_controller import ActiveRun

Said = Callable[[str], str]
"""Puts the user's own keys in the place of `{id}`."""
_PROBLEM_STYLES = ("stats--problem", "", "stats--hint")


def run_notes(run: ActiveRun, said: Said, environ: Mapping[str, str], *, is_wide: bool) -> list[Note]:
    """The notes of pane 4, in the order of their weight; none before the end. Not yet safe to show."""
    derived = run.derived
    if derived is None or derived.result is None:
        return []
    lines = _problem(run, said, environ)
    notes = [Note(line, style) for line, style in zip(lines, _PROBLEM_STYLES, strict=False)]
    notes += _receipt(run, said)
    notes += [Note(f"fault, as asked for: {fault_words(run.plan.fault)}", "stats--hint")] if run.plan.fault else []
    notes += [Note(f"remark: {remark}", "stats--hint") for remark in derived.result.remarks]
    notes += [Note(note, "stats--hint") for note in recording_notes(run)]
    if derived.decoder is not None and is_wide and derived.decoder.read_as:
        notes.append(Note(derived.decoder.read_as, "stats--hint"))
    return notes


def ending_lines(run: ActiveRun, said: Said, environ: Mapping[str, str]) -> list[str]:
    """What stands under the text that came: why no more will."""
    return _problem(run, said, environ) or [note.text for note in _receipt(run, said)[:1]]


def _problem(run: ActiveRun, said: Said, environ: Mapping[str, str]) -> list[str]:
    result = run.derived.result if run.derived is not None else None
    if run.derived is None or result is None or result.problem is None:
        return []
    title, sentence, step = problem_lines(result.problem, run, environ)
    return [f"▲ {title}", sentence, said(step)]


def _receipt(run: ActiveRun, said: Said) -> list[Note]:
    return cancel_receipt(run, said("{file.save}"))
