"""Help exists for every pane and every box, explains the numbers, and holds every key that is bound."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from textual.binding import Binding
from textual.command import CommandPalette
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.screen import Screen

import tui.panes
import tui.screens
from tests.long_matrix import first_of
from tests.screens.app_driver import demo_records, line_text, pane_text, running_app, until
from tests.screens.test_compare_screen import comparing, stalled_records
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.metric_definitions import DEFINITIONS, formulas_of
from tui.key_names import key_name
from tui.panes.stats_pane import StatsPane
from tui.screens.base_screen import BaseModal, BaseScreen, Palette
from tui.screens.bound_keys import bound_keys, words_of
from tui.screens.form_screen import FormScreen
from tui.screens.help_screen import HelpScreen, focused_pane, help_of
from tui.screens.help_texts import PANES, SCREENS
from tui.screens.lanes_screen import LanesScreen

NOWHERE = Settings(url="http://127.0.0.1:9")
LIVE_PANES = ("text", "segments", "extracts", "stats", "raster", "prompt")


def own_classes() -> list[type[DOMNode]]:
    """The app and every widget and screen of the project."""
    found: set[type[DOMNode]] = {StreamscopeApp}
    for package in (tui.panes, tui.screens):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            members = vars(importlib.import_module(module.name)).values()
            found |= {
                m for m in members if inspect.isclass(m) and issubclass(m, DOMNode) and m.__module__ == module.name
            }
    return sorted(found, key=lambda cls: cls.__name__)


def own_bindings() -> Iterator[tuple[type[DOMNode], Binding]]:
    for cls in own_classes():
        for binding in vars(cls).get("BINDINGS", ()):
            assert isinstance(binding, Binding), f"{cls.__name__}: bindings are written out, with their id"
            yield cls, binding


def squeezed(text: str) -> str:
    return " ".join(text.split())


async def help_text(app: StreamscopeApp, pilot: Pilot[None], key: str) -> str:
    """What the help says that a key opens; it is closed again."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, HelpScreen) and bool(pane_text(app, "help").strip()))
    shown = squeezed(pane_text(app, "help"))
    await pilot.press("escape")
    await until(pilot, lambda: not isinstance(app.screen, HelpScreen))
    return shown


@pytest.mark.parametrize(("cls", "binding"), list(own_bindings()), ids=lambda value: getattr(value, "key", None))
def test_every_binding_has_an_id_and_words(cls: type[DOMNode], binding: Binding) -> None:
    assert binding.id, f"{cls.__name__} {binding.key}"
    assert words_of(binding.id)


@pytest.mark.parametrize("cls", [c for c in own_classes() if issubclass(c, (BaseScreen, BaseModal, Palette))])
def test_every_screen_and_every_box_has_help(cls: type[Screen[Any]]) -> None:
    if cls not in (BaseScreen, BaseModal, HelpScreen, FormScreen, LanesScreen):
        assert SCREENS[cls.__name__].text


@pytest.mark.parametrize("key", first_of(["f1", "question_mark"]))
@pytest.mark.parametrize("pane", LIVE_PANES)
async def test_every_pane_of_live_has_its_help_with_every_key_that_is_bound_there(pane: str, key: str) -> None:
    if pane == "prompt" and key == "question_mark":
        return  # a letter there
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        app.screen.set_focus(app.screen.query_one(f"#{pane}"))
        bound = {
            (key_name(name), active.binding.id)
            for name, active in app.screen.active_bindings.items()
            if active.binding.id is not None
        }
        shown = await help_text(app, pilot, key)
        assert squeezed(PANES[pane].text) in shown
        for name, binding_id in bound:
            assert f"({binding_id})" in shown
            assert squeezed(words_of(binding_id, pane)) in shown
            assert f" {name} " in shown or f" {name}, " in shown
        assert "(run.cancel)" in shown, "the keys of the screen are told in the prompt too"


async def test_every_stop_of_the_focus_on_every_screen_has_help_of_its_own() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        for widget in app.screen.focus_chain:
            app.screen.set_focus(widget)
            assert focused_pane(app.screen), widget
        await pilot.press("escape", "1", "v")
        await until(pilot, lambda: focused_pane(app.screen) == "preview")
    async with comparing(stalled_records()) as (_, _, screen):
        for widget in screen.focus_chain:
            screen.set_focus(widget)
            assert focused_pane(screen) == "lane"


@pytest.mark.parametrize("definition", first_of(DEFINITIONS))
async def test_the_help_of_the_numbers_explains_each_of_the_set_that_is_shown(definition: str) -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("escape", "4")
        app.screen.query_one(StatsPane).set_definition(definition)
        shown = await help_text(app, pilot, "f1")
        for _, formula in formulas_of(definition):
            assert squeezed(formula) in shown
        assert "t0 request sent" in shown


@pytest.mark.parametrize("keys", [("4", "enter"), ("m",), ("ctrl+p",)])
async def test_f1_explains_the_box_that_is_open_and_returns_to_it(keys: tuple[str, ...]) -> None:
    async with running_app(Settings(), records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        app.endpoint.models = [("demo/a", "one"), ("demo/b", "two")]
        await pilot.press("escape", *keys)
        await until(pilot, lambda: isinstance(app.screen, (BaseModal, CommandPalette)) and app.focused is not None)
        box = app.screen
        shown = await help_text(app, pilot, "f1")
        assert squeezed(help_of(box).text) in shown
        assert "(app.quit)" in shown
        assert "(run.again)" not in shown, "it does not act there"
        assert app.screen is box


async def test_the_help_of_compare_is_that_of_the_lanes() -> None:
    async with comparing(stalled_records()) as (app, pilot, _):
        shown = await help_text(app, pilot, "question_mark")
        assert "waits how long the reader had nothing left to read" in shown
        assert "the next lane (pane.next)" in shown


async def test_the_help_tells_the_keys_of_the_users_own_keymap() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        app.set_keymap({"set.buffer": "B", "prompt.send": "ctrl+s"})
        keys = {bound.id: bound.keys for bound in bound_keys(app.screen, "prompt")}
        assert (keys["set.buffer"], keys["prompt.send"]) == ("B", "ctrl+s")
        await pilot.press("a", "enter")
        assert app.controller.run is not None
        assert app.controller.run.is_over, "nothing was sent"


async def test_the_help_fits_a_narrow_terminal() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown"), size=(50, 20)) as (app, pilot):
        shown = await help_text(app, pilot, "f1")
        assert "send the prompt; the text pane gets the focus" in shown


@pytest.mark.parametrize(
    ("key", "name"),
    [("question_mark", "?"), ("f1", "F1"), ("shift+tab", "shift+tab"), ("f", "f"), ("G", "G"), ("ctrl+r", "ctrl+r")],
)
def test_keys_are_called_as_people_write_them(key: str, name: str) -> None:
    assert key_name(key) == name
