"""The app on a run that is already long and goes on: `growing_run.py OUT KIND FRAMES COUNT [COUNT]`.

KIND is one of the texts of `fast_server.py`. For each count, rising, the run is brought to that many tokens at once;
then the app shows it as it grows by 20 tokens at each of FRAMES frames. Writes to OUT, as JSON, the CPU time of a
frame, and what the panes and what all that is derived hold in memory.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import inspect
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.fast_server import events
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.capture import CaptureHeader, Read, Record, ResponseHead
from tui.panes.text_pane import TextPane

TOKENS_A_FRAME = 20
_RATE = 10_000.0
_FRAME_S = 1 / 30


def resident_bytes() -> int:
    """The memory of this process after what can be given back was given back."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class GrowingRun(StreamscopeApp):
    """Shows a capture that has begun, makes it grow, measures, quits."""

    CSS_PATH = str(
        Path(inspect.getfile(StreamscopeApp)).with_name("app.tcss")
    )  # else it is looked for beside this file

    def __init__(self, out: Path, kind: str, frames: int, counts: list[int]) -> None:
        begun: list[Record] = [
            CaptureHeader("direct", "http://127.0.0.1/v1", {}, "openai-chat", clock=time.monotonic()),
            ResponseHead(200, (("content-type", "text/event-stream"),), 0.0),
        ]
        super().__init__(Settings(), records=begun)
        self._kind, self._frames = kind, frames
        self._out, self._counts, self._fed, self._drawn = out, counts, 0, 0

    def on_mount(self) -> None:  # Textual calls that of the base class too
        self.run_worker(self._measure())

    async def _measure(self) -> None:
        await asyncio.sleep(1.0)
        pane = self.screen.query_one(TextPane)
        add = pane.add_chunks

        def counted(chunks: object) -> None:
            self._drawn += 1
            add(chunks)  # type: ignore[arg-type]

        pane.add_chunks = counted  # type: ignore[method-assign]
        results = [await self._measured(count) for count in self._counts]
        await asyncio.to_thread(self._out.write_text, json.dumps(results))
        self.exit()

    async def _measured(self, count: int) -> dict[str, float]:
        empty = resident_bytes()
        added = count - self._fed
        started = time.process_time()
        self._feed(added)
        derived_s = time.process_time() - started
        derived = resident_bytes()
        await self._caught_up()
        shown_s = time.process_time() - started - derived_s
        shown = resident_bytes()
        self._drawn = 0
        started, begun = time.process_time(), time.monotonic()
        for frame in range(self._frames):
            self._feed(TOKENS_A_FRAME)
            await asyncio.sleep(max(0.0, begun + (frame + 1) * _FRAME_S - time.monotonic()))
        frame_s = (time.process_time() - started) / max(1, self._drawn)
        capture = self.controller.derived
        assert capture is not None
        return {
            "count": count,
            "frame_ms": frame_s * 1000,
            "drawn": self._drawn,
            "derived_us": derived_s / added * 1e6,
            "shown_us": shown_s / added * 1e6,
            "derived_bytes": (derived - empty) / added,
            "pane_bytes": (shown - derived) / added,
            "capture_bytes": capture.capture.byte_count / self._fed,
        }

    async def _caught_up(self) -> None:
        waiting = self.screen._drawing  # type: ignore[attr-defined]  # noqa: SLF001  nobody else knows
        while waiting.waiting_chunks:  # noqa: ASYNC110  the frames draw it and tell no one
            await asyncio.sleep(0.05)
        await asyncio.sleep(1.0)

    def _feed(self, count: int) -> None:
        run = self.controller.run
        assert run is not None
        for read in self._reads(count):
            run.take(read)

    def _reads(self, count: int) -> Iterator[Read]:
        first, self._fed = self._fed, self._fed + count
        for start in range(first, self._fed, 8):
            end = min(start + 8, self._fed)
            yield Read(end / _RATE, b"".join(events(start, end, self._kind)))


if __name__ == "__main__":
    out, kind, *numbers = sys.argv[1:]
    frames, *counts = map(int, numbers)
    GrowingRun(Path(out), kind, frames, counts).run()
