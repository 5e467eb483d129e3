"""The code block parser against a loop that only appends the chunks to a list: ratios of CPU time, interleaved.

Run it as a script: python tests/benchmarks/bench_code_blocks.py [--quick]. The exit status is 1 when a figure is
missed. Microseconds are printed for the reader; only ratios are judged. --quick uses a tenth of the text.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from tui.core.text.code_blocks import CodeBlockParser

CHUNK = 4
BULK = 64 * 1024
WHOLE = 1 << 30
ROUNDS = 5
ANSWER = """## How the cache works

The cache keeps the last answers in memory, so that a second request for the same page need not reach the database. \
When an entry is older than a minute it is dropped, and the next request fills it again.

There are three things to keep in mind:

- **Size**: the cache holds at most a thousand entries, and the oldest one goes first.
- **Time**: an entry lives for sixty seconds, counted from when it was written.
- **Keys**: the key is the path and the sorted query, without the fragment.

```python
class Cache:
    def __init__(self, size=1000, ttl=60):
        self.size = size
        self.items = OrderedDict()

    def get(self, key):
        value, born = self.items.get(key, (None, 0))
        return None if time.monotonic() - born > self.ttl else value
```

1. Create it once, when the program starts.
2. Call `get` before the query and `put` after it.

> **Note:** this cache is not shared between processes, so each worker has its own.

"""
CODE_LINE = "    value = compute(value, 12)  # one more step\n"
HARD: dict[str, Callable[[int], str]] = {
    "no line end": lambda n: "word " * n,
    "quotes, then blank lines": lambda n: "> " * n + "\n" * n,
    "list items, then blank lines": lambda n: "- " * n + "x" + "\n" * n,
    "thematic break that is none": lambda n: "- " * n + "x\n",
    "underline that is none": lambda n: "a\n" + "=" * n + " " * n + "x\n",
    "inline runs of backticks": lambda n: "a ```\n" * n,
    "runs of backticks in a block": lambda n: "```\n" + "a ```\n" * n,
    "carriage returns in a block": lambda n: "```\n" + "a\r" * n + "b\n",
}


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
        verdict = "ok" if is_kept else "MISSED"
        print(
            f"{self.name:60} x{self.ratio:6.2f}  at most x{self.figure:<4} {verdict:6} {self.remark}",
            flush=True,
        )
        return is_kept


def pieces(text: str, size: int) -> list[str]:
    """The text in chunks of `size` code points."""
    return [text[start : start + size] for start in range(0, len(text), size)]


def seconds_appending(chunks: list[str]) -> float:
    """CPU time of the loop that everything is compared with."""
    gc.collect()
    start = time.process_time()
    kept: list[str] = []
    for chunk in chunks:
        kept.append(chunk)  # noqa: PERF402  one call a chunk is the point
    return time.process_time() - start


def seconds_parsing(chunks: list[str], *, before: str = "", ask_every: int = 0) -> float:
    """CPU time for the chunks after `before` was fed; `ask_every` so many chunks looks at the open block's code."""
    gc.collect()
    parser = CodeBlockParser()
    for chunk in pieces(before, BULK):
        parser.add(chunk)
    start = time.process_time()
    for index, chunk in enumerate(chunks):
        parser.add(chunk)
        if ask_every and index % ask_every == 0 and parser.open_block is not None:
            len(parser.open_block.code)  # held by nobody, as in a view that draws it and lets it go
    return time.process_time() - start


def medians(*actions: Callable[[], float]) -> list[float]:
    """The median of each action's seconds, run in turn."""
    rounds = [[action() for action in actions] for _ in range(ROUNDS)]
    return [median(times) for times in zip(*rounds, strict=True)]


def against_appending(name: str, text: str, figure: float) -> Measurement:
    """The price of a chunk in appends."""
    chunks = pieces(text, CHUNK)
    ours, naive = medians(lambda: seconds_parsing(chunks), lambda: seconds_appending(chunks))
    return Measurement(name, ours / naive, figure, f"{ours / len(chunks) * 1e6:.2f} us a chunk")


def bulk_against_appending(name: str, text: str, figure: float) -> Measurement:
    """The price of 64 kB chunks in appends of the same text in chunks of four: 10 MB/s are 0.4 us for each of these."""
    ours, naive = medians(lambda: seconds_parsing(pieces(text, BULK)), lambda: seconds_appending(pieces(text, CHUNK)))
    return Measurement(name, ours / naive, figure, f"{len(text) / ours / 1e6:.0f} MB/s")


def last_against_first(name: str, text: str, figure: float, *, ask_every: int = 0) -> Measurement:
    """How much dearer the last tenth of a text is than the first one."""
    tenth = len(text) // 10
    chunks, before = pieces(text[:tenth], CHUNK), text[: 9 * tenth]
    last = pieces(text[9 * tenth :], CHUNK)
    first_s, last_s = medians(
        lambda: seconds_parsing(chunks, ask_every=ask_every),
        lambda: seconds_parsing(last, before=before, ask_every=ask_every),
    )
    return Measurement(name, last_s / first_s, figure, f"{last_s / len(last) * 1e6:.2f} us a chunk")


def growth(name: str, small: list[str], large: list[str], figure: float) -> Measurement:
    """How much dearer a code point is in the larger text."""
    first, second = medians(lambda: seconds_parsing(small), lambda: seconds_parsing(large))
    small_cost, large_cost = first / sum(map(len, small)), second / sum(map(len, large))
    return Measurement(name, large_cost / small_cost, figure, f"{large_cost * 1e6:.2f} us a code point")


def measurements(length: int) -> Iterator[Measurement]:
    """All rows; texts of `length` code points."""
    answers = ANSWER * (length // len(ANSWER))
    block = "```py\n" + CODE_LINE * (length // len(CODE_LINE))
    yield against_appending("answers, 4 code points a chunk", answers, 80)
    yield against_appending("one block, 4 code points a chunk", block, 80)
    yield bulk_against_appending("answers in 64 kB chunks", answers, 16)
    yield bulk_against_appending("one block in 64 kB chunks", block, 16)
    yield last_against_first("answers, last tenth against first", answers, 1.2)
    yield last_against_first("one block, last tenth against first", block, 1.2)
    yield last_against_first("the same, code asked every 100 chunks", block, 1.5, ask_every=100)
    for name, text in HARD.items():
        for size in (CHUNK, WHOLE):
            small, large = (pieces(text(length // 100 * times), size) for times in (1, 4))
            kind = "chunks of 4" if size == CHUNK else "at once"
            yield growth(f"{name}, four times as many, {kind}", small, large, 1.6)


def main() -> int:
    """Runs all measurements; 1 if a figure was missed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="a tenth of the text")
    length = 1_000_000 if arguments.parse_args().quick else 10_000_000
    results = [measurement.report() for measurement in measurements(length)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
