"""The form for system prompt, temperature and tokens: what it takes goes with the next runs and stands in the line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.screens.app_driver import line_text, running_app, until
from tests.screens.test_live_screen import finish, play_sse, send
from tests.transports.scripted_server import ScriptedServer
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.panes.prompt_bar import PromptArea
from tui.screens.ask_screen import LineInput
from tui.screens.endpoint_choice import RunParams
from tui.screens.params_form import ParamsForm, temperature_complaint, tokens_complaint


@asynccontextmanager
async def form(url: str = "http://127.0.0.1:9") -> AsyncIterator[tuple[StreamscopeApp, Pilot[None]]]:
    async with running_app(Settings(url=url)) as (app, pilot):
        await pilot.press("escape", "p")
        await until(pilot, lambda: isinstance(app.screen, ParamsForm) and isinstance(app.focused, PromptArea))
        yield app, pilot


def said(app: StreamscopeApp) -> str:
    return str(app.screen.query_one("#form-status", Static).content)


async def test_what_is_set_goes_with_the_next_run_and_stands_in_the_prompt_line() -> None:
    async with ScriptedServer(play_sse) as far, form(far.url) as (app, pilot):
        await pilot.press(*"Be brief.", "ctrl+j", *"Always.", "down", *"0.2", "down", *"200", "enter")
        await until(pilot, lambda: app.screen is app.live)
        assert "next: SSE  temp 0.2  max 200  system 17 char" in line_text(app, "next")
        await pilot.press("i")
        await send(app, pilot)
        await finish(app, pilot)
        body = next(p.request for p in far.peers if p.request and p.request.line.startswith("POST")).json()
        assert body["messages"][0] == {"role": "system", "content": "Be brief.\nAlways."}
        assert (body["temperature"], body["max_tokens"]) == (0.2, 200)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, ParamsForm) and isinstance(app.focused, PromptArea))
        assert app.screen.query_one("#temperature", LineInput).value == "0.2"
        app.screen.query_one("#temperature", LineInput).value = ""
        app.screen.query_one("#max-tokens", LineInput).value = " "
        app.screen.query_one("#system", PromptArea).load_text("")
        await pilot.press("enter")
        await until(pilot, lambda: app.endpoint.params == RunParams())
        assert "next: SSE   i edit  enter sends" in line_text(app, "next")


async def test_a_value_that_is_wrong_is_said_in_one_sentence_and_its_field_has_the_focus() -> None:
    async with form() as (app, pilot):
        for name, wrong, words in (
            ("max-tokens", "many", "whole number of tokens from 1"),
            ("temperature", "hot", "number from 0 to 2, for example 0.7."),
        ):
            app.screen.query_one(f"#{name}", LineInput).value = wrong
            await pilot.press("enter")
            assert words in said(app)
            assert app.focused is not None
            assert app.focused.id == name
        app.screen.query_one("#temperature", LineInput).value = "1"
        await until(pilot, lambda: said(app) == "")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.live)
        assert app.endpoint.params == RunParams()


async def test_up_and_down_go_through_the_fields_and_no_letter_acts() -> None:
    async with form() as (app, pilot):
        seen = []
        for _ in range(3):
            assert app.focused is not None
            seen.append(app.focused.id)
            await pilot.press("q", "down")
        assert seen == ["system", "temperature", "max-tokens"]
        assert isinstance(app.screen, ParamsForm)


async def test_a_body_of_ones_own_is_said_to_be_sent_as_it_is() -> None:
    async with running_app(Settings(url="http://127.0.0.1:9/x")) as (app, pilot):
        app.push_screen(ParamsForm(RunParams(), has_own_body=True))
        await until(pilot, lambda: isinstance(app.screen, ParamsForm) and isinstance(app.focused, PromptArea))
        assert "sent as it is" in said(app)


@pytest.mark.parametrize("text", ["", "  ", "0", "2", "0.7", "1e-1", " 1 "])
def test_temperatures_that_can_be_sent(text: str) -> None:
    assert temperature_complaint(text) == ""


@pytest.mark.parametrize("text", ["nan", "inf", "-0.1", "2.01", "1,5", "0x1"])
def test_temperatures_that_cannot(text: str) -> None:
    assert temperature_complaint(text).endswith(".")


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "1e3", "٣", "10000001", "9" * 5000])
def test_limits_that_cannot_be_sent(text: str) -> None:
    assert tokens_complaint(text).endswith(".")


@pytest.mark.parametrize("text", ["", "1", " 200 ", "10000000"])
def test_limits_that_can(text: str) -> None:
    assert tokens_complaint(text) == ""


def test_narrow_lines_name_the_first_and_that_there_are_more() -> None:
    params = RunParams("sys", 0.25, 10)
    assert params.parts() == ["temp 0.25", "max 10", "system 3 char"]
    assert params.parts(is_short=True) == ["temp 0.25 …"]
    assert RunParams(max_tokens=10).parts(is_short=True) == ["max 10"]
