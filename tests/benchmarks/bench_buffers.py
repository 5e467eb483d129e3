"""What the text buffers and the segment log cost.

For each mode: a 4-character chunk against a loop that only appends and counts, and the last tenth of the stream
against the first, also for text without any break. The figures in microseconds of the design are multiples of the
appending loop here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tests.benchmarks.measure import ROUNDS, against, micros, run_script, spent_on, summed, tenths
from tests.benchmarks.row import Row
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
TIMES_APPENDING, TIMES_SENTENCE, TIMES_LOGGING = 30, 60, 90
LAST_TO_FIRST = 1.2
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


def measured(
    name: str, make: Callable[[], Feed], streams: tuple[list[str], list[str], list[str]], limit: float
) -> Iterator[Row]:
    """One consumer beside the appending loop."""
    text, unbroken, bulk = streams
    runs = [(summed(tenths(appending(), text)), tenths(make(), text), tenths(make(), unbroken)) for _ in range(ROUNDS)]
    ours = [summed(run) for _, run, _ in runs]
    base = [alone for alone, _, _ in runs]
    speed = sum(map(len, bulk)) / 1e6 / max(spent_on(partial(make(), bulk)).cpu_s, 1e-6)
    note = f"{micros(ours, len(text))} a chunk; {speed:.0f} MB/s in chunks of 64 kB"
    yield against(f"{name} / appending", ours, base, limit, note=note)
    for kind, tens in (("prose", [run for _, run, _ in runs]), ("without a break", [run for _, _, run in runs])):
        last, first = [run[-1] for run in tens], [run[0] for run in tens]
        yield against(f"{name}, {kind}: last tenth / first tenth", last, first, LAST_TO_FIRST)


def rows(is_quick: bool) -> Iterator[Row]:
    """All modes, as a buffer and with the log of segments."""
    size = 100_000 if is_quick else 1_000_000
    text = DOCUMENT * (size // len(DOCUMENT))
    streams = (cut(text, 4), cut("x" * (size // 2), 4), cut(text, 65536))
    for mode in BUFFER_MODES:
        yield from measured(
            f"buffer {mode}",
            partial(buffering, mode),
            streams,
            TIMES_SENTENCE if mode == "sentence" else TIMES_APPENDING,
        )
        yield from measured(f"log of {mode}", partial(logging, mode), streams, TIMES_LOGGING)


if __name__ == "__main__":
    run_script(rows, __doc__)
