"""The prompt on the Live screen: history, more than one line."""

from __future__ import annotations

import stat
from pathlib import Path

from textual.pilot import Pilot

from tests.screens.app_driver import running_app, until
from tests.screens.test_live_screen import play_sse
from tests.transports.scripted_server import ScriptedServer
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.panes.prompt_bar import PromptArea
from tui.prompt_history import FILE_NAME
from tui.state_folder import StateFolder


def prompt(app: StreamscopeApp) -> PromptArea:
    return app.screen.query_one(PromptArea)


async def sent(app: StreamscopeApp, pilot: Pilot[None], text: str) -> None:
    """Types a prompt, sends it, waits for its end, returns to the prompt."""
    prompt(app).load_text("")
    await pilot.press(*text, "enter")
    await until(pilot, lambda: app.controller.run is not None and app.controller.run.is_over)
    await pilot.press("i")
    prompt(app).load_text("")


async def test_up_and_down_go_through_what_was_sent_and_the_next_start_knows_it(tmp_path: Path) -> None:
    async with ScriptedServer(play_sse) as far:
        async with running_app(Settings(url=far.url), state=StateFolder(tmp_path)) as (app, pilot):
            await sent(app, pilot, "one")
            await sent(app, pilot, "two")
            await pilot.press(*"new", "up")
            assert prompt(app).text == "two"
            await pilot.press("up", "up")
            assert prompt(app).text == "one"
            await pilot.press("down", "down")
            assert prompt(app).text == "new"
        async with running_app(Settings(url=far.url), state=StateFolder(tmp_path)) as (app, pilot):
            await pilot.press("up")
            assert prompt(app).text == "two"
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


async def test_up_and_down_move_in_the_rows_of_a_prompt_first_be_they_only_wrapped() -> None:
    async with running_app(Settings(url="http://127.0.0.1:9"), records=[], size=(60, 24)) as (app, pilot):
        app.history.add("before")
        long = "a line that is far too long for the room there is beside the next endpoint"
        prompt(app).insert(f"first\n{long}")
        area = prompt(app)
        assert area.wrapped_document.height > 2
        for _ in range(area.wrapped_document.height - 1):
            await pilot.press("up")
            assert prompt(app).text.startswith("first")
        await pilot.press("up")
        assert prompt(app).text == "before"
        await pilot.press("down")
        assert prompt(app).text == f"first\n{long}"
        assert prompt(app).cursor_location == prompt(app).document.end


async def test_a_key_that_is_sent_by_mistake_is_not_kept(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    async with ScriptedServer(play_sse) as far, running_app(Settings(url=far.url), state=state) as (app, pilot):
        await sent(app, pilot, "sk-proj-0123456789abcdef")
        await pilot.press("up")
        assert prompt(app).text == ""
        assert not (tmp_path / FILE_NAME).exists()


async def test_a_recorded_prompt_of_the_demo_is_no_history() -> None:
    async with running_app(Settings(), records=[]) as (app, pilot):
        app.endpoint.demo_prompts = {"demo/markdown": "recorded"}
        app.live.model_changed()
        await pilot.press("enter")
        assert app.history.older("") is None
        await until(pilot, lambda: app.controller.run is not None)
        app.action_cancel_run()


async def test_shift_enter_is_a_new_line_where_the_terminal_reports_it() -> None:
    async with running_app(Settings(url="http://127.0.0.1:9"), records=[]) as (app, pilot):
        await pilot.press("a", "shift+enter", "b", "ctrl+j", "c")
        assert prompt(app).text == "a\nb\nc"
        assert app.controller.run is not None
        assert prompt(app).size.height == 3
