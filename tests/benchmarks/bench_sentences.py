"""The sentence splitter: cost of a chunk against a naive loop, over a long stream, in bulk, and its memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from functools import partial

from tests.benchmarks.measure import ROUNDS, against, in_turn, micros, run_script, tenths
from tests.benchmarks.row import Row, row_of
from tui.core.text.sentence_scanner import SentenceScanner

CHUNK = 4
TIMES_NAIVE = 45  # 4 us a chunk, where appending and counting takes 0.09
LAST_TO_FIRST = 1.2
EXTRA_BYTES = 64 * 1024
MEMORY_LENGTH = 500_000
SECTION = """## Streaming in short

A streamed answer is sent in pieces. The client shows each piece as it comes, so a reader sees the first words
early. It is not faster overall, but it feels faster! Compare this with Fig. 3 of the report, which says "it depends."

- **Latency:** the time to the first token, e.g. 250 ms for a small model.
- **Rate**: how many tokens come each second. Most people read about five.

1. Install the package with `pip install example`.
2. Open `main.py` and call `run(stream=True)`. Text should appear at once.

```python
for chunk in client.stream("Hello. World"):
    print(chunk.text, end="")
```

| name | value |
|------|-------|
| ttft | 0.3 s |

However, a proxy in between may wait until four kilobytes have come, and then nobody sees a stream at all. Does it
matter? In practice, yes, because the first demonstration is usually where it is found out.

"""
HARD = {
    "one endless line": "word ",
    "closing signs": ".)",
    "open quotes": "“Go. ",
    "blank lines": "\n",
    "spaced dots": ". ",
}


def chunks_of(unit: str, length: int) -> list[str]:
    """Text of that many code points, made of the unit, in chunks of four."""
    text = (unit * (length // len(unit) + 1))[:length]
    return [text[i : i + CHUNK] for i in range(0, length, CHUNK)]


def naive(chunks: list[str]) -> None:
    """The least that anybody does with a stream: append, and count what looks like an end."""
    whole, count = "", 0
    for chunk in chunks:
        whole += chunk
        count += "." in chunk


def scan(scanner: SentenceScanner, chunks: list[str]) -> None:
    """Adds the chunks."""
    for chunk in chunks:
        scanner.add(chunk)


def cost_of_a_chunk() -> Row:
    """In naive loops."""
    chunks = chunks_of(SECTION, 400_000)
    times = in_turn({"ours": lambda: scan(SentenceScanner(), chunks), "naive": lambda: naive(chunks)})
    note = f"{micros(times['ours'], len(chunks))} a chunk"
    what = f"sentences, {CHUNK} characters a chunk / appending"
    return against(what, times["ours"], times["naive"], TIMES_NAIVE, note=note, is_shown=True)


def growth(name: str, unit: str, length: int) -> Row:
    """The last tenth of a long stream against its first tenth."""
    tenth = chunks_of(unit, length // 10)
    scan(SentenceScanner(), tenth)
    runs = [tenths(partial(scan, SentenceScanner()), tenth * 10) for _ in range(ROUNDS)]
    last, first = [run[-1] for run in runs], [run[0] for run in runs]
    what = f"sentences, {name}: last tenth / first tenth"
    note = f"{length / 1e6:.1f} MB"
    return against(what, last, first, LAST_TO_FIRST, note=note, is_shown=unit is SECTION)


def bulk() -> Row:
    """Megabytes a second in chunks of 64 kB; a rate depends on the machine, so it is only shown."""
    text = "".join(chunks_of(SECTION, 1_000_000))
    chunks = [text[i : i + 65536] for i in range(0, len(text), 65536)]
    times = in_turn({"ours": lambda: scan(SentenceScanner(), chunks)})["ours"]
    return row_of("sentences, 64 kB a chunk", [1 / spent.cpu_s for spent in times], "MB/s")


def memory(name: str, unit: str, length: int) -> Row:
    """Peak memory above the longest segment, which counts twice: its parts live while they are joined."""
    chunks, scanner = chunks_of(unit, length), SentenceScanner()
    longest = max(map(len, SentenceScanner().add("".join(chunks))), default=0)
    tracemalloc.start()
    scan(scanner, chunks)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    extra = peak - 2 * longest * (1 if unit.isascii() else 2)
    return row_of(f"sentences, {name}: memory above the longest segment", [max(0, extra)], "B", EXTRA_BYTES)


def rows(is_quick: bool) -> Iterator[Row]:
    """Cost, bulk, growth and memory; the hard texts at a fifth of the length, memory at half a million code points."""
    length = 200_000 if is_quick else 2_000_000
    streams = {"markdown": SECTION, **HARD}
    yield cost_of_a_chunk()
    yield bulk()
    for name, unit in streams.items():
        yield growth(name, unit, length if unit is SECTION else length // 5)
    for name in ("markdown",) if is_quick else streams:
        yield memory(name, streams[name], MEMORY_LENGTH)


if __name__ == "__main__":
    run_script(rows, __doc__)
