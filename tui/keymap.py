"""The user's own keys, from `[keys]` in `config.toml`: checked once at the start, then applied by Textual.

A mistake is told with file, line and key. Two ids on one key in places that overlap are refused with both names, so
that no key does another thing than its owner believes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from tui.config_file import KeyChoice
from tui.errors import ConfigError
from tui.key_names import is_typed, parse_key, shown, textual_name, why_never
from tui.key_table import KEY_TABLE, PANE_OF, ROWS, KeyRow, acts_at

_ID_IN_BRACES = re.compile("{(" + "|".join(map(re.escape, ROWS)) + ")}")
_HOW = "write a character (n, ?), a name (space, f9, pageup, shift+left) or ctrl+ and a letter"


class Keymap:
    """Which keys each id has. Without a choice those of the table."""

    def __init__(self, chosen: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._chosen = dict(chosen or {})

    def keys_of(self, identity: str) -> tuple[str, ...]:
        """The keys of an id, those that no setting changes at the end."""
        row = ROWS[identity]
        return (*self._chosen.get(identity, row.keys), *row.fixed)

    def words_of(self, identity: str) -> str:
        """The keys of an id as the help shows them: `x, ctrl+c, esc`."""
        return ", ".join(shown(key) for key in self.keys_of(identity))

    def said(self, sentence: str) -> str:
        """A sentence with the first key of an id wherever it stands in braces: `{run.cancel} cancels`."""
        return _ID_IN_BRACES.sub(lambda found: shown(self.keys_of(found[1])[0]), sentence)

    def hints(self, hints: list[tuple[str, str]], place: str) -> list[tuple[str, str]]:
        """Hints of a footer (keys, action), which name the table's keys, with the user's own keys instead.

        One whose own keys do not act in the place (a letter in the prompt) is left out.
        """
        if not self._chosen:
            return hints
        return [(own, action) for keys, action in hints if (own := self.hint(keys, place))]

    def hint(self, words: str, place: str) -> str:
        """Words apart by spaces, as `x cancel` or `+ -`, with the user's own keys instead of the table's."""
        return " ".join(self._own(word, place) for word in words.split(" ")) if self._chosen else words

    def _own(self, word: str, place: str) -> str:
        key = parse_key(word)
        for row in KEY_TABLE:
            if key in row.keys and row.id in self._chosen and acts_at(row, place):
                usable = [own for own in self._chosen[row.id] if place != "prompt" or not is_typed(own)]
                return shown(usable[0]) if usable else ""
        return word

    def for_textual(self) -> dict[str, str]:
        """What `App.set_keymap` takes."""
        return {identity: ",".join(map(textual_name, keys)) for identity, keys in self._chosen.items()}


def checked_keymap(choices: Iterable[KeyChoice]) -> Keymap:
    """The keymap of the user's choices.

    Raises ConfigError with file, line and key on an unknown id, a word that is no key, a key that is never bound, and
    two ids on one key.
    """
    chosen: dict[str, tuple[str, ...]] = {}
    where: dict[str, str] = {}
    for choice in choices:
        if choice.id in chosen:  # TOML knows two ways to write an id, and so two keys for it
            raise ConfigError(f"{choice.where}: said twice, first in {where[choice.id]}")
        chosen[choice.id], where[choice.id] = _checked_keys(choice), choice.where
    for identity in chosen:
        _refuse_conflict(ROWS[identity], chosen, where[identity])
    return Keymap(chosen)


def _checked_keys(choice: KeyChoice) -> tuple[str, ...]:
    row = ROWS.get(choice.id)
    if row is None:
        close = get_close_matches(choice.id, ROWS, n=1)
        hint = f"did you mean {close[0]}? ? in the app" if close else "? in the app"
        raise ConfigError(f"{choice.where}: no such id; {hint} shows the ids, streamscope config init lists them")
    if not row.keys:
        raise ConfigError(f"{choice.where}: this is always {', '.join(map(shown, row.fixed))}")
    if not choice.keys:
        raise ConfigError(f"{choice.where}: expected at least one key")
    return tuple(dict.fromkeys(_checked_key(word, row, choice.where) for word in choice.keys))


def _checked_key(word: str, row: KeyRow, where: str) -> str:
    key = parse_key(word)
    if key is None:
        raise ConfigError(f"{where}: {word!r} is no key; {_HOW}")
    reason = why_never(key)
    if reason is not None:
        raise ConfigError(f"{where}: {shown(key)} is never bound: {reason}")
    if row.id in _BEFORE_TEXT_FIELDS and is_typed(key):
        raise ConfigError(f"{where}: {shown(key)} could not be typed any more; choose ctrl+ and a letter, or an F key")
    if row.places == ("prompt",) and is_typed(key):
        raise ConfigError(f"{where}: {shown(key)} is typed into the prompt; choose ctrl+ and a letter, or an F key")
    return key


# They act before the focused text field is asked.
_BEFORE_TEXT_FIELDS = ("app.quit", "app.palette")


def _refuse_conflict(row: KeyRow, chosen: Mapping[str, tuple[str, ...]], where: str) -> None:
    """Raises ConfigError where another id has one of the row's keys in a place where both act."""
    for key in chosen[row.id]:
        for other in KEY_TABLE:
            theirs = chosen.get(other.id, other.keys) + other.fixed
            if other.id != row.id and key in theirs and _overlap(row, other, key):
                note = "" if other.id in chosen else ", which has it without settings"
                raise ConfigError(f"{where}: {shown(key)} is also the key of {other.id}{note}; give one another key")


def _overlap(row: KeyRow, other: KeyRow, key: str) -> bool:
    return any(_meet(mine, theirs, key) for mine in row.places for theirs in other.places)


def _meet(mine: str, theirs: str, key: str) -> bool:
    """Whether a key can be pressed where both places are asked; a typed character never leaves the prompt."""
    if mine == theirs or "all" in (mine, theirs):
        return True
    if "prompt" in (mine, theirs):
        other = theirs if mine == "prompt" else mine
        return other in ("screen", "live") and not is_typed(key)
    if "screen" in (mine, theirs) or "pane" in (mine, theirs):
        return True
    return PANE_OF.get(mine) == theirs or PANE_OF.get(theirs) == mine
