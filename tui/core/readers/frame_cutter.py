"""A body without known reads, cut behind each of its frames, so that each frame can stand for one read."""

from __future__ import annotations

import re
from typing import Final

_BLANK_LINE: Final = re.compile(rb"\r\n\r\n|\n\n|\r\r|\n\r\n")
_PASSED_ON_BYTES: Final = 1024 * 1024  # a frame that is longer comes in several pieces


class FrameCutter:
    """Cuts SSE behind blank lines and everything else behind line feeds. The pieces joined are the body."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._size = 0
        self._is_lines: bool | None = None

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that `data` completes."""
        if not data:
            return []
        self._waiting.append(data)
        self._size += len(data)
        if self._is_lines is None and (start := b"".join(self._waiting).lstrip(b"\xef\xbb\xbf \t\r\n")):
            self._is_lines = start[:1] in b"{[<"
        if self._is_lines is None or not self._ends_frame(data):
            return self.finish() if self._size > _PASSED_ON_BYTES else []
        body = b"".join(self._waiting)
        *frames, rest = self._cut(body)
        self._waiting, self._size = [rest] if rest else [], len(rest)
        return [*frames, *self.finish()] if self._size > _PASSED_ON_BYTES else frames

    def finish(self) -> list[bytes]:
        """What is left."""
        rest = b"".join(self._waiting)
        self._waiting, self._size = [], 0
        return [rest] if rest else []

    def _ends_frame(self, data: bytes) -> bool:
        """Whether it pays to look: joining all that waits for every small piece would be quadratic."""
        return b"\n" in data or b"\r" in data

    def _cut(self, body: bytes) -> list[bytes]:
        """The frames, and last what has no end yet."""
        if self._is_lines:
            *lines, rest = body.split(b"\n")
            return [*(line + b"\n" for line in lines), rest]
        frames, start = [], 0
        for match in _BLANK_LINE.finditer(body):
            frames.append(body[start : match.end()])
            start = match.end()
        return [*frames, body[start:]]
