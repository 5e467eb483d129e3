"""Themes as TOML data: found in the wheel, in a checkout, and in the user's folder. A theme is colours, never code."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from platformdirs import user_config_path

from tui.errors import ConfigError

_COLOR = re.compile(r"#[0-9a-fA-F]{6}|ansi_[a-z_]+|[a-z]+")
_REQUIRED = ("name", "primary")
_COLORS = (
    "primary",
    "secondary",
    "warning",
    "error",
    "success",
    "accent",
    "foreground",
    "background",
    "surface",
    "panel",
)


@dataclass(frozen=True, slots=True)
class ThemeFile:
    """One theme: its name, whether it is dark, and its colours by the names of the style sheet."""

    name: str
    dark: bool
    colors: dict[str, str]
    variables: dict[str, str] = field(default_factory=dict)


def load_themes(user_folder: Path | None = None) -> tuple[list[ThemeFile], list[str]]:
    """All themes, the shipped ones first, and a sentence for each file that could not be used.

    A user's theme replaces a shipped one of the same name.
    """
    themes: dict[str, ThemeFile] = {}
    problems = []
    folder = user_folder or user_config_path("streamscope") / "themes"
    for file in (*_theme_files(_shipped_folder()), *_theme_files(folder)):
        try:
            theme = parse_theme(file.read_text(encoding="utf-8"), str(file))
            themes[theme.name] = theme
        except (ConfigError, OSError, UnicodeDecodeError) as error:
            problems.append(f"{error}")
    return list(themes.values()), problems


def parse_theme(text: str, origin: str) -> ThemeFile:
    """The theme of a file's text. Raises ConfigError with file, line and key."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{origin} is not TOML: {error}") from error
    for key in _REQUIRED:
        if key not in values:
            raise ConfigError(f"{origin}, line 1: the key {key} is missing")
    variables = values.pop("variables", {})
    for key, value in (*values.items(), *variables.items()):
        _check(key, value, key in variables, f"{origin}, line {_line_of(text, key)}, key {key}")
    colors = {key: values[key] for key in _COLORS if key in values}
    return ThemeFile(values["name"], values.get("dark", True), colors, variables)


def _check(key: str, value: object, is_variable: bool, where: str) -> None:
    if key in ("name", "dark") and not is_variable:
        expected: type = bool if key == "dark" else str
        if not isinstance(value, expected):
            raise ConfigError(f"{where}: expected {expected.__name__}, found {type(value).__name__}")
        return
    if not is_variable and key not in _COLORS:
        raise ConfigError(f"{where}: unknown; known are name, dark, variables, {', '.join(_COLORS)}")
    if not isinstance(value, str) or (not is_variable and _COLOR.fullmatch(value) is None):
        raise ConfigError(f"{where}: expected a colour such as #88c0d0, found {value!r}")


def _shipped_folder() -> Traversable:
    """`tui/themes` in a wheel, `themes` beside the package in a checkout."""
    inside = files("tui") / "themes"
    return inside if inside.is_dir() else Path(__file__).resolve().parent.parent / "themes"


def _theme_files(folder: Traversable) -> list[Traversable]:
    if not folder.is_dir():
        return []
    return sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)


def _line_of(text: str, key: str) -> int:
    lines = text.splitlines()
    return next((i for i, line in enumerate(lines, 1) if line.split("=")[0].strip().strip("\"'") == key), 1)
