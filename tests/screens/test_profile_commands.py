"""Profiles in the palette: one is used at once, and what stands in the app can be kept as a new one, without a key."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.screens.app_driver import line_text, running_app, until
from tests.screens.test_compare_screen import toasts
from tests.screens.test_palette import choose, titles
from tests.transports.run_support import open_stream, send_end, send_tokens
from tests.transports.scripted_server import Peer, ScriptedServer
from tui.app import StreamscopeApp
from tui.config import Settings, load_settings
from tui.config_file import text_of
from tui.screens.ask_screen import AskScreen
from tui.screens.profile_commands import profile_values

NOWHERE = "http://127.0.0.1:9"
TEXT = """# mine
url = "http://127.0.0.1:9"
theme = "streamscope-light"

[profiles.lab]
url = "FAR"
model = "of-lab"
headers = { x-team = "TEAM_ID" }
theme = "ansi"

[profiles.wrong]
url = "ftp://example.net"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("TEAM_ID", "team-7")
    for name in ("STREAMSCOPE_URL", "STREAMSCOPE_PROFILE", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "streamscope" / "config.toml"
    file.parent.mkdir()
    return file


def written(file: Path, text: str) -> Settings:
    file.write_text(text)
    return load_settings({}, {}, file)


def read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text())


async def play(peer: Peer) -> None:
    await open_stream(peer, "sse")
    await send_tokens(peer, "sse", 0, 3)
    await send_end(peer, "sse", 3)


async def name_it(app: StreamscopeApp, pilot: Pilot[None], name: str) -> None:
    await until(pilot, lambda: isinstance(app.screen, AskScreen) and isinstance(app.focused, Input))
    app.screen.query_one(Input).value = name
    await pilot.press("enter")


async def test_a_profile_is_where_the_next_run_goes_with_its_model_and_headers(file: Path) -> None:
    async with ScriptedServer(play) as far:
        settings = written(file, TEXT.replace("FAR", far.url))
        async with running_app(settings) as (app, pilot):
            assert {"endpoint: profile lab", "endpoint: profile wrong"} <= titles(app)
            await choose(app, pilot, "endpoint: profile lab")
            await until(pilot, lambda: any(text.startswith("Profile lab: SSE") for text in toasts(app)))
            assert app.theme == "ansi"
            assert "of-lab" in line_text(app, "next")
            await pilot.press("escape", "i", *"hello", "enter")
            await until(pilot, lambda: app.controller.run is not None and app.controller.run.is_over)
        posted = [
            peer.request for peer in far.peers if peer.request is not None and peer.request.line.startswith("POST")
        ]
        assert [request.json()["model"] for request in posted] == ["of-lab"]
        assert posted[0].headers["x-team"] == "team-7"


async def test_a_profile_that_cannot_be_used_is_told_and_changes_nothing(file: Path) -> None:
    async with running_app(written(file, TEXT)) as (app, pilot):
        await choose(app, pilot, "endpoint: profile wrong")
        await until(pilot, lambda: bool(toasts(app)))
        assert toasts(app)[0].startswith(f"{file}, line 12, key profiles.wrong.url: ")
        assert app.endpoint.url == NOWHERE


async def test_what_stands_is_saved_as_a_profile_and_can_be_begun_with(file: Path) -> None:
    settings = written(file, TEXT.replace("FAR", "https://far.example"))
    async with running_app(settings) as (app, pilot):
        app.endpoint.transport, app.endpoint.model = "ws", "mine"
        await choose(app, pilot, "endpoint: save as profile")
        await name_it(app, pilot, "lab")
        await until(pilot, lambda: "There is a profile lab already" in str(app.screen.query_one("#ask-hint").render()))
        await name_it(app, pilot, "my lab")
        await until(pilot, lambda: "letters, digits" in str(app.screen.query_one("#ask-hint").render()))
        await name_it(app, pilot, "new")
        await until(pilot, lambda: toasts(app) == [f"Saved in {file}. streamscope --profile new begins there."])
        assert "endpoint: profile new" in titles(app)
    assert read(file)["profiles"]["new"] == {"url": NOWHERE, "transport": "ws", "model": "mine"}
    begun = load_settings({"profile": "new"}, {}, file)
    assert (begun.url, begun.transport, begun.model) == (NOWHERE, "ws", "mine")


async def test_a_key_in_the_url_is_never_saved_and_the_demo_needs_no_profile(file: Path) -> None:
    async with running_app(written(file, 'url = "http://me:sk-CANARY@127.0.0.1:9"')) as (app, pilot):
        before = text_of(file)
        await choose(app, pilot, "endpoint: save as profile")
        await until(pilot, lambda: any("the URL holds a key" in text for text in toasts(app)))
        assert text_of(file) == before
    async with running_app(written(file, ""), records=[]) as (app, pilot):
        await choose(app, pilot, "endpoint: save as profile")
        await until(pilot, lambda: toasts(app) == ["The demo needs no profile. u points at another server."])


async def test_esc_in_the_box_saves_nothing(file: Path) -> None:
    async with running_app(written(file, TEXT)) as (app, pilot):
        await choose(app, pilot, "endpoint: save as profile")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.live)
        assert toasts(app) == []
    assert text_of(file) == TEXT


def test_a_profile_says_all_of_an_endpoint_that_is_not_as_it_would_be_anyway() -> None:
    settings = Settings(
        url="https://a.example",
        transport="sse",
        model="m",
        dialect="anthropic",
        theme="ansi",
        profile="old",
        is_gateway=True,
        token_file="/k",
        headers=(("x-team", "TEAM_ID"),),
        insecure_http=True,
        ca_file="/c",
        resume=True,
    )
    assert {key[2]: value for key, value in profile_values("new", settings).items()} == {
        "url": "https://a.example",
        "transport": "sse",
        "model": "m",
        "dialect": "anthropic",
        "gateway": True,
        "token_file": "/k",
        "headers": {"x-team": "TEAM_ID"},
        "ca_file": "/c",
        "resume": True,
    }
