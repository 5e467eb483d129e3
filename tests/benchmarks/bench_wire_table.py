"""The Wire screen on a long run: `python tests/benchmarks/bench_wire_table.py [--quick]`.

For a short and a long run, in turn: a frame in which 20 rows come at the end, a page that scrolls somewhere in the
middle, and a jump to a far row with its detail. CPU time, the median of the rounds. Judged are the ratios alone, and
what a row weighs beyond the capture and the decoder's own columns. Exits with 1 when a figure is missed.
"""

from __future__ import annotations

import asyncio
import gc
import random
import sys
import time
import tracemalloc
from collections.abc import Callable
from statistics import median

from textual.app import App, ComposeResult
from textual.geometry import Region

from tests.benchmarks.fast_server import events
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


def grow(table: FramesTable, detail: FrameDetail, long: LongRun) -> float:
    """A frame of a run that goes on: rows are read, shown, drawn."""
    del detail
    long.feed(_ROWS_A_FRAME)
    started = time.process_time()
    long.read()
    table.show(FramesView(long.rows, long.log.count))
    draw(table)
    return time.process_time() - started


def scroll(table: FramesTable, detail: FrameDetail, long: LongRun) -> float:
    """A page down, somewhere."""
    del detail
    table.select(random.Random(long.log.count).randrange(long.log.count - 200))
    draw(table)
    started = time.process_time()
    table.action_page(1)
    draw(table)
    return time.process_time() - started


def jump(table: FramesTable, detail: FrameDetail, long: LongRun) -> float:
    """To a row far away, and its detail."""
    frame = random.Random(time.process_time_ns()).randrange(long.log.frame_count)
    started = time.process_time()
    table.select_run_row(long.log.row_of_frame(frame))
    row = table.selected_row
    assert row is not None
    detail.show(long.log, long.log.entry(row))
    draw(table)
    detail.render_lines(Region(0, 0, *detail.outer_size))
    return time.process_time() - started


async def measure(counts: tuple[int, int], rounds: int) -> bool:
    """Prints the table; whether all figures are met."""
    runs = [LongRun(count) for count in counts]
    app, is_met = Bench(), True
    async with app.run_test(size=(120, 40)) as pilot:
        table, detail = app.query_one(FramesTable), app.query_one(FrameDetail)
        table.focus()
        await pilot.pause()
        works: list[tuple[str, Callable[[FramesTable, FrameDetail, LongRun], float]]] = [
            ("a frame with 20 rows more", grow),
            ("a page", scroll),
            ("a jump, with the detail", jump),
        ]
        for name, work in works:
            times: list[list[float]] = [[], []]
            for _ in range(rounds):
                for place, long in enumerate(runs):
                    table.show(FramesView(long.rows, long.log.count))
                    table.follow()
                    draw(table)
                    times[place] += [work(table, detail, long) for _ in range(10)]
            short_ms, long_ms = (median(found) * 1000 for found in times)
            ratio = long_ms / short_ms
            is_met = is_met and ratio <= GROWTH
            print(f"{name:28} {short_ms:8.2f} ms {long_ms:8.2f} ms   {ratio:5.2f}x   (figure {GROWTH}x)")
    long = runs[-1]
    print(f"{'reading the capture again':28} {long.read_us:8.2f} us a row")
    print(f"{'memory':28} {long.row_bytes:8.1f} bytes a row   (figure {BYTES_A_ROW})")
    return is_met and long.row_bytes <= BYTES_A_ROW


if __name__ == "__main__":
    is_quick = "--quick" in sys.argv
    sizes = (1_000, 100_000) if is_quick else (1_000, 1_000_000)
    sys.exit(0 if asyncio.run(measure(sizes, 3 if is_quick else 9)) else 1)
