"""A stretch of bytes as text, with the place of every character among the bytes and of every byte in the text.

Invalid UTF-8 becomes U+FFFD exactly as the decoder makes it; each such sign knows the bytes that it stands for.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence

_REPLACEMENT = "\ufffd"


class ByteText:
    """`text` and the capture's offsets of its characters. `base` is the offset of the first byte.

    `is_message` says that the bytes are those of a WebSocket text message, which may hold lone surrogates.
    """

    def __init__(self, data: bytes, base: int = 0, *, is_message: bool = False) -> None:
        self.data = data
        self.base = base
        self.text, self._offsets = _decoded(data, base, is_message=is_message)

    @property
    def end(self) -> int:
        """The offset behind the last byte."""
        return self.base + len(self.data)

    def byte_of(self, char: int) -> int:
        """The offset of a character's first byte; `end` for the place behind the last character."""
        return self._offsets[min(max(char, 0), len(self.text))]

    def bytes_of(self, char: int) -> bytes:
        """The bytes of one character."""
        return self.data[self.byte_of(char) - self.base : self.byte_of(char + 1) - self.base]

    def char_of(self, offset: int) -> int:
        """The character that the byte at an offset is part of; the length of the text for one past the end."""
        return max(0, bisect_right(self._offsets, offset) - 1)


def _decoded(data: bytes, base: int, *, is_message: bool) -> tuple[str, Sequence[int]]:
    """The text and the offset of each of its characters, and of its end."""
    if data.isascii():
        return data.decode("ascii"), range(base, base + len(data) + 1)
    text = data.decode("utf-8", "surrogatepass" if is_message else "replace")
    offsets = array("Q")
    at = 0
    for char in text:
        offsets.append(base + at)
        at += _invalid_width(data, at) if char == _REPLACEMENT else _width(char)
    offsets.append(base + at)
    return text, offsets


def _invalid_width(data: bytes, at: int) -> int:
    """How many bytes stand behind a U+FFFD: three if it was sent as such, else what cannot be decoded."""
    try:
        data[at : at + 4].decode()
    except UnicodeDecodeError as error:
        if error.start == 0:
            return error.end
    return len(_REPLACEMENT.encode())


def _width(char: str) -> int:
    """How many bytes a character takes in UTF-8."""
    code = ord(char)
    return 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4
