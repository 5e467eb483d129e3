"""The recordings that come with streamscope: which there are, what they show, and their captures.

Data only, read from the folder `demo` beside this file; playing them belongs to demo_upstream. Every recording
carries a label that says how true to life it is, beginning with RECORDED, PACED, JOINED, CUT or SYNTHETIC.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tui.core.capture import Capture, CaptureHeader
from tui.core.capture_codec import decode_line
from tui.errors import CaptureError, GatewayError

DEFAULT_DEMO = "demo/markdown"


@dataclass(frozen=True, slots=True)
class DemoRecording:
    """One demo model: its name, what was asked when it was recorded, what it shows, and how it was made."""

    name: str
    file: str
    label: str
    prompt: str
    shows: str


@cache
def demo_recordings() -> dict[str, DemoRecording]:
    """All demos by name, the default first."""
    index = json.loads((files("tui.gateway") / "demo" / "index.json").read_text("utf-8"))
    return {entry["name"]: DemoRecording(**entry) for entry in index}


def find_demo(model: str | None) -> DemoRecording:
    """The demo of that name, the default for None. Raises GatewayError 404 that names those there are."""
    recordings = demo_recordings()
    try:
        return recordings[model or DEFAULT_DEMO]
    except KeyError:
        names = ", ".join(recordings)
        raise GatewayError(404, "model_not_found", f"no such model; there are: {names}") from None


@cache
def demo_capture(recording: DemoRecording) -> Capture:
    """The recorded exchange. Raises CaptureError when the file is damaged."""
    lines = (files("tui.gateway") / "demo" / recording.file).read_text("utf-8").splitlines()
    records = [decode_line(line)[0] for line in lines]
    if not records or not isinstance(records[0], CaptureHeader):
        raise CaptureError(f"{recording.file}: line 1 is no header of a capture")
    capture = Capture(records[0])
    for record in records[1:]:
        capture.add(record)
    return capture
