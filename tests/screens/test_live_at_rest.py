"""A Live screen with nothing to draw looks for it seldom, and begins again by itself."""

from __future__ import annotations

from tests.screens.app_driver import demo_records, line_text, pane_text, running_app, until
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.panes.line_view import LineView
from tui.screens.live_screen import LiveScreen

NOWHERE = Settings(url="http://127.0.0.1:9")  # nothing is sent there: these tests look at captures


def ticks(app: StreamscopeApp) -> bool:
    """Whether frames are asked for thirty times a second."""
    screen = app.screen
    assert isinstance(screen, LiveScreen)
    return screen.is_ticking


async def test_frames_stop_when_all_is_shown_and_begin_again_with_another_run() -> None:
    async with running_app(NOWHERE, records=demo_records("steady")) as (app, pilot):
        await until(pilot, lambda: "✓" in line_text(app, "header") and not ticks(app))
        before = pane_text(app, "text")
        app.controller.show(demo_records("code"), app.endpoint.plan(""))  # nobody tells the screen
        await until(pilot, lambda: "✓" in line_text(app, "header") and pane_text(app, "text") != before)
        await until(pilot, lambda: not ticks(app))


async def test_what_arrives_at_a_screen_in_use_is_drawn_without_a_key() -> None:
    records = demo_records("markdown")
    async with running_app(NOWHERE, records=records[:40]) as (app, pilot):
        await until(pilot, lambda: pane_text(app, "text") != "")
        assert ticks(app), "the run is open: its clock goes on"
        run = app.controller.run
        assert run is not None
        for record in records[40:]:
            run.take(record)
        whole = run.derived.pipeline.content.text() if run.derived is not None else ""
        await until(pilot, lambda: not ticks(app))
        view = app.screen.query_one("#text", LineView)
        assert view.is_following
        assert pane_text(app, "text").split() == whole.split()
