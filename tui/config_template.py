"""The text of a `config.toml` in which everything stands as a comment: `streamscope config init` writes it."""

from __future__ import annotations

from collections.abc import Iterable

from tui.key_table import KEY_TABLE
from tui.screens.key_words import ACTIONS
from tui.setting_table import SETTING_TABLE, SettingRow

_HEAD = """# Settings of streamscope. Flags go before the environment, which goes before this file.
# A line that begins with # and a letter says a setting: take the # away to use it.
# streamscope config show prints what holds and where it comes from. Keys and tokens never stand here: they come from
# OPENAI_API_KEY and STREAMSCOPE_TOKEN, or from a file that only you can read.
"""
_PROFILES = """
# Profiles: streamscope --profile lab, or "profile" above. A profile may hold everything that stands above.
"""
_KEYS = """
# Keys, by id. Several: ["B", "f9"]. Names: space, enter, tab, pageup, shift+left, f1 to f24, ctrl+k. Two ids on one key
# where both act are refused, and so are keys that terminals keep for themselves. ? in the app shows the ids.
"""
_OF_PROFILE = ("url", "transport", "model", "gateway", "headers", "hosts")


def template_text(themes: Iterable[str]) -> str:
    """The text. `themes` are the names that can be chosen."""
    top = [_commented(row, themes) for row in SETTING_TABLE if row.key is not None]
    profile = [f"#{row.key} = {row.example}" for row in SETTING_TABLE if row.key in _OF_PROFILE]
    keys = [f'#"{row.id}" = {_keys(row.keys)}  # {ACTIONS[row.id]}' for row in KEY_TABLE if row.keys]
    parts = [_HEAD, *top, _PROFILES, "#[profiles.lab]", *profile, _KEYS, "#[keys]", *keys]
    return "\n".join(parts) + "\n"


def _commented(row: SettingRow, themes: Iterable[str]) -> str:
    meaning = f"{row.meaning}: {', '.join(themes)}" if row.name == "theme" else row.meaning
    return f"# {row.key}: {meaning}\n#{row.key} = {row.example}"


def _keys(keys: tuple[str, ...]) -> str:
    quoted = ", ".join(f'"{key}"' for key in keys)
    return quoted if len(keys) == 1 else f"[{quoted}]"
