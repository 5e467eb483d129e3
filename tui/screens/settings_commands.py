"""What the palette offers on the user's own settings: every key, whether the file is right, where it is, editing it."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported, SystemCommand

from tui.config import settings_from
from tui.config_file import config_path, read_settings_file
from tui.config_report import report_rows
from tui.config_saving import create_file
from tui.config_template import template_text
from tui.core.sanitize import sanitize_line
from tui.errors import UsageError
from tui.key_table import KEY_TABLE
from tui.keymap import checked_keymap
from tui.screens.help_screen import HelpScreen
from tui.screens.help_texts import Help
from tui.screens.key_words import ACTIONS
from tui.setting_checks import check_settings

if TYPE_CHECKING:
    from tui.app import StreamscopeApp


def settings_commands(app: StreamscopeApp) -> Iterable[SystemCommand]:
    """The groups `keys` and `config`."""
    yield SystemCommand("keys: show all", "every key with its id, as you have them", partial(_show_keys, app))
    yield SystemCommand("keys: check", "whether config.toml, as it is now, can be used", partial(_check, app))
    yield SystemCommand("config: where", "every setting and where it comes from", partial(_show_settings, app))
    yield SystemCommand("config: edit", "config.toml in your EDITOR, then checked", partial(_edit, app))


def settings_path(app: StreamscopeApp) -> Path:
    """The file that this start was made with, else where one would be."""
    return app.settings.file or config_path()


def _show_keys(app: StreamscopeApp) -> None:
    rows = tuple((app.keys.words_of(row.id), f"{ACTIONS[row.id]}  ({row.id})") for row in KEY_TABLE)
    where = sanitize_line(str(settings_path(app)))
    text = f"Every key of the app. Each can be changed by its id under [keys] in {where}; ctrl+c and esc cannot."
    app.push_screen(HelpScreen(Help("keys", text, rows), ()))


def _show_settings(app: StreamscopeApp) -> None:
    try:
        rows = report_rows(app.settings, read_settings_file(settings_path(app)), app.keys, os.environ)
    except UsageError as error:
        app.toast(str(error), severity="error")
        return
    told = tuple((sanitize_line(row.name), sanitize_line(f"{row.value}  ({row.origin})")) for row in rows)
    app.push_screen(HelpScreen(Help("settings", "What holds since this start, and where it was said.", told), ()))


def _check(app: StreamscopeApp) -> None:
    """Reads the file anew, as the next start would, and says what that would say."""
    path = settings_path(app)
    try:
        file = read_settings_file(path)
        settings = settings_from(file, {}, os.environ)
        check_settings(settings)
        checked_keymap(settings.keys)
    except UsageError as error:
        app.toast(str(error), severity="error")
        return
    own = {0: "no keys", 1: "1 key"}.get(len(settings.keys), f"{len(settings.keys)} keys")
    app.toast(f"{path} can be used: {own} of your own, no conflict." if file.is_there else f"There is no {path} yet.")


def _edit(app: StreamscopeApp) -> None:
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    if not editor:
        app.toast(f"Neither VISUAL nor EDITOR is set. The file is {settings_path(app)}.", severity="warning")
        return
    path = settings_path(app)
    try:
        if not path.exists():
            create_file(path, template_text(app.themes))
        with app.suspend():
            subprocess.run([*editor, str(path)], check=False)  # noqa: S603  the user's own editor
    except (OSError, SuspendNotSupported) as error:
        app.toast(f"{path} could not be edited: {error}", severity="error")
        return
    app.refresh()
    _check(app)
