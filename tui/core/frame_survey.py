"""Looks at the frames of a read for what chunks do not tell: empty deltas, events without text, server timings.

Other tools start their clocks at such frames. Sits between the decoder's frames and the statistics; a frame that
gave plain text is never opened, one that did not is opened only if it holds a word that matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from tui.core.chunks import StreamChunk
from tui.core.server_timings import MEMBER_WORDS
from tui.core.stats import StreamStats
from tui.core.wire.json_text import parse_json

_WORDS = ('"choices"', *MEMBER_WORDS)


class SurveyedFrame(Protocol):
    """What is read of a frame."""

    @property
    def text(self) -> str:
        """The frame's data as it came."""

    @property
    def at(self) -> float:
        """When it was complete, in seconds."""


class FrameSurvey:
    """Tells the statistics about frames, of which it has `seen` so many. One for each `StreamStats`."""

    def __init__(self, stats: StreamStats) -> None:
        self._stats = stats
        self.seen = 0

    def restart(self) -> None:
        """Another decoder begins: its frames count from 0."""
        self.seen = 0

    def skip(self, count: int) -> None:
        """So many frames more were told to the statistics by others."""
        self.seen += count

    def take(self, frames: Sequence[SurveyedFrame], chunks: Sequence[StreamChunk]) -> None:
        """All frames so far and the chunks of those that came since the last call (all with one arrival time)."""
        first, self.seen = self.seen, len(frames)
        if first == self.seen:
            return
        if self.seen == first + 1 and len(chunks) == 1 and _is_plain(chunks[0]):
            self._stats.note_frame(chunks[0].at, first)
            return
        gave = _frames_of(chunks)
        for index in range(first, self.seen):
            if gave.get(index):
                self._stats.note_frame(chunks[0].at, index)
            else:
                self._open(frames[index], index, gave_text=index in gave)

    def _open(self, frame: SurveyedFrame, index: int, *, gave_text: bool) -> None:
        """A frame that gave no chunk, or one with more than text (`gave_text`: with text or a finish reason)."""
        text = frame.text
        value = _value_of(text)
        is_choice = bool(value["choices"]) if "choices" in value else gave_text
        self._stats.note_frame(frame.at, index, is_event=text.strip() != "[DONE]", is_choice=is_choice)
        if value:
            self._stats.server_timings.note_value(value, frame.at, index)


def _frames_of(chunks: Sequence[StreamChunk]) -> dict[int, bool]:
    """The frames that gave text or a finish reason; True for those that gave text and nothing else."""
    found: dict[int, bool] = {}
    for chunk in chunks:
        if chunk.is_progress or chunk.finish_reason:
            found[chunk.frame] = _is_plain(chunk) and found.get(chunk.frame, True)
    return found


def _is_plain(chunk: StreamChunk) -> bool:
    return chunk.finish_reason is None and chunk.usage is None and chunk.is_progress


def _value_of(text: str) -> dict[str, Any]:
    """The frame's JSON object if it has a member that matters, else an empty one."""
    if not any(word in text for word in _WORDS):
        return {}
    try:
        value = parse_json(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
