"""A demo says that it is one, wherever it is played from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.gateway.running_gateway import gateway_settings, running_gateway
from tests.long_matrix import first_of
from tests.screens.app_driver import line_text, pane_text, running_app, until
from tests.screens.test_live_screen import NOWHERE, play_sse, send
from tests.transports.scripted_server import ScriptedServer
from tui.config import Settings
from tui.panes.prompt_bar import PromptArea
from tui.screens.compare_screen import CompareScreen
from tui.screens.endpoint_choice import EndpointChoice, EndpointEntry

LABEL = "RECORDED  demo/markdown: your prompt is not read"
DEMOS = [{"id": "demo/a", "label": "RECORDED", "prompt": "the recorded one"}, {"id": "demo/b", "label": "PACED"}]
OTHERS = [{"id": "qwen3-8b"}, {"id": "llama", "owned_by": "meta"}]


@pytest.mark.parametrize("transport", first_of(["sse", "ws", "direct"]))
async def test_a_gateway_by_its_url_that_plays_demos_says_so_like_the_embedded_one(transport: str) -> None:
    async with (
        running_gateway(gateway_settings()) as gateway,
        running_app(Settings(url=gateway.url, transport=transport, is_gateway=True)) as (app, pilot),
    ):
        prompt = app.screen.query_one(PromptArea)
        await until(pilot, lambda: LABEL in line_text(app, "header"))
        assert prompt.text == app.endpoint.demo_prompts["demo/markdown"]
        assert "enter plays it" in line_text(app, "next")
        assert "plays the recorded demo" in pane_text(app, "text")
        await pilot.press("enter")
        await until(pilot, lambda: app.controller.run is not None and app.controller.run.is_over)
        await until(pilot, lambda: "✓ COMPLETED" in line_text(app, "header"))
        assert LABEL in line_text(app, "header")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and LABEL in line_text(app, "header"))


async def test_a_prompt_that_was_typed_stays_and_no_model_is_called_recorded() -> None:
    async with ScriptedServer(play_sse) as far, running_app(Settings(url=far.url)) as (app, pilot):
        await send(app, pilot, "mine")
        await until(pilot, lambda: "✓ COMPLETED" in line_text(app, "header"))
        app.endpoint.take_models({"body": {"data": OTHERS}})
        app.live.model_changed()
        assert "RECORDED" not in line_text(app, "header")
        app.endpoint.take_models({"body": {"data": DEMOS}})
        app.live.model_changed()
        assert app.screen.query_one(PromptArea).text == "mine"


def choice_of(models: list[dict[str, str]], url: str | None = "http://far.example") -> EndpointChoice:
    choice = EndpointChoice(replace(NOWHERE, url=url))
    choice.take_models({"body": {"data": models}})
    return choice


def test_only_what_is_played_from_a_recording_is_a_demo() -> None:
    assert choice_of(DEMOS).demo_of(None) == "demo/a", "without a model the first one answers"
    assert choice_of(OTHERS).demo_of(None) == ""
    assert choice_of([]).demo_of(None) == ""
    mixed = choice_of([*DEMOS, *OTHERS])
    assert mixed.demo_of(None) == ""
    mixed.model = "demo/b"
    assert mixed.demo_of(None) == "demo/b"
    assert mixed.labelled(None, is_wide=False) == "RECORDED, PACED  demo/b"


@pytest.mark.parametrize("url", [None, "http://far.example"])
def test_a_model_that_a_demo_gateway_runs_itself_is_live_and_reads_the_prompt(url: str | None) -> None:
    choice = choice_of([*DEMOS, {"id": "local", "label": "LIVE"}], url)
    choice.model = "local"
    assert choice.demo_of(None) == ""
    assert choice.labelled(None, is_wide=True) == "LIVE  local"
    choice.model = "demo/a"
    assert choice.labelled(None, is_wide=True) == "RECORDED  demo/a: your prompt is not read"


def test_a_run_keeps_its_label_and_its_address_when_the_next_one_goes_elsewhere() -> None:
    demo = EndpointChoice(Settings())
    demo.url = "http://127.0.0.1:5"
    plan = demo.plan("hello")
    other = demo.pointed_at(EndpointEntry("http://far.example/v1", "sse", "qwen3-8b", "auto"))
    other.take_models({"body": {"data": OTHERS}})
    assert other.demo_of(plan) == "demo/markdown"
    assert other.described(plan, is_wide=True) == "SSE  http://127.0.0.1:5"
    assert other.demo_of(other.plan("hello")) == ""
    assert other.described(None, is_wide=True) == "SSE  http://far.example/v1  qwen3-8b"
    assert other.described(None, is_wide=False) == "SSE  far.example  qwen3-8b"
