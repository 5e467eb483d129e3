"""Names of keys: how people write them, how they are shown, and that Textual knows each of them."""

from __future__ import annotations

import string

import pytest
from textual.binding import Binding
from textual.keys import Keys

from tui.key_names import NAMED_KEYS, is_typed, parse_key, shown, textual_name, why_never


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("n", "n"),
        ("N", "N"),
        ("?", "?"),
        ("question_mark", "?"),
        ("full_stop", "."),
        ("comma", ","),
        ("hyphen_minus", "-"),
        ("minus", "-"),
        ("plus", "+"),
        ("+", "+"),
        ("ctrl++", "ctrl++"),
        ("slash", "/"),
        ("é", "é"),
        ("shift+n", "N"),
        ("shift+é", "É"),
        (" F9 ", "f9"),
        ("Ctrl+K", "ctrl+k"),
        ("ctrl + k", "ctrl+k"),
        ("ctrl+right_square_bracket", "ctrl+]"),
        ("ctrl+]", "ctrl+]"),
        ("shift+ctrl+left", "ctrl+shift+left"),
        ("shift+left", "shift+left"),
        ("esc", "escape"),
        ("pgup", "pageup"),
        ("Space", "space"),
    ],
)
def test_a_key_may_be_written_in_several_ways(written: str, key: str) -> None:
    assert parse_key(written) == key
    assert parse_key(key) == key
    assert parse_key(shown(key)) == key


@pytest.mark.parametrize(
    "written",
    ["", " ", "\t", "\x1b", "ctrl+", "ctrl+foo", "strg+k", "foo", "f25", "f0", "ctrl+ctrl+k", "shift+1", "ab"],
)
def test_what_is_no_key_is_none(written: str) -> None:
    assert parse_key(written) is None


def test_every_key_is_shown_as_people_say_it() -> None:
    assert [shown(key) for key in ("escape", "f9", "ctrl+f2", "?", "ctrl++", "pageup")] == [
        *("esc", "F9", "ctrl+F2", "?", "ctrl++", "page up"),
    ]


@pytest.mark.parametrize("sign", string.punctuation)
def test_the_name_of_a_sign_is_the_one_that_textual_uses(sign: str) -> None:
    (binding,) = Binding.make_bindings([Binding(sign if sign != "," else "comma", "bell")])
    assert textual_name(sign) == binding.key


@pytest.mark.parametrize("name", NAMED_KEYS)
def test_every_named_key_is_one_of_textual(name: str) -> None:
    assert name in {key.value for key in Keys}
    assert textual_name(name) == name


def test_a_sign_with_ctrl_is_named_as_textual_does() -> None:
    known = {key.value for key in Keys}
    for key in ("ctrl+]", "ctrl+\\", "ctrl+^", "ctrl+_", "ctrl+k", "ctrl+f2", "ctrl+left"):
        assert textual_name(key) in known


@pytest.mark.parametrize(
    ("key", "word"),
    [
        *(("ctrl+a", "screen"), ("ctrl+b", "tmux"), ("ctrl+i", "tab"), ("ctrl+m", "enter"), ("ctrl+h", "backspace")),
        *(("ctrl+[", "esc"), ("ctrl+w", "browser"), ("ctrl+t", "browser"), ("ctrl+n", "browser"), ("ctrl+c", "cancel")),
        *(("ctrl+shift+k", "terminals"), ("ctrl+shift+left", "terminals"), ("alt+x", "terminals")),
        *(("f5", "text fields"), ("f6", "text fields"), ("f7", "text fields"), ("f10", "menu"), ("f11", "full screen")),
        *(("escape", "everywhere"), ("shift+escape", "everywhere")),
    ],
)
def test_a_key_that_is_never_bound_has_its_reason(key: str, word: str) -> None:
    assert word in (why_never(parse_key(key) or "") or "")


@pytest.mark.parametrize("key", ["n", "?", "f9", "f1", "ctrl+k", "shift+left", "ctrl+left", "space", "tab"])
def test_every_other_key_may_be_bound(key: str) -> None:
    assert why_never(key) is None


def test_what_a_text_field_takes_as_text() -> None:
    assert [is_typed(key) for key in ("n", "?", "space", "f9", "ctrl+k", "tab")] == [True] * 3 + [False] * 3
