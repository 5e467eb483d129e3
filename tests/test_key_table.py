"""The table of keys is the truth: it agrees with the bindings of every class, and it has no conflict of its own."""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

from tui.config_file import KeyChoice
from tui.key_names import parse_key, why_never
from tui.key_table import KEY_TABLE, PANE_OF, ROWS, SCREENS, acts_at
from tui.keymap import checked_keymap

# Where the bindings of a class act: one place, or more of them. A further screen or pane with keys is a line here.
PLACES = {
    "StreamscopeApp": "all",
    "LiveScreen": "live",
    "LanesScreen": "compare race",
    "CompareScreen": "compare",
    "RaceScreen": "race",
    "RaceForm": "race",
    "RacerPane": "pane",
    "Judgement": "pane",
    "WireScreen": "wire",
    "OpenScreen": "open",
    "LineView": "pane",
    "CursorView": "pane",
    "VirtualTable": "frames",
    "FrameDetail": "detail",
    "HeadLine": "head",
    "OddityRows": "pane",
    "TextPane": "pane",
    "StatsPane": "stats",
    "RasterPane": "raster",
    "ExtractsPane": "extracts",
    "PromptArea": "prompt",
    "BaseScreen": "screen",
    "BaseModal": "all",
    "Palette": "all",
    "HelpScreen": "all",
    "MetricScreen": "stats",
}
# They close a box, and no setting changes that.
CLOSING = {"help.close", "metric.close", "pick.close", "ask.close", "form.close", "jump.close", "save.close"}
CLOSING |= {"head.close", "oddities.close"}


def classes() -> list[type[DOMNode]]:
    """Every class of ours that Textual knows, all modules loaded."""
    for package in ("tui.screens", "tui.panes"):
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
            importlib.import_module(module.name)
    importlib.import_module("tui.app")
    found, waiting = [], [DOMNode]
    while waiting:
        subclasses = waiting.pop().__subclasses__()
        waiting += subclasses
        found += [cls for cls in subclasses if cls.__module__.startswith("tui.")]
    return list(dict.fromkeys(found))


def bindings() -> dict[str, dict[str, set[str]]]:
    """Id to the classes that bind it, and with which keys."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for cls in classes():
        for binding in Binding.make_bindings(cls.__dict__.get("BINDINGS", [])):
            key = parse_key(binding.key)
            assert key is not None, (cls, binding)
            assert binding.id is not None, f"{cls.__name__} binds {binding.key} without an id"
            found[binding.id][cls.__name__].add(key)
    return found


BINDINGS = bindings()


def test_every_id_of_a_binding_is_in_the_table_and_every_row_is_bound() -> None:
    assert set(BINDINGS) - CLOSING == set(ROWS)


@pytest.mark.parametrize("identity", [row.id for row in KEY_TABLE if row.keys])
def test_the_keys_and_places_of_a_row_are_those_of_the_bindings(identity: str) -> None:
    row, bound = ROWS[identity], BINDINGS[identity]
    assert set().union(*bound.values()) == set(row.keys)
    for place in " ".join(PLACES[name] for name in bound).split():
        assert {"all", "screen"} & set(row.places) if place == "all" else acts_at(row, place), place


def test_the_places_of_the_table_are_known() -> None:
    known = {"all", "screen", "pane", *SCREENS, *PANE_OF}
    assert all(set(row.places) <= known for row in KEY_TABLE)
    assert set(PANE_OF.values()) <= set(SCREENS)
    assert len(ROWS) == len(KEY_TABLE)


@pytest.mark.parametrize("identity", ROWS)
def test_no_row_has_a_key_that_is_never_bound_or_is_anothers(identity: str) -> None:
    row = ROWS[identity]
    assert all(parse_key(key) == key for key in row.keys + row.fixed)
    if row.keys:
        assert [why_never(key) for key in row.keys] == [None] * len(row.keys)
        checked_keymap([KeyChoice(identity, row.keys, "here")])


def test_what_acts_where() -> None:
    cancel, first, newline, quit_ = (ROWS[name] for name in ("run.cancel", "list.first", "prompt.newline", "app.quit"))
    assert [acts_at(cancel, place) for place in ("live", "compare", "text", "lane", "prompt")] == [True] * 4 + [False]
    assert [acts_at(first, place) for place in ("live", "text", "lane", "prompt")] == [False, True, True, False]
    assert [acts_at(newline, place) for place in ("live", "text", "prompt")] == [False, False, True]
    assert all(acts_at(quit_, place) for place in ("live", "compare", "text", "prompt"))
