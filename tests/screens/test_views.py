"""Plain signs, presenting, and standing still: how every screen is drawn, whatever it shows."""

from __future__ import annotations

import unicodedata

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import TextArea

from tests.screens.app_driver import demo_records, line_text, pane_text, running_app, until
from tests.screens.golden_screens import check_golden, screen_text
from tests.screens.test_compare_screen import stalled_records, toasts
from tests.screens.test_live_screen import NOWHERE
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.panes.plain_signs import PLAIN, NamesForHosts, PlainSigns
from tui.screens.compare_screen import CompareScreen
from tui.screens.help_screen import HelpScreen
from tui.view_app import PRESENTING_THEME

PLAIN_SETTINGS = Settings(url="http://127.0.0.1:9", plain=True)
LAB = Settings(url="http://user@gw.example.net:8787/v1", profile="lab")
HOST = "gw.example.net"


def applied(line_filter: NamesForHosts | PlainSigns, text: str) -> str:
    return "".join(segment.text for segment in line_filter.apply([Segment(text)], Color(0, 0, 0)))


def test_the_signs_of_the_design_have_the_ascii_of_the_design() -> None:
    assert applied(PlainSigns(), "● ✓ ▲ ▒ █ ░ ►") == "* v ^ : # . >"
    assert applied(PlainSigns(), "╭─┬┆┃╯ ▂▄▆█") == "+-+:|+ _=%#"
    assert applied(PlainSigns(), "naïve 漢字 🙂") == "naïve 漢字 🙂", "words are no signs"


def test_every_plain_sign_is_ascii_and_as_wide() -> None:
    for code, plain in PLAIN.items():
        assert plain.isascii(), unicodedata.name(chr(code))
        assert cell_len(plain) == cell_len(chr(code)), unicodedata.name(chr(code))


async def finished(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
    await pilot.press("escape")


async def test_a_screen_with_plain_signs_holds_nothing_but_ascii() -> None:
    async with running_app(PLAIN_SETTINGS, records=stalled_records(), size=(80, 24)) as (app, pilot):
        await finished(app, pilot)
        await check_golden(app, pilot, "live-plain-80x24")
        assert screen_text(app).isascii()
        for key, kind in (("c", CompareScreen), ("question_mark", HelpScreen), ("ctrl+p", CommandPalette)):
            await pilot.press(key)
            await until(pilot, lambda kind=kind: isinstance(app.screen, kind))  # type: ignore[misc]
            await until(pilot, lambda: len(screen_text(app).split()) > 20)
            assert screen_text(app).replace("␛", "").isascii(), "which the help has as an example"
            await pilot.press("q" if kind is CompareScreen else "escape")
            await until(pilot, lambda: app.screen is app.live)


async def test_plain_signs_change_what_is_seen_and_not_what_is_copied() -> None:
    records = stalled_records(text=["●", "✓ raise", "bars ▒"])
    async with running_app(NOWHERE, records=records) as (app, pilot):
        await finished(app, pilot)
        assert "● ✓ raise" in screen_text(app)
        app.action_plain_signs()
        await until(pilot, lambda: "* v raise" in screen_text(app))
        await until(pilot, lambda: any("STREAMSCOPE_PLAIN" in text for text in toasts(app)))
        await pilot.press("1", "y")
        await until(pilot, lambda: app.clipboard.startswith("● ✓ raise"))
        app.action_plain_signs()
        await until(pilot, lambda: "● ✓ raise" in screen_text(app))


def test_a_name_takes_the_cells_of_its_host_and_the_longest_host_goes_first() -> None:
    names = NamesForHosts({HOST: "lab", f"{HOST}:8787": "lab", "a.b": "a long name"})
    assert applied(names, f"at {HOST}:8787, {HOST}.") == f"at {'lab':<19}, {'lab':<14}."
    assert applied(names, "a.b a-b") == "a l a-b", "a name never moves what stands behind it"


@pytest.mark.parametrize("profile", ["lab", None])
async def test_before_an_audience_names_stand_for_hosts(profile: str | None) -> None:
    settings = Settings(url=LAB.url, profile=profile)
    async with running_app(settings, records=stalled_records(), size=(80, 24)) as (app, pilot):
        await finished(app, pilot)
        assert HOST in screen_text(app)
        app.action_present()
        await until(pilot, lambda: HOST not in screen_text(app))
        assert (profile or "endpoint") in line_text(app, "header")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and "4 modes" in screen_text(app))
        assert "gw." not in screen_text(app), "not even a part, where a line is cut"
        await pilot.press("q")
        app.action_present()
        await until(pilot, lambda: f"{HOST}:8787" in line_text(app, "header"))


async def test_before_an_audience_the_last_key_is_shown_with_its_action() -> None:
    async with running_app(LAB, records=demo_records("markdown"), size=(80, 24)) as (app, pilot):
        await finished(app, pilot)
        await pilot.press("b")
        assert not app.screen.query(".key-shown")
        app.action_present()
        for key, words in (("b", "b  buffer mode: word, sentence, line"), ("z", "z  the focused pane alone")):
            await pilot.press(key)
            await until(pilot, lambda words=words: words in screen_text(app))  # type: ignore[misc]
            assert len(app.screen.query(".key-shown")) == 1
        await until(pilot, lambda: not app.screen.query(".key-shown"))
        await pilot.press("i", "b")
        await until(pilot, lambda: "> b" in screen_text(app))
        assert "buffer mode" not in screen_text(app), "what is typed is seen where it is typed"
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press("escape", "escape", "question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("escape")
        await until(pilot, lambda: "esc  close the help" in screen_text(app) or app.screen is app.live)


async def test_presenting_is_in_high_contrast_and_gives_the_own_theme_back() -> None:
    async with running_app(NOWHERE) as (app, _):
        own = app.theme
        app.action_present()
        assert app.theme == PRESENTING_THEME != own
        app.action_present()
        assert app.theme == own
        app.action_present()
        app.theme = "colour-blind"
        app.action_present()
        assert app.theme == "colour-blind", "one that was chosen meanwhile stays"


async def test_presenting_leaves_a_terminal_its_own_colours() -> None:
    async with running_app(Settings(url="http://127.0.0.1:9", theme="ansi")) as (app, _):
        app.action_present()
        assert app.theme == "ansi"


async def test_without_animation_no_cursor_blinks_and_nothing_glides() -> None:
    async with running_app(NOWHERE) as (app, pilot):
        prompt = app.screen.query_one(TextArea)
        assert prompt.cursor_blink
        app.action_animation()
        assert (prompt.cursor_blink, app.animation_level) == (False, "none")
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette) and app.focused is not None)
        assert app.focused is not None
        await until(pilot, lambda: not app.focused.cursor_blink)  # type: ignore[union-attr]
        await pilot.press("escape")
        app.action_animation()
        assert (prompt.cursor_blink, app.animation_level) == (True, "full")


async def test_no_colour_marks_the_focus_with_a_frame_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running_app(Settings(url="http://127.0.0.1:9", theme="ansi"), records=demo_records("markdown")) as (
        app,
        pilot,
    ):
        await finished(app, pilot)
        for key, title in (("1", "┏━ 1 text"), ("2", "┏━ 2 sentences"), ("3", "┏━ 3 extracts"), ("4", "┏━ 4 stats")):
            await pilot.press(key)
            await until(pilot, lambda title=title: title in screen_text(app))  # type: ignore[misc]
            assert screen_text(app).count("┏") == 1
        assert "TTFT" in pane_text(app, "stats")
        strips = app.screen._compositor.render_strips()  # noqa: SLF001  Textual exports pictures, but no cells
        styles = [segment.style for strip in strips for segment in strip if segment.style is not None]
        assert {(style.color and style.color.name, style.bgcolor and style.bgcolor.name) for style in styles} <= {
            (one, other) for one in (None, "default") for other in (None, "default")
        }
