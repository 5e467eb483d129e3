"""Themes: shipped, the user's own, and broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.errors import ConfigError
from tui.theme_files import load_themes, parse_theme

GOOD = 'name = "mine"\nprimary = "#112233"\n'


def test_the_shipped_themes_load_from_the_checkout(tmp_path: Path) -> None:
    themes, problems = load_themes(tmp_path)
    shipped = {file.stem for file in (Path(__file__).parents[1] / "themes").glob("*.toml")}
    assert {theme.name for theme in themes} == shipped
    assert {"streamscope-dark", "streamscope-light"} <= shipped
    assert {theme.dark for theme in themes} == {True, False}
    assert problems == []


def test_a_folder_that_is_not_there_is_no_problem(tmp_path: Path) -> None:
    assert load_themes(tmp_path / "none")[1] == []


def test_a_theme_of_the_user_replaces_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "any.toml").write_text('name = "streamscope-dark"\nprimary = "#010203"\n')
    (tmp_path / "other.toml").write_text(GOOD)
    (tmp_path / "notes.txt").write_text("no theme")
    themes, problems = load_themes(tmp_path)
    by_name = {theme.name: theme for theme in themes}
    assert by_name["streamscope-dark"].colors == {"primary": "#010203"}
    assert by_name["mine"].dark
    assert len(by_name) == len(themes)
    assert problems == []


def test_broken_themes_are_told_and_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("name = ")
    (tmp_path / "b.toml").write_bytes(b"\xff")
    (tmp_path / "c.toml").mkdir()
    (tmp_path / "d.toml").write_text('name = "d"\nprimary = "#112233"\nvariables = 3\n')
    (tmp_path / "e.toml").write_text(GOOD)
    themes, problems = load_themes(tmp_path)
    assert "mine" in {theme.name for theme in themes}
    assert len(problems) == 4
    for letter, problem in zip("abcd", problems, strict=True):
        assert f"{letter}.toml" in problem


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('primary = "#112233"', "key name"),
        ('name = "a"', "key primary"),
        ('name = 5\nprimary = "#112233"', "line 1, key name"),
        (GOOD + 'dark = "yes"', "line 3, key dark"),
        (GOOD + 'accent = "blurple"', "line 3, key accent"),
        (GOOD + "accent = 5", "line 3, key accent"),
        (GOOD + 'accnt = "#112233"', "line 3, key accnt"),
        (GOOD + "variables = 3", "line 3, key variables"),
        (GOOD + '[variables]\nborder = "url(x)"', "line 4, key variables.border"),
        (GOOD + '[variables]\nborder = "#112233; } Screen { display: none"', "line 4, key variables.border"),
        (GOOD + '[variables]\n"bad name" = "#112233"', "key variables.bad name"),
        (GOOD + '[variables]\nborder = "bold"', "line 4, key variables.border: expected a colour"),
        (GOOD + '[variables]\nborder = "ansi_red 40%"', "line 4, key variables.border: expected a colour"),
        (GOOD + '[variables]\nborder = "#112233 101%"', "line 4, key variables.border: expected a colour"),
        (GOOD + '[variables]\nlink-style = "#112233"', "line 4, key variables.link-style: expected a text style"),
        (GOOD + "[variables]\nborder = 3", "line 4, key variables.border"),
        ('primary = "nonsense"\nname = "a"\n[variables]\nprimary = "#112233"', "line 1, key primary"),
        ('name = "[/x]"\nprimary = "#112233"', "line 1, key name"),
    ],
)
def test_a_wrong_theme_is_told_with_file_line_and_key(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_theme(text, "the-file.toml")
    assert "the-file.toml" in str(refused.value)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("border", "#112233", "#112233"),
        ("border", "#112233 40%", "#11223366"),
        ("border", "ansi_bright_blue", "ansi_bright_blue"),
        ("input-cursor-text-style", "bold reverse", "bold reverse"),
        ("link-style-hover", "none", "none"),
    ],
)
def test_variables_hold_colours_and_text_styles(name: str, value: str, taken: str) -> None:
    assert parse_theme(GOOD + f'[variables]\n{name} = "{value}"', "x").variables == {name: taken}


def test_a_theme_of_the_terminals_colours_has_its_ground() -> None:
    theme = parse_theme('name = "mine"\nprimary = "ansi_red"\n[variables]\nansi-background = "ansi_black"', "x")
    assert theme.is_ansi
    assert theme.variables == {"ansi-background": "ansi_black", "ansi-foreground": "ansi_default"}
