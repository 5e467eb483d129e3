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
GROWTH_ROUNDS = 5
TIMES_NAIVE = 45  # 4 us a chunk, where appending and counting takes 0.09
LAST_TO_FIRST = 1.2
EXTRA_KB = 64
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


def report(line: str) -> None:
    """One line of the result."""
    print(line)


def cost_of_a_chunk() -> bool:
    """Microseconds for a chunk and the ratio to the naive loop, as medians."""
    chunks = chunks_of(SECTION, 400_000)
    pairs = [(scanner_seconds(SentenceScanner(), chunks), naive_seconds(chunks)) for _ in range(ROUNDS)]
    cost = median(pair[0] for pair in pairs) / len(chunks) * 1e6
    ratio = median(pair[0] / pair[1] for pair in pairs)
    report(f"markdown, {CHUNK} a chunk: {cost:.2f} us a chunk, {ratio:.0f} x the naive loop (figure: {TIMES_NAIVE})")
    return ratio <= TIMES_NAIVE


def growth(name: str, unit: str, length: int) -> bool:
    """The last tenth of a long stream against its first tenth, the median of some streams."""
    tenth = chunks_of(unit, length // 10)
    scanner_seconds(SentenceScanner(), tenth)
    ratios = []
    for _ in range(GROWTH_ROUNDS):
        scanner = SentenceScanner()
        times = [scanner_seconds(scanner, tenth) for _ in range(10)]
        ratios.append(times[-1] / times[0])
    report(f"{name}, {length / 1e6:.1f} MB: last tenth {median(ratios):.2f} x the first (figure: {LAST_TO_FIRST})")
    return median(ratios) <= LAST_TO_FIRST


def bulk() -> None:
    """Megabytes a second in chunks of 64 kB; a rate depends on the machine, so it is only shown."""
    text = "".join(chunks_of(SECTION, 1_000_000))
    chunks = [text[i : i + 65536] for i in range(0, len(text), 65536)]
    rate = median(1 / scanner_seconds(SentenceScanner(), chunks) for _ in range(ROUNDS))
    report(f"markdown, 64 kB a chunk: {rate:.1f} MB/s (2 on the machine of the design)")


def memory(name: str, unit: str, length: int) -> bool:
    """Peak memory in kB above the longest segment, which counts twice: its parts live while they are joined."""
    chunks, scanner = chunks_of(unit, length), SentenceScanner()
    longest = max(map(len, SentenceScanner().add("".join(chunks))), default=0)
    tracemalloc.start()
    for chunk in chunks:
        scanner.add(chunk)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    extra = (peak - 2 * longest * (1 if unit.isascii() else 2)) / 1024
    report(f"{name}, memory: {extra:.0f} kB above the longest segment (figure: {EXTRA_KB})")
    return extra <= EXTRA_KB


def main() -> int:
    """Run all; 1 if a figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="stream 1 MB instead of 10")
    length = 1_000_000 if parser.parse_args().quick else 10_000_000
    streams = {"markdown": SECTION, **HARD}
    reached = [cost_of_a_chunk()]
    bulk()
    reached += [growth(name, unit, length if unit is SECTION else length // 5) for name, unit in streams.items()]
    reached += [memory(name, unit, length // 10) for name, unit in streams.items()]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
