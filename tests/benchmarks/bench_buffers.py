"""What the text buffers and the segment log cost: run with `python tests/benchmarks/bench_buffers.py [--quick]`.

Prints, for each mode, microseconds per 4-character chunk, its ratio to a loop that only appends and counts, the ratio
of the last tenth of the stream to the first (also for text without any break), and megabytes a second in 64 kB
chunks. CPU time, interleaved; compare the ratios, the rest is the machine's.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from statistics import median
from time import process_time

from tui.core.text.buffers import BUFFER_MODES, make_buffer
from tui.core.text.segment_log import SegmentLog

PATTERN = r"[.!?]\s"
PROSE = (
    "The quick **brown** fox, 3.5 times as fast as he said, jumps over the `lazy` dog. It was Tuesday, after all.\n\n"
)
DOCUMENT = (
    "# Heading\n\n" + PROSE * 2 + "- one item of a list\n- and another\n\n  with more text\n\n"
    "```python\ndef double(x):\n    return x * 2\n\nprint(double(3))\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    + PROSE
)
Feed = Callable[[list[str]], None]


def cut(text: str, size: int) -> list[str]:
    """The text in chunks of a size."""
    return [text[at : at + size] for at in range(0, len(text), size)]


def appending() -> Feed:
    """The least that anyone does with a chunk."""
    parts: list[str] = []
    total = 0

    def feed(chunks: list[str]) -> None:
        nonlocal total
        for chunk in chunks:
            parts.append(chunk)
            total += len(chunk)

    return feed


def buffering(mode: str) -> Feed:
    """A buffer alone."""
    buffer = make_buffer(mode, pattern=PATTERN if mode == "regex" else None)

    def feed(chunks: list[str]) -> None:
        for chunk in chunks:
            buffer.add(chunk)

    return feed


def logging(mode: str) -> Feed:
    """A buffer with its log of segments."""
    log = SegmentLog(mode, PATTERN if mode == "regex" else None)
    index = 0

    def feed(chunks: list[str]) -> None:
        nonlocal index
        for chunk in chunks:
            log.take(chunk, index, 0.0)
            index += 1

    return feed


def tenths(feed: Feed, chunks: list[str]) -> list[float]:
    """CPU seconds of each tenth of a stream, fed in order."""
    size = len(chunks) // 10
    times = []
    for at in range(0, size * 10, size):
        part = chunks[at : at + size]
        started = process_time()
        feed(part)
        times.append(process_time() - started)
    return times


def report(name: str, make: Callable[[], Feed], streams: tuple[list[str], list[str], list[str]], rounds: int) -> None:
    """Measures one consumer beside the appending loop and prints its line."""
    text, unbroken, bulk = streams
    runs = [(sum(tenths(appending(), text)), tenths(make(), text), tenths(make(), unbroken)) for _ in range(rounds)]
    cost = median(sum(run) for _, run, _ in runs)
    ratio = median(sum(run) / base for base, run, _ in runs)
    flat = median(run[-1] / run[0] for _, run, _ in runs)
    flat_unbroken = median(run[-1] / run[0] for _, _, run in runs)
    speed = sum(map(len, bulk)) / 1e6 / max(sum(tenths(make(), bulk)), 1e-6)
    print(
        f"{name:18} {cost / len(text) * 1e6:6.2f} us a chunk {ratio:7.1f}x append   last/first tenth {flat:5.2f}"
        f"   unbroken {flat_unbroken:5.2f}   bulk {speed:9.1f} MB/s"
    )


def main() -> None:
    """Runs all modes; `--quick` on a tenth of the text and once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    is_quick = parser.parse_args().quick
    size = 1_000_000 if is_quick else 10_000_000
    text = DOCUMENT * (size // len(DOCUMENT))
    streams = (cut(text, 4), cut("x" * (size // 2), 4), cut(text, 65536))
    for mode in BUFFER_MODES:
        report(mode, lambda mode=mode: buffering(mode), streams, 1 if is_quick else 3)  # type: ignore[misc]
    for mode in BUFFER_MODES:
        report(f"{mode} log", lambda mode=mode: logging(mode), streams, 1)  # type: ignore[misc]


if __name__ == "__main__":
    main()
