"""Whether a growing text is one JSON value: against the standard library at every prefix, and the words of it."""

from __future__ import annotations

import itertools
import json
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.core.text.strict_json_oracle import can_be_completed, is_one_value
from tui.core.text.json_progress import JSONProgress

FRAGMENTS = [*'{}[]",:\\ \n0-1.eEtfnux', "true", "null", '"a"', '"a":', '\\"', "\\u00e9", "{}", "[1]", "NaN", "\x00"]


def progress_of(text: str) -> JSONProgress:
    progress = JSONProgress()
    progress.add(text)
    return progress


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join))
@settings(max_examples=200, deadline=None)
@example('{"a": [1, -0.5e+3, "\\u00e9"]} ')
@example(" 12 3")
@example("-")
def test_each_prefix_is_judged_as_the_decoder_judges_it(text: str) -> None:
    progress = JSONProgress()
    for fed, char in enumerate(text, start=1):
        progress.add(char)
        prefix = text[:fed]
        assert progress.is_valid == is_one_value(prefix), prefix
        is_hopeful = can_be_completed(prefix) or not prefix.strip(" \t\n\r")
        assert (progress.error is None) == is_hopeful, prefix
        if progress.error is not None:
            assert progress.error_at == fed - 1
            return


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=20).map("".join), st.integers(0, 1000))
@settings(max_examples=120, deadline=None)
def test_the_chunking_does_not_matter(text: str, seed: int) -> None:
    whole, cut = progress_of(text), JSONProgress()
    rng, at = random.Random(seed), 0
    while at < len(text):
        size = rng.randint(0, 5)
        cut.add(text[at : at + size])
        at += size
    for name in ("is_valid", "error", "error_at", "length"):
        assert getattr(cut, name) == getattr(whole, name)
    assert cut.describe() == whole.describe()


@given(st.text(st.characters(codec=None)))
@settings(max_examples=100, deadline=None)
def test_any_text_is_taken(text: str) -> None:
    assert progress_of(text).length == len(text)
    assert progress_of(json.dumps(text)).is_valid


@pytest.mark.parametrize("is_long", [False, True])
def test_numbers_are_those_of_the_decoder(is_long: bool) -> None:
    """All words of up to five signs; in a long text they go through the larger steps."""
    for length in range(1, 6):
        for signs in itertools.product("01-+.e", repeat=length):
            text = f"[{''.join(signs)},0]" + " " * (200 if is_long else 0)
            assert progress_of(text).is_valid == is_one_value(text), text


@pytest.mark.parametrize(
    "text", ['{"a": 1,}', "[1,]", '{"a": 1, "b"}', '[1, "\n"]', "[NaN, 1]", '{"a": tru, "b": 1}', "[1,,2]"]
)
def test_long_texts_are_read_as_strictly(text: str) -> None:
    at = progress_of(text).error_at
    assert at is not None
    assert progress_of(text + " " * 500).error_at == at


def test_the_frame_at_which_arguments_become_valid_is_told() -> None:
    progress, verdicts = JSONProgress(), []
    for frame in ["", '{"city":', ' "Par', 'is"', "}", " \n"]:
        progress.add(frame)
        verdicts.append(progress.is_valid)
    assert verdicts == [False, False, False, False, True, True]


def test_a_number_is_valid_until_more_comes() -> None:
    progress, verdicts = JSONProgress(), []
    for frame in ["12", ".", "5 ", "5"]:
        progress.add(frame)
        verdicts.append(progress.is_valid)
    assert verdicts == [True, False, True, False]
    assert progress.error_at == 5


def test_two_values_are_not_one() -> None:
    progress = progress_of('{"a": 1}{"b": 2}')
    assert not progress.is_valid
    assert progress.error_at == 8


def test_an_error_stays_where_it_was() -> None:
    progress = progress_of('{"a": x')
    progress.add("1}")
    assert (progress.error_at, progress.length, progress.is_valid) == (6, 9, False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no text yet"),
        ("  ", "no value by char 2"),
        ('{"query": "Paris and the', "ended inside a string at char 24"),
        ('{"que', "ended inside a key at char 5"),
        ('{"a"', "ended after a key at char 4"),
        ('{"a": ', "ended before a value at char 6"),
        ('{"a": 1', "ended inside a number at char 7"),
        ('{"a": 1 ', "ended after an object member at char 8"),
        ("[1,", "ended before a value at char 3"),
        ("[", "ended after an opening bracket at char 1"),
        ('["\\u0', "ended inside an escape at char 5"),
        ("[tru", "ended inside a literal at char 4"),
        ("[]", "one complete JSON value"),
        ("[1 2]", "unexpected '2' after an array item, expected a comma or a closing bracket at char 3"),
        ("[]]", "unexpected ']' after the value, expected nothing but white space at char 2"),
        ('["\n"]', "unexpected '\\n' inside a string, expected control characters to be escaped at char 2"),
        (
            "{'a': 1}",
            'unexpected "\'" after an opening brace, expected a key in double quotes or a closing brace at char 1',
        ),
    ],
)
def test_where_the_text_stands_is_told_in_words(text: str, words: str) -> None:
    assert progress_of(text).describe() == words


def test_nesting_is_limited_by_nothing() -> None:
    assert progress_of("[" * 100_000 + "]" * 100_000).is_valid
