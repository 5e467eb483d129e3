"""The sentence splitter: cost of a chunk against a naive loop, over a long stream, in bulk, and its memory.

Run it as a script: python tests/benchmarks/bench_sentences.py [--quick]. CPU time, interleaved, as ratios. The exit
status is 1 when a figure of the design is missed; --quick streams 1 MB instead of 10.
"""

from __future__ import annotations

import argparse
import sys
import time
import tracemalloc
from statistics import median

from tui.core.text.sentence_scanner import SentenceScanner

CHUNK = 4
ROUNDS = 5
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
HARD = {"one endless line": "word ", "closing signs": ".)", "open quote": "“Go. ", "blank lines": "\n", "spaced dots": ". "}


def chunks_of(unit: str, length: int) -> list[str]:
    """Text of that many code points, made of the unit, in chunks of four."""
    text = (unit * (length // len(unit) + 1))[:length]
    return [text[i : i + CHUNK] for i in range(0, length, CHUNK)]


def naive_seconds(chunks: list[str]) -> float:
    """The least that anybody does with a stream: append, and count what looks like an end."""
    whole, count, begin = "", 0, time.process_time()
    for chunk in chunks:
        whole += chunk
        count += "." in chunk
    return time.process_time() - begin


def scanner_seconds(scanner: SentenceScanner, chunks: list[str]) -> float:
    """CPU time to add the chunks."""
    begin = time.process_time()
    for chunk in chunks:
        scanner.add(chunk)
    return time.process_time() - begin


def cost_of_a_chunk() -> bool:
    """Microseconds for a chunk and the ratio to the naive loop, as medians."""
    chunks = chunks_of(SECTION, 400_000)
    pairs = [(scanner_seconds(SentenceScanner(), chunks), naive_seconds(chunks)) for _ in range(ROUNDS)]
    cost = median(pair[0] for pair in pairs) / len(chunks) * 1e6
    ratio = median(pair[0] / pair[1] for pair in pairs)
    print(f"markdown, 4 a chunk: {cost:.2f} us a chunk, {ratio:.0f} x the naive loop (figure: 40)")
    return ratio <= 40


def growth(name: str, unit: str, length: int) -> bool:
    """The last tenth of a long stream against its first tenth."""
    scanner, tenth = SentenceScanner(), chunks_of(unit, length // 10)
    scanner_seconds(SentenceScanner(), tenth)
    times = [scanner_seconds(scanner, tenth) for _ in range(10)]
    ratio = times[-1] / times[0]
    print(f"{name}, {length / 1e6:.0f} MB: last tenth {ratio:.2f} x the first (figure: 1.2)")
    return ratio <= 1.2


def bulk() -> bool:
    """Megabytes a second in chunks of 64 kB."""
    text = "".join(chunks_of(SECTION, 1_000_000))
    rates = []
    for _ in range(ROUNDS):
        rates.append(1 / scanner_seconds(SentenceScanner(), [text[i : i + 65536] for i in range(0, len(text), 65536)]))
    print(f"markdown, 64 kB a chunk: {median(rates):.1f} MB/s (figure: 2)")
    return median(rates) >= 2


def memory(name: str, unit: str, length: int, cap: int) -> bool:
    """Peak memory above the unfinished segment, in kB; two bytes a code point for a text with wide signs."""
    chunks, scanner = chunks_of(unit, length), SentenceScanner(cap)
    tracemalloc.start()
    for chunk in chunks:
        scanner.add(chunk)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    extra = peak / 1024 - 2 * max(map(len, SentenceScanner(cap).add("".join(chunks)))) * (1 if unit.isascii() else 2) / 1024
    print(f"{name}: {extra:.0f} kB above the longest segment, twice while it is joined (figure: 64)")
    return extra <= 64


def main() -> int:
    """Run all; 1 if a figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="stream 1 MB instead of 10")
    length = 1_000_000 if parser.parse_args().quick else 10_000_000
    reached = [cost_of_a_chunk(), bulk(), growth("markdown", SECTION, length)]
    reached += [growth(name, unit, length // 5) for name, unit in HARD.items()]
    reached += [memory("memory, markdown", SECTION, length // 5, 65536)]
    reached += [memory(f"memory, {name}", unit, length // 5, 65536) for name, unit in HARD.items()]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
