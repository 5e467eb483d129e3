"""JSON values in running text: the case files, the laws of the core, the view of the open value, growth of the cost."""

from __future__ import annotations

import copy
import json
import random
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui.core.text.json_parser import JSONStreamParser, JSONValue, PartialJSON, StreamParser
from tui.core.text.partial_json import JSONBuilder, number_of, value_of

CASES = json.loads((Path(__file__).parents[2] / "data/cases/json_values.json").read_text())["cases"]
FRAGMENTS = [
    *'{}[]",:\\ \n0-1.eEtfnu',
    "true",
    "null",
    '"a"',
    '"a":',
    '\\"',
    "\\u00",
    "\\ud83d",
    "\\ude00",
    "{}",
    "[1]",
    "x",
]
ADVERSARIES = [
    "[",
    '{"a":',
    '["[',
    '{"',
    '[["',
    '["[1,',
    '{"a":[{"b":"',
    '{"[":"[',
    '[[1],"',
    '["\\"{',
    '[1,"[,',
    '" [',
]

NASTY = st.lists(st.sampled_from(FRAGMENTS)).map("".join)
ANY_TEXT = st.text(st.characters(codec=None) | st.sampled_from('{}[]",:\\1'))
JSON_TEXTS = st.text(st.characters(codec=None) | st.sampled_from('"\\\n/\ud83d\ude00'), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | JSON_TEXTS
JSON_VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(JSON_TEXTS, inner, max_size=3), max_leaves=8
)
ROOTS = st.lists(JSON_VALUES, max_size=3) | st.dictionaries(JSON_TEXTS, JSON_VALUES, max_size=4)


def find(chunks: Iterable[str]) -> tuple[list[JSONValue], PartialJSON | None]:
    parser = JSONStreamParser()
    values = [value for chunk in chunks for value in parser.add(chunk)]
    partial = parser.partial
    assert parser.flush() == []
    assert (parser.partial is None) == (partial is None)
    return values, partial


def pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def random_pieces(text: str, seed: int) -> Iterator[str]:
    rng, at = random.Random(seed), 0
    while at < len(text):
        size = rng.randint(0, 20)
        yield text[at : at + size]
        at += size


def text_of(case: dict[str, Any]) -> str:
    return str(case["text"]) if "text" in case else "".join(part * count for part, count in case["parts"])


def splits_of(case: dict[str, Any]) -> Iterator[list[str]]:
    text = text_of(case)
    sizes = (1, 3, 4) if len(text) <= 30_000 else (997,)
    yield [text]
    yield from (pieces(text, size) for size in sizes)
    yield list(random_pieces(text, 1))
    if "chunks" in case:
        yield case["chunks"]


def depth_of(value: Any) -> int:
    depth = 0
    while isinstance(value, list | dict):
        depth += 1
        value = next(iter(value.values() if isinstance(value, dict) else value), None)
    return depth


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case_gives_its_values_under_every_chunking(case: dict[str, Any]) -> None:
    for chunks in splits_of(case):
        values, partial = find(chunks)
        assert len(values) == case.get("count", len(case["values"]))
        for value, expected in zip(values, case["values"], strict=False):
            assert (value.start, value.end) == (expected["start"], expected["end"])
            if "value" in expected:
                assert repr(value.value) == repr(expected["value"])
        if "depth" in case:
            assert depth_of(values[0].value) == case["depth"]
        if "string_length" in case:
            assert len(next(iter(values[0].value.values()))) == case["string_length"]
        shown = None if partial is None else {"start": partial.start, "value": partial.value}
        assert repr(shown) == repr(case["partial"])


@given(NASTY | ANY_TEXT, st.integers(0, 1000))
@settings(max_examples=200, deadline=None)
@example('["\\ud83d\\ude00 [1]', 0)
@example('{"a": [1, {"b": "x [2] ', 3)
def test_values_and_the_partial_view_do_not_depend_on_the_chunking(text: str, seed: int) -> None:
    whole = repr(find([text]))
    assert repr(find(text)) == whole
    assert repr(find(random_pieces(text, seed))) == whole


@given(NASTY | ANY_TEXT)
@settings(max_examples=120, deadline=None)
def test_any_text_is_taken_and_spans_hold_their_values(text: str) -> None:
    values, partial = find(pieces(text, 3))
    for value in values:
        assert repr(json.loads(text[value.start : value.end])) == repr(value.value)
    ends = [0, *(value.end for value in values)]
    starts = [*(value.start for value in values), len(text) if partial is None else partial.start]
    assert all(end <= start for end, start in zip(ends, starts, strict=True))


@given(NASTY, st.integers(0, 1000))
@settings(max_examples=120, deadline=None)
def test_asking_for_the_partial_view_changes_nothing(text: str, seed: int) -> None:
    parser, values = JSONStreamParser(), []
    for chunk in random_pieces(text, seed):
        values += parser.add(chunk)
        assert (parser.partial is None) or parser.partial.start <= len(text)
    assert repr((values, parser.partial)) == repr(find([text]))


def extends(later: Any, earlier: Any) -> bool:
    """Whether `later` is `earlier`, or what `earlier` can grow to."""
    if type(later) is not type(earlier):
        return False
    if isinstance(earlier, str):
        return str(later).startswith(earlier)
    if isinstance(earlier, dict):
        kept = list(later)[: len(earlier)] == list(earlier)
        return kept and all(extends(later[key], value) for key, value in earlier.items())
    if isinstance(earlier, list):
        return len(later) >= len(earlier) and all(extends(*pair) for pair in zip(later, earlier, strict=False))
    return repr(later) == repr(earlier)


@given(ROOTS, st.booleans(), st.sampled_from([None, 1]))
@settings(max_examples=60, deadline=None)
def test_the_partial_view_only_grows(root: Any, is_ascii: bool, indent: int | None) -> None:
    text = json.dumps(root, ensure_ascii=is_ascii, indent=indent)
    final = json.loads(text)  # escaped surrogates that stand together have become one character
    parser, earlier = JSONStreamParser(), type(root)()
    for char in text[:-1]:
        assert parser.add(char) == []
        partial = parser.partial
        assert partial is not None
        assert extends(partial.value, earlier)
        assert extends(final, partial.value)
        earlier = copy.deepcopy(partial.value)
    (value,) = parser.add(text[-1])
    assert repr(value.value) == repr(final)
    assert parser.partial is None


@given(ROOTS, st.integers(0, 1000))
@settings(max_examples=80, deadline=None)
def test_the_partial_view_lags_behind_in_nothing_that_is_certain(root: Any, seed: int) -> None:
    """Before the last bracket all is certain but a number, which a string put behind it takes care of."""
    if isinstance(root, dict):
        root["last"] = ""
    else:
        root.append("")
    text = json.dumps(root)
    parser = JSONStreamParser()
    for chunk in random_pieces(text[:-1], seed):
        assert parser.add(chunk) == []
    assert parser.partial is not None
    assert repr(parser.partial.value) == repr(json.loads(text))


def test_a_parser_is_a_stream_parser() -> None:
    assert isinstance(JSONStreamParser(), StreamParser)


def test_only_objects_begin_a_value_where_only_objects_are_asked_for() -> None:
    parser = JSONStreamParser(roots="object")
    assert parser.add('x[0] [1] [{"a": [2]}, ') == [JSONValue({"a": [2]}, 10, 20)]
    assert parser.partial is None
    assert parser.add('["x ') == []
    assert parser.partial is None
    assert parser.add('{"b": [') == []
    assert parser.partial == PartialJSON(26, {"b": []})


def test_values_come_at_their_last_code_point_and_not_at_the_flush() -> None:
    text = 'a [1] {"b": [{}]} x'
    parser = JSONStreamParser()
    assert [fed for fed, char in enumerate(text, 1) for _ in parser.add(char)] == [5, 17]


def test_values_inside_a_failed_candidate_come_when_it_fails() -> None:
    parser = JSONStreamParser()
    assert parser.add('{"a": [1], "b": "{\\"c\\": 2}", "d": "[3]", ') == []
    found = parser.add("e")
    assert [(value.value, value.start) for value in found] == [([1], 6), ([3], 36)]


@pytest.mark.parametrize("opener", ["[", '{"a":', '[{"k":'])
def test_nesting_is_limited_by_nothing(opener: str) -> None:
    closer = "".join("]" if char == "[" else "}" for char in reversed(opener) if char in "[{")
    text = opener * 11_000 + "0" + closer * 11_000
    if opener.endswith("["):
        text = text.replace("0", "")
    for chunks in ([text], pieces(text, 999)):
        values, _ = find(chunks)
        assert [(value.start, value.end) for value in values] == [(0, len(text))]
        assert depth_of(values[0].value) == 11_000 * len(closer)


def test_the_partial_view_of_deep_nesting_is_there() -> None:
    _, partial = find(["[" * 50_000])
    assert partial is not None
    assert depth_of(partial.value) == 50_000


@pytest.mark.parametrize("digit_count", [1, 640, 641, 4300, 4301, 20_000])
@pytest.mark.parametrize("sign", ["", "-"])
def test_integers_of_any_length_are_exact(digit_count: int, sign: str) -> None:
    """Checked by arithmetic, as the interpreter does not read numbers that long."""
    value, _ = find(["[" + sign + "7" * digit_count + "]"])
    magnitude = 7 * (10**digit_count - 1) // 9
    assert value[0].value == [-magnitude if sign else magnitude]


@given(st.integers(1, 3000), st.integers(0, 9), st.integers(0, 9))
def test_integers_are_read_in_halves_without_loss(digit_count: int, first: int, last: int) -> None:
    digits = f"1{first}" + "0" * digit_count + f"{last}"
    assert number_of(digits) == (10 + first) * 10 ** (digit_count + 1) + last


@given(ROOTS, st.integers(0, 1000))
@settings(max_examples=80, deadline=None)
def test_our_own_builder_agrees_with_the_decoder(root: Any, seed: int) -> None:
    text = json.dumps(root)
    builder = JSONBuilder()
    for piece in random_pieces(text, seed):
        builder.add(piece)
    assert repr(builder.root) == repr(json.loads(text)) == repr(value_of(text))
    assert builder.length == len(text)


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_constants_that_the_decoder_knows_are_no_json(constant: str) -> None:
    text = f'[{constant}] {{"a": {constant}, "b": [1]}} ' + "and more words " * 50
    values, _ = find([text])
    assert [value.value for value in values] == [[1]]


def test_the_last_of_equal_keys_wins_in_the_partial_view_too() -> None:
    _, partial = find(['{"a": [1], "b": 2, "a": "x'])
    assert repr(partial) == repr(PartialJSON(0, {"a": "x", "b": 2}))


def events_of(action: Callable[[], None]) -> int:
    """How many calls an action makes, in Python and in C."""
    count = 0

    def on_event(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


def feed_all(chunks: list[str], *, is_asking: bool) -> Callable[[], None]:
    def action() -> None:
        parser = JSONStreamParser()
        for chunk in chunks:
            parser.add(chunk)
            if is_asking:
                assert parser.partial is None or parser.partial.start >= 0

    return action


@pytest.mark.parametrize("unit", ADVERSARIES)
@pytest.mark.parametrize("size", [4, 1 << 30])
def test_work_grows_with_the_text_and_not_with_its_square(unit: str, size: int) -> None:
    small, large = (events_of(feed_all(pieces(unit * count + "x", size), is_asking=size == 4)) for count in (300, 1200))
    assert large <= 4.2 * small + 100


def test_asking_after_each_piece_costs_what_is_new() -> None:
    items = ",".join(json.dumps({"n": n, "s": "some text"}) for n in range(500))
    chunks = pieces("[" + items, 4)
    half = len(chunks) // 2
    first, whole = (events_of(feed_all(part, is_asking=True)) for part in (chunks[:half], chunks))
    assert whole <= 2.2 * first


def peak_bytes(action: Callable[[], None]) -> int:
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("unit", ["Some {prose} with f(x[i]) and [12].\n", '{"a": [1, 2, "x"]} ', '["[1, ', '{"'])
def test_memory_does_not_grow_while_nothing_stays_open(unit: str) -> None:
    chunks = [unit] * 5000
    assert peak_bytes(feed_all(chunks, is_asking=False)) < 200_000


@pytest.mark.parametrize(("is_asking", "limit"), [(False, 3), (True, 4)])
def test_memory_of_an_open_string_is_near_its_length(is_asking: bool, limit: int) -> None:
    text = '{"s": "' + "abcdefghi " * 12_000

    def action() -> None:
        parser = JSONStreamParser()
        for at in range(0, len(text), 4):
            parser.add(text[at : at + 4])
            if is_asking:
                assert parser.partial is not None

    assert peak_bytes(action) < limit * len(text) + 100_000
