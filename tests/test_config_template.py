"""The commented settings file: it says nothing as it is, and everything when the marks are taken away."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tui.config import Settings, load_settings
from tui.config_template import template_text
from tui.key_table import KEY_TABLE
from tui.keymap import checked_keymap
from tui.setting_table import SETTING_TABLE
from tui.theme_files import load_themes

THEMES = [theme.name for theme in load_themes(Path("/nowhere"))[0]]


def uncommented(text: str) -> str:
    return re.sub(r"^#(?=[a-z\"\[])", "", text, flags=re.MULTILINE)


def test_as_it_is_it_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(template_text(THEMES), encoding="utf-8")
    assert tomllib.loads(template_text(THEMES)) == {}
    assert load_settings({}, {}, file) == Settings()


def test_every_line_is_a_setting_that_can_be_used(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    text = uncommented(template_text(THEMES))
    file.write_text(text, encoding="utf-8")
    assert set(tomllib.loads(text)) == {row.key for row in SETTING_TABLE if row.key} | {"profiles", "keys"}
    found = load_settings({}, {}, file)
    assert found.profile == "lab"
    assert found.origin("url").endswith("key profiles.lab.url")
    keys = checked_keymap(found.keys)
    assert {row.id: row.keys for row in KEY_TABLE if row.keys} == {
        row.id: keys.keys_of(row.id)[: len(row.keys)] for row in KEY_TABLE if row.keys
    }


def test_it_names_every_theme_and_stays_narrow() -> None:
    text = template_text(THEMES)
    assert all(name in text for name in THEMES)
    assert max(map(len, text.splitlines())) <= 120
