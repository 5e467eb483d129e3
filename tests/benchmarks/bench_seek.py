"""Seeking in a long run: from the jump until text, units, extracts, numbers and arrivals all show that moment.

The Live screen of the app, 120x40, on a recorded run of plain text with gaps that are no two alike; the jumps go to
places that are drawn by lot. What the terminal is sent is not counted. The figure: 50 ms.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator

from tests.benchmarks.fast_server import events
from tests.benchmarks.measure import Spent, Stopwatch, run_script
from tests.benchmarks.row import Row, row_of
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome
from tui.screens.shown_run import ShownRun

LIMIT_MS = 50.0
_JUMPS = 25
_DRAWN_EACH_S = 0.05


def records(count: int) -> list[Record]:
    """A run of so many chunks, one a read."""
    dice = random.Random(1)
    head: list[Record] = [
        CaptureHeader("direct", "http://127.0.0.1/v1", {}, "openai-chat", clock=0.0),
        Marker("sent", 0.0),
        ResponseHead(200, (("content-type", "text/event-stream"),), 0.05),
    ]
    reads = [Read(0.1 + (i + dice.random() * 0.9) / 1000, b"".join(events(i, i + 1)), 300) for i in range(count)]
    return [*head, *reads, CaptureEnd(count / 1000 + 1, Outcome.CANCELLED)]


async def jumps(count: int) -> list[Spent]:
    """What each jump took."""
    app = StreamscopeApp(Settings(url="http://127.0.0.1:9"), records=records(count))
    taken: list[Spent] = []
    dice = random.Random(2)
    async with app.run_test(size=(120, 40)) as pilot:
        while app.live._drawing.waiting_chunks or not app.live._drawing.is_settled:  # noqa: SLF001  nobody else knows
            await pilot.pause(_DRAWN_EACH_S)
        shown: ShownRun = app.live._drawing._shown  # noqa: SLF001  as above
        playback = app.controller.playback
        for _ in range(_JUMPS + 1):
            frame = dice.randrange(1, count)
            watch = Stopwatch()
            playback.seek_frame(frame)
            app.live.draw_slow()
            while not shown.is_settled:
                app.live.draw_slow()
            taken.append(watch.spent())
            await pilot.pause(0)
    return taken[1:]  # the first one loads modules


def rows(is_quick: bool) -> Iterator[Row]:
    """A short and a long run."""
    for count in (1_000, 10_000 if is_quick else 100_000):
        taken = asyncio.run(jumps(count))
        values = [spent.cpu_s * 1000 for spent in taken]
        walls = [spent.wall_s * 1000 for spent in taken]
        yield row_of(
            f"seek in {count:,} chunks: all panes", values, "ms", LIMIT_MS, walls=walls, is_shown=count > 1_000
        )
        yield row_of(f"seek in {count:,} chunks: the slowest of {_JUMPS} jumps", [max(values)], "ms", LIMIT_MS)


if __name__ == "__main__":
    run_script(rows, __doc__)
