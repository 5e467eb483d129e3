"""The JSON parser against a loop that only appends the chunks to a list: ratios of CPU time, interleaved.

Run it as a script: python tests/benchmarks/bench_json_parser.py [--quick]. The exit status is 1 when a figure is
missed. Microseconds are printed for the reader; only ratios are judged. --quick uses a tenth of the text.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from tui.core.text.json_parser import JSONStreamParser

CHUNK = 4
BULK = 64 * 1024
ROUNDS = 5
ADVERSARIES = ("[", '{"a":', '["[', '{"', '["[1,', '{"a":[{"b":"')


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured, the ratio that came out and the one it must not pass."""

    name: str
    ratio: float
    figure: float
    remark: str = ""

    def report(self) -> bool:
        """Prints one row; says whether the figure was kept."""
        is_kept = self.ratio <= self.figure
        print(
            f"{self.name:58} x{self.ratio:7.2f}   at most x{self.figure:<5}"
            f" {'ok' if is_kept else 'MISSED':6} {self.remark}",
            flush=True,
        )
        return is_kept


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


def seconds_appending(chunks: list[str]) -> float:
    """CPU time of the loop that everything is compared with."""
    gc.collect()
    start = time.process_time()
    kept: list[str] = []
    for chunk in chunks:
        kept.append(chunk)  # noqa: PERF402  one call a chunk is the point
    return time.process_time() - start


def seconds_parsing(chunks: list[str], *, is_asking: bool = False) -> float:
    """CPU time of the parser; `is_asking` looks at the partial view after every chunk."""
    gc.collect()
    parser = JSONStreamParser()
    start = time.process_time()
    for chunk in chunks:
        parser.add(chunk)
        if is_asking:
            _ = parser.partial
    return time.process_time() - start


def medians(*actions: Callable[[], float]) -> list[float]:
    """The median of each action's seconds, run in turn."""
    rounds = [[action() for action in actions] for _ in range(ROUNDS)]
    return [median(times) for times in zip(*rounds, strict=True)]


def against_appending(name: str, text: str, figure: float, *, is_asking: bool = False) -> Measurement:
    """The price of a chunk in appends."""
    chunks = pieces(text, CHUNK)
    ours, naive = medians(lambda: seconds_parsing(chunks, is_asking=is_asking), lambda: seconds_appending(chunks))
    return Measurement(name, ours / naive, figure, f"{ours / len(chunks) * 1e6:.2f} us a chunk")


def growth(name: str, small: list[str], large: list[str], figure: float, *, is_asking: bool = False) -> Measurement:
    """How much dearer a code point is in the larger text."""
    first, second = medians(
        lambda: seconds_parsing(small, is_asking=is_asking), lambda: seconds_parsing(large, is_asking=is_asking)
    )
    small_cost, large_cost = first / sum(map(len, small)), second / sum(map(len, large))
    return Measurement(name, large_cost / small_cost, figure, f"{large_cost * 1e6:.2f} us a code point")


def measurements(scale: int) -> Iterator[Measurement]:
    """All rows; `scale` times 100,000 code points each, adversaries 2,000 and 8,000 units times `scale`."""
    length = 100_000 * scale
    string = '{"s": "' + "abcdefgh\\n" * (length // 10)
    yield against_appending("records, 4 code points a chunk", records(length), 150)
    yield against_appending("prose, 4 code points a chunk", prose(length), 100)
    yield against_appending("one string, 4 code points a chunk", string, 100)
    yield against_appending("records, partial view asked after each chunk", records(length), 600, is_asking=True)
    yield growth("the last of a string against the first", pieces(string[:20_000], 4), pieces(string, 4), 1.3)
    asked = records(20 * 10_000)
    yield growth("asking at 200 kB against 50 kB", pieces(asked[:50_000], 4), pieces(asked, 4), 1.3, is_asking=True)
    bulk = "\n".join(json.dumps(record(random.Random(seed))) for seed in range(600 * scale))
    loads, parsed = medians(lambda: seconds_decoding(bulk), lambda: seconds_parsing(pieces(bulk, BULK)))
    yield Measurement(
        "values in 64 kB chunks against json.loads", parsed / loads, 4.0, f"{len(bulk) / parsed / 1e6:.0f} MB/s"
    )
    for unit in ADVERSARIES:
        for size in (CHUNK, 1 << 30):
            small, large = (pieces(unit * count * scale + "x", size) for count in (2000, 8000))
            yield growth(
                f"{unit} repeated, four times as often, chunks of {min(size, len(large[0]))}", small, large, 1.5
            )


def seconds_decoding(lines: str) -> float:
    """CPU time of the C decoder on each line."""
    gc.collect()
    start = time.process_time()
    for line in lines.splitlines():
        json.loads(line)
    return time.process_time() - start


def main() -> int:
    """Runs all measurements; 1 if a figure was missed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="a tenth of the text")
    results = [measurement.report() for measurement in measurements(1 if arguments.parse_args().quick else 10)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
