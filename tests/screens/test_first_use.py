"""What a first-time user runs into: keys that act in every box, words that are true, screens closed while they draw."""

from __future__ import annotations

import pytest
from textual.app import SystemCommand
from textual.binding import Binding
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from tests.panes.pane_host import hosted
from tests.screens.app_driver import demo_records, line_text, pane_text, running_app, until
from tests.screens.test_compare_screen import NOWHERE, comparing, play_without_end, stalled_records, toasts
from tests.transports.scripted_server import ScriptedServer
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.chunks import Outcome
from tui.core.text.segment_log import SegmentLog
from tui.panes.segments_pane import SegmentsPane
from tui.panes.stats_pane import StatsPane
from tui.panes.status_line import StatusLine
from tui.screens.compare_screen import CompareScreen
from tui.screens.endpoint_choice import EndpointChoice
from tui.screens.help_screen import HelpScreen
from tui.screens.metric_screen import MetricScreen
from tui.screens.pick_screen import PickScreen


async def play(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    """A run that has sent text and goes on."""
    await pilot.press("i", *"hello", "enter")
    await until(pilot, lambda: app.controller.derived is not None and bool(app.controller.derived.chunks))


def outcome(app: StreamscopeApp) -> Outcome | None:
    derived = app.controller.derived
    return derived.result.outcome if derived is not None and derived.result is not None else None


async def test_ctrl_c_cancels_from_the_palette_too() -> None:
    async with ScriptedServer(play_without_end) as far, running_app(Settings(url=far.url)) as (app, pilot):
        await play(app, pilot)
        await app.run_action("command_palette")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette) and isinstance(app.focused, Input))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: outcome(app) is Outcome.CANCELLED)
        assert isinstance(app.screen, CommandPalette), "esc closes it, ctrl+c only cancels"


def titles(app: StreamscopeApp) -> set[str]:
    return {command.title for command in app.get_system_commands(app.screen) if isinstance(command, SystemCommand)}


async def test_the_palette_offers_what_acts_on_the_screen_that_is_seen() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        assert {"view: Markdown", "compare: buffer modes", "run: again"} <= titles(app)
        assert "run: cancel" not in titles(app)
        await pilot.press("escape", "c")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        assert "compare: add lane" in titles(app)
        assert not {"view: Markdown", "compare: buffer modes", "buffer: next mode"} & titles(app)


@pytest.mark.parametrize("wide", [True, False])
async def test_a_screen_that_was_closed_draws_nothing_and_breaks_nothing(wide: bool) -> None:
    async with comparing(stalled_records(), size=(120, 40) if wide else (80, 24)) as (app, pilot, screen):
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        help_screen = app.screen
        assert isinstance(help_screen, HelpScreen)
        await pilot.press("escape", "q")
        await until(pilot, lambda: not screen.is_attached)
        help_screen.on_resize()
        screen._resized()  # noqa: SLF001  what a resize that is late runs into
        await pilot.pause()
        screen.draw_slow()
        await pilot.resize_terminal(60, 15)
        await pilot.pause()
        assert "COMPLETED" in line_text(app, "header")


async def test_the_answer_to_a_number_can_be_closed_while_it_is_filled() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("escape", "4", "enter")
        await until(pilot, lambda: isinstance(app.screen, MetricScreen))
        closed = app.screen
        assert isinstance(closed, MetricScreen)
        await pilot.press("escape")
        await until(pilot, lambda: not closed.is_attached)
        closed._fill()  # noqa: SLF001  what its timer would still call
        assert app.screen.query_one(StatsPane).row_count


async def test_the_detail_of_a_unit_goes_with_the_focus() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        pane = app.screen.query_one(SegmentsPane)
        await pilot.press("escape", "2")
        assert pane.row_count > pane.list_count, "the long last unit is shown whole at once"
        await pilot.press("1")
        await pilot.pause()
        assert pane.row_count == pane.list_count


async def test_units_drawn_before_the_scroll_bar_came_are_cut_anew_for_it() -> None:
    log = SegmentLog("line")
    async with hosted(SegmentsPane(), focus=False) as (app, pilot):
        pane = app.pane
        assert isinstance(pane, SegmentsPane)
        app.screen.set_focus(None)  # no detail under a cursor
        for index in range(pane.size.height + 2):  # a heading, and the last ones call up the bar
            log.take("a line of words that does not fit on the row of a narrow pane\n", index, index / 10)
            pane.show(log, index / 10, "")
            await pilot.pause()
        assert pane.show_vertical_scrollbar
        shown = [pane.render_line(y).text[: pane.row_width + 1] for y in range(1, pane.size.height)]
        assert [text for text in shown if text.strip() and not text.rstrip().endswith("…")] == []


async def test_the_footer_leads_with_cancel_in_the_warning_colour_and_keeps_help() -> None:
    async with ScriptedServer(play_without_end) as far, running_app(Settings(url=far.url)) as (app, pilot):
        await play(app, pilot)
        await until(pilot, lambda: line_text(app, "footer").startswith("x cancel"))
        footer = app.screen.query_one("#footer", StatusLine)
        assert footer._left[0].style == "status--warn"  # noqa: SLF001  the colour is all there is to see
        assert footer.render_line(0).text.rstrip().endswith("? help")
        assert "ctrl+r" not in line_text(app, "footer"), "it does nothing while a run is open"
        await pilot.press("i")
        await until(pilot, lambda: line_text(app, "footer").startswith("ctrl+c cancel"))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: outcome(app) is Outcome.CANCELLED)
        await until(pilot, lambda: not line_text(app, "footer").startswith("ctrl+c"))


async def test_an_own_endpoint_is_not_told_of_a_demo() -> None:
    async with running_app(NOWHERE, records=stalled_records()) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        assert pane_text(app, "extracts").strip() == "This answer has none."


async def test_a_failed_run_speaks_of_no_held_text() -> None:
    async with running_app(NOWHERE) as (app, pilot):
        await pilot.press("i", *"hello", "enter")
        await until(pilot, lambda: "FAILED" in line_text(app, "header"))
        await until(pilot, lambda: "This answer has no text." in pane_text(app, "segments"))


def test_a_demo_says_how_it_was_made() -> None:
    choice = EndpointChoice(Settings())
    made = {"demo/a": "RECORDED", "demo/b": "JOINED FROM 2 RECORDINGS", "demo/c": "PACED, JOINED FROM 3 RECORDINGS"}
    made["demo/d"] = "SYNTHETIC"
    choice.take_models({"body": {"data": [{"id": n, "label": made[n], "shows": "prose"} for n in made]}})
    words = {}
    for name in made:
        choice.model = name
        words[name] = choice.labelled(None, is_wide=False)
    assert words == {
        "demo/a": "RECORDED  demo/a",
        "demo/b": "RECORDED, JOINED  demo/b",
        "demo/c": "RECORDED, PACED  demo/c",
        "demo/d": "SYNTHETIC  demo/d",
    }
    assert choice.models[2] == ("demo/c", "PACED, JOINED FROM 3 RECORDINGS: prose")


async def test_a_lane_that_still_holds_everything_is_not_said_to_hold_nothing() -> None:
    records = stalled_records()[:4]  # two words came: no sentence is complete
    async with comparing(records) as (app, pilot, _):
        await until(pilot, lambda: "A raw" in pane_text(app, "price"))
        assert "No lane held" not in pane_text(app, "notes")


async def test_ctrl_z_suspends_from_a_pane_and_is_undo_in_the_prompt() -> None:
    async with running_app(NOWHERE) as (app, pilot):
        bound = {b.key: b for b in app.BINDINGS if isinstance(b, Binding)}
        assert bound["ctrl+z"].action == "suspend_process"
        assert not bound["ctrl+z"].priority
        await pilot.press("i", "a", "ctrl+z")
        assert app.screen.query_one("#prompt").text == ""  # type: ignore[attr-defined]


async def test_a_list_keeps_the_frame_of_the_other_boxes() -> None:
    async with comparing(stalled_records()) as (app, pilot, _):
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, PickScreen) and app.focused is not None)
        assert {edge[0] for edge in app.screen.query_one(OptionList).styles.border} == {"round"}
        assert toasts(app) == []


async def test_a_prompt_of_the_command_line_is_sent_and_letters_are_keys_at_once() -> None:
    async with (
        ScriptedServer(play_without_end) as far,
        running_app(Settings(url=far.url), "hello") as (app, pilot),
    ):
        await until(pilot, lambda: app.controller.derived is not None and bool(app.controller.derived.chunks))
        await until(pilot, lambda: app.live.focused_pane == "text")
        await pilot.press("x")
        await until(pilot, lambda: outcome(app) is Outcome.CANCELLED)


async def test_a_hidden_screen_draws_nothing_and_catches_up_when_it_is_seen_again() -> None:
    async with ScriptedServer(play_without_end) as far, running_app(Settings(url=far.url)) as (app, pilot):
        await play(app, pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        assert not app.live.is_seen
        await until(pilot, lambda: not app.live.is_ticking)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert isinstance(compare := app.screen_stack[-2], CompareScreen)
        assert compare.is_seen, "a box hides nothing"
        await pilot.press("escape", "q")
        await until(pilot, lambda: app.screen is app.live and app.live.is_ticking)
        await pilot.press("x")
        await until(pilot, lambda: "CANCELLED" in line_text(app, "header"))
