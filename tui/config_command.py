"""`streamscope config path|show|init`: where the settings are, which hold and why, a commented file to begin with.

What is asked for goes to standard output, what is said about it to standard error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from tui.config import settings_from
from tui.config_file import config_path, read_settings_file
from tui.config_report import report_lines, report_rows
from tui.config_saving import create_file
from tui.config_template import template_text
from tui.errors import ConfigError
from tui.keymap import checked_keymap
from tui.setting_checks import check_settings
from tui.theme_files import load_themes


def show_path() -> int:
    """Prints the path of the settings file."""
    path = config_path()
    print(path)
    if not path.exists():
        _say("it is not there yet; streamscope config init writes it")
    return 0


def show_settings(flags: Mapping[str, Any], environ: Mapping[str, str]) -> int:
    """Prints every setting with its origin. Raises ConfigError or UsageError where the app would not start."""
    file = read_settings_file(config_path())
    settings = settings_from(file, flags, environ)
    check_settings(settings)
    rows = report_rows(settings, file, checked_keymap(settings.keys), environ)
    print("\n".join([f"{file.path}{'' if file.is_there else ' (not there)'}", *report_lines(rows)]))
    themes, problems = load_themes()
    if settings.theme not in (names := [theme.name for theme in themes]):
        where = settings.origin("theme")
        problems.append(f"{where}: there is no theme {settings.theme!r}; there are {', '.join(names)}")
    for problem in problems:
        _say(problem)
    return 0


def write_template(*, replace: bool) -> int:
    """Writes the commented settings file and prints its path. `replace`: a file that is there is kept as `.old`.

    Raises ConfigError where there is one, or where it cannot be written.
    """
    path = config_path()
    text = template_text([theme.name for theme in load_themes()[0]])
    try:
        if replace and os.path.lexists(path):
            kept = _free_name(path)
            path.rename(kept)
            _say(f"the file that was there is {kept} now")
        create_file(path, text)
    except FileExistsError as error:
        raise ConfigError(f"{path} is there already; --force writes a new one and keeps that as .old") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be written ({error.strerror})") from error
    print(path)
    return 0


def _free_name(path: Path) -> Path:
    """`config.toml.old`, or the first with a number that is free: what was kept before stays."""
    names = (f"{path.name}.old{number or ''}" for number in count())
    return next(kept for name in names if not os.path.lexists(kept := path.with_name(name)))


def _say(sentence: str) -> None:
    print(f"streamscope: {sentence}", file=sys.stderr)
