"""Takes the framing of HTTP's chunked transfer coding off a body (RFC 9112 7.1), for any splitting of the bytes."""

from __future__ import annotations

from typing import Final

_SIZE_LINE_LIMIT: Final = 1024


class ChunkedBody:
    """Bytes in, content out. What is no chunked coding is passed on as it is: some recorders have taken it off."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._left = 0
        self._is_plain = False
        self._is_over = False

    def feed(self, data: bytes) -> bytes:
        """The content that `data` brings."""
        if self._is_plain:
            return data
        self._waiting += data
        content = bytearray()
        while self._waiting and not self._is_over:
            if self._left > 0:
                self._take_content(content)
            elif not self._take_size(content):
                break
        return bytes(content)

    def _take_content(self, content: bytearray) -> None:
        """Moves what is left of the chunk at hand, its line end left out."""
        piece = self._waiting[: max(0, self._left - 2)]
        content += piece
        if len(self._waiting) < self._left:
            self._left -= len(piece)
            del self._waiting[: len(piece)]
            if not piece:
                self._left -= len(self._waiting)
                self._waiting.clear()
        else:
            del self._waiting[: self._left]
            self._left = 0

    def _take_size(self, content: bytearray) -> bool:
        """Reads a size line; whether there was one. Without a number in it this is no chunked coding."""
        line, feed, _ = self._waiting.partition(b"\n")
        if not feed and len(line) < _SIZE_LINE_LIMIT:
            return False
        try:
            size = int(line.partition(b";")[0].strip() or b"x", 16)
        except ValueError:
            self._is_plain = True
            content += self._waiting
            self._waiting.clear()
            return False
        del self._waiting[: len(line) + 1]
        self._left = size + 2 if size else 0
        self._is_over = size == 0
        return True
