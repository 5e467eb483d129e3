"""Which keys act where the focus is, read from the bindings themselves, so that a changed keymap is told as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from textual.dom import DOMNode
from textual.screen import Screen

from tui.key_names import key_name
from tui.key_table import ROWS
from tui.screens.key_words import ACTIONS, ACTIONS_IN, FIXED_KEYS

IN_PANE, ON_SCREEN, EVERYWHERE = range(3)
_ORDER = {name: number for number, name in enumerate(ROWS)}  # a keymap puts the keys that it changes at the end


class BoundKey(NamedTuple):
    """One action of a scope: the id of its binding, its keys as people write them, and what it does in words."""

    scope: int
    id: str
    keys: str
    words: str


def bound_keys(screen: Screen[Any], pane: str) -> list[BoundKey]:
    """Every key with an id that acts on a screen, the innermost first; `pane` names the help of its focused pane.

    The screen's letters are told from a text field too: they act once it is left.
    """
    taken: set[str] = set()
    found: dict[tuple[int, str], list[str]] = {}
    for node in _chain(screen):
        scope = EVERYWHERE if node is screen.app else ON_SCREEN if node is screen else IN_PANE
        bindings = [(key, binding) for key, binding in _bindings(node) if key not in taken]
        taken.update(key for key, _ in bindings)
        for key, binding in bindings:
            if binding.id and (binding.priority or not (screen.is_modal and scope == EVERYWHERE)):
                found.setdefault((scope, binding.id), []).append(key_name(key))
    told = [
        BoundKey(scope, name, ", ".join(dict.fromkeys(keys)), words_of(name, pane))
        for (scope, name), keys in found.items()
    ]
    fixed = [BoundKey(EVERYWHERE, name, key, words) for name, key, words in FIXED_KEYS]
    return sorted([*told, *fixed], key=lambda bound: (bound.scope, _ORDER.get(bound.id, len(_ORDER))))


def words_of(binding_id: str, pane: str = "") -> str:
    """What an action does, where a pane has closer words in those. Raises KeyError for an id without words."""
    return ACTIONS_IN.get((pane, binding_id)) or ACTIONS[binding_id]


def _chain(screen: Screen[Any]) -> Iterable[DOMNode]:
    return screen.focused.ancestors_with_self if screen.focused is not None else (screen, screen.app)


def _bindings(node: DOMNode) -> Iterable[tuple[str, Any]]:
    """(key, binding) of a node after the user's keymap; Textual tells them no one else."""
    bindings = node._bindings.copy()  # noqa: SLF001  as above
    bindings.apply_keymap(node.app._keymap)  # noqa: SLF001  as above
    return bindings
