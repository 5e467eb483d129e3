"""Themes as TOML data: found in the wheel, in a checkout, and in the user's folder. A theme is colours, never code."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_config_path

from tui.config_file import line_of
from tui.errors import ConfigError

_COLOR_WORDS = r"#[0-9a-fA-F]{6}|ansi_(?:default|(?:bright_)?(?:black|red|green|yellow|blue|magenta|cyan|white))"
_STYLE_WORDS = r"(?:bold|dim|italic|underline|reverse|strike|none)"
_COLOR = re.compile(_COLOR_WORDS)
_VARIABLE_VALUE = re.compile(rf"(?:{_COLOR_WORDS})(?: \d{{1,3}}%)?|{_STYLE_WORDS}(?: {_STYLE_WORDS})*")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
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

    @property
    def is_ansi(self) -> bool:
        """Whether it is made of the terminal's own sixteen colours alone."""
        return all(color.startswith("ansi_") for color in self.colors.values())


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
        except ConfigError as error:
            problems.append(str(error))
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{file} cannot be read ({error})")
    return list(themes.values()), problems


def parse_theme(text: str, origin: str) -> ThemeFile:
    """The theme of a file's text. Raises ConfigError with file, line and key."""
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{origin} is not TOML: {error}") from error
    for key in _REQUIRED:
        if key not in values:
            raise ConfigError(f"{origin}, line 1, key {key}: missing")
    for key, value in values.items():
        _check(key, value, f"{origin}, line {line_of(text, (key,))}, key {key}")
    variables = values.get("variables", {})
    for key, value in variables.items():
        if not isinstance(value, str) or _VARIABLE_VALUE.fullmatch(value) is None or _NAME.fullmatch(key) is None:
            where = f"{origin}, line {line_of(text, ('variables', key))}, key variables.{key}"
            raise ConfigError(f"{where}: expected a colour such as #88c0d0 or a text style, found {value!r}")
    colors = {key: values[key] for key in _COLORS if key in values}
    return ThemeFile(values["name"], values.get("dark", True), colors, variables)


def _check(key: str, value: object, where: str) -> None:
    expected = {"name": str, "dark": bool, "variables": dict}.get(key)
    if expected is None and key not in _COLORS:
        raise ConfigError(f"{where}: unknown; known are name, dark, variables, {', '.join(_COLORS)}")
    if expected is not None and not isinstance(value, expected):
        words = {str: "text", bool: "true or false", dict: "a table"}
        raise ConfigError(f"{where}: expected {words[expected]}, found {value!r}")
    if key == "name" and _NAME.fullmatch(str(value)) is None:
        raise ConfigError(f"{where}: expected letters, digits and hyphens, found {value!r}")
    if expected is None and (not isinstance(value, str) or _COLOR.fullmatch(value) is None):
        raise ConfigError(f"{where}: expected a colour such as #88c0d0, found {value!r}")


def _shipped_folder() -> Path:
    """`tui/themes` in a wheel, `themes` beside the package in a checkout."""
    package = Path(__file__).resolve().parent
    return package / "themes" if (package / "themes").is_dir() else package.parent / "themes"


def _theme_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.toml")) if folder.is_dir() else []
