"""Copies of the two extractors as they were at some moments of a stream, so that playback need not begin at its start.

Knows the parsers, not what they gave out: that stands in the pipeline, in the order in which it came.
"""

from __future__ import annotations

from copy import deepcopy

from tui.core.text.code_blocks import CodeBlockParser
from tui.core.text.json_parser import JSONStreamParser

FIRST_STRIDE = 512
MOST = 64
MOST_OPEN_CHARS = 20_000


class ParserCheckpoints:
    """At most `MOST` copies, one each `stride` chunks; when there are more, every second one is let go."""

    def __init__(self) -> None:
        self.stride = FIRST_STRIDE
        self._kept: list[tuple[int, CodeBlockParser, JSONStreamParser]] = []

    def note(self, chunk_count: int, length: int, code: CodeBlockParser, values: JSONStreamParser) -> None:
        """The parsers after so many content chunks, a multiple of `stride`, of so much text: they are copied.

        What is long open is not copied: that would cost more than to read it again.
        """
        open_code = code.open_block.start if code.open_block is not None else length
        open_value = values.open_start if values.open_start is not None else length
        if length - min(open_code, open_value) > MOST_OPEN_CHARS:
            return
        self._kept.append((chunk_count, deepcopy(code), deepcopy(values)))
        if len(self._kept) == MOST:
            self._kept = self._kept[1::2]
            self.stride *= 2

    def before(self, chunk_count: int) -> tuple[int, CodeBlockParser, JSONStreamParser]:
        """The last copy that had taken at most so many chunks, as parsers that may be fed on, and how many it had."""
        fitting = [kept for kept in self._kept if kept[0] <= chunk_count]
        if not fitting:
            return 0, CodeBlockParser(), JSONStreamParser()
        count, code, values = fitting[-1]
        return count, deepcopy(code), deepcopy(values)
