"""The code block parser against a loop that only appends the chunks to a list, and against itself as a text grows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

from tests.benchmarks.measure import ROUNDS, Spent, against, in_turn, micros, run_script, spent_on
from tests.benchmarks.row import Row
from tui.core.text.code_blocks import CodeBlockParser

CHUNK = 4
BULK = 64 * 1024
WHOLE = 1 << 30
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


def pieces(text: str, size: int) -> list[str]:
    """The text in chunks of `size` code points."""
    return [text[start : start + size] for start in range(0, len(text), size)]


def appending(chunks: list[str]) -> None:
    """The loop that everything is compared with."""
    kept: list[str] = []
    for chunk in chunks:
        kept.append(chunk)  # noqa: PERF402  one call a chunk is the point


def parsing(chunks: list[str], *, before: str = "", ask_every: int = 0) -> Spent:
    """The time for the chunks after `before` was fed; `ask_every` so many chunks looks at the open block's code."""
    parser = CodeBlockParser()
    for chunk in pieces(before, BULK):
        parser.add(chunk)
    return spent_on(lambda: parse(parser, chunks, ask_every))


def parse(parser: CodeBlockParser, chunks: list[str], ask_every: int = 0) -> None:
    """Adds the chunks."""
    for index, chunk in enumerate(chunks):
        parser.add(chunk)
        if ask_every and index % ask_every == 0 and parser.open_block is not None:
            len(parser.open_block.code)  # held by nobody, as in a view that draws it and lets it go


def against_appending(name: str, text: str, figure: float) -> Row:
    """The price of a chunk in appends."""
    chunks = pieces(text, CHUNK)
    times = in_turn({"ours": lambda: parse(CodeBlockParser(), chunks), "naive": lambda: appending(chunks)})
    note = f"{micros(times['ours'], len(chunks))} a chunk"
    return against(f"code blocks, {name} / appending", times["ours"], times["naive"], figure, note=note)


def bulk_against_appending(name: str, text: str, figure: float) -> Row:
    """The price of 64 kB chunks in appends of the same text in chunks of four: 10 MB/s are 0.4 us for each of these."""
    bulk, chunks = pieces(text, BULK), pieces(text, CHUNK)
    times = in_turn({"ours": lambda: parse(CodeBlockParser(), bulk), "naive": lambda: appending(chunks)})
    note = f"{len(text) / median(spent.cpu_s for spent in times['ours']) / 1e6:.0f} MB/s"
    return against(f"code blocks, {name} / appending in chunks of 4", times["ours"], times["naive"], figure, note=note)


def last_against_first(name: str, text: str, figure: float, *, ask_every: int = 0) -> Row:
    """How much dearer the last tenth of a text is than the first one."""
    tenth = len(text) // 10
    chunks, before = pieces(text[:tenth], CHUNK), text[: 9 * tenth]
    end = pieces(text[9 * tenth :], CHUNK)
    first, last = [], []
    for _ in range(ROUNDS):
        first.append(parsing(chunks, ask_every=ask_every))
        last.append(parsing(end, before=before, ask_every=ask_every))
    return against(f"code blocks, {name}: last tenth / first tenth", last, first, figure)


def growth(name: str, small: list[str], large: list[str], figure: float) -> Row:
    """How much dearer a code point is in the larger text."""
    times = in_turn({"large": partial(parse_new, large), "small": partial(parse_new, small)}, rounds=3)
    per = sum(map(len, large)) / sum(map(len, small))
    larger = [Spent(spent.cpu_s / per, spent.wall_s / per) for spent in times["large"]]
    return against(f"code blocks, {name}: a code point in four times as much", larger, times["small"], figure)


def parse_new(chunks: list[str]) -> None:
    """A parser for these chunks alone."""
    parse(CodeBlockParser(), chunks)


def rows(is_quick: bool) -> Iterator[Row]:
    """Price, growth, and texts made to be dear."""
    length = 100_000 if is_quick else 1_000_000
    answers = ANSWER * (length // len(ANSWER))
    block = "```py\n" + CODE_LINE * (length // len(CODE_LINE))
    yield against_appending("answers, 4 code points a chunk", answers, 80)
    yield against_appending("one block, 4 code points a chunk", block, 80)
    yield bulk_against_appending("answers in 64 kB chunks", answers, 16)
    yield bulk_against_appending("one block in 64 kB chunks", block, 16)
    yield last_against_first("answers", answers * 3, 1.2)
    yield last_against_first("one block", block * 3, 1.2)
    yield last_against_first("one block, its code asked for every 100 chunks", block * 3, 1.5, ask_every=100)
    for name, text in HARD.items():
        for size in (CHUNK, WHOLE):
            small, large = (pieces(text(length // 20 * times), size) for times in (1, 4))
            kind = "chunks of 4" if size == CHUNK else "at once"
            yield growth(f"{name}, {kind}", small, large, 1.6)


if __name__ == "__main__":
    run_script(rows, __doc__)
