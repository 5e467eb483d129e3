"""Saving a value: it is there afterwards, and every other byte of the file still is."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config_saving import save_values, with_value
from tui.config_template import template_text
from tui.errors import ConfigError

THEME = ("theme",)
OF_LAB = ("profiles", "lab", "theme")


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("", THEME, 'theme = "new"\n'),
        ("", OF_LAB, '[profiles.lab]\ntheme = "new"\n'),
        ("# mine\n", THEME, '# mine\ntheme = "new"\n'),
        ("theme = 'old'   # mine\n", THEME, 'theme = "new"   # mine\n'),
        ('"theme"="old"\nurl = "x"', THEME, '"theme"="new"\nurl = "x"'),
        ('url = "x"', THEME, 'url = "x"\ntheme = "new"\n'),
        (
            'url = "x"  # u\n\n# about lab\n[profiles.lab]\nurl = "y"\n',
            THEME,
            'url = "x"  # u\ntheme = "new"\n\n# about lab\n[profiles.lab]\nurl = "y"\n',
        ),
        ("# about keys\n[keys]\n", THEME, 'theme = "new"\n# about keys\n[keys]\n'),
        ("# head\n\n# about keys\n[keys]\n", THEME, '# head\ntheme = "new"\n\n# about keys\n[keys]\n'),
        ('# a\n#theme = "x"\n#url = "y"\n', THEME, '# a\n#theme = "x"\ntheme = "new"\n#url = "y"\n'),
        (
            '[profiles.lab]\nurl = "y"\n\n# about b\n[profiles.b]\ntheme = "b"\n',
            OF_LAB,
            '[profiles.lab]\nurl = "y"\ntheme = "new"\n\n# about b\n[profiles.b]\ntheme = "b"\n',
        ),
        ("[profiles.lab]\n\n[keys]\n", OF_LAB, '[profiles.lab]\ntheme = "new"\n\n[keys]\n'),
        ('url = "x"\r\n[keys]\r\n', THEME, 'url = "x"\r\ntheme = "new"\r\n[keys]\r\n'),
        ('url = "x"\r\n', OF_LAB, 'url = "x"\r\n\r\n[profiles.lab]\r\ntheme = "new"\r\n'),
        ('profiles.lab = { theme = "old", url = "x" }\n', OF_LAB, 'profiles.lab = { theme = "new", url = "x" }\n'),
        ('a = """\n[keys]\ntheme = 3\n"""\n', THEME, 'theme = "new"\na = """\n[keys]\ntheme = 3\n"""\n'),
    ],
)
def test_a_value_is_put_where_a_reader_looks_for_it(text: str, key: tuple[str, ...], expected: str) -> None:
    assert with_value(text, key, "new") == expected


@pytest.mark.parametrize(
    "value", [True, 3, 'a"b\\c', "zwei\nZeilen", ["n", "f9"], {"x-team": "TEAM_ID", "x y": "B"}, {}]
)
def test_any_value_of_a_setting_can_be_saved(value: Any) -> None:
    for text in ("", "a = 1\n", template_text(["x"])):
        for key in (("v",), ("profiles", "my lab", "v")):
            saved = tomllib.loads(with_value(text, key, value))
            found: Any = saved
            for name in key:
                found = found[name]
            assert found == value


@pytest.mark.parametrize("text", ["theme = ", 'profiles = "x"\n', "[[profiles]]\nx = 1\n"])
def test_a_file_that_cannot_be_followed_is_left_alone(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"config.toml, line 1, key profiles.lab.theme: not saved"):
        save_values(file, {OF_LAB: "new"})
    assert file.read_text() == text
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


LINES = st.sampled_from(
    [
        *('url = "u"', "# words", "", 'theme = "t"', "#theme = 'x'", "[keys]", '"set.buffer" = "n"', "[profiles.lab]"),
        *('model = """', '"""', "[ profiles . 'b' ] # b", "a.b = 1", "list = [", '"x", # y', "]", "\tq = {z = 1}"),
    ]
)


@given(st.lists(LINES, max_size=12).map("\n".join), st.sampled_from([THEME, OF_LAB, ("keys", "set.buffer")]))
def test_nothing_but_the_value_changes_whatever_the_file_looks_like(text: str, key: tuple[str, ...]) -> None:
    try:
        before = tomllib.loads(text)
        after = with_value(text, key, "new")
    except (tomllib.TOMLDecodeError, ValueError):
        return  # refused, and so nothing is written
    table: Any = before
    for name in key[:-1]:
        table = table.setdefault(name, {})
    table[key[-1]] = "new"
    assert tomllib.loads(after) == before
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert [line for line in after.splitlines() if line.startswith("#")] == comments


def test_a_new_file_is_for_its_owner_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.toml"
    save_values(file, {THEME: "one", OF_LAB: "two"})
    assert tomllib.loads(file.read_text()) == {"theme": "one", "profiles": {"lab": {"theme": "two"}}}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    save_values(file, {THEME: "three"})
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """Settings are often links into a repository of them."""
    real, link = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text("# mine\n")
    link.symlink_to(real)
    save_values(link, {THEME: "new"})
    assert link.is_symlink()
    assert real.read_text() == '# mine\ntheme = "new"\n'


def test_what_is_there_already_is_not_written_again(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('theme = "new"\n')
    before = file.stat()
    save_values(file, {THEME: "new"})
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be"):
        save_values(tmp_path / "file" / "config.toml", {THEME: "new"})
