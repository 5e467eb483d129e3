"""Tool calls as they stood at some moments of a run, so that playback need not join their arguments from the start.

Pure. A mark holds where a call stood, not its text: that stands in the call itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Final

from tui.core.tool_calls import ToolCallProgress
from tui.core.wire.packed_texts import PackedTexts

FIRST_STRIDE: Final = 256
MOST: Final = 64
_Kept = list[tuple[ToolCallProgress, int]]  # each call without its text, and how many pieces that had


class ToolMarks:
    """At most `MOST` marks at even distances; when there are more, every second one is let go."""

    def __init__(self) -> None:
        self._stride = FIRST_STRIDE
        self._kept: list[tuple[int, _Kept]] = []

    def note(self, count: int, calls: Mapping[int, ToolCallProgress]) -> None:
        """The calls after so many chunks that brought something for one; a mark is made at every stride."""
        if count % self._stride:
            return
        kept = [(_copy(call, PackedTexts()), len(call.pieces)) for call in calls.values()]
        self._kept.append((count, kept))
        if len(self._kept) == MOST:
            self._kept = self._kept[1::2]
            self._stride *= 2

    def before(self, count: int, calls: Mapping[int, ToolCallProgress]) -> tuple[int, dict[int, ToolCallProgress]]:
        """The calls at the last mark with at most so many chunks, and how many those were; `calls` are those by now."""
        place = bisect_right(self._kept, count, key=lambda mark: mark[0])
        if not place:
            return 0, {}
        done, kept = self._kept[place - 1]
        found = {}
        for call, pieces in kept:
            found[call.position] = _copy(call, calls[call.position].pieces.beginning(pieces))
        return done, found


def _copy(call: ToolCallProgress, pieces: PackedTexts) -> ToolCallProgress:
    return replace(call, pieces=pieces, progress=deepcopy(call.progress))
