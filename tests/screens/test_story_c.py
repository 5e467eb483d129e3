"""Story c of the design: a room is shown SSE and WebSocket on a remote gateway, its faults and its cancels."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.gateway.remote_gateway import remote_gateway
from tests.screens.app_driver import line_text, pane_text, running_app, until
from tests.screens.golden_screens import screen_text
from tests.screens.playback_steps import play_slower, stop
from tests.screens.test_compare_screen import toasts
from tests.screens.test_live_screen import send
from tests.screens.test_palette import choose
from tui.app import StreamscopeApp
from tui.core.chunks import Outcome
from tui.screens.endpoint_form import EndpointForm
from tui.screens.race_form import RaceForm
from tui.screens.race_screen import RaceScreen

LANES = ["SSE gateway", "WS gateway", "SSE identity"]
TESTED = re.compile(r"Saved: healthy, \d+ ms, upstream up, token accepted\.")


@pytest.fixture(autouse=True)
def _no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("STREAMSCOPE_TOKEN", raising=False)


async def finish(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: app.controller.run is not None and app.controller.run.is_over)


async def begin_race(app: StreamscopeApp, pilot: Pilot[None]) -> RaceScreen:
    """R, and enter in the form of its lanes."""
    await pilot.press("R")
    await until(pilot, lambda: isinstance(app.screen, RaceForm))
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, RaceScreen))
    assert isinstance(app.screen, RaceScreen)
    assert [lane.name for lane in app.screen.race.lanes] == LANES
    return app.screen


def judgement(app: StreamscopeApp) -> str:
    return " ".join(pane_text(app, "judgement").split())


@pytest.mark.slow
async def test_show_a_room_sse_against_websocket_on_a_remote_gateway(tmp_path: Path) -> None:
    async with (
        remote_gateway(tmp_path, "--allow-faults") as gateway,
        running_app(gateway.settings("stage")) as (app, pilot),
    ):
        host = gateway.url.removeprefix("https://")

        await pilot.press("escape", "u")
        await until(pilot, lambda: isinstance(app.screen, EndpointForm) and isinstance(app.focused, Input))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.live)
        await until(pilot, lambda: any(TESTED.fullmatch(text) for text in toasts(app)))

        await choose(app, pilot, "view: present")
        await until(pilot, lambda: app.is_presenting and app.theme == "high-contrast")
        assert "stage" in line_text(app, "header")
        await pilot.press("b")
        await until(pilot, lambda: " b  " in screen_text(app))
        assert host not in screen_text(app)

        screen = await begin_race(app, pilot)
        await until(pilot, lambda: "►" in judgement(app))
        told = re.search(r"wire bytes per character A ([0-9.]+) B ([0-9.]+)", judgement(app))
        assert told is not None
        assert float(told[1]) > float(told[2]), "an event is longer than a message"
        await play_slower(app, pilot, 2, "0.25x")
        await stop(app, pilot)
        assert screen.race.cursor.position is not None
        assert "▼" in pane_text(app, "rows").splitlines()[0], "one clock for all lanes"
        await pilot.press("q")
        await until(pilot, lambda: app.screen is app.live)

        await choose(app, pilot, "fault: cut after 20")
        await until(pilot, lambda: "fault: cut after 20" in line_text(app, "next"))
        for transport in ("sse", "ws"):
            while app.endpoint.transport != transport:
                await pilot.press("t")
            await pilot.press("i")
            await send(app, pilot)
            await finish(app, pilot)
            assert app.controller.derived is not None
            assert app.controller.derived.outcome is Outcome.COMPLETED
            await until(pilot, lambda: "reconnected after seq 19, 0 lost" in line_text(app, "header"))
            assert app.controller.run is not None
            assert app.controller.run.plan.transport == transport
            assert "fault, as asked for: cut after 20" in " ".join(pane_text(app, "stats").split())
        await choose(app, pilot, "fault: off")

        app.endpoint.model = "demo/steady"
        screen = await begin_race(app, pilot)
        await until(pilot, lambda: all(lane.derived and len(lane.derived.chunks) > 3 for lane in screen.race.lanes))
        await pilot.press("x")
        await until(pilot, lambda: judgement(app).count("upstream stopped: yes, says the gateway") == len(LANES))
        for letter, name in zip("ABC", LANES, strict=True):
            assert re.search(
                rf"{letter} {name}: Cancelled at \d+\.\d\d s\. \d+ characters, \d+ frames kept", judgement(app)
            )
        assert "SSE has no answer, the closed socket is the cancel" in judgement(app)
        assert 'server answered: yes, "cancelled" after' in judgement(app)
        assert host not in screen_text(app)


@pytest.mark.slow
async def test_what_is_presented_fits_eighty_columns(tmp_path: Path) -> None:
    async with (
        remote_gateway(tmp_path, "--allow-faults") as gateway,
        running_app(replace(gateway.settings("stage-ws"), theme="streamscope-dark"), size=(80, 24)) as (app, pilot),
    ):
        await choose(app, pilot, "view: present")
        await choose(app, pilot, "fault: cut after 20")
        await until(pilot, lambda: "fault: cut after 20" in line_text(app, "next"))
        await pilot.press("i")
        await send(app, pilot)
        await finish(app, pilot)
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        rows = screen_text(app).splitlines()
        assert max(len(row) for row in rows) <= 80
        assert "fault: cut after 20" in rows[-2]
        await pilot.press("4", "z")
        await until(pilot, lambda: "reconnected after seq 19, 0 lost" in screen_text(app))
