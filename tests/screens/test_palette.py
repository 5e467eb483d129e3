"""Every entry of the palette, chosen by its name as a person does; one without a test here fails the test."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import App, SystemCommand
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, OptionList

from tests.core.wire_view.tool_run import tool_records
from tests.long_matrix import first_of
from tests.screens.app_driver import demo_records, line_text, pane_text, running_app, shown_title, until
from tests.screens.golden_screens import screen_text
from tests.screens.test_compare_screen import comparing, play_without_end, stalled_records, toasts
from tests.screens.test_open_screen import files_in
from tests.transports.scripted_server import ScriptedServer
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.chunks import Outcome
from tui.core.exports.export_forms import FORMS
from tui.core.metric_definitions import DEFINITIONS
from tui.core.text.buffers import BUFFER_MODES
from tui.panes.frames_table import FramesTable
from tui.panes.prompt_bar import PromptArea
from tui.panes.stats_pane import StatsPane
from tui.panes.text_pane import TextPane
from tui.screens.ask_screen import AskScreen
from tui.screens.compare_screen import CompareScreen
from tui.screens.endpoint_form import EndpointForm
from tui.screens.fault_words import FAULT_LINES, fault_words
from tui.screens.help_screen import HelpScreen
from tui.screens.jump_overlay import JumpOverlay
from tui.screens.metric_screen import MetricScreen
from tui.screens.oddities_screen import OdditiesScreen
from tui.screens.open_screen import OpenScreen
from tui.screens.palette_commands import CommandsProvider
from tui.screens.params_form import ParamsForm
from tui.screens.pick_screen import PickScreen
from tui.screens.race_form import RaceForm
from tui.screens.wire_screen import WireScreen
from tui.theme_files import load_themes

NOWHERE = Settings(url="http://127.0.0.1:9")
Check = Callable[[StreamscopeApp, Pilot[None]], Awaitable[None]]


def titles(app: StreamscopeApp) -> set[str]:
    return {command.title for command in app.get_system_commands(app.screen)}


async def choose(app: StreamscopeApp, pilot: Pilot[None], name: str) -> None:
    """ctrl+p, the name, enter."""
    await pilot.press("ctrl+p")
    await until(pilot, lambda: isinstance(app.screen, CommandPalette) and isinstance(app.focused, Input))
    app.screen.query_one(Input).value = name

    def first() -> str:
        found = app.screen.query_one(OptionList)
        return str(found.get_option_at_index(0).prompt).splitlines()[0] if found.option_count else ""

    await until(pilot, lambda: first() == name)
    palette = app.screen
    await pilot.press("down", "enter")
    await until(pilot, lambda: app.screen is not palette)


async def close_box(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    box = app.screen
    await pilot.press("escape")
    await until(pilot, lambda: app.screen is not box)


def shows_mode(mode: str, title: str) -> Check:
    async def check(app: StreamscopeApp, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: shown_title(app, "segments").startswith(title))
        assert app.controller.mode == mode

    return check


async def asks_a_pattern(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(app.screen, AskScreen) and isinstance(app.focused, Input))
    app.screen.query_one(Input).value = "("
    await pilot.press("enter")
    assert isinstance(app.screen, AskScreen), "a pattern that is wrong is not taken"
    app.screen.query_one(Input).value = ", "
    await pilot.press("enter")
    await until(pilot, lambda: (app.controller.mode, app.controller.pattern) == ("regex", ", "))
    await pilot.press("b")
    assert app.controller.mode == "word", "the key goes on from any mode"


def shows_definition(name: str) -> Check:
    async def check(app: StreamscopeApp, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: app.screen.query_one(StatsPane).definition == name)
        await until(pilot, lambda: f"{name}: " in " ".join(pane_text(app, "stats").split()))

    return check


async def lists_numbers(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(app.screen, PickScreen))
    await pilot.press("down", "enter")
    await until(pilot, lambda: isinstance(app.screen, MetricScreen) and "Response head" in pane_text(app, "metric"))
    await close_box(app, pilot)


async def explains_stamps(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(app.screen, MetricScreen) and "stamp" in pane_text(app, "metric"))
    await close_box(app, pilot)


async def draws_joints(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: "|" in pane_text(app, "text"))


def moves_to(words: str) -> Check:
    """The view goes somewhere; then it follows again."""

    async def check(app: StreamscopeApp, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: words in line_text(app, "header"))
        await pilot.press("l")
        await until(pilot, lambda: "VIEW" not in line_text(app, "header"))

    return check


def sets_speed(words: str) -> Check:
    async def check(app: StreamscopeApp, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: app.controller.playback.speed_words == words)

    return check


async def finds_no_mark(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: any("No mark after this one." in text for text in toasts(app)))


async def asks_a_place(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(app.screen, AskScreen))
    await close_box(app, pilot)


async def draws_markdown(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: app.screen.has_class("-preview"))
    await pilot.press("v")
    await until(pilot, lambda: not app.screen.has_class("-preview"))


async def zooms(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: app.screen.has_class("-zoomed"))
    await pilot.press("z")


async def follows(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: app.screen.query_one(TextPane).is_following)


async def opens_compare(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(app.screen, CompareScreen))
    await pilot.press("q")
    await until(pilot, lambda: not isinstance(app.screen, CompareScreen))


async def opens_wire(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(app.screen, WireScreen))
    await pilot.press("q")
    await until(pilot, lambda: not isinstance(app.screen, WireScreen))


async def asks_for_lanes(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(app.screen, RaceForm))
    await close_box(app, pilot)


async def lists_problems(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(app.screen, OdditiesScreen))
    await close_box(app, pilot)


async def next_is_websocket(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: "next: WS" in line_text(app, "next"))


async def lists_models(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    app.endpoint.models = [("demo/a", "one")]
    await pilot.press("m")
    await until(pilot, lambda: isinstance(app.screen, PickScreen))
    await close_box(app, pilot)


def shows_theme(name: str) -> Check:
    async def check(app: StreamscopeApp, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: app.theme == name and any(text.startswith(f"Theme {name}") for text in toasts(app)))

    return check


def saves(pattern: str) -> Check:
    """Waits for the message about a file of such a name, which is there."""

    async def check(app: StreamscopeApp, pilot: Pilot[None]) -> None:
        def found() -> list[str]:
            said = (re.match(r"Saved (\S+), ", text) for text in toasts(app))
            return [match[1] for match in said if match and re.search(pattern, match[1])]

        await until(pilot, lambda: bool(found()))
        assert Path(found()[-1]) in files_in(Path(found()[-1]).parent)

    return check


def says(words: str) -> Check:
    async def check(app: StreamscopeApp, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: any(words in text for text in toasts(app)))

    return check


def explains(word: str) -> Check:
    async def check(app: StreamscopeApp, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and word in pane_text(app, "help"))
        await close_box(app, pilot)

    return check


async def has_sent(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: app.controller.run is not None and app.controller.run.is_over)


async def forgets_prompts(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: any("history is empty" in text for text in toasts(app)))
    assert app.history.older("") is None


async def presents(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: app.is_presenting and app.theme == "high-contrast")
    await choose(app, pilot, "view: present")
    await until(pilot, lambda: not app.is_presenting)


async def draws_plain_signs(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: "v COMPLETED" in screen_text(app))
    await choose(app, pilot, "view: plain signs")
    await until(pilot, lambda: "✓ COMPLETED" in screen_text(app))


async def stands_still(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: app.animation_level == "none")
    await choose(app, pilot, "view: animation on")
    await until(pilot, lambda: app.animation_level == "full")


async def opens_the_find_bar(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: app.focused is not None and app.focused.id == "find-needle")
    await pilot.press("escape")
    await until(pilot, lambda: not app.screen.query("#find-bar"))


def opens(box: type[Screen[Any]]) -> Check:
    async def check(app: StreamscopeApp, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: isinstance(app.screen, box))
        await close_box(app, pilot)

    return check


MODE_TITLES = {"raw": "2 raw", "word": "2 words", "sentence": "2 sentences", "line": "2 lines"}
MODE_TITLES |= {"paragraph": "2 paragraphs", "markdown": "2 blocks"}
THEMES = sorted(theme.name for theme in load_themes(Path("/nowhere"))[0])


async def teaches_and_stops(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: app.coach.next_step is not None)
    await choose(app, pilot, "help: coach off")
    await until(pilot, lambda: app.coach.next_step is None)


async def turns_resume(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: app.endpoint.plan("").resume)
    await choose(app, pilot, "run: resume off")
    await until(pilot, lambda: not app.endpoint.plan("").resume)


async def opens_and_leaves_the_list(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(app.screen, OpenScreen))
    await pilot.press("q")
    await until(pilot, lambda: not isinstance(app.screen, OpenScreen))


ANYWHERE: dict[str, Check] = {
    "run: resume on": turns_resume,
    "fault: cut": says("No fault can be asked for."),
    "help: coach on": teaches_and_stops,
    "view: jump": opens(JumpOverlay),
    "endpoint: edit": opens(EndpointForm),
    "endpoint: test connection": says("refused"),
    "model: refresh list": says("named no models"),
    "model: parameters": opens(ParamsForm),
    "run: clear history": forgets_prompts,
    "endpoint: transport": next_is_websocket,
    "model: choose": lists_models,
    "file: save": saves(r"run-[-\d]+\.jsonl$"),
    "file: open": opens_and_leaves_the_list,
    **{f"file: export {form.name}": saves(re.escape(form.after) + "$") for form in FORMS.values()},
    "file: copy card": says("(card)"),
    "view: present": presents,
    "view: plain signs": draws_plain_signs,
    "view: animation off": stands_still,
    **{f"theme: {name}": shows_theme(name) for name in THEMES},
    "help: this pane": explains("1 text"),
    "keys: show all": explains("set.transport"),
    "keys: check": says("There is no "),
    "config: where": explains("127.0.0.1:9"),
    "config: edit": says("Neither VISUAL nor EDITOR is set."),
    "help: about": explains("MIT licence"),
}
LIVE: dict[str, Check] = {
    **{f"buffer: {mode}": shows_mode(mode, MODE_TITLES[mode]) for mode in BUFFER_MODES if mode != "regex"},
    "buffer: regex": asks_a_pattern,
    **{f"numbers: definitions {name}": shows_definition(name) for name in [*DEFINITIONS][::-1]},
    "numbers: formula of": lists_numbers,
    "numbers: stamp error": explains_stamps,
    "play: hold": moves_to("VIEW"),
    "play: go to": asks_a_place,
    "play: step": moves_to("VIEW at"),
    "play: step back": moves_to("VIEW at"),
    "play: next mark": finds_no_mark,
    "play: mark before": moves_to("VIEW at"),
    "play: faster": sets_speed("2x"),
    "play: slower": sets_speed("1x"),
    "view: joints": draws_joints,
    "view: Markdown": draws_markdown,
    "view: zoom": zooms,
    "view: find": opens_the_find_bar,
    "view: follow": follows,
    "compare: buffer modes": opens_compare,
    "wire: show": opens_wire,
    "traps: list": lists_problems,
    "traps: explain": explains("the list choices is empty"),
}
AFTER_A_RUN: dict[str, Check] = {"run: send": has_sent, "run: again": has_sent, "run: race": asks_for_lanes}
QUIT = "app: quit"
FAULTS = {f"fault: {fault_words(name)}" for name in FAULT_LINES}
"""Each is chosen in test_fault_commands, where there is a gateway."""


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)


ON_LIVE = {**LIVE, **ANYWHERE, **AFTER_A_RUN}


@asynccontextmanager
async def after_a_run() -> AsyncIterator[tuple[StreamscopeApp, Pilot[None]]]:
    """The app on a recording that has ended, with a prompt and a history."""
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        app.screen.query_one(PromptArea).load_text("hello")
        app.history.add("sent before")
        yield app, pilot


async def test_every_entry_on_live_has_a_line_and_a_check_here() -> None:
    async with after_a_run() as (app, pilot):
        assert titles(app) == {*ON_LIVE, QUIT, *FAULTS}
        assert all(command.help.strip() for command in app.get_system_commands(app.screen))
        await choose(app, pilot, QUIT)
        await until(pilot, lambda: app._exit)  # noqa: SLF001  Textual says it nowhere else


@pytest.mark.parametrize(
    "group",
    first_of(sorted({name.partition(":")[0] for name in ON_LIVE}, key=lambda group: (group != "run", group)), 1),
)
async def test_every_entry_on_live_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: str
) -> None:
    """A group at a time: an entry takes a second or two, and there are many."""
    monkeypatch.chdir(tmp_path)
    async with after_a_run() as (app, pilot):
        for name, check in ON_LIVE.items():
            if name.startswith(f"{group}:"):
                app.screen.set_focus(app.screen.query_one(TextPane))
                await choose(app, pilot, name)
                await check(app, pilot)


async def test_while_a_run_is_open_the_palette_cancels_it() -> None:
    async with ScriptedServer(play_without_end) as far, running_app(Settings(url=far.url)) as (app, pilot):
        await pilot.press(*"hello", "enter")
        await until(pilot, lambda: app.controller.derived is not None and bool(app.controller.derived.chunks))
        assert not {"run: send", "run: again"} & titles(app)
        await choose(app, pilot, "run: cancel")
        await until(pilot, lambda: app.controller.derived is not None and app.controller.derived.is_over)
        assert app.controller.derived is not None
        assert app.controller.derived.outcome is Outcome.CANCELLED


@pytest.mark.slow
async def test_every_entry_on_compare_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with comparing(stalled_records()) as (app, pilot, screen):
        assert titles(app) - {*ANYWHERE, *AFTER_A_RUN, QUIT, *FAULTS} == {
            *(title for title in LIVE if title.startswith("play: ")),
            "compare: mode",
            "compare: add lane",
            "compare: remove lane",
            "compare: reader speed",
            "compare: export",
            "compare: close",
            "view: zoom",
        }
        lanes = len(screen.comparison.lanes)
        await choose(app, pilot, "compare: remove lane")
        await until(pilot, lambda: len(screen.comparison.lanes) == lanes - 1)
        await choose(app, pilot, "compare: add lane")
        await until(pilot, lambda: len(screen.comparison.lanes) == lanes)
        for name in ("compare: mode", "compare: reader speed"):
            await choose(app, pilot, name)
            await until(pilot, lambda: isinstance(app.screen, PickScreen))
            await close_box(app, pilot)
        await choose(app, pilot, "play: step back")
        await until(pilot, lambda: "VIEW at" in line_text(app, "header"))
        await choose(app, pilot, "compare: export")
        await until(pilot, lambda: any(text.startswith("Copied") for text in toasts(app)))
        await choose(app, pilot, "view: zoom")
        await until(pilot, lambda: screen.has_class("-solo"))
        await choose(app, pilot, "help: this pane")
        await explains("compare")(app, pilot)
        await choose(app, pilot, "compare: close")
        await until(pilot, lambda: app.screen is app.live)


@pytest.mark.slow
async def test_every_entry_on_wire_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with running_app(NOWHERE, records=tool_records()) as (app, pilot):
        await pilot.press("escape", "w")
        await until(pilot, lambda: isinstance(app.screen, WireScreen))
        table = app.screen.query_one(FramesTable)
        await until(pilot, lambda: table.table_count == 10)
        checks: dict[str, Callable[[], bool]] = {
            "wire: only events": lambda: table.table_count == 9,
            "wire: hide keep-alives": lambda: table.table_count == 9,
            "wire: time mode": lambda: "at s" in pane_text(app, "frames"),
            "wire: detail": lambda: "data: {" in pane_text(app, "detail"),
            "wire: reads": lambda: table.is_band(2),
            "traps: next": lambda: table.selected_row == 5,
            "wire: filter": lambda: isinstance(app.focused, Input),
            "view: zoom": lambda: app.screen.has_class("-zoomed"),
            "play: step back": lambda: table.selected_row == 4,
            "play: step": lambda: app.controller.playback.position is not None,
            "play: mark before": lambda: table.selected_row == 0,
            "play: next mark": lambda: table.selected_row == 5,
            "view: follow": lambda: app.controller.playback.position is None,
            "play: hold": lambda: app.controller.playback.is_playing,
            "play: faster": lambda: app.controller.playback.speed == 2.0,
            "play: slower": lambda: app.controller.playback.speed == 1.0,
        }
        boxes: dict[str, type[Screen[Any]]] = {
            "wire: copy as": PickScreen,
            "wire: save as": PickScreen,
            "play: go to": AskScreen,
            "traps: list": OdditiesScreen,
            "traps: explain": HelpScreen,
        }
        assert titles(app) - {*ANYWHERE, *AFTER_A_RUN, QUIT, *FAULTS} == {*checks, *boxes, "wire: close"}
        for name, is_done in checks.items():
            table.focus()
            await choose(app, pilot, name)
            await until(pilot, is_done)
        for name, kind in boxes.items():
            await choose(app, pilot, name)
            await until(pilot, lambda kind=kind: isinstance(app.screen, kind))  # type: ignore[misc]
            await close_box(app, pilot)
        await choose(app, pilot, "help: this pane")
        await explains("wire")(app, pilot)
        await choose(app, pilot, "wire: close")
        await until(pilot, lambda: app.screen is app.live)


async def test_before_there_are_numbers_the_palette_says_when_there_will_be() -> None:
    async with running_app(NOWHERE, records=[]) as (app, pilot):
        for name in ("numbers: formula of", "numbers: stamp error"):
            await choose(app, pilot, name)
            await until(pilot, lambda: "Numbers appear with the first token" in " ".join(toasts(app)))


async def test_an_entry_is_found_by_a_word_of_its_line() -> None:
    async with running_app(NOWHERE, records=[]) as (app, pilot):
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette) and isinstance(app.focused, Input))
        app.screen.query_one(Input).value = "abbreviations"
        found = app.screen.query_one(OptionList)
        await until(pilot, lambda: found.option_count == 1)
        assert str(found.get_option_at_index(0).prompt).startswith("buffer: sentence")


class HostileNames(App[None]):
    """Offers one command whose name and line would act if they were markup, or reached the terminal as they are."""

    COMMANDS = {CommandsProvider}  # noqa: RUF012  the type is Textual's
    TEXT = "theme: [/bad] [@click=app.quit]x[/] \x1b]0;t\x07"

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        del screen
        yield SystemCommand(self.TEXT, self.TEXT, lambda: None)


async def test_what_names_a_command_is_no_markup() -> None:
    """Names of profiles and themes come from files."""
    app = HostileNames()
    async with app.run_test() as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette) and isinstance(app.focused, Input))
        found = app.screen.query_one(OptionList)
        for typed in ("", "bad"):
            app.screen.query_one(Input).value = typed
            await until(pilot, lambda: found.option_count == 1)
            assert "[/bad] [@click=app.quit]x[/] ␛]0;t␇" in str(found.get_option_at_index(0).prompt)
            assert "\x1b" not in app.export_screenshot()
