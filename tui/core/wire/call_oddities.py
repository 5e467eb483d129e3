"""What is odd about JSON that comes in pieces: the arguments of tool calls, and an answer that is JSON itself.

Told of each piece by the stream assembly; traps and remarks go to the oddities. Nothing is decoded here.
"""

from __future__ import annotations

import re
from typing import Final

from tui.core.chunks import ToolCallDelta
from tui.core.text.json_progress import JSONProgress
from tui.core.wire.stream_oddities import StreamOddities

_OPENERS: Final = ("{", "[")
_BLANK: Final = " \t\n\r"
_NUMBER: Final = frozenset("0123456789.eE+-")
_TAIL_CHARS: Final = 7  # of an escape such as \\ud83c, and one before it
_MAX_UNREAD: Final = 256
_ends_in_high_half = re.compile(r"(?<!\\)\\u[dD][89abAB][0-9a-fA-F]{2}\Z").search


class JSONPieces:
    """One text that is JSON if it begins with a bracket, as its pieces come.

    Most pieces are only kept: the text is read where a cut may matter, or where the value may end.
    """

    def __init__(self, oddities: StreamOddities, *, watches_end: bool) -> None:
        self.is_json: bool | None = None
        self._oddities = oddities
        self._watches_end = watches_end
        self._progress = JSONProgress()
        self._unread: list[str] = []
        self._tail = ""
        self._is_valid = False

    @property
    def progress(self) -> JSONProgress:
        """What is known of the text of all pieces."""
        self._progress.add("".join(self._unread))
        self._unread.clear()
        return self._progress

    def take(self, text: str, frame: int) -> bool:
        """Takes a piece that is not empty; True if it completed a value that the pieces before it had begun."""
        if self.is_json is None and (begin := text.lstrip(_BLANK)):
            self.is_json = begin.startswith(_OPENERS)
        if self.is_json is False:
            return False
        tail = self._tail
        if tail and ("\\" in tail or (tail[-1] in _NUMBER and text[0] in _NUMBER)):
            self._note_split(text, frame)
        self._unread.append(text)
        self._tail = (tail + text)[-_TAIL_CHARS:]
        if self._watches_end and ("}" in text or "]" in text):
            was_valid, self._is_valid = self._is_valid, self.progress.is_valid
            return bool(tail.strip(_BLANK)) and self._is_valid and not was_valid
        if len(self._unread) >= _MAX_UNREAD and self.progress.error is not None:
            self.is_json = False
        return False

    def _note_split(self, text: str, frame: int) -> None:
        progress = self.progress
        if progress.is_inside_number and text[0] in _NUMBER:
            self._oddities.trap("split_number", frame)
        elif progress.is_inside_escape or (_ends_in_high_half(self._tail) and text[0] == "\\"):
            self._oddities.trap("split_escape", frame)


class CallOddities:
    """The traps of tool calls: pieces of several calls mixed, numbers and escapes cut, arguments that are late."""

    def __init__(self, oddities: StreamOddities) -> None:
        self._oddities = oddities
        self._arguments: dict[tuple[int, int], JSONPieces] = {}
        self._names: dict[tuple[int, int], str] = {}
        self._last: dict[int, int] = {}

    def take(self, deltas: tuple[ToolCallDelta, ...], choice: int, frame: int) -> None:
        """Takes the pieces of one chunk."""
        for delta in deltas:
            key = (choice, delta.position)
            if key in self._arguments and self._last[choice] != delta.position:
                self._oddities.trap("interleaved_calls", frame)
            self._last[choice] = delta.position
            pieces = self._arguments.setdefault(key, JSONPieces(self._oddities, watches_end=True))
            self._names.setdefault(key, delta.name or "")
            if delta.arguments and pieces.take(delta.arguments, frame):
                self._oddities.trap("late_arguments", frame)

    def end(self) -> None:
        """No more pieces come: arguments that began as JSON and are none are a remark."""
        for key, pieces in self._arguments.items():
            if pieces.is_json and not pieces.progress.is_valid:
                words = f"{self._names[key] or f'call {key[1]}'}: {pieces.progress.describe()}"
                self._oddities.remark("invalid_arguments", detail=words)
