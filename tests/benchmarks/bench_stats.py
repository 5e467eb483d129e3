"""What the numbers of a run cost: run with `python tests/benchmarks/bench_stats.py [--quick]`.

Prints microseconds per chunk and their ratio to a loop that only keeps the gaps, for the statistics alone and with
the survey of the frames; the ratio of the last tenth of the stream to the first; and what asking costs after each
tenth, once when nothing came since and once with the eight chunks of a fifth of a second. CPU time, interleaved;
compare the ratios, the rest is the machine's.
"""

from __future__ import annotations

import argparse
from array import array
from collections.abc import Callable
from functools import partial
from random import Random
from statistics import median
from time import process_time

from tui.core.chunks import StreamChunk
from tui.core.frame_survey import FrameSurvey
from tui.core.stats import StreamStats

TEXT = ["The ", "quic", "k br", "own ", "fox ", "jump", "s. I", "t wa", "s Tu", "esda", "y.\n\n"]
Feed = Callable[[list[StreamChunk]], None]


class Frames(list[None]):
    """As many frames as there are, none of which is ever opened."""


def made_chunks(count: int) -> list[StreamChunk]:
    """Some four characters a chunk, gaps of a log-normal rhythm around 12 ms, a long one now and then."""
    source, at, chunks = Random(1), 0.0, []
    for index in range(count):
        at += source.lognormvariate(-4.4, 0.5) if index % 5000 else 2.0
        chunks.append(StreamChunk(content=TEXT[index % len(TEXT)], index=index, at=at, frame=index))
    return chunks


def keeping_gaps() -> Feed:
    """The least that anyone does with a chunk for its numbers."""
    gaps, last = array("d"), 0.0

    def feed(chunks: list[StreamChunk]) -> None:
        nonlocal last
        for chunk in chunks:
            gaps.append(chunk.at - last)
            last = chunk.at

    return feed


def noting(stats: StreamStats) -> Feed:
    """The statistics alone."""

    def feed(chunks: list[StreamChunk]) -> None:
        for chunk in chunks:
            stats.note_chunk(chunk)

    return feed


def surveying(stats: StreamStats) -> Feed:
    """With the read and its one frame, as a live run does."""
    survey, frames = FrameSurvey(stats), Frames()

    def feed(chunks: list[StreamChunk]) -> None:
        for chunk in chunks:
            stats.note_read(chunk.at, 200)
            stats.note_chunk(chunk)
            frames.append(None)
            survey.take(frames, [chunk])  # type: ignore[arg-type]  # plain frames are not opened

    return feed


def seconds_of(work: Callable[[], object]) -> float:
    """CPU time of one call."""
    start = process_time()
    work()
    return process_time() - start


def tenths(feed: Feed, chunks: list[StreamChunk]) -> list[float]:
    """CPU time of each tenth of the stream."""
    size = len(chunks) // 10
    parts = [chunks[at : at + size] for at in range(0, size * 10, size)]
    return [seconds_of(partial(feed, part)) for part in parts]


def report_feeding(chunks: list[StreamChunk], rounds: int) -> None:
    """Cost per chunk of each way, interleaved."""
    ways: dict[str, Callable[[], Feed]] = {
        "keeping gaps": keeping_gaps,
        "noting": lambda: noting(StreamStats()),
        "with the survey": lambda: surveying(StreamStats()),
    }
    times: dict[str, list[list[float]]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, make in ways.items():
            times[name].append(tenths(make(), chunks))
    base = median(sum(run) for run in times["keeping gaps"])
    for name, runs in times.items():
        total = median(sum(run) for run in runs)
        growth = median(run[-1] / run[0] for run in runs)
        per_chunk = total / len(chunks) * 1e6
        print(
            f"{name:16} {per_chunk:6.2f} us/chunk  {total / base:5.1f}x the least  last tenth {growth:.2f}x the first"
        )


def report_asking(chunks: list[StreamChunk]) -> None:
    """Cost of asking as the stream grows."""
    stats = StreamStats()
    stats.note_sent(0.0)
    feed, size = surveying(stats), len(chunks) // 10
    for at in range(0, size * 10, size):
        feed(chunks[at : at + size - 8])
        settle = seconds_of(stats.to_json)
        feed(chunks[at + size - 8 : at + size])
        fresh = seconds_of(stats.to_json)
        again = median(seconds_of(stats.to_json) for _ in range(5))
        print(
            f"at {at + size:9,} chunks: all since the last tenth {settle * 1e3:7.2f} ms, "
            f"8 chunks {fresh * 1e3:5.2f} ms, nothing new {again * 1e3:5.2f} ms"
        )


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the chunks")
    count = 100_000 if parser.parse_args().quick else 1_000_000
    chunks = made_chunks(count)
    report_feeding(chunks, rounds=3)
    report_asking(chunks)


if __name__ == "__main__":
    main()
