"""The names of keys: as people write them, as they are shown, as Textual calls them; and keys that are never bound.

A key is held as it is shown: `n`, `?`, `space`, `ctrl+k`, `shift+left`, `f9`. Facts about terminals stand here, facts
about the app's own keys in `key_table`.
"""

from __future__ import annotations

import string
import unicodedata

NAMED_KEYS = (
    *("space", "enter", "tab", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"),
    *("up", "down", "left", "right", "escape"),
    *(f"f{number}" for number in range(1, 25)),
)
_ALIASES = {"esc": "escape", "return": "enter", "del": "delete", "ins": "insert", "pgup": "pageup", "pgdn": "pagedown"}
_ALIASES |= {"page up": "pageup", "page down": "pagedown"}
_SHOWN = {
    "escape": "esc",
    "pageup": "page up",
    "pagedown": "page down",
    **{f"f{number}": f"F{number}" for number in range(1, 25)},
}
_SHORT_NAMES = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
_MODIFIERS = ("ctrl", "shift", "alt")


def _long_name(sign: str) -> str:
    return unicodedata.name(sign).lower().replace("-", "_").replace(" ", "_")


# What Textual calls the punctuation that it does not call by its sign, and every way to write it.
_NAME_OF = {sign: _SHORT_NAMES.get(_long_name(sign), _long_name(sign)) for sign in string.punctuation}
_SIGN_OF = {name: sign for sign in string.punctuation for name in (_long_name(sign), _NAME_OF[sign])}

_TERMINAL = "terminals keep it for themselves"
_NEVER = {
    "ctrl+a": "it is the prefix key of screen",
    "ctrl+b": "it is the prefix key of tmux",
    "ctrl+c": "it copies a selection or cancels the run, everywhere",
    "escape": "it closes, cancels or leaves, everywhere",
    "ctrl+i": "a terminal sends it as tab",
    "ctrl+m": "a terminal sends it as enter",
    "ctrl+h": "a terminal sends it as backspace",
    "ctrl+[": "a terminal sends it as esc",
    "ctrl+w": "a browser closes its tab with it",
    "ctrl+t": "a browser opens a tab with it",
    "ctrl+n": "a browser opens a window with it",
    **{f"f{number}": "text fields select and delete lines with it" for number in (5, 6, 7)},
    "f10": f"{_TERMINAL} (their menu)",
    "f11": f"{_TERMINAL} (full screen)",
}


def parse_key(text: str) -> str | None:
    """The key that a word means, or None where it means none: `?` and `question_mark` are the same key."""
    word = text.strip()
    if len(word) == 1:
        return word if word.isprintable() and word != " " else None
    parts, key = _split(word)
    if any(part not in _MODIFIERS for part in parts) or len(set(parts)) != len(parts):
        return None
    base = _base_key(key, is_modified=bool(parts))
    if base is None:
        return None
    if parts == ["shift"] and len(base) == 1:  # a terminal sends the capital letter
        return base.upper() if base.isalpha() and base.upper() != base else None
    return "+".join([name for name in _MODIFIERS if name in parts] + [base])


def _split(word: str) -> tuple[list[str], str]:
    """The modifiers and the key they stand before, which may be a plus."""
    if word.endswith("++"):
        return word[:-2].lower().split("+"), "+"
    *parts, key = word.split("+")
    return [part.strip().lower() for part in parts], key.strip()


def _base_key(key: str, *, is_modified: bool) -> str | None:
    if len(key) == 1:
        return (key.lower() if is_modified else key) if key.isprintable() and key != " " else None
    name = key.lower()
    name = _ALIASES.get(name, name)
    return _SIGN_OF.get(name, name if name in NAMED_KEYS else None)


def why_never(key: str) -> str | None:
    """Why a key may not be bound, as the end of a sentence; None where it may."""
    parts, base = _split(key)
    if "alt" in parts:
        return f"alt: {_TERMINAL}"
    if {"ctrl", "shift"} <= set(parts):
        return f"ctrl with shift: {_TERMINAL}"
    return _NEVER.get(key) or (_NEVER["escape"] if base == "escape" else None)


def is_typed(key: str) -> bool:
    """Whether a text field would take it as text."""
    return len(key) == 1 or key == "space"


def shown(key: str) -> str:
    """A key as the help shows it: `esc`, `F9`, `ctrl+k`."""
    parts, base = _split(key)
    return "+".join([*parts, _SHOWN.get(base, base)])


def key_name(key: str) -> str:
    """One of Textual's names as the help shows it: `?` for `question_mark`."""
    return shown(parse_key(key) or key)


def textual_name(key: str) -> str:
    """A key by Textual's name: `question_mark`, `ctrl+right_square_bracket`."""
    if len(key) == 1:
        return _NAME_OF.get(key, key)
    parts, base = _split(key)
    return "+".join([*parts, _NAME_OF.get(base, base)])
