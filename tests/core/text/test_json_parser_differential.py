"""The parser against the standard library's strict decoder, on damaged documents in prose, at every prefix."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from tests.core.text.strict_json_oracle import values_of
from tui.core.text.json_parser import JSONStreamParser

PIECES = [*'{}[]",:\\ \n\t0123-+.eEx', '"', '"', "[", "{", "}", "]", "NaN", "-Infinity", "true", "fals", "null", '\\"']
PIECES += [
    "\\u00e9",
    "\\ud83d",
    "\\u12",
    "//",
    "'",
    ",]",
    ",}",
    '{"a":',
    '["',
    '"]',
    "\x00",
    "\x7f",
    "\ufeff",
    "\u00a0",
]
WORDS = [
    "See",
    "x[0]",
    "{name}",
    "the",
    "list",
    "[1]",
    "say",
    '"hi"',
    "f(x) {",
    "}",
    "$\\frac{1}{2}$",
    "\n\n",
    "é",
    "\U0001f600",
]
PADDINGS = [0, 150, 300]  # long texts are first tried in larger steps, and by the C decoder
STRINGS = ["", "a", 'say "x"', "{", '["', "tab\t", "é\ud83d", "\U0001f600", "[1, 2]", '{"k": 1}', "\\", "]"]


def random_value(rng: random.Random, depth: int) -> Any:
    kind = rng.randrange(8 if depth else 6)
    if kind == 6:
        return [random_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    if kind == 7:
        return {rng.choice(STRINGS): random_value(rng, depth - 1) for _ in range(rng.randrange(4))}
    scalars = (
        rng.choice(STRINGS),
        rng.randint(-(10**20), 10**20),
        rng.uniform(-1e9, 1e9),
        True,
        None,
        rng.choice(STRINGS),
    )
    return scalars[kind]


def random_document(rng: random.Random) -> str:
    """Prose with two or three values in it, one of them often cut, and up to five damages."""
    parts: list[str] = []
    for _ in range(rng.randint(1, 3)):
        parts += rng.choices(WORDS, k=rng.randrange(4))
        value = [random_value(rng, 3), {rng.choice(STRINGS): random_value(rng, 2)}][rng.randrange(2)]
        parts.append(json.dumps(value, ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, None, 1])))
    text = " ".join(parts)
    for _ in range(rng.randrange(6)):
        at, other = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        text = rng.choice(
            [
                text[:at] + text[at + 1 :],
                text[:at] + rng.choice(PIECES) + text[at:],
                text[:at] + rng.choice(PIECES) + text[at + 1 :],
                text[:at] + text[at : min(other, at + 12)] + text[at:],
            ]
        )
    return text[: rng.randrange(len(text) + 1)] if rng.random() < 0.3 else text


def found_in(text: str, rng: random.Random, roots: Any) -> list[tuple[int, int, Any]]:
    parser, at = JSONStreamParser(roots=roots), 0
    size = rng.choice([1, 4, 20, 10_000, 10_000])
    found = []
    while at < len(text):
        step = rng.randint(1, size) if size < 10_000 else size
        found += parser.add(text[at : at + step])
        at += step
    return [(value.start, value.end, value.value) for value in found]


def compare(seeds: range) -> None:
    value_count = 0
    for seed in seeds:
        rng = random.Random(seed)
        text = random_document(rng) + " " * rng.choice(PADDINGS)
        for roots, openers in (("any", "[{"), ("object", "{")):
            expected = list(values_of(text, openers))
            # repr tells 1 from 1.0 and True, -0.0 from 0.0, and shows the order of keys.
            assert repr(found_in(text, rng, roots)) == repr(expected), (seed, text)
            value_count += len(expected)
    assert value_count > len(seeds), "the documents hold too few values to prove anything"


def test_values_and_spans_are_the_decoders() -> None:
    compare(range(1000))


@pytest.mark.slow
def test_values_and_spans_are_the_decoders_on_ten_thousand_documents() -> None:
    compare(range(1000, 11_000))


def test_every_value_comes_out_at_the_first_prefix_at_which_it_is_certain() -> None:
    """Eager, and never early: after each code point the parser has given what the oracle finds in that prefix."""
    for seed in range(60):
        text = random_document(random.Random(f"eager {seed}"))[:120]
        parser, given_out = JSONStreamParser(), 0
        for fed, char in enumerate(text, start=1):
            given_out += len(parser.add(char))
            assert given_out == len(list(values_of(text[:fed]))), (seed, text[:fed])
