"""What the numbers of a run cost: a chunk, the second half of a stream against the first, and asking for them all.

The control is a loop that only keeps the gaps.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from random import Random
from statistics import median

from tests.benchmarks.measure import ROUNDS, Spent, against, micros, run_script, spent_on, summed, tenths
from tests.benchmarks.row import Row, row_of
from tui.core.chunks import StreamChunk
from tui.core.frame_survey import FrameSurvey
from tui.core.stats import StreamStats

TEXT = ["The ", "quic", "k br", "own ", "fox ", "jump", "s. I", "t wa", "s Tu", "esda", "y.\n\n"]
SECOND_TO_FIRST = 1.2
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


def feeding(chunks: list[StreamChunk]) -> Iterator[Row]:
    """Cost per chunk of each way, interleaved."""
    ways: dict[str, Callable[[], Feed]] = {
        "gaps": keeping_gaps,
        "statistics": lambda: noting(StreamStats()),
        "statistics and survey": lambda: surveying(StreamStats()),
    }
    times: dict[str, list[list[Spent]]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, make in ways.items():
            times[name].append(tenths(make(), chunks))
    least = [summed(run) for run in times.pop("gaps")]
    for name, runs in times.items():
        ours = [summed(run) for run in runs]
        yield against(f"{name} / keeping the gaps", ours, least, note=f"{micros(ours, len(chunks))} a chunk")
        # Not single tenths: what is kept in order is merged in steps that double, so they rise and fall.
        last, first = [summed(run[5:]) for run in runs], [summed(run[:5]) for run in runs]
        yield against(f"{name}: second half / first half", last, first, SECOND_TO_FIRST)


def asking(chunks: list[StreamChunk]) -> Iterator[Row]:
    """What the screen pays five times a second, early and late: eight chunks came since it asked last."""
    stats = StreamStats()
    stats.note_sent(0.0)
    feed, size = surveying(stats), len(chunks) // 10
    early = [asked_after(stats, feed, chunks[at - 8 : at]) for at in range(8, 8 * 40, 8)]
    for at in range(0, size * 10, size):
        feed(chunks[at : at + size])
        stats.to_json()
    late = [asked_after(stats, feed, chunks[at - 8 : at]) for at in range(8, 8 * 40, 8)]
    note = f"{median(spent.cpu_s for spent in late) * 1e3:.2f} ms"
    yield row_of(f"numbers of {len(chunks):,} chunks asked for", [spent.cpu_s * 1e3 for spent in late], "ms")
    yield against("numbers asked for at the end / at the beginning", late, early, note=note)


def asked_after(stats: StreamStats, feed: Feed, chunks: list[StreamChunk]) -> Spent:
    """One asking after some chunks more."""
    feed(chunks)
    return spent_on(stats.to_json)


def rows(is_quick: bool) -> Iterator[Row]:
    """Feeding and asking."""
    chunks = made_chunks(50_000 if is_quick else 500_000)
    yield from feeding(chunks)
    yield from asking(chunks)


if __name__ == "__main__":
    run_script(rows, __doc__)
