"""Texts that a terminal obeys, that change what is read, or that a reader of markup obeys; and what of them got out.

Made by rule, not by example: all of C0, DEL, all of C1, each kind of control string, each invisible or reordering
sign. Numbers in sequences are such as the app never uses, so that a whole sequence is told from the app's own.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterable, Sequence

_GROUP = 8
_C0_OF_TEXT = "\t\n\r"  # in lines of text these have a meaning; they are in `a_line` but at no line's edge
_BODIES = {"]": ("0;owned", "2;owned", "8;;http://127.0.0.1/", "52;c;T1dORUQ="), "P": ("$qm",), "_": ("Ga=T",)}
_BODIES |= {"^": ("private",), "X": ("string",)}
_EIGHT_BITS = {"]": "\x9d", "P": "\x90", "_": "\x9f", "^": "\x9e", "X": "\x98"}
_CSI = ("2J", "3J", "?1047l", "?1049l", "6n", "0c", "8m", "777;777H", "777S", "777;1r", "?2026$p", "4h", "777@")
MARKUP = (
    "[bold]b[/bold]",
    "[/bad]",
    "[/]",
    "[/",
    "[",
    "\\[",
    "[red on blue]r[/]",
    "[link=http://127.0.0.1/]l[/link]",
    "[@click=app.quit]x[/]",
    "[@click=app.quit()]x[/]",
    "[@click=screen.dismiss]x[/]",
    "$error {0} %s {markup}",
)


def _groups(signs: Iterable[str]) -> list[str]:
    """Single signs, each between letters, some in a text."""
    listed = list(signs)
    return ["a".join(listed[at : at + _GROUP]) + "b" for at in range(0, len(listed), _GROUP)]


def _control_strings() -> list[str]:
    ends = ("\x07", "\x1b\\", "\x9c", "")
    bodies = [(kind, body) for kind, found in _BODIES.items() for body in found]
    seven = [f"\x1b{kind}{body}{ends[index % 3]}" for index, (kind, body) in enumerate(bodies)]
    seven += [f"\x1b]{body}\x1b\\" for body in _BODIES["]"]]
    eight = [f"{_EIGHT_BITS[kind]}{body}{ends[(index + 1) % 4]}" for index, (kind, body) in enumerate(bodies)]
    return seven + eight


C0 = [chr(code) for code in range(0x20) if chr(code) not in _C0_OF_TEXT]
C1 = [chr(code) for code in range(0x80, 0xA0)]
REORDERING = list("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
INVISIBLE = list("\u00ad\u034f\u115f\u1160\u180e\u200b\u200c\u2028\u2029\u2060\u2061\u2064\u3164\ufeff\uffa0\ufff9")
INVISIBLE += list("\ufe00\ufff0\uffff\U000e0001\U000e0041\U000e007f\U000e0100")
SEQUENCES = [*_control_strings(), *(f"\x1b[{end}" for end in _CSI), *(f"\x9b{end}" for end in _CSI)]
SEQUENCES += ["\x1bc", "\x1b#8", "\x1b(0", "\x1bD\x1bM", "\x1b%@", "a\rb", "a\r\x1b[Kb"]
SINGLE = [*_groups(C0), "\x7f", *_groups(C1), *_groups(REORDERING), *_groups(INVISIBLE)]
ALL = (*SINGLE, *SEQUENCES, *MARKUP)
# One of each kind, for places that show little and for a quick look.
FEW: tuple[str, ...] = (
    "a\x07b\x08c",
    "\x7f",
    "\x85\x84",
    "\u200e\u202ed\u2066",
    "\u200bi\U000e0041",
    "\x1b]0;owned\x07",
    "\x9d2;owned\x9c",
)
FEW += ("\x1b]52;c;T1dORUQ=\x07", "\x1bP$qm\x1b\\", "\x9fGa=T\x9c", "\x1b[2J", "\x9b6n", "\x1bc", "a\r\x1b[Kb")
FEW += ("[/bad]", "[@click=app.quit]x[/]", "$error {0} %s {markup}")
SHORT = "\x1b]0;x\x07\x9b2J\u202e\x7f[/bad]"
SHORT_SHOWN = "␛]0;x␇\ufffd2J\ufffd␡[/bad]"
LONE_SURROGATE = "\udc9b"

# What Textual itself writes: colours, cursor moves, its private modes, the keyboard protocol, the pointer's shape.
_TEXTUAL_WRITES = re.compile(
    r"\x1b\[[0-9;]*[mH]"
    r"|\x1b\[\?(?:7|25|1000|1003|1004|1006|1015|1049|2004|2026|2048)(?:[hl]|\$p)"
    r"|\x1b\[>\d+u|\x1b\[<u"
    r"|\x1b\]22;[a-z-]+\x07"
    r"|\r\n"
)
_COPIED = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
_OWN_TOO = ("\x1b[?1049l", "\x1b[?2026$p")  # Textual writes these as well, but never behind a mark
_MARKED_OWN = re.compile("[a-z]{2}[0-9]{3}q(?:" + "|".join(map(re.escape, _OWN_TOO)) + ")")
_JOINERS = "\u200d"  # kept: people and flags are drawn with it


class HostileTexts:
    """Some payloads behind marks: a mark names a place and a payload and stands nowhere else."""

    def __init__(self, payloads: Sequence[str]) -> None:
        self.payloads = payloads

    @property
    def last(self) -> int:
        """The number of the last payload."""
        return len(self.payloads) - 1

    @property
    def without_nul(self) -> HostileTexts:
        """The same for places that cannot hold a NUL: arguments and names of files."""
        return HostileTexts([payload.replace("\x00", "") for payload in self.payloads])

    def tagged(self, place: str) -> list[str]:
        """Every payload behind its mark."""
        return [f"{canary(place, number)}{payload}" for number, payload in enumerate(self.payloads)]

    def marks(self, place: str) -> set[str]:
        """The marks of all payloads in a place."""
        return {canary(place, number) for number, _ in enumerate(self.payloads)}

    def in_one_row(self, place: str) -> str:
        """All payloads between two marks."""
        return f"{canary(place, 0)}{' '.join(self.payloads)}{canary(place, 1)}"

    def in_three_lines(self, place: str) -> str:
        """All payloads with their marks; a prompt shows five lines, and a pasted CR makes another one."""
        texts = self.tagged(place)
        length = -(-len(texts) // 3)
        return "\n".join(" ".join(texts[start : start + length]) for start in range(0, len(texts), length))


def canary(place: str, number: int) -> str:
    """The mark of one payload in one place: it stands before the payload."""
    return f"{place}{number:03}q"


def is_unsafe(sign: str) -> bool:
    """Whether a terminal or an eye could be misled by it: a rule of Unicode's own classes, not the app's list."""
    if sign in _JOINERS:
        return False
    return unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} or sign in INVISIBLE


def escaped_from(raw: bytes, copied: Iterable[str] = ()) -> list[str]:
    """What reached the terminal and must not.

    Whole hostile sequences, any unsafe sign that Textual does not write, and any text set on the clipboard that is
    none of those that were copied by a key.
    """
    text = raw.decode()
    allowed = {base64.b64encode(entry.encode()).decode() for entry in copied}
    found = [match[0] for match in _COPIED.finditer(text) if match[1] not in allowed]
    rest = _COPIED.sub("", text)
    found += [sequence for sequence in SEQUENCES if sequence in rest and sequence not in _OWN_TOO]
    found += [match[0] for match in _MARKED_OWN.finditer(rest)]
    rest = _TEXTUAL_WRITES.sub("", rest)
    signs = set(filter(is_unsafe, set(rest)))
    return found + [rest[max(0, (at := rest.index(sign)) - 12) : at + 8] for sign in sorted(signs)]
