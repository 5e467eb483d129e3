"""The user's keys: what is refused, in which words, and what becomes of the hints."""

from __future__ import annotations

import pytest

from tui.config_file import KeyChoice
from tui.errors import ConfigError
from tui.keymap import Keymap, checked_keymap


def keymap(**chosen: str) -> Keymap:
    """A keymap of ids, written with `__` for the dot, and their keys apart by spaces."""
    choices = [
        KeyChoice(name.replace("__", "."), tuple(keys.split()), f"the-file.toml, line {number}, key {name}")
        for number, (name, keys) in enumerate(chosen.items(), 1)
    ]
    return checked_keymap(choices)


def refusal(**chosen: str) -> str:
    with pytest.raises(ConfigError) as refused:
        keymap(**chosen)
    assert str(refused.value).startswith("the-file.toml, line ")
    return str(refused.value)


def test_without_choices_the_keys_are_those_of_the_table() -> None:
    keys = keymap()
    assert keys.words_of("run.cancel") == "x, ctrl+c"
    assert keys.words_of("app.help") == "?, F1"
    assert keys.for_textual() == {}
    hints = [("b", "buffer"), ("?", "help")]
    assert keys.hints(hints, "live") == hints


def test_own_keys_replace_all_of_the_table_but_not_the_fixed_ones() -> None:
    keys = keymap(run__cancel="K ctrl+k", set__buffer="question_mark", app__help="f9")
    assert keys.words_of("run.cancel") == "K, ctrl+k, ctrl+c"
    assert keys.words_of("set.buffer") == "?"
    assert keys.for_textual() == {"run.cancel": "K,ctrl+k", "set.buffer": "question_mark", "app.help": "f9"}


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"set__bufer": "n"}, ("no such id", "set.buffer")),
        ({"qqqqq": "n"}, ("no such id", "config init")),
        ({"help__close": "n"}, ("no such id",)),
        ({"set__buffer": "strg+n"}, ("'strg+n' is no key", "ctrl+")),
        ({"set__buffer": ""}, ("at least one key",)),
        ({"set__buffer": "ctrl+a"}, ("ctrl+a is never bound", "screen")),
        ({"set__buffer": "n ctrl+["}, ("ctrl+[ is never bound", "esc")),
        ({"set__buffer": "alt+n"}, ("alt+n is never bound", "terminals")),
        ({"set__buffer": "escape"}, ("esc is never bound", "everywhere")),
        ({"run__leave": "f9"}, ("always esc",)),
        ({"app__quit": "q"}, ("q could not be typed",)),
        ({"prompt__newline": "n"}, ("typed into the prompt",)),
    ],
)
def test_a_choice_that_cannot_be_is_refused_with_the_reason(chosen: dict[str, str], words: tuple[str, ...]) -> None:
    said = refusal(**chosen)
    for word in words:
        assert word in said


def test_an_id_that_is_said_twice_is_refused_with_both_places() -> None:
    twice = [KeyChoice("set.buffer", ("B",), "line 2"), KeyChoice("set.buffer", ("D",), "line 7")]
    with pytest.raises(ConfigError, match="line 7: said twice, first in line 2"):
        checked_keymap(twice)


@pytest.mark.parametrize(
    ("chosen", "other"),
    [
        ({"set__buffer": "c"}, "screen.compare, which has it without settings"),
        ({"set__buffer": "B", "set__model": "B"}, "set.model;"),
        ({"set__buffer": "B f9", "app__shot": "f9"}, "app.shot;"),
        ({"set__buffer": "j"}, "list.down"),  # a pane is on every screen
        ({"item__save": "b"}, "set.buffer"),  # the extracts are on Live
        ({"item__save": "left"}, "tree.fold"),
        ({"lane__add": "x"}, "run.cancel"),  # Compare is a screen
        ({"lane__add": "ctrl+r"}, "run.again"),  # all
        ({"prompt__newline": "f3"}, "screen.compare"),  # no letter, so that it acts from the prompt too
        ({"prompt__newline": "ctrl+q"}, "app.quit"),
        ({"screen__compare": "enter"}, "prompt.send"),
    ],
)
def test_two_ids_on_one_key_where_both_act_are_refused_with_both_names(chosen: dict[str, str], other: str) -> None:
    said = refusal(**chosen)
    assert next(iter(chosen)) in said
    assert f"is also the key of {other}" in said


@pytest.mark.parametrize(
    "chosen",
    [
        {"set__buffer": "c", "screen__compare": "b"},  # they change places
        {"lane__add": "i"},  # Live's key, and Compare is another screen
        {"set__transport": "+"},
        {"item__save": "S", "tree__unfold": "s"},
        {"list__left": "s"},  # numbers and extracts are never focused together
        {"set__buffer": "b B"},
        {"run__cancel": "x x"},
    ],
)
def test_one_key_may_do_two_things_where_they_never_meet(chosen: dict[str, str]) -> None:
    assert set(keymap(**chosen).for_textual()) == {name.replace("__", ".") for name in chosen}


def test_sentences_name_the_first_of_the_users_own_keys() -> None:
    sentence = "A run is streaming. {run.cancel} cancels it; then {prompt.send} sends. {no.id} {app.help}"
    assert keymap().said(sentence) == "A run is streaming. x cancels it; then enter sends. {no.id} ?"
    assert keymap(run__cancel="ctrl+k K").said("{run.cancel} {prompt.send}") == "ctrl+k enter"


def test_hints_name_the_users_own_keys() -> None:
    keys = keymap(set__buffer="B", lane__add="a", app__help="h", run__cancel="K")
    assert keys.hints([("b", "buffer"), ("c", "compare"), ("?", "help")], "text") == [
        *(("B", "buffer"), ("c", "compare"), ("h", "help")),
    ]
    assert keys.hints([("+ -", "lanes")], "compare") == [("a -", "lanes")]
    assert keys.hint("x cancel", "compare") == "K cancel"
    assert keys.hint("ctrl+c cancel", "prompt") == "ctrl+c cancel"


def test_a_hint_for_the_prompt_is_left_out_when_its_key_would_be_typed_there() -> None:
    hints = [("ctrl+j", "new line"), ("F1", "help")]
    assert keymap(app__help="h").hints(hints, "prompt") == hints[:1]
    assert keymap(app__help="h f9").hints(hints, "prompt") == [hints[0], ("F9", "help")]
