"""Keys of the user's own in the running app: they act, the old ones do not, and help and footer name them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot

from tests.screens.app_driver import demo_records, line_text, pane_text, running_app, shown_title, until
from tests.screens.test_compare_screen import play_without_end, toasts
from tests.transports.scripted_server import ScriptedServer
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.config_file import KeyChoice
from tui.errors import ConfigError
from tui.panes.prompt_bar import PromptArea
from tui.screens.compare_screen import CompareScreen
from tui.screens.help_screen import HelpScreen


def with_keys(**chosen: str) -> Settings:
    """Settings with keys for ids, the ids written with `__` for the dot, several keys apart by spaces."""
    choices = (KeyChoice(name.replace("__", "."), tuple(keys.split()), "here") for name, keys in chosen.items())
    return Settings(url="http://127.0.0.1:9", keys=tuple(choices))


async def help_text(app: StreamscopeApp, pilot: Pilot[None], key: str) -> str:
    """What the help says, opened and closed by its own key."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, HelpScreen) and bool(pane_text(app, "help").strip()))
    said = " ".join(pane_text(app, "help").split())
    await pilot.press(key)
    await until(pilot, lambda: not isinstance(app.screen, HelpScreen))
    return said


async def test_an_own_key_acts_and_the_old_one_no_more() -> None:
    settings = with_keys(set__buffer="B", screen__compare="b", app__help="h f9", list__last="0")
    async with running_app(settings, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("escape", "B")
        assert app.controller.mode == "line"
        await pilot.press("c", "question_mark", "f1")
        await pilot.pause()
        assert app.screen is app.live
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        assert app.controller.mode == "line", "b is the key of Compare now"


async def test_help_and_footer_show_the_own_keys() -> None:
    settings = with_keys(set__buffer="B", app__help="h f9", run__cancel="K", run__again="r", lane__add="a")
    async with running_app(settings, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await until(
            pilot,
            lambda: "F9 help" in line_text(app, "footer"),
        )
        await pilot.press("escape")
        await until(pilot, lambda: "h help" in line_text(app, "footer"))
        assert "B buffer" in line_text(app, "footer")
        assert shown_title(app, "segments").endswith("B mode")
        said = await help_text(app, pilot, "h")
        for row in (
            "B buffer mode",
            "K cancel the run",
            "h, F9 help for what has the focus",
            "c, F3 compare",
            "ctrl+c copy the selection",
        ):
            assert row in said
        assert await help_text(app, pilot, "f9") == said
        await pilot.press("c")
        await until(pilot, lambda: "a - lanes" in line_text(app, "footer"))
        assert "a one lane more" in await help_text(app, pilot, "h")
        assert "1 run. r adds a run" in " ".join(pane_text(app, "notes").split())


async def test_messages_name_the_own_keys() -> None:
    async with ScriptedServer(play_without_end) as far:
        settings = replace(with_keys(run__cancel="K", run__again="ctrl+k", app__quit="f9"), url=far.url)
        async with running_app(settings) as (app, pilot):
            await pilot.press("ctrl+c", *"hello", "enter")
            await until(pilot, lambda: app.controller.derived is not None and bool(app.controller.derived.chunks))
            await pilot.press("ctrl+k")
            await until(pilot, lambda: len(toasts(app)) == 2)
            assert toasts(app) == [
                "ctrl+c copies a selection. F9 quits.",
                "A run is streaming. K cancels it; then ctrl+k runs again.",
            ]
            await pilot.press("K")
            await until(pilot, lambda: not app.controller.is_streaming)


async def test_keys_that_act_before_a_text_field_can_be_changed_too() -> None:
    async with running_app(with_keys(app__quit="f9", app__palette="ctrl+k")) as (app, pilot):
        await pilot.press("ctrl+q", "ctrl+p")
        await pilot.pause()
        assert app.screen is app.live
        await pilot.press("ctrl+k")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        assert not app._exit  # noqa: SLF001  Textual says it nowhere else
        await pilot.press("f9")
        await until(pilot, lambda: app._exit)  # noqa: SLF001  as above


async def test_a_letter_as_own_key_is_typed_in_the_prompt() -> None:
    async with running_app(with_keys(app__help="h", run__again="r")) as (app, pilot):
        await pilot.press("h", "r", "b")
        assert app.screen.query_one(PromptArea).text == "hrb"
        assert not isinstance(app.screen, HelpScreen)


async def test_pane_keys_and_focus_keys_can_be_changed() -> None:
    settings = with_keys(pane__next="o", pane__4="s", item__save="4", list__right="d", list__left="a")
    async with running_app(settings, records=demo_records("code")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("escape", "s")
        await until(pilot, lambda: app.live.focused_pane == "stats")
        await pilot.press("tab")
        assert app.live.focused_pane == "stats", "tab has no meaning any more"
        await pilot.press("o")
        await until(pilot, lambda: app.live.focused_pane == "raster")


def test_a_keymap_with_a_conflict_is_refused_before_anything_is_drawn() -> None:
    with pytest.raises(ConfigError, match=r"here: c is also the key of screen\.compare"):
        StreamscopeApp(with_keys(set__buffer="c"))
