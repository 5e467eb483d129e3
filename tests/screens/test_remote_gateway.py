"""The app against a gateway of another process, with TLS and token, by profile: over SSE and WebSocket."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.gateway.remote_gateway import TOKEN, remote_gateway
from tests.screens.app_driver import demo_records, line_text, pane_text, running_app, until
from tests.screens.test_live_screen import send
from tests.screens.test_palette import titles
from tui.app import StreamscopeApp
from tui.core.capture import Record
from tui.core.chunks import Outcome, StreamResult
from tui.core.derived_run import DerivedRun


@pytest.fixture(autouse=True)
def _no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("STREAMSCOPE_TOKEN", "OPENAI_API_KEY", "STREAMSCOPE_PROFILE", "STREAMSCOPE_URL"):
        monkeypatch.delenv(name, raising=False)


def recorded_text(records: list[Record]) -> str:
    result = DerivedRun.of_records(records).result
    assert result is not None
    return result.content


async def run_by_profile(app: StreamscopeApp, pilot: Pilot[None], profile: str) -> StreamResult:
    """Chooses a profile in the palette and sends."""
    name = f"endpoint: profile {profile}"
    assert name in titles(app)
    next(command for command in app.get_system_commands(app.screen) if command.title == name).callback()
    before = app.controller.run
    await pilot.press("i")
    await send(app, pilot)
    await until(pilot, lambda: app.controller.run is not before and app.controller.run is not None)
    await until(pilot, lambda: app.controller.run is not None and app.controller.run.is_over)
    assert app.controller.derived is not None
    assert app.controller.derived.result is not None
    return app.controller.derived.result


@pytest.mark.slow
async def test_a_prompt_streams_from_a_remote_gateway_by_profile(tmp_path: Path) -> None:
    async with (
        remote_gateway(tmp_path) as gateway,
        running_app(gateway.settings("stage")) as (app, pilot),
    ):
        for profile, words in (("stage", "SSE  "), ("stage-ws", "WS  ")):
            result = await run_by_profile(app, pilot, profile)
            assert (result.outcome, result.problem) == (Outcome.COMPLETED, None)
            assert result.content == recorded_text(demo_records("code"))
            await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
            assert f"{words}{gateway.url}" in line_text(app, "header")
        result = await run_by_profile(app, pilot, "no-token")
        assert result.problem is not None
        assert (result.outcome, result.problem.kind) == (Outcome.FAILED, "auth")
        result = await run_by_profile(app, pilot, "no-ca")
        assert result.problem is not None
        assert (result.outcome, result.problem.kind) == (Outcome.FAILED, "tls")
        assert TOKEN not in "".join(pane_text(app, pane) for pane in ("text", "stats"))
