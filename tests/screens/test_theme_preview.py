"""Themes in the palette: the cursor shows one, esc takes it back, enter keeps it and saves it and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.color import Color
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from tests.screens.app_driver import line_text, running_app, until
from tests.screens.test_compare_screen import toasts
from tui.app import StreamscopeApp
from tui.config import Settings, load_settings
from tui.screens.help_screen import HelpScreen

TEXT = """# mine
url = "http://127.0.0.1:9"  # nobody
theme = 'streamscope-light' # bright

[profiles.lab]
model = "m"
[profiles.dim]
theme = "ansi"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file of the user's, with a folder of themes beside it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    file = tmp_path / "streamscope" / "config.toml"
    (file.parent / "themes").mkdir(parents=True)
    file.write_text(TEXT)
    return file


def read(file: Path) -> str:
    return file.read_text()


def write(file: Path, text: str) -> None:
    file.write_text(text)


def settings(file: Path, environ: dict[str, str] | None = None, profile: str | None = None) -> Settings:
    return load_settings({"profile": profile}, environ or {}, file)


async def find(app: StreamscopeApp, pilot: Pilot[None], name: str) -> None:
    """The palette, its cursor on the entry with that name."""
    await pilot.press("ctrl+p")
    await until(pilot, lambda: isinstance(app.screen, CommandPalette) and isinstance(app.focused, Input))
    app.screen.query_one(Input).value = f"theme: {name}"
    await until(pilot, lambda: highlighted(app).startswith(f"theme: {name}"))


def highlighted(app: StreamscopeApp) -> str:
    option = app.screen.query_one(OptionList).highlighted_option
    return str(option.prompt) if option is not None else ""


def themed(app: StreamscopeApp, name: str) -> Callable[[], bool]:
    return lambda: app.theme == name


def wears_theme(app: StreamscopeApp) -> bool:
    """Whether the palette itself is drawn in the colours of the theme that is on."""
    variables = app.get_css_variables()
    color = variables["panel-darken-1" if app.current_theme.dark else "surface"]
    return app.screen.query_one("#--container").styles.background == Color.parse(color)


async def close(app: StreamscopeApp, pilot: Pilot[None], key: str) -> None:
    palette = app.screen
    await pilot.press(key)
    await until(pilot, lambda: app.screen is not palette)


async def test_the_cursor_shows_a_theme_and_esc_takes_it_back(file: Path) -> None:
    async with running_app(settings(file)) as (app, pilot):
        assert app.theme == "streamscope-light"
        await find(app, pilot, "streamscope")
        await until(pilot, themed(app, "streamscope-dark"))
        palette = app.screen
        await until(pilot, lambda: wears_theme(app))
        assert palette.styles.background.a == 0, "no veil over the theme that is shown"
        await pilot.press("down")
        await until(pilot, lambda: highlighted(app).startswith("theme: streamscope-light"))
        await until(pilot, themed(app, "streamscope-light"))
        await until(pilot, lambda: wears_theme(app))
        await pilot.press("up")
        await until(pilot, themed(app, "streamscope-dark"))
        await close(app, pilot, "escape")
        await until(pilot, themed(app, "streamscope-light"))
        assert read(file) == TEXT
        assert toasts(app) == []


async def test_an_entry_that_is_no_theme_shows_the_own_one_again(file: Path) -> None:
    async with running_app(settings(file)) as (app, pilot):
        await find(app, pilot, "high-contrast")
        await until(pilot, themed(app, "high-contrast"))
        app.screen.query_one(Input).value = "file: copy card"
        await until(pilot, lambda: highlighted(app).startswith("file: copy card"))
        await until(pilot, themed(app, "streamscope-light"))
        assert app.screen.styles.background.a > 0
        await close(app, pilot, "escape")
        assert app.theme == "streamscope-light"


async def test_a_command_that_is_chosen_right_after_a_preview_takes_it_back(file: Path) -> None:
    async with running_app(settings(file)) as (app, pilot):
        await find(app, pilot, "high-contrast")
        await until(pilot, themed(app, "high-contrast"))
        app.screen.query_one(Input).value = "help: about"
        await until(pilot, lambda: highlighted(app).startswith("help: about"))
        await close(app, pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and app.theme == "streamscope-light")
        assert read(file) == TEXT


async def test_enter_keeps_a_theme_and_saves_it_and_nothing_else_of_the_file_changes(file: Path) -> None:
    async with running_app(settings(file)) as (app, pilot):
        await find(app, pilot, "high-contrast")
        await until(pilot, themed(app, "high-contrast"))
        await close(app, pilot, "enter")
        await until(pilot, lambda: toasts(app) == [f"Theme high-contrast, saved in {file}."])
        await pilot.pause()
        assert app.theme == "high-contrast"
    assert read(file) == TEXT.replace("'streamscope-light'", '"high-contrast"')
    async with running_app(settings(file)) as (app, pilot):
        assert app.theme == "high-contrast"


async def test_a_theme_that_was_never_shown_can_be_chosen(file: Path) -> None:
    """Enter may come before the cursor has rested."""
    async with running_app(settings(file)) as (app, pilot):
        app.choose_theme("ansi")
        await until(pilot, themed(app, "ansi"))
        assert 'theme = "ansi" # bright' in read(file)


async def test_a_theme_of_the_profile_is_saved_there(file: Path) -> None:
    async with running_app(settings(file, profile="dim")) as (app, _):
        assert app.theme == "ansi"
        app.choose_theme("high-contrast")
    assert read(file) == TEXT.replace('theme = "ansi"', 'theme = "high-contrast"')
    async with running_app(settings(file, profile="lab")) as (app, _):
        app.choose_theme("ansi")
    assert 'theme = "ansi" # bright' in read(file)


async def test_what_goes_before_the_saved_theme_is_named(file: Path) -> None:
    async with running_app(settings(file, {"STREAMSCOPE_THEME": "ansi"})) as (app, pilot):
        app.choose_theme("high-contrast")
        said = f"Theme high-contrast, saved in {file}, but STREAMSCOPE_THEME goes before it."
        await until(pilot, lambda: toasts(app) == [said])


async def test_a_theme_that_cannot_be_saved_is_on_until_the_end(file: Path) -> None:
    async with running_app(settings(file)) as (app, pilot):
        write(file, "theme = ")
        app.choose_theme("high-contrast")
        await until(pilot, lambda: bool(toasts(app)))
        assert toasts(app)[0].startswith(f"Theme high-contrast until you quit; not saved: {file}")
        assert app.theme == "high-contrast"
    assert read(file) == "theme = "


async def test_a_theme_of_the_users_folder_is_in_the_palette_and_can_be_saved(file: Path) -> None:
    (file.parent / "themes" / "mine.toml").write_text('name = "mine"\nprimary = "#112233"\n')
    async with running_app(settings(file)) as (app, pilot):
        await find(app, pilot, "mine")
        await until(pilot, themed(app, "mine"))
        await close(app, pilot, "enter")
        await until(pilot, lambda: any("mine" in text for text in toasts(app)))
    assert settings(file).theme == "mine"


async def test_a_theme_that_is_wrong_is_told_with_file_line_and_key(file: Path) -> None:
    wrong = file.parent / "themes" / "mine.toml"
    wrong.write_text('name = "mine"\nprimary = "blurple"\n')
    write(file, '\ntheme = "mine"\n')
    async with running_app(settings(file)) as (app, pilot):
        await until(pilot, lambda: len(toasts(app)) == 2)
        assert f"{wrong}, line 2, key primary" in toasts(app)[0]
        assert f"{file}, line 2, key theme: there is no theme 'mine'; there are ansi" in toasts(app)[1]
        assert app.theme == "streamscope-dark"
        assert "IDLE" in line_text(app, "header")
