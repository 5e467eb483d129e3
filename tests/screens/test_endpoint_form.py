"""The endpoint form over real far ends: routes, the test before saving, what is saved, and that no letter acts."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.gateway.running_gateway import gateway_settings, running_gateway
from tests.long_matrix import first_of
from tests.screens.app_driver import line_text, running_app, until
from tests.screens.test_compare_screen import toasts
from tests.screens.test_live_screen import finish, outcome, send
from tests.transports.scripted_server import Peer, ScriptedServer
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.chunks import Outcome
from tui.panes.choice_line import ChoiceLine
from tui.panes.status_line import StatusLine
from tui.screens.endpoint_form import EndpointForm, route_lines

NOWHERE = Settings(url="http://127.0.0.1:9")


@asynccontextmanager
async def form(settings: Settings = NOWHERE, **options: Any) -> AsyncIterator[tuple[StreamscopeApp, Pilot[None]]]:
    """The app with its endpoint form open."""
    async with running_app(settings, **options) as (app, pilot):
        await pilot.press("escape", "u")
        await until(pilot, lambda: isinstance(app.screen, EndpointForm) and isinstance(app.focused, Input))
        yield app, pilot


def said(app: StreamscopeApp, part: str) -> str:
    return str(app.screen.query_one(f"#{part}", Static).content)


def field(app: StreamscopeApp, name: str) -> Input:
    return app.screen.query_one(f"#{name}", Input)


def choice(app: StreamscopeApp, name: str) -> ChoiceLine:
    return app.screen.query_one(f"#{name}", ChoiceLine)


async def hand_in(app: StreamscopeApp, pilot: Pilot[None], url: str, transport: str | None = None) -> None:
    field(app, "url").value = url
    await pilot.pause()
    while transport is not None and choice(app, "transport").value != transport:
        app.screen.set_focus(choice(app, "transport"))
        await pilot.press("right")
    await pilot.press("enter")


async def refusal(app: StreamscopeApp, pilot: Pilot[None]) -> str:
    """What the form says once the test has found something wrong."""
    await until(pilot, lambda: "saves it all the same" in said(app, "form-status"))
    return said(app, "form-status")


async def test_the_three_routes_stand_under_the_url_as_it_is_typed() -> None:
    async with form() as (app, pilot):
        field(app, "url").value = ""
        await pilot.press(*"https://gw.example.net/v1")
        assert said(app, "url-note").splitlines() == [
            "► direct  https://gw.example.net/v1/chat/completions",
            "  SSE     https://gw.example.net/v1/stream",
            "  WS      wss://gw.example.net/v1/ws/stream",
        ]
        assert choice(app, "transport").value == "direct", "it follows the URL until one is chosen"
        app.screen.set_focus(choice(app, "transport"))
        await pilot.press("right")
        assert said(app, "url-note").splitlines()[1].startswith("► SSE")
        field(app, "url").value = "https://other.example.net/v1"
        await pilot.pause()
        assert choice(app, "transport").value == "sse"


def test_a_route_that_there_is_none_of_says_why_and_secrets_are_not_shown() -> None:
    lines = route_lines("https://me:secret@host/v1/messages?key=abcdef", "sse")
    assert lines[1] == "► SSE     https://host/v1/messages?key=hidden"
    assert "a full path is for sse" in lines[2]
    assert "secret" not in "".join(lines)
    assert "abcdef" not in "".join(lines)


async def test_no_letter_acts_in_the_form_and_esc_changes_nothing() -> None:
    async with form() as (app, pilot):
        before = app.endpoint.entry
        letters = "qxuptmbczlvMi?1'/"
        for widget in app.screen.focus_chain:
            app.screen.set_focus(widget)
            await pilot.press(*letters)
            assert isinstance(app.screen, EndpointForm)
        assert field(app, "url").value.endswith(letters)
        assert field(app, "model").value == letters
        assert (choice(app, "transport").value, choice(app, "dialect").value) == (before.transport, before.dialect)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.live)
        assert app.endpoint.entry == before


async def test_up_and_down_go_through_the_fields() -> None:
    async with form() as (app, pilot):
        seen = []
        for _ in range(4):
            assert app.focused is not None
            seen.append(app.focused.id)
            await pilot.press("down")
        assert seen == ["url", "transport", "model", "dialect"]
        await pilot.press("up")
        assert app.focused is not None
        assert app.focused.id == "dialect"


async def test_enter_tests_a_gateway_saves_it_and_the_next_run_goes_there() -> None:
    async with running_gateway(gateway_settings()) as gateway, form() as (app, pilot):
        field(app, "model").value = "demo/code"
        await hand_in(app, pilot, gateway.url)
        await until(pilot, lambda: app.screen is app.live)
        healthy = re.compile(r"Saved: healthy, \d+ ms, upstream up, no token needed\.")
        await until(pilot, lambda: any(healthy.fullmatch(text) for text in toasts(app)))
        await until(pilot, lambda: "demo/json" in dict(app.endpoint.models))
        await pilot.press("i")
        await send(app, pilot)
        await finish(app, pilot)
        assert outcome(app) is Outcome.COMPLETED
        assert app.controller.run is not None
        assert app.controller.run.plan.url == gateway.url
        assert app.controller.run.plan.request.model == "demo/code"


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("right-token-1", "upstream up, token accepted"),
        ("wrong-token-1", "but the token is not accepted. Set STREAMSCOPE_TOKEN anew and restart."),
        ("", "but it wants a token. Set STREAMSCOPE_TOKEN and restart."),
    ],
)
@pytest.mark.slow
async def test_the_test_tells_whether_the_token_is_accepted(
    token: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAMSCOPE_TOKEN", token)
    async with running_gateway(gateway_settings(token="right-token-1")) as gateway, form() as (app, pilot):
        await hand_in(app, pilot, gateway.url)
        if "accepted" in words and "not" not in words:
            await until(pilot, lambda: any(words in text for text in toasts(app)))
        else:
            assert words in await refusal(app, pilot)


async def test_what_is_wrong_is_a_plain_sentence_and_a_second_enter_saves_all_the_same() -> None:
    async with form() as (app, pilot):
        await hand_in(app, pilot, "http://127.0.0.1:1", "sse")
        sentence = await refusal(app, pilot)
        assert "127.0.0.1:1" in sentence
        assert "refused" in sentence
        assert "Start the server or fix address and port." in sentence
        assert app.endpoint.url == NOWHERE.url, "nothing is saved yet"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.live)
        assert app.endpoint.url == "http://127.0.0.1:1"
        assert "Saved, though the test was not passed." in toasts(app)


async def test_a_change_after_a_refusal_is_tested_anew() -> None:
    async with form() as (app, pilot):
        await hand_in(app, pilot, "http://127.0.0.1:1", "sse")
        await refusal(app, pilot)
        field(app, "url").value = "http://127.0.0.1:2"
        await until(pilot, lambda: said(app, "form-status") == "")
        await pilot.press("enter")
        assert "127.0.0.1:2" in await refusal(app, pilot)


async def test_a_url_that_is_none_is_said_at_once() -> None:
    async with form() as (app, pilot):
        for url, transport, words in (
            ("gw.example.net", "sse", "Expected a URL that begins with http:// or https://"),
            ("https://host/v1/messages", "ws", "Ws needs the address of a gateway"),
        ):
            await hand_in(app, pilot, url, transport)
            await until(pilot, lambda words=words: words in said(app, "form-status"))  # type: ignore[misc]


def provider(status: int, body: Any) -> Any:
    async def play(peer: Peer) -> None:
        data = json.dumps(body).encode() if not isinstance(body, bytes) else body
        await peer.answer(status, data, content_type="application/json")

    return play


@pytest.mark.parametrize(
    "case",
    first_of(
        [
            (200, {"data": [{"id": "m"}]}, "healthy, "),
            (401, {"error": {"message": "no"}}, "does not accept the key (401)"),
            (404, {}, "lists no models (404)"),
            (200, b"<html>", "not as an OpenAI-compatible server does"),
            (503, {}, "The server failed (503)"),
        ]
    ),
)
async def test_a_provider_is_asked_for_its_models(case: tuple[int, Any, str]) -> None:
    status, body, words = case
    async with ScriptedServer(provider(status, body)) as far, form() as (app, pilot):
        await hand_in(app, pilot, f"{far.url}/v1")
        if status == 200 and isinstance(body, dict):
            await until(pilot, lambda: any("1 model, no key needed" in text for text in toasts(app)))
        else:
            assert words in await refusal(app, pilot)
        request = far.peers[0].request
        assert request is not None
        assert request.line.startswith("GET /v1/models ")


async def test_what_is_no_gateway_is_called_so() -> None:
    async with ScriptedServer(provider(404, {"detail": "Not Found"})) as far, form() as (app, pilot):
        await hand_in(app, pilot, far.url, "ws")
        assert "is not a streamscope gateway" in await refusal(app, pilot)


async def test_a_gateway_whose_upstream_is_down_is_told_so() -> None:
    async with running_gateway(gateway_settings("http://127.0.0.1:1/v1")) as gateway, form() as (app, pilot):
        await hand_in(app, pilot, gateway.url)
        assert "upstream down" in await refusal(app, pilot)


async def test_a_test_that_takes_its_time_says_so_and_esc_leaves_it() -> None:
    async def silent(peer: Peer) -> None:
        await peer.wait_gone()

    async with ScriptedServer(silent) as far, form() as (app, pilot):
        await hand_in(app, pilot, far.url)
        await until(pilot, lambda: said(app, "form-status").startswith("Testing for "))
        await until(pilot, lambda: len(far.peers) == 1)
        await pilot.press("enter")  # a second one begins no second test
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.live)
        assert app.endpoint.url == NOWHERE.url
        assert len(far.peers) == 1


async def test_an_empty_url_is_the_embedded_demo() -> None:
    async with form() as (app, pilot):
        await hand_in(app, pilot, "")
        await until(pilot, lambda: app.endpoint.is_demo and "demo/json" in dict(app.endpoint.models))
        assert "enter plays it" in line_text(app, "next")
        await pilot.press("i", "enter")
        await finish(app, pilot)
        assert outcome(app) is Outcome.COMPLETED


async def test_keys_of_one_address_never_go_to_another() -> None:
    settings = Settings(
        url="https://one.example/v1",
        headers=(("x-key", "SOME_VARIABLE"),),
        token_file="/keys/one",
        is_gateway=True,
        ca_file="/ca",
        insecure_http=True,
    )
    async with form(settings) as (app, pilot):
        entry = app.endpoint.entry
        same = app.endpoint.pointed_at(type(entry)("https://one.example/v2/v1", "sse", "m", "auto")).plan("")
        assert (same.header_env, same.token_file, same.is_gateway) == (settings.headers, "/keys/one", True)
        for url in ("https://two.example/v1", "http://one.example/v1", "https://one.example:444/v1"):
            other = app.endpoint.pointed_at(type(entry)(url, "direct", "m", "auto")).plan("")
            assert (other.header_env, other.token_file, other.is_gateway) == ((), None, False)
            assert (other.ca_file, other.insecure_http) == (None, False)
        await pilot.press("escape")


async def test_a_secret_in_the_url_is_not_shown_and_kept_while_the_url_is_not_touched() -> None:
    url = "https://me:secret@one.example/v1?key=abcdef"
    async with form(Settings(url=url)) as (app, _):
        shown = app.export_screenshot()
        assert "secret" not in shown
        assert "abcdef" not in shown
        assert isinstance(app.screen, EndpointForm)
        assert app.screen.entry.url == url


async def test_untrusted_names_of_models_are_inert_in_the_form() -> None:
    hostile = "[/bad]\x1b]0;t\x07[@click=app.quit]x[/]"
    async with running_app(Settings(url="http://127.0.0.1:9", model=hostile)) as (app, pilot):
        app.endpoint.models = [(hostile, "")]
        await pilot.press("escape", "u")
        await until(pilot, lambda: isinstance(app.screen, EndpointForm))
        assert "[/bad]␛]0;t␇[@click=app.quit]x[/]" in said(app, "model-note")
        assert "\x1b" not in app.export_screenshot()


async def test_the_palette_tests_the_connection_and_asks_for_models() -> None:
    far = running_gateway(gateway_settings())
    async with far as gateway, running_app(Settings(url=gateway.url)) as (app, pilot):
        app.check_endpoint()
        await until(pilot, lambda: any(text.startswith("healthy, ") for text in toasts(app)))
        app.refresh_models()
        await until(pilot, lambda: any("models. m lists them." in text for text in toasts(app)))
        count = len(app.endpoint.models)
        app.refresh_models()
        await until(pilot, lambda: sum("m lists them" in text for text in toasts(app)) == 2)
        assert len(app.endpoint.models) == count


async def test_what_takes_long_is_noted_on_the_screen_until_it_is_done() -> None:
    async def silent(peer: Peer) -> None:
        with contextlib.suppress(TimeoutError):  # the question is given up as late as this server's own patience
            await peer.wait_gone()

    async with ScriptedServer(silent) as far, running_app(Settings(url=far.url)) as (app, pilot):
        app.check_endpoint()
        await until(pilot, lambda: bool(app.screen.query("ProgressNote")))
        note = app.screen.query_one("ProgressNote", StatusLine)
        await until(pilot, lambda: note.region.right == app.screen.size.width)
        assert note.plain.startswith("◌ testing the connection  ")
        await until(pilot, lambda: any("did not answer in time" in text for text in toasts(app)))
        await until(pilot, lambda: not app.screen.query("ProgressNote"))
