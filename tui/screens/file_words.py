"""The words about files: what was saved, how large it is, what a recording is. Pure; nothing is sanitised yet."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui.core.capture import Capture, CaptureEnd
from tui.core.chunks import Outcome, StreamProblem
from tui.screens.screen_sizes import Fit

if TYPE_CHECKING:
    from tui.captures.capture_folder import FileFacts, FolderFile
    from tui.screens.run_controller import ActiveRun

NOTHING_TO_SAVE = "Nothing has run yet, so there is nothing to save. {prompt.send} sends the prompt."
NOTHING_TO_EXPORT = "Nothing has run yet, so there is nothing to export. {prompt.send} sends the prompt."
NOTHING_YET = "The run has not begun yet, so there is nothing of it to keep."
CARD_LATER = "A run is streaming. {run.cancel} cancels it; then it has a card."
OPEN_LATER = "A run is streaming. {run.cancel} cancels it; then {item.source} opens the recording."
_SIGNS: Final = {
    Outcome.COMPLETED: "✓ completed",
    Outcome.INCOMPLETE: "◐ incomplete",
    Outcome.FAILED: "✗ failed",
    Outcome.CANCELLED: "■ cancelled",
}
_TONES: Final = {
    Outcome.COMPLETED: "good",
    Outcome.INCOMPLETE: "warn",
    Outcome.FAILED: "bad",
    Outcome.CANCELLED: "warn",
}
NOT_AVAILABLE: Final = "n/a"


def no_captures(folder: Path) -> str:
    """What stands in an empty list; the key stands there by its id."""
    return f"No captures in {folder}. {{file.save}} saves the current run."


def saved(path: Path, reads: int, size: int, *, is_over: bool) -> str:
    """What is said of a run that was saved, or of its beginning."""
    goes_on = "" if is_over else " The run goes on: what comes later is not in it."
    return f"Saved {path}, {counted(reads, 'read')}, {size_words(size)}.{goes_on} It holds prompt and answer, no keys."


def end_so_far(capture: Capture) -> CaptureEnd:
    """The end of what is kept of a run that goes on: no word on how it ended."""
    sentence = f"Kept after {counted(capture.read_count, 'read')} while the run went on: what came later is not in it."
    problem = StreamProblem.of("truncated", sentence)
    return CaptureEnd(capture.last_at, Outcome.INCOMPLETE, problem, is_recorded=False)


def stem_of(run: ActiveRun, now: datetime) -> str:
    """How the files of a run are called: by when it began, `now` where nobody knows."""
    started = run.derived.capture.header.started if run.derived is not None else ""
    try:
        at = datetime.fromisoformat(started).astimezone()
    except ValueError:
        at = now
    return f"run-{at:%Y%m%d-%H%M%S}"


def counted(count: int, noun: str) -> str:
    """`1 read`, `98 reads`."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def size_words(size: int) -> str:
    """`980 byte`, `41 kB`, `1.2 MB`."""
    if size < 1000:
        return f"{size} byte"
    return f"{size / 1e3:.0f} kB" if size < 999_500 else f"{size / 1e6:.1f} MB"


def outcome_cell(facts: FileFacts | None) -> tuple[str, str]:
    """The outcome with its sign, and its tone: idle, good, warn or bad."""
    if facts is None:
        return "◌ not read", "idle"
    if facts.summary is None:
        return "▲ unreadable", "bad"
    if facts.damage:
        return "▲ damaged", "warn"
    return _SIGNS[facts.summary.outcome], _TONES[facts.summary.outcome]


def seconds_cell(seconds: float | None) -> str:
    """A time of a recording; n/a where it has none."""
    return NOT_AVAILABLE if seconds is None else f"{seconds:.2f} s"


def changed_cell(file: FolderFile) -> str:
    """When a file was changed, on this machine's clock."""
    return f"{datetime.fromtimestamp(file.changed).astimezone():%Y-%m-%d %H:%M}"


def file_notes(file: FolderFile, facts: FileFacts | None) -> list[str]:
    """What is said under the list of the file under the cursor."""
    if facts is None:
        return [str(file.path)]
    if facts.summary is None:
        return [facts.complaint]
    summary = facts.summary
    counts = [counted(summary.frames, "frame"), counted(summary.reads, "read") if summary.reads is not None else ""]
    stopped = f"stopped: {summary.finish_reason}" if summary.finish_reason not in ("", "stop") else ""
    first = f"{facts.form}: {', '.join(filter(None, (*counts, size_words(file.size), stopped)))}. {file.path}"
    problem = "" if facts.damage and facts.damage in summary.problem else summary.problem
    return [first, *filter(None, (facts.damage, problem, *facts.notes))]


def footer_hints(fit: Fit) -> list[tuple[str, str]]:
    """The keys of the footer of the Open screen, the most useful first."""
    if fit.is_tiny:
        return [("ctrl+q", "quit")]
    first = [("enter", "open"), ("q", "back"), ("?", "help")]
    return (
        first
        if fit.is_small
        else [("enter", "open"), ("e", "export"), ("y", "copy path"), ("ctrl+s", "save the run"), *first[1:]]
    )
