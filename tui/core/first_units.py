"""When the first whole word, sentence and line of a run came out of its buffer.

Each buffer runs only until its first unit is out (or its cap is reached), so a long run costs nothing. Fed by
`stats` with the visible text of choice 0.
"""

from __future__ import annotations

from typing import NamedTuple

from tui.core.text.buffers import LineBuffer, SentenceBuffer, StreamBuffer, WordBuffer


class FirstUnit(NamedTuple):
    """When a first unit came out, and the frame that released it.

    `is_flushed` marks one that only the end of the run released; then `frame` is None.
    """

    at: float
    frame: int | None
    is_flushed: bool


class FirstUnits:
    """The first `word`, `sentence` and `line`; a unit of nothing but white space is none."""

    def __init__(self) -> None:
        self._buffers: dict[str, StreamBuffer] = {
            "word": WordBuffer(),
            "sentence": SentenceBuffer(),
            "line": LineBuffer(),
        }
        self._found: dict[str, FirstUnit] = {}

    @property
    def is_waiting(self) -> bool:
        """Whether any of them is still to come."""
        return bool(self._buffers)

    def add(self, text: str, at: float, frame: int) -> None:
        """Takes the text of one chunk."""
        for name, buffer in list(self._buffers.items()):
            self._take(name, buffer.add(text), FirstUnit(at, frame, is_flushed=False))

    def flush(self, at: float) -> None:
        """The text is over: what the buffers hold comes out now."""
        for name, buffer in list(self._buffers.items()):
            self._take(name, buffer.flush(), FirstUnit(at, None, is_flushed=True))

    def before_frame(self, frame: int) -> FirstUnits:
        """Those that frames before this one had released; no more text is taken."""
        known = FirstUnits()
        known._buffers = {}
        known._found = {
            name: unit for name, unit in self._found.items() if unit.frame is not None and unit.frame < frame
        }
        return known

    def find(self, name: str) -> FirstUnit | None:
        """The first unit of this name, if it is out."""
        return self._found.get(name)

    def _take(self, name: str, units: list[str], found: FirstUnit) -> None:
        if any(unit.strip() for unit in units):
            self._found[name] = found
            del self._buffers[name]
