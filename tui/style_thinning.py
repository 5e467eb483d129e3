"""The same picture in fewer bytes: styles are told to the terminal only where they change, and only what changes.

A piece of text comes with its whole style before it and a reset after it, some 40 bytes for a word of five. On a slow
line those bytes are what a key waits for: of a frame of 19 kB 14 kB were styles.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

_STYLE: Final = re.compile(r"\x1b\[([0-9;]*)m")
_MOVES: Final = re.compile(r"(?:\x1b\[[0-9;]*H|[\r\n])*")  # nothing is drawn by them
_COLOR_LENGTHS: Final = {"2": 5, "5": 3}  # 38;2;r;g;b and 38;5;n


class _Parts(NamedTuple):
    """What a style is made of, each as it is told: attributes, foreground and background."""

    attributes: str
    foreground: str
    background: str


def thinned(text: str) -> str:
    """The text with as few bytes of style as show the same; it begins and ends without a style."""
    pieces = _STYLE.split(text)
    shown = wanted = ""
    kept = []
    for index, piece in enumerate(pieces):
        if index % 2:
            wanted = _joined(wanted, piece)
        elif piece:
            if shown != wanted and _MOVES.fullmatch(piece) is None:
                needed = wanted if piece.strip(" ") else _on_blanks(shown, wanted)
                kept.append(_change(shown, needed))
                shown = needed
            kept.append(piece)
    kept.append(_change(shown, wanted))
    return "".join(kept)


@lru_cache(maxsize=4096)
def _joined(style: str, told: str) -> str:
    """The style after another was told on top of it."""
    return ";".join(filter(None, _parts(f"{style};{told or 0}".lstrip(";"))))


@lru_cache(maxsize=4096)
def _on_blanks(shown: str, wanted: str) -> str:
    """The style that blanks need: where nothing is drawn on them, only the background is seen."""
    before, after = _parts(shown), _parts(wanted)
    if before.attributes or after.attributes:
        return wanted
    return ";".join(filter(None, (before.foreground, after.background)))


@lru_cache(maxsize=4096)
def _change(shown: str, wanted: str) -> str:
    """What makes the one style the other."""
    if shown == wanted:
        return ""
    if not wanted:
        return "\x1b[m"
    before, after = _parts(shown), _parts(wanted)
    had, has = _words(before.attributes), _words(after.attributes)
    colors = [(old, new) for old, new in zip(before[1:], after[1:], strict=True) if old != new]
    if not had <= has or any(not new for _, new in colors):
        return f"\x1b[0;{wanted}m"  # what goes away goes with all the rest
    told = [*sorted(has - had), *(new for _, new in colors)]
    return f"\x1b[{';'.join(told)}m" if told else ""  # the same attributes may have been told in another order


def _words(attributes: str) -> set[str]:
    return set(attributes.split(";")) - {""}


def _parts(style: str) -> _Parts:
    """Sorted into what may be told alone; of two colours for the same ground the last holds, and 0 ends all."""
    found = {"attributes": "", "foreground": "", "background": ""}
    words = style.split(";") if style else []
    while words:
        length = _COLOR_LENGTHS.get(words[1], 1) if words[0] in ("38", "48") and len(words) > 1 else 1
        told, words = words[:length], words[length:]
        ground = _ground(told[0])
        if told[0] in ("", "0"):
            found = dict.fromkeys(found, "")
        elif ground == "attributes":
            found[ground] = ";".join(dict.fromkeys(filter(None, [*found[ground].split(";"), *told])))
        else:
            found[ground] = ";".join(told)
    return _Parts(**found)


def _ground(word: str) -> str:
    if word[:-1] in ("3", "9") and len(word) == 2:
        return "foreground"
    return "background" if word[:-1] in ("4", "10") and len(word) > 1 else "attributes"
