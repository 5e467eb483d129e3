"""The JSON parser against a loop that only appends the chunks to a list, and against itself as a text grows."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import partial
from statistics import median

from tests.benchmarks.measure import Spent, against, in_turn, micros, run_script
from tests.benchmarks.row import Row
from tui.core.text.json_parser import JSONStreamParser

CHUNK = 4
BULK = 64 * 1024
ADVERSARIES = ("[", '{"a":', '["[', '{"', '["[1,', '{"a":[{"b":"')


def pieces(text: str, size: int) -> list[str]:
    """The text in chunks of `size` code points."""
    return [text[start : start + size] for start in range(0, len(text), size)]


def record(rng: random.Random) -> dict[str, object]:
    """An object of some 160 characters with every kind of value."""
    return {
        "id": rng.randrange(10**6),
        "name": f"item {rng.randrange(1000)}",
        "tags": ["a", "bc", "def"],
        "price": round(rng.random(), 6),
        "is_new": rng.random() < 0.5,
        "owner": None,
        "notes": {"sizes": [1, 2, {"text": 'say "hello"\n'}]},
    }


def records(length: int) -> str:
    """One array of records that is never closed."""
    rng = random.Random(1)
    return "[" + ", ".join(json.dumps(record(rng)) for _ in range(length // 150))


def prose(length: int) -> str:
    """Prose with a few openers, as in LLM answers."""
    paragraph = "Some plain words, then more of them, and a {name} in braces. " * 4 + "As shown in [1], see x[i]. \n\n"
    return paragraph * (length // len(paragraph))


def appending(chunks: list[str]) -> None:
    """The loop that everything is compared with."""
    kept: list[str] = []
    for chunk in chunks:
        kept.append(chunk)  # noqa: PERF402  one call a chunk is the point


def parsing(chunks: list[str], *, is_asking: bool = False) -> None:
    """A parser for these chunks; `is_asking` looks at the partial view after every chunk."""
    parser = JSONStreamParser()
    for chunk in chunks:
        parser.add(chunk)
        if is_asking:
            _ = parser.partial


def decoding(lines: str) -> None:
    """The C decoder on each line."""
    for line in lines.splitlines():
        json.loads(line)


def against_appending(name: str, text: str, figure: float, *, is_asking: bool = False) -> Row:
    """The price of a chunk in appends."""
    chunks = pieces(text, CHUNK)
    times = in_turn({"ours": partial(parsing, chunks, is_asking=is_asking), "naive": partial(appending, chunks)})
    note = f"{micros(times['ours'], len(chunks))} a chunk"
    return against(f"JSON, {name} / appending", times["ours"], times["naive"], figure, note=note)


def growth(name: str, small: list[str], large: list[str], figure: float, *, is_asking: bool = False) -> Row:
    """How much dearer a code point is in the larger text."""
    works = {size: partial(parsing, part, is_asking=is_asking) for size, part in (("large", large), ("small", small))}
    times, per = in_turn(works, rounds=3), sum(map(len, large)) / sum(map(len, small))
    larger = [Spent(spent.cpu_s / per, spent.wall_s / per) for spent in times["large"]]
    return against(f"JSON, {name}: a code point in so much more", larger, times["small"], figure)


def rows(is_quick: bool) -> Iterator[Row]:
    """Price, growth, and texts made to be dear."""
    scale = 1 if is_quick else 5
    length = 100_000 * scale
    string = '{"s": "' + "abcdefgh\\n" * (length // 10)
    yield against_appending("records, 4 code points a chunk", records(length), 150)
    yield against_appending("prose, 4 code points a chunk", prose(length), 100)
    yield against_appending("one string, 4 code points a chunk", string, 100)
    yield against_appending("records, partial view asked after each chunk", records(length), 600, is_asking=True)
    yield growth("the last of a string against the first", pieces(string[:20_000], 4), pieces(string, 4), 1.3)
    asked = records(20 * 10_000)
    yield growth("asked at 200 kB against 50 kB", pieces(asked[:50_000], 4), pieces(asked, 4), 1.3, is_asking=True)
    yield in_bulk("\n".join(json.dumps(record(random.Random(seed))) for seed in range(600 * scale)))
    for unit in ADVERSARIES:
        for size in (CHUNK, 1 << 30):
            small, large = (pieces(unit * count * scale + "x", size) for count in (2000, 8000))
            kind = "chunks of 4" if size == CHUNK else "at once"
            yield growth(f"`{unit}` repeated, four times as often, {kind}", small, large, 1.5)


def in_bulk(values: str) -> Row:
    """Whole values in large pieces, against the C decoder, which is given each line."""
    times = in_turn({"ours": partial(parsing, pieces(values, BULK)), "loads": partial(decoding, values)})
    note = f"{len(values) / median(spent.cpu_s for spent in times['ours']) / 1e6:.0f} MB/s"
    return against("JSON, values in 64 kB chunks / json.loads", times["ours"], times["loads"], 4.0, note=note)


if __name__ == "__main__":
    run_script(rows, __doc__)
