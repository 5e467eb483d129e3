"""The Wire screen on a long run: its table and its detail.

For a short and a long run, in turn: a frame in which 20 rows come at the end, a page that scrolls somewhere in the
middle, and a jump to a far row with its detail; and what a row weighs beyond the capture and the decoder's own columns.
"""

from __future__ import annotations

import asyncio
import gc
import random
import time
import tracemalloc
from collections.abc import Callable, Iterator

from textual.app import App, ComposeResult
from textual.geometry import Region

from tests.benchmarks.fast_server import events
from tests.benchmarks.measure import Spent, Stopwatch, against, micros, run_script, summed
from tests.benchmarks.row import Row, row_of
from tui.core.capture import CaptureHeader, Read, ResponseHead
from tui.core.derived_run import DerivedRun
from tui.core.wire_view.filtered_rows import FilteredRows
from tui.core.wire_view.wire_log import WireLog
from tui.panes.frame_detail import FrameDetail
from tui.panes.frames_table import FramesTable, FramesView

GROWTH, BYTES_A_ROW = 1.25, 40
_FRAMES_A_READ, _ROWS_A_FRAME = 8, 20
_RATE = 10_000.0


class Bench(App[None]):
    """Table and detail as on the Wire screen, wide."""

    CSS = "Screen { layout: horizontal; } FramesTable { width: 60%; } FrameDetail { width: 40%; }"

    def compose(self) -> ComposeResult:
        yield FramesTable(id="frames")
        yield FrameDetail(id="detail")


class LongRun:
    """A run of so many frames, and its log."""

    def __init__(self, count: int) -> None:
        self.count = 0
        self.run = DerivedRun(CaptureHeader("direct", "http://127.0.0.1/v1", {}, "openai-chat", clock=0.0))
        self.run.add(ResponseHead(200, (("content-type", "text/event-stream"),), 0.0))
        self.feed(count)
        self.log = WireLog(self.run)
        started = time.process_time()
        self.read()
        self.read_us = (time.process_time() - started) / count * 1e6
        self.row_bytes = self._measured_row()
        self.rows = FilteredRows(self.log)

    def _measured_row(self) -> float:
        """What the log holds for each row."""
        tracemalloc.start()
        self.log = WireLog(self.run)
        self.read()
        gc.collect()
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return held / self.count

    def feed(self, count: int) -> None:
        """So many frames more, several a read."""
        first, self.count = self.count, self.count + count
        for start in range(first, self.count, _FRAMES_A_READ):
            end = min(start + _FRAMES_A_READ, self.count)
            self.run.add(Read(end / _RATE, b"".join(events(start, end))))

    def read(self) -> None:
        """Brings the log up to date."""
        while not self.log.advance():
            pass


def draw(table: FramesTable) -> None:
    """All lines that are seen, as the compositor asks for them."""
    table.render_lines(Region(0, 0, *table.outer_size))


def grow(table: FramesTable, detail: FrameDetail, long: LongRun) -> Spent:
    """A frame of a run that goes on: rows are read, shown, drawn."""
    del detail
    long.feed(_ROWS_A_FRAME)
    watch = Stopwatch()
    long.read()
    table.show(FramesView(long.rows, long.log.count))
    draw(table)
    return watch.spent()


def scroll(table: FramesTable, detail: FrameDetail, long: LongRun) -> Spent:
    """A page down, somewhere."""
    del detail
    table.select(random.Random(long.log.count).randrange(long.log.count - 200))
    draw(table)
    watch = Stopwatch()
    table.action_page(1)
    draw(table)
    return watch.spent()


def jump(table: FramesTable, detail: FrameDetail, long: LongRun) -> Spent:
    """To a row far away, and its detail."""
    frame = random.Random(time.process_time_ns()).randrange(long.log.frame_count)
    watch = Stopwatch()
    table.select_run_row(long.log.row_of_frame(frame))
    row = table.selected_row
    assert row is not None
    detail.show(long.log, long.log.entry(row))
    draw(table)
    detail.render_lines(Region(0, 0, *detail.outer_size))
    return watch.spent()


Work = Callable[[FramesTable, FrameDetail, LongRun], Spent]


async def measured(counts: tuple[int, int], rounds: int) -> list[Row]:
    """Each work on the short and the long run in turn."""
    runs, found = [LongRun(count) for count in counts], []
    app = Bench()
    async with app.run_test(size=(120, 40)) as pilot:
        table, detail = app.query_one(FramesTable), app.query_one(FrameDetail)
        table.focus()
        await pilot.pause()
        for name, work in WORKS.items():
            short: list[Spent] = []
            long: list[Spent] = []
            for _ in range(rounds):
                short.append(worked(table, detail, runs[0], work))
                long.append(worked(table, detail, runs[1], work))
            what = f"Wire screen, {name}: at {counts[1]:,} rows / at {counts[0]:,}"
            found.append(against(what, long, short, GROWTH, note=f"{micros(long, 10)} CPU", is_shown=work is grow))
    last = runs[-1]
    found.append(row_of("Wire screen: reading the capture again, a row", [last.read_us], "us"))
    found.append(row_of("Wire screen: memory a row, beyond the capture", [last.row_bytes], "B", BYTES_A_ROW))
    return found


def worked(table: FramesTable, detail: FrameDetail, long: LongRun, work: Work) -> Spent:
    """Ten times the work, at the end of that run."""
    table.show(FramesView(long.rows, long.log.count))
    table.follow()
    draw(table)
    return summed([work(table, detail, long) for _ in range(10)])


WORKS: dict[str, Work] = {"a frame with 20 rows more": grow, "a page": scroll, "a jump with its detail": jump}


def rows(is_quick: bool) -> Iterator[Row]:
    """A run of a thousand frames beside one of a million."""
    sizes = (1_000, 100_000) if is_quick else (1_000, 1_000_000)
    yield from asyncio.run(measured(sizes, 2 if is_quick else 5))


if __name__ == "__main__":
    run_script(rows, __doc__)
