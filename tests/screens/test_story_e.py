"""Story e of the design, as it is written: no key, no docs, five minutes."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.long_matrix import first_of
from tests.screens.app_driver import line_text, pane_text, running_app, until
from tests.screens.test_palette import choose, titles
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.panes.prompt_bar import PromptArea
from tui.screens.coach import STEPS
from tui.screens.endpoint_form import EndpointForm
from tui.screens.help_screen import HelpScreen, focused_pane
from tui.screens.metric_screen import MetricScreen
from tui.screens.pick_screen import PickScreen
from tui.state_folder import StateFolder

TAUGHT = ("play.hold", "play.back", "set.buffer", "item.source", "screen.compare", "screen.wire", "set.endpoint")
KEYS = {
    "play.hold": ("space", "space"),
    "play.back": ("comma", "l"),
    "set.buffer": ("b",),
    "item.source": ("4", "enter"),
    "screen.compare": ("c",),
    "screen.wire": ("w",),
    "set.endpoint": ("u",),
}


async def back_to_live(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    while app.screen is not app.live:
        screen = app.screen
        await pilot.press("escape" if isinstance(screen, EndpointForm | MetricScreen | PickScreen) else "q")
        await until(pilot, lambda screen=screen: app.screen is not screen)  # type: ignore[misc]


def coach_line(app: StreamscopeApp) -> str:
    """What the coach says; empty while its line is not to be seen."""
    line = app.live.query_one("#coach")
    return line_text(app, "coach") if app.screen is app.live and line.region.area else ""


@pytest.mark.parametrize("size", first_of([(120, 40), (80, 24)]))
async def test_no_key_no_docs_five_minutes(size: tuple[int, int], tmp_path: Path) -> None:
    async with running_app(Settings(), state=StateFolder(tmp_path), size=size) as (app, pilot):
        prompt = app.screen.query_one(PromptArea)
        await until(pilot, lambda: bool(prompt.text))
        assert prompt.text == app.endpoint.demo_prompts["demo/markdown"], "it holds the recorded prompt"
        assert "enter plays it" in line_text(app, "next")
        assert app.screen.query_one("#next").region.area
        assert coach_line(app) == "", "the prompt is in use"
        assert "Nothing has run yet. enter plays the recorded demo" in " ".join(pane_text(app, "text").split())

        await pilot.press("enter")
        await until(pilot, lambda: bool(coach_line(app)))
        footer, line = (app.screen.query_one(f"#{name}").region for name in ("footer", "coach"))
        assert line.y == footer.y - 1, "above the footer"
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))

        taught = [step for step in app.coach.steps if step.id != "prompt.send"]
        assert [step.id for step in taught] == list(TAUGHT), "in this order"
        for number, step in enumerate(taught, start=2):
            said = app.keys.said(step.words(is_streaming=False)).replace(":", "", 1)
            assert coach_line(app).startswith(f"coach {number}/{len(taught) + 1}  {said}  ")
            await pilot.press("1", *KEYS[step.id])
            await until(pilot, lambda step=step: app.coach.next_step is not step)  # type: ignore[misc]
            await back_to_live(app, pilot)
        assert "point it at your own server" in taught[-1].text
        await until(pilot, lambda: coach_line(app) == "")
        assert app.screen.query_one("#prompt-row").region.area, "the prompt has its place again"

        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        found = app.screen.query_one(OptionList)
        demos = [str(found.get_option_at_index(index).prompt) for index in range(found.option_count)]
        assert any("demo/json" in demo and "JSON values inside prose" in demo for demo in demos), "by what they show"
        await pilot.press("escape")

        for key, pane in zip("12345", ("text", "segments", "extracts", "stats", "raster"), strict=True):
            await until(pilot, lambda: app.screen is app.live)
            await pilot.press(key)
            assert focused_pane(app.screen) == pane
            await pilot.press("question_mark")
            await until(pilot, lambda: isinstance(app.screen, HelpScreen) and bool(pane_text(app, "help").strip()))
            assert pane_text(app, "help").strip().startswith(key)
            await pilot.press("escape")


async def test_help_coach_off_is_remembered_and_on_begins_anew(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    async with running_app(Settings(), state=state) as (app, pilot):
        await pilot.press("escape")
        await until(pilot, lambda: coach_line(app).startswith("coach 1/"))
        await choose(app, pilot, "help: coach off")
        await until(pilot, lambda: coach_line(app) == "")
    async with running_app(Settings(), state=state) as (app, pilot):
        await pilot.press("escape")
        assert coach_line(app) == ""
        assert "help: coach off" not in titles(app)
        await choose(app, pilot, "help: coach on")
        await pilot.press("escape")
        await until(pilot, lambda: coach_line(app).startswith("coach 1/"))
        assert "i, then enter" in coach_line(app).replace("  ", " ")
        await pilot.press("b")
    async with running_app(Settings(), state=state) as (app, _):
        assert app.coach.next_step is STEPS[0]
        assert not app.coach.note("set.buffer", ""), "it was learned ahead of its turn"


async def test_a_click_on_the_coach_line_and_jump_mode_reach_the_prompt_it_stands_for(tmp_path: Path) -> None:
    async with running_app(Settings(), state=StateFolder(tmp_path)) as (app, pilot):
        prompt = app.screen.query_one(PromptArea)
        for reach in ("click", "jump", "tab"):
            await pilot.press("escape")
            await until(pilot, lambda: bool(coach_line(app)))
            if reach == "click":
                await pilot.click("#coach")
            elif reach == "jump":
                target = next(found for found in app.live.jump_targets() if found.go == app.live.action_focus_prompt)
                assert target.offset == app.live.query_one("#coach").region.offset
                target.go()
            else:
                await pilot.press("5", "tab")
            await until(pilot, lambda: app.focused is prompt and bool(prompt.region.area))
            await pilot.press("a")
            assert prompt.text.endswith("a"), "typed text arrives at once"


async def test_who_knows_where_to_stream_is_not_taught_unless_asked_for(tmp_path: Path) -> None:
    async with running_app(Settings(url="http://127.0.0.1:9"), state=StateFolder(tmp_path)) as (app, pilot):
        await pilot.press("escape")
        assert coach_line(app) == ""
        await choose(app, pilot, "help: coach on")
        await pilot.press("escape")
        await until(pilot, lambda: bool(coach_line(app)))
