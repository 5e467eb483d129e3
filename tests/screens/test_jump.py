"""Jump mode: letters on every pane, hidden ones at their names, and the next letter goes there."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.long_matrix import first_of
from tests.screens.app_driver import demo_records, line_text, running_app, until
from tests.screens.test_compare_screen import comparing, stalled_records
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.screens.jump_overlay import JumpOverlay

NOWHERE = Settings(url="http://127.0.0.1:9")
ALL = {"text", "segments", "extracts", "stats", "raster", "prompt"}


async def letters(app: StreamscopeApp, pilot: Pilot[None]) -> list[str]:
    """Opens jump mode and gives the letters that stand on the screen."""
    await pilot.press("apostrophe")
    await until(pilot, lambda: isinstance(app.screen, JumpOverlay) and bool(app.screen.query(Static)))
    size = app.screen.size
    shown = [label for label in app.screen.query(Static) if size.region.contains_region(label.region)]
    return [str(label.content).strip() for label in shown]


def focused(app: StreamscopeApp) -> str:
    return (app.focused.id if app.focused is not None else None) or ""


@pytest.mark.parametrize("size", first_of([(120, 40), (80, 24), (60, 20), (300, 100)]))
async def test_every_pane_and_the_prompt_has_a_letter_that_goes_there(size: tuple[int, int]) -> None:
    async with running_app(NOWHERE, records=demo_records("markdown"), size=size) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("escape")
        reached = set()
        for index in range(len(ALL)):
            shown = await letters(app, pilot)
            assert len(shown) == len(set(shown)) == len(ALL)
            await pilot.press(shown[index])
            await until(pilot, lambda: app.screen is app.live)
            reached.add(focused(app))
            if focused(app) == "prompt":
                await pilot.press("escape")
        assert reached == ALL


async def test_the_letter_stands_on_its_pane_and_the_screen_stays_to_be_seen() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("escape")
        pane = app.screen.query_one("#stats").region
        shown = await letters(app, pilot)
        labels = {str(label.content).strip(): label.region for label in app.screen.query(Static)}
        letter = next(letter for letter in shown if labels[letter].offset == pane.offset)
        assert "TTFT" in app.export_screenshot()
        await pilot.press(letter)
        await until(pilot, lambda: focused(app) == "stats")


@pytest.mark.parametrize("key", ["escape", "1", "apostrophe", "enter"])
async def test_any_other_key_leaves_everything_as_it_was(key: str) -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await pilot.press("escape", "2")
        await letters(app, pilot)
        await pilot.press(key)
        await until(pilot, lambda: app.screen is app.live)
        assert focused(app) == "segments"


async def test_letters_go_to_the_lanes_of_compare() -> None:
    async with comparing(stalled_records()) as (app, pilot, screen):
        shown = await letters(app, pilot)
        assert len(shown) == len(screen.focus_chain) == 4
        await pilot.press(shown[2])
        await until(pilot, lambda: focused(app) == "lane-2")
