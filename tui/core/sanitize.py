"""Untrusted text to safe, visible text of the same length in code points. Imports nothing of the project.

Used at the display boundary for every string that came from outside: tokens, model names, headers, error texts,
file names. Textual passes ESC, C1 and bidirectional controls to the terminal as they are, so nothing may reach a
widget unfiltered.
"""

from __future__ import annotations

import re

_PICTURES = 0x2400  # U+2400..U+241F draw the C0 controls, U+2421 draws DEL
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Kept: newline and tab (views expand them). Everything else that a terminal could obey, or that changes the
# order or the presence of what is read, is replaced by one visible sign.
_UNSAFE_RANGES = (
    (0x00, 0x08),
    (0x0B, 0x1F),
    (0x7F, 0x9F),  # DEL and C1
    (0xAD, 0xAD),  # soft hyphen
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x061C, 0x061C),  # Arabic letter mark
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),  # Mongolian variation selectors and vowel separator
    (0x200B, 0x200C),  # zero-width space and non-joiner
    (0x200E, 0x200F),  # direction marks
    (0x2028, 0x202E),  # line and paragraph separator, embeddings and overrides
    (0x2060, 0x206F),  # word joiner, invisible operators, isolates
    (0x3164, 0x3164),
    (0xD800, 0xDFFF),  # lone surrogates cannot be encoded
    (0xFE00, 0xFE0D),  # variation selectors but the text and emoji ones
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0xFFFE, 0xFFFF),
    (0xE0000, 0xE0FFF),  # tags and further variation selectors
)
_UNSAFE = re.compile("[" + "".join(f"{chr(low)}-{chr(high)}" for low, high in _UNSAFE_RANGES) + "]")


def sanitize(text: str) -> str:
    r"""The text with every unsafe code point replaced by one visible sign; same length, so offsets stay.

    C0 controls become their pictures (`\x1b` is shown as ␛), DEL ␡, all others U+FFFD. `\n` and `\t` stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_sign, text)


def sanitize_line(text: str) -> str:
    r"""As `sanitize`, but for one line of a screen: `\n` and `\t` are shown as signs too."""
    return sanitize(text).replace("\n", "␊").replace("\t", "␉")


def count_unsafe(text: str) -> int:
    """How many code points `sanitize` would replace."""
    if text.isascii() and text.isprintable():
        return 0
    return sum(1 for _ in _UNSAFE.finditer(text))


def _sign(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(_PICTURES + code)
    return "␡" if code == 0x7F else _REPLACEMENT
