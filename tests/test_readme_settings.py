"""The README on settings and keys: its example is whole and can be used, and its table of keys is that of the app."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tui.config import load_settings
from tui.key_names import parse_key
from tui.key_table import ROWS
from tui.keymap import checked_keymap
from tui.setting_checks import check_settings
from tui.setting_table import SETTING_TABLE
from tui.theme_files import load_themes

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
SETTINGS = README.partition("\n## Settings\n")[2].partition("\n## ")[0]
KEYS = README.partition("\n## Keys\n")[2].partition("\n## ")[0]


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The one settings file of the README."""
    (text,) = re.findall(r"```toml\n(.*?)```", SETTINGS, re.DOTALL)
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_example_can_be_used_with_each_of_its_profiles(example: Path) -> None:
    lab = load_settings({}, {}, example)
    assert (lab.profile, lab.transport, lab.is_gateway, lab.theme) == ("lab", "ws", True, "streamscope-light")
    assert lab.headers == (("x-team", "TEAM_ID"),)
    other = load_settings({"profile": "messages"}, {}, example)
    assert (other.dialect, other.token_file, other.theme) == ("anthropic", None, "high-contrast")
    for settings in (lab, other):
        check_settings(settings)
        assert settings.theme in {theme.name for theme in load_themes()[0]}


def test_the_keys_of_the_example_are_free_and_named_rightly(example: Path) -> None:
    keymap = checked_keymap(load_settings({}, {}, example).keys)
    assert keymap.words_of("set.buffer") == "B"
    assert keymap.words_of("run.cancel") == "K, ctrl+k, ctrl+c"


def test_the_example_has_every_setting_that_a_file_can_have(example: Path) -> None:
    values = tomllib.loads(example.read_text(encoding="utf-8"))
    said = {key for table in (values, *values["profiles"].values()) for key in table}
    assert said == {row.key for row in SETTING_TABLE if row.key} | {"profiles", "keys"}


def test_every_variable_of_a_setting_is_named() -> None:
    for row in SETTING_TABLE:
        if row.variable is not None:
            assert re.search(rf"`(STREAMSCOPE)?{row.variable.removeprefix('STREAMSCOPE')}`", SETTINGS), row.variable


def table() -> list[tuple[set[str], list[str]]]:
    """Keys and ids of each row of the table of keys."""
    rows = re.findall(r"^\| (.*?) \| .* \| ([\w., *]*) ?\|$", KEYS, re.MULTILINE)[1:]
    return [
        (
            {parse_key(key.replace("\\|", "|")) or key for key in re.findall(r"`([^`]+)`", keys)},
            re.findall(r"[a-z]+\.[a-z.]*[a-z0-9]", ids),
        )
        for keys, ids in rows
    ]


def test_the_table_of_keys_names_ids_and_keys_of_the_app() -> None:
    assert len(table()) == KEYS.count("\n|") - 2
    for keys, ids in table():
        assert set(ids) <= set(ROWS)
        if len(ids) == 1:
            assert set(ROWS[ids[0]].keys) & keys, ids
            assert keys <= {*ROWS[ids[0]].keys, *ROWS[ids[0]].fixed, "escape"}, ids
