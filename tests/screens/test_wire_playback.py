"""Playback on the Wire screen: rows after the moment are dim and have a sign, the cursor stands on its last row."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from tests.core.wire_view.tool_run import tool_records
from tests.screens.app_driver import demo_records, line_text, pane_text, until
from tests.screens.app_driver import running_app as running
from tests.screens.playback_steps import HeldAnswer, go_to, hold, play_slower, play_to_the_end, stop
from tests.screens.test_open_screen import files_in
from tests.screens.test_wire_screen import on_wire, table, title, toasts
from tests.transports.run_support import tokens
from tests.transports.scripted_server import ScriptedServer
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.panes.raster_pane import RasterPane
from tui.screens.pick_screen import PickScreen
from tui.screens.save_extract import SaveExtract
from tui.screens.wire_screen import WireScreen


def signs(app: StreamscopeApp) -> str:
    """The first cell of every row of the table."""
    return "".join(row[0] for row in pane_text(app, "frames").splitlines()[1:])


async def test_a_step_goes_on_from_the_cursor_and_what_follows_is_dim() -> None:
    async with on_wire() as (app, pilot):
        assert signs(app) == "▸         "
        await pilot.press("j", "j", "full_stop")
        await until(pilot, lambda: table(app).selected_row == 3)
        assert signs(app) == "   ▸▒▒▒▒▒▒"
        assert "VIEW at 0.36 s" in line_text(app, "header")
        assert title(app, "frames") == "frames f no filter ▒ 5 follow 10 of 10"
        assert "traps 1" in line_text(app, "header"), "only those that had come"
        raster = "".join(span.text for span in app.screen.query_one(RasterPane).row_spans(0))
        assert "▲ 0.36 s" in raster
        dim = table(app).row_spans(6)
        assert {span.style for span in dim[1:] if span.text.strip()} == {"frames--dim"}
        assert "space play" in line_text(app, "footer")
        await pilot.press("comma", "comma")
        await until(pilot, lambda: signs(app) == " ▸▒▒▒▒▒▒▒▒")
        await pilot.press("q")
        await until(pilot, lambda: app.screen is app.live)
        await until(pilot, lambda: "VIEW at 0.31 s" in line_text(app, "header"))


async def test_a_comment_belongs_to_the_moment_at_which_it_came() -> None:
    async with on_wire() as (app, pilot):
        await go_to(pilot, "2.4s")
        await until(pilot, lambda: signs(app) == "      ▸▒▒▒")
        await go_to(pilot, "2.5s")
        await until(pilot, lambda: signs(app) == "       ▸▒▒")
        await go_to(pilot, "#7")
        await until(pilot, lambda: signs(app) == "        ▸▒")
        await go_to(pilot, "0%")
        await until(pilot, lambda: signs(app) == "▸▒▒▒▒▒▒▒▒▒")
        await go_to(pilot, "100%")
        await until(pilot, lambda: signs(app) == "         ▸")


async def test_a_run_plays_on_wire_and_at_its_end_all_is_shown() -> None:
    async with on_wire(demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        count = table(app).table_count
        await play_slower(app, pilot, 1, "0.5x")
        await until(pilot, lambda: 3 < (table(app).selected_row or 0) < count - 1)
        assert signs(app).endswith("▒")
        await stop(app, pilot)
        assert signs(app).count("▸") == 1
        await play_to_the_end(app, pilot)
        await until(pilot, lambda: "▒" not in signs(app))
        assert (table(app).table_count, table(app).selected_row) == (count, count - 1)


async def test_marks_take_a_held_view_along_and_leave_one_that_follows() -> None:
    async with on_wire() as (app, pilot):
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: table(app).selected_row == 5)
        assert "▒" not in signs(app)
        assert app.controller.playback.position is None
        await pilot.press("comma", "right_square_bracket")
        await until(pilot, lambda: table(app).selected_row == 5)
        await until(pilot, lambda: signs(app) == "     ▸▒▒▒▒")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: signs(app) == "▸▒▒▒▒▒▒▒▒▒")


async def test_a_filter_and_a_moment_hold_together() -> None:
    async with on_wire() as (app, pilot):
        await pilot.press("f", *"kind:tool", "enter")
        await until(pilot, lambda: table(app).table_count == 6)
        await go_to(pilot, "#3")
        await until(pilot, lambda: signs(app) == "  ▸▒▒▒")


async def test_a_click_on_the_arrivals_goes_to_a_moment() -> None:
    async with on_wire(demo_records("markdown")) as (app, pilot):
        await pilot.mouse_down(app.screen.query_one(RasterPane), offset=(60, 0))
        await until(pilot, lambda: "VIEW at" in line_text(app, "header"))
        await pilot.mouse_up(app.screen.query_one(RasterPane), offset=(60, 0))


async def test_a_live_run_is_held_while_rows_go_on_to_come_and_followed_again() -> None:
    answer = HeldAnswer()
    async with ScriptedServer(answer) as far, running(Settings(url=far.url), "go") as (app, pilot):
        await until(pilot, lambda: tokens(3) in pane_text(app, "text").replace("\n", ""))
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, WireScreen) and table(app).table_count == 3)
        await hold(app, pilot)
        answer.go_on.set()
        await until(pilot, lambda: table(app).table_count == 8)
        assert signs(app) == "  ▸▒▒▒▒▒"
        await pilot.press("space")
        await until(pilot, lambda: table(app).selected_row == 7 and "▒" not in signs(app))
        answer.end.set()
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await until(pilot, lambda: table(app).selected_row == table(app).table_count - 1)


@pytest.mark.parametrize(("form", "suffix"), [("data", ".txt"), ("raw", ".sse"), ("jsonl", ".jsonl")])
async def test_rows_are_saved_in_a_form_after_showing_where(tmp_path: Path, form: str, suffix: str) -> None:
    async with on_wire(tool_records()) as (app, pilot):
        app.folder = tmp_path
        await pilot.press("j", "shift+down", "s")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        choices = app.screen.query_one(OptionList)
        place = next(n for n, option in enumerate(choices.options) if str(option.prompt).startswith(form))
        await pilot.press(*["down"] * place, "enter")
        await until(pilot, lambda: isinstance(app.screen, SaveExtract))
        assert app.screen.query_one(Input).value == f"extract-1{suffix}"
        await pilot.press("enter")
        await until(pilot, lambda: any(text.startswith("Saved ") for text in toasts(app)))
        (path,) = files_in(tmp_path)
        shown = path.read_text(encoding="utf-8")
        assert "get_weather" in shown
        await pilot.press("Y", "down", "down", "enter")
        await until(pilot, lambda: any("none of that" in text for text in toasts(app)))  # no visible text


async def test_the_card_and_the_text_are_among_the_copies() -> None:
    async with on_wire(demo_records("markdown")) as (app, pilot):
        await pilot.press("G", "g", *["shift+down"] * 6, "Y")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: bool(app.clipboard))
        run = app.controller.derived
        assert run is not None
        assert run.pipeline.content.text().startswith(app.clipboard)
        await pilot.press("Y", "end", "enter")
        await until(pilot, lambda: any("(card)" in text for text in toasts(app)))
