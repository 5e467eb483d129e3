"""Faults from the palette: asked of a gateway that makes them, shown beside the prompt, and ended again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.gateway.running_gateway import gateway_settings, running_gateway
from tests.long_matrix import first_of
from tests.screens.app_driver import line_text, pane_text, running_app, until
from tests.screens.test_compare_screen import toasts
from tests.screens.test_live_screen import finish, outcome, play_sse, send
from tests.screens.test_palette import choose, titles
from tests.transports.scripted_server import ScriptedServer
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.chunks import Outcome
from tui.gateway.faults import FAULTS
from tui.screens.endpoint_choice import EndpointChoice, EndpointEntry
from tui.screens.fault_words import FAULT_LINES, fault_words, typed_fault

DEMO = Settings(model="demo/code")


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("STREAMSCOPE_TOKEN", raising=False)


def ask(app: StreamscopeApp, title: str) -> None:
    """What choosing an entry does."""
    next(command for command in app.get_system_commands(app.screen) if command.title == title).callback()


def test_the_palette_has_every_fault_of_the_gateway() -> None:
    assert FAULT_LINES.keys() == FAULTS.keys()


async def test_every_fault_is_chosen_shown_beside_the_prompt_and_ended() -> None:
    async with (
        running_gateway(gateway_settings(allow_faults=True)) as gateway,
        running_app(Settings(url=gateway.url)) as (app, pilot),
    ):
        assert "fault: off" not in titles(app)
        for name in FAULT_LINES:
            ask(app, f"fault: {fault_words(name)}")
            await until(pilot, lambda name=name: app.endpoint.fault == name)  # type: ignore[misc]
            assert f"  fault: {fault_words(name)}  " in line_text(app, "next")
            assert app.endpoint.plan("hi").fault == name
        ask(app, "fault: off")
        assert app.endpoint.plan("hi").fault is None
        assert "fault" not in line_text(app, "next")
        lines = {command.title: command.help for command in app.get_system_commands(app.screen)}
        assert all("asks the gateway; needs --allow-faults" in lines[f"fault: {fault_words(name)}"] for name in FAULTS)


@pytest.mark.parametrize("transport", first_of(["sse", "ws", "direct"]))
async def test_cut_after_a_number_typed_in_the_palette_cuts_the_next_run_there(transport: str) -> None:
    async with running_gateway(gateway_settings(allow_faults=True)) as gateway:
        settings = replace(DEMO, url=gateway.url, transport=transport, is_gateway=True)
        async with running_app(settings) as (app, pilot):
            await choose(app, pilot, "fault: cut after 20")
            await until(pilot, lambda: "fault: cut after 20" in line_text(app, "next"))
            await send(app, pilot)
            await finish(app, pilot)
            assert outcome(app) is Outcome.INCOMPLETE
            assert app.controller.derived is not None
            assert len(app.controller.derived.chunks) <= 20
            said = " ".join(pane_text(app, "stats").split())
            assert ("The WebSocket closed" if transport == "ws" else "The stream was cut") in said
            assert "fault, as asked for: cut after 20" in said
            assert ("On a gateway with resume: palette, run: resume." in said) == (transport != "direct")
            await choose(app, pilot, "fault: off")
            await pilot.press("ctrl+r")
            await until(pilot, lambda: outcome(app) is Outcome.COMPLETED)


async def test_with_resume_the_seam_is_shown_and_nothing_is_missing() -> None:
    async with (
        running_gateway(gateway_settings(allow_faults=True)) as gateway,
        running_app(replace(DEMO, url=gateway.url)) as (app, pilot),
    ):
        await choose(app, pilot, "run: resume on")
        await choose(app, pilot, "fault: cut after 20")
        await until(pilot, lambda: app.endpoint.fault is not None)
        await send(app, pilot)
        await finish(app, pilot)
        assert outcome(app) is Outcome.COMPLETED
        assert "reconnected after seq 19, 0 lost" in line_text(app, "header")
        assert app.controller.derived is not None
        assert app.controller.derived.result is not None
        whole = app.controller.derived.result.content
        await choose(app, pilot, "run: resume off")
        assert not app.endpoint.plan("hi").resume
        ask(app, "fault: off")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.controller.is_streaming)
        await finish(app, pilot)
        assert app.controller.derived.result is not None
        assert app.controller.derived.result.content == whole


async def refused(app: StreamscopeApp, pilot: Pilot[None], words: str) -> None:
    ask(app, "fault: stall")
    await until(pilot, lambda: any(words in text for text in toasts(app)))
    assert app.endpoint.fault is None


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({}, "This gateway makes no faults: start it with serve --allow-faults."),
        ({"token": "a-token-1", "allow_faults": True}, "wants its token before it makes a fault"),
    ],
)
async def test_a_gateway_that_will_not_is_told_before_anything_is_sent(members: dict[str, Any], words: str) -> None:
    async with (
        running_gateway(gateway_settings(**members)) as gateway,
        running_app(Settings(url=gateway.url)) as (app, pilot),
    ):
        await refused(app, pilot, words)


async def test_where_no_gateway_is_and_where_nothing_listens_it_is_said() -> None:
    async with ScriptedServer(play_sse) as far, running_app(Settings(url=far.url)) as (app, pilot):
        await refused(app, pilot, "This endpoint is not a streamscope gateway, so no fault can be asked for.")
    async with running_app(Settings(url="http://127.0.0.1:9")) as (app, pilot):
        await refused(app, pilot, "No fault can be asked for.")


async def test_the_embedded_demo_makes_faults_from_its_first_run_on() -> None:
    async with running_app(replace(DEMO, transport="ws"), size=(80, 24)) as (app, pilot):
        ask(app, "fault: cut")
        await until(pilot, lambda: "fault: cut" in line_text(app, "next"))
        assert app.screen.query_one("#next").region.right <= 80
        await send(app, pilot)
        await finish(app, pilot)
        assert outcome(app) is Outcome.INCOMPLETE


async def test_a_fault_stays_with_its_endpoint() -> None:
    async with running_app(Settings()) as (app, pilot):
        ask(app, "fault: burst")
        await until(pilot, lambda: app.endpoint.fault == "burst")
        app.action_next_transport()
        assert app.endpoint.fault == "burst"
        app.point_at(EndpointEntry(None, "ws", "", "auto"))
        assert app.endpoint.fault == "burst"
        app.point_at(EndpointEntry("http://127.0.0.1:9", "sse", "", "auto"))
        assert "fault" not in line_text(app, "next")
        assert app.endpoint.plan("hi").fault is None


def test_another_host_is_not_asked_for_it() -> None:
    choice = EndpointChoice(Settings(url="https://gw.example.net", hosts=(("direct", "https://api.example.com/v1"),)))
    choice.fault = "cut"
    assert choice.plan("hi", "ws").fault == "cut"
    assert choice.plan("hi", "direct").fault is None


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("fault: cut after 20", "cut:after=20"),
        ("cut after 20", "cut:after=20"),
        ("Slow first after 2", "slow-first:after=2"),
        ("fault: split-utf8:after=3", "split-utf8:after=3"),
    ],
)
def test_the_number_is_understood_as_people_write_it(typed: str, fault: str) -> None:
    assert typed_fault(typed) == fault


@pytest.mark.parametrize("typed", ["", "cut", "cut after", "explode after 3", "cut after -1", "cut after 1234567"])
def test_what_is_no_fault_with_a_number_is_none(typed: str) -> None:
    assert typed_fault(typed) is None
