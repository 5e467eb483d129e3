"""All signs as ASCII, for terminals that draw them two cells wide or not at all; and names in place of hosts.

Both are filters over what is about to be written, so that they hold for every screen, box and message. What is
copied, saved or searched is what came.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SIGNS: Final = {
    "●": "*",
    "✓": "v",
    "▲": "^",
    "▒": ":",
    "█": "#",
    "░": ".",
    "►": ">",  # those of the design
    "○": "o",
    "◌": "o",
    "◐": "%",
    "■": "x",
    "✗": "x",
    "▼": "v",
    "◄": "<",
    "▪": "*",
    "◦": "-",
    "▸": ">",
    "▹": ">",
    "▾": "v",
    "⟨": "<",
    "⟩": ">",
    "‹": "<",
    "›": ">",
    "…": ".",
    "±": "+",
    "·": ".",
    "×": "x",
    "≠": "/",
    "→": ">",
    "←": "<",
    "↑": "^",
    "↓": "v",
    "\ufffd": "?",
    "┆": ":",  # one read brought several frames; | is a frame
    "🔎": "? ",  # the one of Textual's palette, which is two cells wide
}
_BLOCKS: Final = dict(zip("▁▂▃▄▅▆▇▉▊▋▌▍▎▏▐▕▀▔▓", "__===%%|||||||||--#", strict=True))


def _line_sign(char: str) -> str:
    """The ASCII for a sign of the box drawings: a stroke, or a corner."""
    name = unicodedata.name(char)
    ways = {way for way in ("UP", "DOWN", "LEFT", "RIGHT", "VERTICAL", "HORIZONTAL") if way in name}
    return {"HORIZONTAL": "-", "VERTICAL": "|"}.get("".join(ways), "+")


PLAIN: Final = str.maketrans({chr(code): _line_sign(chr(code)) for code in range(0x2500, 0x2580)} | _BLOCKS | _SIGNS)


class PlainSigns(LineFilter):
    """Replaces the signs, one cell for one."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with ASCII signs."""
        del background
        return [
            segment if segment.text.isascii() else Segment(segment.text.translate(PLAIN), segment.style)
            for segment in segments
        ]


class NamesForHosts(LineFilter):
    """Replaces hosts by names, and blanks where a name is shorter."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self.names = dict(names)
        longest_first = sorted(self.names, key=len, reverse=True)  # host and port before the host alone
        self._hosts = re.compile("|".join(map(re.escape, longest_first)))

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with names."""
        del background
        return [Segment(self._hosts.sub(self._name, text), style, control) for text, style, control in segments]

    def _name(self, found: re.Match[str]) -> str:
        return set_cell_size(self.names[found[0]], cell_len(found[0]))
