"""A file of the command line as a derived run, with what is to be said about the file."""

from __future__ import annotations

from dataclasses import dataclass

from tui.captures.open_capture import open_capture
from tui.core.chunks import StreamResult
from tui.core.derived_run import DerivedRun
from tui.errors import CaptureError


@dataclass(frozen=True, slots=True)
class OpenedRun:
    """A run that ended. `form` says what the file is, `notes` what it lacks."""

    name: str
    form: str
    notes: list[str]
    run: DerivedRun
    result: StreamResult

    @property
    def attempts(self) -> int:
        """Connections made, as the capture says."""
        return self.run.capture.end.attempts if self.run.capture.end is not None else 1

    @property
    def model(self) -> str:
        """The model that answered, else the one that was asked for, else nothing."""
        told = next((chunk.model for chunk in self.result.chunks if chunk.model), None)
        return told or str(self.run.capture.header.request.get("model") or "")


def open_run(name: str, entry: int | None = None, mode: str = "sentence") -> OpenedRun:
    """The run of a file of any form. Raises CaptureError when the file cannot be shown."""
    opened = open_capture(name, entry)
    run = DerivedRun.of_records(opened, mode)
    if run.result is None:
        raise CaptureError(f"{name} cannot be shown: it has no end.")
    return OpenedRun(name, opened.form, opened.notes, run, run.result)
