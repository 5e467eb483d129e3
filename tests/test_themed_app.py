"""Whatever a theme file may say, the style sheets can be made with it: a theme never keeps the app from starting."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App
from textual.color import Color

from tests.screens.app_driver import line_text, running_app, until
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.errors import ConfigError
from tui.panes.status_line import StatusLine
from tui.theme_files import load_themes, parse_theme
from tui.themed_app import textual_theme

SETTINGS = Settings(url="http://127.0.0.1:9", theme="mine")
GOOD = 'name = "mine"\nprimary = "#445566"\n[variables]\n'
VALUES = ("#112233", "#112233 40%", "ansi_red", "bold", "none")


def is_taken(name: str, value: str) -> bool:
    """Whether a theme may give a variable that value."""
    try:
        parse_theme(f'{GOOD}{name} = "{value}"\n', "the-file.toml")
    except ConfigError:
        return False
    return True


def style_anew(app: StreamscopeApp, text: str) -> None:
    """Makes all style sheets with a theme. Raises what Textual raises."""
    theme = textual_theme(parse_theme(text, "the-file.toml"))
    app.register_theme(theme)
    app.set_reactive(App.theme, theme.name)
    sheet = app.stylesheet.copy()
    sheet.set_variables(app.get_css_variables())
    sheet.parse()


async def test_every_variable_takes_every_value_that_is_not_refused() -> None:
    async with running_app(Settings(url="http://127.0.0.1:9"), records=[]) as (app, pilot):
        await pilot.press("ctrl+p")  # the style sheets of the palette too
        await until(pilot, lambda: app.screen is not app.live)
        names = list(app.get_css_variables())
        taken = {value: [name for name in names if is_taken(name, value)] for value in VALUES}
        for value, variables in taken.items():
            style_anew(app, GOOD + "".join(f'{name} = "{value}"\n' for name in variables))
        styles = {name for name in names if name.endswith(("-style", "-style-hover"))}
        assert {"link-style", "link-style-hover", "input-cursor-text-style"} <= styles
        assert [set(variables) for variables in taken.values()] == [set(names) - styles] * 3 + [styles] * 2


@pytest.mark.parametrize(
    "text",
    [
        'name = "mine"\nprimary = "ansi_default"\n',
        'name = "mine"\nprimary = "#445566"\n',
        'name = "mine"\nprimary = "#445566"\ndark = false\nbackground = "ansi_default"\naccent = "ansi_red"\n',
    ],
)
async def test_a_theme_that_says_little_is_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "streamscope" / "themes"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text(text)
    async with running_app(SETTINGS, records=[]) as (app, pilot):
        await until(pilot, lambda: "Live" in line_text(app, "header"))
        assert (app.theme, app.theme_problems) == ("mine", [])
        app.theme = "streamscope-dark"
        await pilot.pause()
        app.theme = "mine"
        await pilot.pause()
        assert "streamscope" in app.export_screenshot(simplify=True)


def contrast(one: Color, other: Color) -> float:
    """By WCAG 2.2, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: Color) -> float:
    channels = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


@pytest.mark.parametrize("chosen", [True, False])
@pytest.mark.parametrize("name", [theme.name for theme in load_themes(Path("/nowhere"))[0] if not theme.is_ansi])
async def test_the_lines_of_the_app_can_be_read_in_every_theme(name: str, chosen: bool) -> None:
    """Labels of keys and the lamp at rest were white on white in light themes."""
    settings = Settings(theme="streamscope-dark" if chosen else name)
    async with running_app(settings, records=[]) as (app, pilot):
        if chosen:
            app.theme = name
        await until(pilot, lambda: "help" in line_text(app, "footer") and app.theme == name)
        await pilot.pause()
        for line in ("header", "footer", "next"):
            row = app.screen.query_one(f"#{line}", StatusLine)
            for tone in ("idle", "waiting", "label", "key", "strong"):
                style = row.base_style + row.get_component_rich_style(f"status--{tone}", partial=True)
                assert style.color is not None
                assert style.bgcolor is not None
                seen = contrast(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor))
                assert seen >= 4.5, (line, tone)
