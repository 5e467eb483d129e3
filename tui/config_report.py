"""`streamscope config show` as rows: each setting, its value, where it comes from. No key and no secret is in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tui.config import DEFAULT, Settings
from tui.config_file import SettingsFile
from tui.core.public_url import public_url
from tui.core.sanitize import sanitize_line
from tui.key_names import shown
from tui.keymap import Keymap
from tui.setting_table import SETTING_TABLE, SettingRow

NOTHING = "-"
_SECRETS = (("OPENAI_API_KEY", "direct"), ("STREAMSCOPE_TOKEN", "gateway"))


class ReportRow(NamedTuple):
    """A setting by the name that the file gives it, its value in words, and where it was said."""

    name: str
    value: str
    origin: str


def report_rows(settings: Settings, file: SettingsFile, keymap: Keymap, environ: Mapping[str, str]) -> list[ReportRow]:
    """All settings in the order of their table, then the user's keys, the profiles and which secrets are set."""
    rows = [row for setting in SETTING_TABLE for row in _setting_rows(setting, settings, environ)]
    for choice in settings.keys:
        keys = ", ".join(shown(key) for key in keymap.keys_of(choice.id))
        rows.append(ReportRow(f"keys.{choice.id}", keys, choice.where))
    names = ", ".join(file.profiles)
    rows.append(ReportRow("profiles", names or NOTHING, str(file.path) if names else DEFAULT))
    for variable, use in _SECRETS:
        is_set = bool(environ.get(variable, "").strip())
        rows.append(ReportRow(variable, "set, not shown" if is_set else "not set", f"environment ({use})"))
    return rows


def report_lines(rows: Iterable[ReportRow]) -> list[str]:
    """The rows in three columns."""
    rows = [ReportRow(*map(sanitize_line, row)) for row in rows]
    name_cells = max(len(row.name) for row in rows)
    value_cells = max(len(row.value) for row in rows)
    return [f"{row.name:<{name_cells}}  {row.value:<{value_cells}}  {row.origin}" for row in rows]


def _setting_rows(setting: SettingRow, settings: Settings, environ: Mapping[str, str]) -> list[ReportRow]:
    name, origin = setting.key or setting.name, settings.origin(setting.name)
    if setting.name == "headers" and settings.headers:
        return [ReportRow(f"{name}.{header}", _variable(of, environ), origin) for header, of in settings.headers]
    if setting.name == "hosts" and settings.hosts:
        return [
            ReportRow(f"{name}.{way}", public_url(url) or "not a URL, not shown", origin) for way, url in settings.hosts
        ]
    if setting.name == "transport" and settings.transport is None:
        return [ReportRow(name, settings.chosen_transport, "follows from the url")]
    return [ReportRow(name, _value(setting, settings), origin)]


def _value(setting: SettingRow, settings: Settings) -> str:
    value = getattr(settings, setting.name)
    if setting.name == "url":
        return "the embedded demo" if value is None else public_url(value) or "not a URL, not shown"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if value or value == 0 else NOTHING


def _variable(name: str, environ: Mapping[str, str]) -> str:
    """The variable of a header and whether it is set; what looks like a key in its place is not shown."""
    if environ.get(name, "").strip():
        return f"of {name}, set"
    return f"of {name}, not set" if name.isupper() else "of a variable that is not set"
