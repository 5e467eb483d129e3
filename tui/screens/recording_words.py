"""What the Live screen says of a run that was opened instead of made: where it is from, what it lacks. Pure."""

from __future__ import annotations

from typing import Final

from tui.core.capture import CaptureHeader
from tui.core.problem_kinds import title_of
from tui.screens.endpoint_choice import TRANSPORT_WORDS
from tui.screens.run_controller import ActiveRun
from tui.screens.run_lamp import Lamp

NO_TIMES: Final = "NO TIMES in this file"
_MEGABYTE: Final = 1_000_000


def opening_lamp(run: ActiveRun | None, now: float) -> Lamp | None:
    """The lamp of a recording that is still being read; None where the run's own lamp tells more."""
    if run is None or run.recording is None or run.is_over:
        return None
    recording = run.recording
    if not recording.is_live:
        read, size = (round(count / _MEGABYTE) for count in (recording.read_bytes, recording.size))
        return Lamp(f"◌ OPENING {read} of {size} MB", "waiting")
    if run.derived is None or not run.derived.chunks:
        return Lamp(f"◌ WAITING {max(0.0, now):.2f} s  for the pipe", "waiting")
    return None


def described(run: ActiveRun, *, is_wide: bool) -> list[str]:
    """The words of the header: which file, over which transport, from where, and whether it has times."""
    if run.recording is None:
        return []
    name = run.recording.name
    header = run.derived.capture.header if run.derived is not None else None
    words = [f"FILE {name if is_wide else name.rpartition('/')[2]}" if not run.recording.is_live else "PIPE"]
    if header is None:
        return words
    if not header.has_times:
        words.append(NO_TIMES)
    if is_wide:
        words += [word for word in (TRANSPORT_WORDS.get(header.transport, ""), header.url, _model(header)) if word]
    return words


def recording_notes(run: ActiveRun) -> list[str]:
    """What is to be said of the file: of one that was read, or of one to which the run was recorded."""
    if run.derived is None or not run.is_over:
        return []
    if run.recording is None:
        lost = [marker.text for marker in run.derived.capture.markers if marker.name == "disk"]
        saved = [f"recorded: {run.plan.capture_file}"] if run.plan.capture_file and not lost else []
        return saved + [f"{title_of('disk')}: {text}" for text in lost]
    return [f"{run.recording.form}: {note}" for note in run.recording.notes]


def _model(header: CaptureHeader) -> str:
    model = header.request.get("model")
    return model if isinstance(model, str) else ""
