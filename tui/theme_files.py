"""Themes as TOML data: found in the wheel, in a checkout, and in the user's folder. A theme is colours, never code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from platformdirs import user_config_path

from tui.config_file import line_of
from tui.errors import ConfigError

_Where = Callable[[], str]  # looked for only where something is wrong: a line costs a walk over the file
_COLOR_WORDS = r"#[0-9a-fA-F]{6}|ansi_(?:default|(?:bright_)?(?:black|red|green|yellow|blue|magenta|cyan|white))"
_STYLE_WORDS = r"(?:bold|dim|italic|underline|reverse|strike|none)"
_COLOR = re.compile(_COLOR_WORDS)
_SHADE = re.compile(r"(#[0-9a-fA-F]{6}) (\d{1,2}|100)%")
_STYLE = re.compile(rf"{_STYLE_WORDS}(?: {_STYLE_WORDS})*")
_STYLE_NAME = re.compile(r"(?:.*-)?(?:text|link)-style(?:-hover)?")
_ANSI_GROUND = {"ansi-background": "ansi_default", "ansi-foreground": "ansi_default"}  # Textual wants them said
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
        _check(key, value, partial(_place, origin, text, (key,)))
    variables = {
        key: _variable(key, value, partial(_place, origin, text, ("variables", key)))
        for key, value in values.get("variables", {}).items()
    }
    theme = ThemeFile(values["name"], values.get("dark", True), {key: values[key] for key in _COLORS if key in values})
    return replace(theme, variables=(_ANSI_GROUND if theme.is_ansi else {}) | variables)


def _place(origin: str, text: str, key: tuple[str, ...]) -> str:
    return f"{origin}, line {line_of(text, key)}, key {'.'.join(key)}"


def _variable(key: str, value: object, where: _Where) -> str:
    """The value of a variable as the style sheet takes it: a text style for what is named so, else a colour."""
    if _NAME.fullmatch(key) is None:
        raise ConfigError(f"{where()}: expected letters, digits and hyphens in its name")
    if _STYLE_NAME.fullmatch(key):
        if not isinstance(value, str) or _STYLE.fullmatch(value) is None:
            raise ConfigError(f"{where()}: expected a text style such as bold or none, found {value!r}")
        return value
    shade = _SHADE.fullmatch(value) if isinstance(value, str) else None
    if shade is not None:  # as one number: the style sheet may put a percentage of its own behind it
        return f"{shade[1]}{round(int(shade[2]) * 2.55):02x}"
    if not isinstance(value, str) or _COLOR.fullmatch(value) is None:
        raise ConfigError(f"{where()}: expected a colour such as #88c0d0 or #88c0d0 40%, found {value!r}")
    return value


def _check(key: str, value: object, where: _Where) -> None:
    expected = {"name": str, "dark": bool, "variables": dict}.get(key)
    if expected is None and key not in _COLORS:
        raise ConfigError(f"{where()}: unknown; known are name, dark, variables, {', '.join(_COLORS)}")
    if expected is not None and not isinstance(value, expected):
        words = {str: "text", bool: "true or false", dict: "a table"}
        raise ConfigError(f"{where()}: expected {words[expected]}, found {value!r}")
    if key == "name" and _NAME.fullmatch(str(value)) is None:
        raise ConfigError(f"{where()}: expected letters, digits and hyphens, found {value!r}")
    if expected is None and (not isinstance(value, str) or _COLOR.fullmatch(value) is None):
        raise ConfigError(f"{where()}: expected a colour such as #88c0d0, found {value!r}")


def _shipped_folder() -> Path:
    """`tui/themes` in a wheel, `themes` beside the package in a checkout."""
    package = Path(__file__).resolve().parent
    return package / "themes" if (package / "themes").is_dir() else package.parent / "themes"


def _theme_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.toml")) if folder.is_dir() else []
