"""Playback on the Live screen: every pane at one moment, on a recorded run and while a stream goes on."""

from __future__ import annotations

from tests.screens.app_driver import demo_records, line_text, pane_text, running_app, shown_title, until
from tests.screens.playback_steps import HeldAnswer, go_to, hold, play_slower, play_to_the_end, stop
from tests.screens.test_compare_screen import toasts
from tests.transports.run_support import tokens
from tests.transports.scripted_server import ScriptedServer
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.derived_run import DerivedRun
from tui.panes.raster_pane import RasterPane

NOWHERE = Settings(url="http://127.0.0.1:9")


def run_of(app: StreamscopeApp) -> DerivedRun:
    assert app.controller.derived is not None
    return app.controller.derived


def chars(app: StreamscopeApp) -> int:
    return int(shown_title(app, "text").split()[2])


async def test_steps_and_jumps_show_one_moment_in_every_pane() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("tab", "1")
        await go_to(pilot, "1.5s")
        await until(pilot, lambda: "VIEW at 1.50 s" in line_text(app, "header"))
        run = run_of(app)
        count = run.pipeline.content.count_until(1.5)
        length = run.pipeline.content.end_of(count - 1)
        assert chars(app) == length
        text = run.pipeline.content.text()[:length]
        shown = pane_text(app, "text")
        assert text.splitlines()[-1] in shown
        assert f"{run.frame_count - run.frames_until(1.5)} frames" in shown.splitlines()[-1]
        assert "follow (space plays them)" in shown
        assert shown_title(app, "stats").startswith("4 stats at 1.50 s")
        assert "▲ t 1.50" in pane_text(app, "raster")
        assert f"frame {run.frames_until(1.5)}/{run.frame_count}" in pane_text(app, "raster")
        units = [run.pipeline.segments.segment(index) for index in range(run.pipeline.segments.count_at(1.5))]
        assert f"{units[-1].emitted_at:.2f} s" in pane_text(app, "segments")
        before = run.frames_until(1.5)
        await pilot.press("full_stop")
        await until(pilot, lambda: f"frame {before + 1}/" in pane_text(app, "raster"))
        await pilot.press("comma", "comma")
        await until(pilot, lambda: f"frame {before - 1}/" in pane_text(app, "raster"))
        assert chars(app) < length + 1
        await pilot.press("l")
        await until(pilot, lambda: "VIEW" not in line_text(app, "header"))
        assert chars(app) == run.pipeline.content.length
        assert "space plays" not in pane_text(app, "text")


async def test_marks_are_visited_and_named() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("tab", "5")
        playback = app.controller.playback
        listed = playback.marks()
        await pilot.press("shift+left")
        await until(pilot, lambda: playback.position == listed[-1].position)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: playback.position == listed[-2].position)
        assert any(listed[-2].what in text for text in toasts(app))
        await pilot.press("shift+right", "right_square_bracket")
        assert any("No mark after this one." in text for text in toasts(app))
        await pilot.press("left", "left", "right")
        await until(pilot, lambda: playback.position is not None and playback.position.frames < run_of(app).frame_count)


async def test_an_ended_run_plays_at_a_speed_and_ends_where_all_is_seen() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("tab", "1")
        await play_slower(app, pilot, 1, "0.5x")
        await until(pilot, lambda: 0 < chars(app) < run_of(app).pipeline.content.length)
        await stop(app, pilot)
        held = chars(app)
        await play_to_the_end(app, pilot)
        assert chars(app) == run_of(app).pipeline.content.length > held


async def test_holding_the_view_keeps_it_while_the_stream_goes_on_and_says_what_waits() -> None:
    answer = HeldAnswer()
    async with ScriptedServer(answer) as far, running_app(Settings(url=far.url), "go") as (app, pilot):
        await until(pilot, lambda: tokens(3) in pane_text(app, "text").replace("\n", ""))
        await pilot.press("tab", "1")
        await hold(app, pilot)
        answer.go_on.set()
        await until(pilot, lambda: "5 frames" in pane_text(app, "text") and "are waiting" in pane_text(app, "text"))
        assert chars(app) == len(tokens(3))
        assert "STREAMING" in line_text(app, "header") or "STALLED" in line_text(app, "header")
        assert "space go on" in line_text(app, "footer")
        await pilot.press("space")
        await until(pilot, lambda: chars(app) == len(tokens(8)))
        assert "VIEW" not in line_text(app, "header")
        answer.end.set()
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))


async def test_a_click_and_a_drag_on_the_rail_go_to_a_moment() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        rail = app.screen.query_one(RasterPane)
        await pilot.mouse_down(rail, offset=(60, 0))
        await until(pilot, lambda: "VIEW at" in line_text(app, "header"))
        first = app.controller.playback.position
        await pilot.hover(rail, offset=(80, 0))
        await until(pilot, lambda: app.controller.playback.position != first)
        await pilot.mouse_up(rail, offset=(80, 0))
        await until(pilot, lambda: app.mouse_captured is None)
        at = app.controller.playback.position
        assert at is not None
        assert first is not None
        assert at > first


async def test_a_place_that_is_none_is_refused_in_the_box() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await go_to(pilot, "soon")
        await until(pilot, lambda: "is no place" in str(app.screen.query_one("#ask-hint").render()))
        await pilot.press("escape")
        assert app.controller.playback.position is None


async def test_what_is_said_of_the_speed_stands_once() -> None:
    async with running_app(Settings(url="http://127.0.0.1:9"), records=demo_records("markdown")) as (app, pilot):
        await pilot.press("escape", "<", ">", ">", ">")
        await until(pilot, lambda: [str(notice.message) for notice in app._notifications] == ["Speed 4x."])  # noqa: SLF001  there is no other list
        app.toast("Something else.")
        await pilot.press("<")
        await until(pilot, lambda: len(app._notifications) == 2)  # noqa: SLF001  as above


async def test_without_a_run_the_keys_say_so() -> None:
    async with running_app(NOWHERE) as (app, pilot):
        await pilot.press("tab", "space", "full_stop", "right_square_bracket")
        assert any("nothing to hold" in text for text in toasts(app))


async def test_another_buffer_mode_shows_its_units_at_the_same_moment() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("tab", "1")
        await go_to(pilot, "50%")
        await until(pilot, lambda: "VIEW at" in line_text(app, "header"))
        position = app.controller.playback.position
        await pilot.press("b")
        await until(pilot, lambda: "2 lines" in shown_title(app, "segments"))
        assert app.controller.playback.position == position
        assert position is not None
        last = run_of(app).pipeline.segments.count_at(position.at) - 1
        assert run_of(app).pipeline.segments.segment(last).text.strip()[:20] in pane_text(app, "segments")
