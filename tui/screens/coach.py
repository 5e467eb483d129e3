"""The coach line: one next key at a time, and the next one once that was pressed. What was learned is remembered.

The steps are data. One whose id no key has yet is left out, so that a step may be written before its action is.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from tui.key_table import ROWS
from tui.state_folder import StateFolder

FILE_NAME = "coach.json"
_LIMIT_BYTES = 4096


class CoachStep(NamedTuple):
    """A key to learn: the id of its action, what the line says of it, and the pane it must be pressed in, if one.

    `at_end` is what it does where no run is open, if that is another thing. Ids in braces stand for their keys.
    """

    id: str
    text: str
    pane: str = ""
    at_end: str = ""

    def words(self, *, is_streaming: bool) -> str:
        """What the line says now."""
        return self.text if is_streaming else self.at_end or self.text


STEPS: tuple[CoachStep, ...] = (
    CoachStep("prompt.send", "{prompt.focus}, then {prompt.send}: plays the recorded answer"),
    CoachStep(
        "play.hold",
        "{play.hold}: holds the view; again follows the stream",
        at_end="{play.hold}: plays the run from its start; again stops",
    ),
    CoachStep("play.back", "{play.back}: one frame back, {play.step} one frame on"),
    CoachStep("set.buffer", "{set.buffer}: the same text in words, sentences, lines"),
    CoachStep("item.source", "{pane.4}, then {item.source} on a number: its formula and source", "stats"),
    CoachStep("screen.compare", "{screen.compare}: what buffering costs, on one clock ({screen.back} returns)"),
    CoachStep("screen.wire", "{screen.wire}: every frame, byte by byte ({screen.back} returns)"),
    CoachStep("set.endpoint", "{set.endpoint}: point it at your own server"),
)


class Coach:
    """Knows which key is next. Without a folder to remember it, and for those who know where to stream, it is off."""

    def __init__(self, folder: StateFolder, *, is_newcomer: bool) -> None:
        self._folder = folder
        remembered = _read(folder)
        learned, is_on = remembered.get("learned"), remembered.get("is_on")
        self._learned = {str(name) for name in learned} if isinstance(learned, list) else set()
        self.is_on = is_on if isinstance(is_on, bool) else is_newcomer and folder.path is not None

    @property
    def steps(self) -> list[CoachStep]:
        """Those whose keys exist."""
        return [step for step in STEPS if step.id in ROWS]

    @property
    def next_step(self) -> CoachStep | None:
        """The step that the line teaches; None when it is off or all are learned."""
        return next((step for step in self.steps if step.id not in self._learned), None) if self.is_on else None

    @property
    def progress(self) -> str:
        """`3/6`: the step that the line teaches, of all."""
        left = sum(step.id not in self._learned for step in self.steps)
        return f"{len(self.steps) - left + 1}/{len(self.steps)}"

    def note(self, binding_id: str, pane: str) -> bool:
        """A key was pressed in a pane; gives whether a step was learned by that, be it ahead of its turn."""
        if not self.is_on or binding_id in self._learned:
            return False
        if not any(step.id == binding_id and step.pane in ("", pane) for step in self.steps):
            return False
        self._learned.add(binding_id)
        self._remember()
        return True

    def turn(self, *, is_on: bool) -> None:
        """On, from the first step, or off; for the next starts too."""
        self.is_on = is_on
        if is_on:
            self._learned.clear()
        self._remember()

    def _remember(self) -> None:
        self._folder.write(FILE_NAME, json.dumps({"is_on": self.is_on, "learned": sorted(self._learned)}))


def _read(folder: StateFolder) -> dict[str, Any]:
    try:
        remembered = json.loads(folder.read(FILE_NAME, _LIMIT_BYTES))
    except (ValueError, RecursionError):
        return {}
    return remembered if isinstance(remembered, dict) else {}
