"""What the palette offers on profiles: to go where one says, and to keep what was chosen in the app as a new one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand

from tui.config import Settings, settings_from
from tui.config_file import read_settings_file
from tui.config_saving import KeyPath, save_values
from tui.core.public_url import secret_parts
from tui.core.sanitize import sanitize_line
from tui.errors import UsageError
from tui.screens.ask_screen import AskScreen
from tui.setting_checks import check_settings
from tui.setting_table import SETTING_TABLE

if TYPE_CHECKING:
    from tui.app import StreamscopeApp

_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_NOT_SAVED = "Not saved: the URL holds a key, and keys never stand in config.toml."


def profile_commands(app: StreamscopeApp) -> Iterable[SystemCommand]:
    """One for each profile, and one that makes one."""
    file = app.settings.file
    if file is None:
        return
    for name in app.settings.profiles:
        line = "where the next runs go" if name == app.settings.profile else "the next runs go where it says"
        yield SystemCommand(f"endpoint: profile {sanitize_line(name)}", line, partial(_use, app, file, name))
    yield SystemCommand("endpoint: save as profile", "in config.toml, under a name", partial(_ask_name, app, file))


def _use(app: StreamscopeApp, path: Path, name: str) -> None:
    """Reads the file anew: it may have been changed since the start."""
    try:
        file = read_settings_file(path)
        settings = settings_from(file, {"profile": name}, os.environ)
        check_settings(settings)
    except UsageError as error:
        app.toast(str(error), severity="error")
        return
    app.use_profile(replace(settings, keys=app.settings.keys))  # other keys are for the next start
    if "theme" in file.profiles[name] and settings.theme in app.themes:
        app.theme = settings.theme
    app.toast(f"Profile {name}: {app.endpoint.described(None, is_wide=True)}.")


def _ask_name(app: StreamscopeApp, path: Path) -> None:
    settings, taken = app.endpoint.settings, app.settings.profiles
    if settings.url is None:
        app.toast(app.keys.said("The demo needs no profile. {set.endpoint} points at another server."))
    elif secret_parts(settings.url):
        app.toast(_NOT_SAVED, severity="warning")
    else:
        hint = "As it is called with --profile. Keys are not saved, only the names of their variables and files."
        box = AskScreen("save as profile", hint, "", partial(_complaint, taken))
        app.push_screen(box, partial(_save, app, path, settings))


def _complaint(taken: tuple[str, ...], name: str) -> str | None:
    if _NAME.fullmatch(name) is None:
        return "A name of letters, digits, _ and - is needed, for example lab."
    if name in taken:
        return f"There is a profile {name} already. Take another name; the palette's config: edit changes the old one."
    return None


def _save(app: StreamscopeApp, path: Path, settings: Settings, name: Any) -> None:
    if name is None:
        return
    try:
        save_values(path, profile_values(str(name), settings))
    except UsageError as error:
        app.toast(str(error), severity="error")
        return
    app.settings = replace(app.settings, profiles=(*app.settings.profiles, str(name)))
    app.toast(f"Saved in {path}. streamscope --profile {name} begins there.")


def profile_values(name: str, settings: Settings) -> dict[KeyPath, Any]:
    """What a profile must say to lead where the settings do: all of an endpoint that is not as it would be anyway."""
    default = Settings()
    values: dict[KeyPath, Any] = {}
    for row in SETTING_TABLE:
        value = getattr(settings, row.name)
        is_of_endpoint = row.is_of_endpoint or row.name in ("url", "model")
        if row.key is not None and is_of_endpoint and value != getattr(default, row.name):
            values["profiles", name, row.key] = dict(value) if row.kind is dict else value
    return values
