"""The headless twin: one stream to standard output, its numbers to standard error, its outcome as exit code.

What is printed is the printers' matter. Standard output is data, standard error is narration.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TextIO

from tui.captures.capture_writer import CaptureWriter
from tui.captures.spilled_blocks import SpilledBlocks
from tui.child_process import start_gateway
from tui.console import narrate
from tui.core.capture import CaptureHeader, Marker, Record
from tui.core.chunks import Outcome, StreamChunk, StreamResult
from tui.core.derived_run import DerivedRun
from tui.core.problem_kinds import hint_of, title_of
from tui.core.request import RunPlan
from tui.core.run_report import numbers_lines
from tui.core.stats import StreamStats
from tui.errors import CaptureError, StreamscopeError, UsageError
from tui.headless_printers import SafeOutput, printer_of
from tui.local_model import LOCAL_MODEL
from tui.transports.run_stream import StreamRun

EXIT_USAGE = 2
EXIT_CODES = {Outcome.COMPLETED: 0, Outcome.FAILED: 1, Outcome.INCOMPLETE: 3, Outcome.CANCELLED: 130}


@dataclass(frozen=True, slots=True)
class HeadlessOptions:
    """How to run: what to print and when to cancel (`cancel_after_ms` counts from the request being sent).

    `output` is a word of `printer_of`; `buffer` the mode whose units are printed and whose hold times are counted.
    `capture` is the file that the run is written to while it goes on.
    """

    output: str = "text"
    buffer: str | None = None
    cancel_after_ms: float | None = None
    cancel_after_chunks: int | None = None
    on_demo: bool = False
    capture: str | None = None


class HeadlessRun:
    """Runs one plan and prints it. `derived` is what it came to, once its header is there."""

    def __init__(self, plan: RunPlan, options: HeadlessOptions, out: TextIO, err: TextIO) -> None:
        self._plan = plan
        self._options = options
        self._out = SafeOutput(out)
        self._printer = printer_of(options.output, options.buffer, self._out)
        self._err = err
        self.derived: DerivedRun | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._run = StreamRun(plan, self._take, on_chunks=self._take_chunks, keeps_chunks=False)
        self._is_sent = False
        self._chunks = 0
        self._capture = CaptureWriter(options.capture) if options.capture is not None else None

    async def run(self) -> int:
        """The exit code; everything was printed."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(NotImplementedError):
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self._run.cancel)
        try:
            result = await self._run.run()
        finally:
            if self._timer is not None:
                self._timer.cancel()
            if self._capture is not None:
                self._capture.close()
        self._report(self.derived.result if self.derived is not None and self.derived.result else result)
        has_half_a_capture = self._capture is not None and self._capture.problem is not None
        return 1 if self._out.is_lost else EXIT_CODES[result.outcome] or int(has_half_a_capture)

    def _take(self, record: Record) -> None:
        if self._capture is not None:
            self._capture.add(record)
        if self.derived is None:
            assert isinstance(record, CaptureHeader)  # noqa: S101  the first record of every run
            mode = self._options.buffer or "sentence"
            keep = SpilledBlocks(self._plan.memory_limit_bytes)
            self.derived = DerivedRun(record, mode, event_limit_bytes=self._plan.event_limit_bytes, keep=keep)
            return
        self.derived.add(record)
        if isinstance(record, Marker) and record.name in ("connecting", "sent"):
            self._time_cancel(is_sent=record.name == "sent")

    def _time_cancel(self, *, is_sent: bool) -> None:
        """Counts from the request being sent, or from connecting where it never gets that far."""
        after = self._options.cancel_after_ms
        if after is None or self._is_sent:
            return
        self._is_sent = is_sent
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(after / 1000, self._run.cancel)

    def _take_chunks(self, chunks: list[StreamChunk]) -> None:
        self._printer.take(chunks, self.derived)
        self._chunks += sum(chunk.is_progress for chunk in chunks)
        limit = self._options.cancel_after_chunks
        if self._out.is_lost or (limit is not None and self._chunks >= limit):
            self._run.cancel()

    def _report(self, result: StreamResult) -> None:
        self._printer.finish(result, self.derived, self._run.attempts)
        lines = self._capture_lines()
        if self._printer.narrates:
            stats = self.derived.stats if self.derived is not None else StreamStats()
            decoder = self.derived.decoder if self.derived is not None else None
            read_as = [decoder.read_as] if decoder is not None and decoder.read_as else []
            is_played = self._options.on_demo and self._plan.request.model != LOCAL_MODEL
            lines = [*numbers_lines(result, stats, on_demo=is_played), *read_as, *lines]
        narrate(lines, self._err)

    def _capture_lines(self) -> list[str]:
        """What became of the capture file."""
        if self._capture is None:
            return []
        if self._capture.problem is not None:
            return [f"{title_of('disk')}: {self._capture.problem} {hint_of('disk')}"]
        return [f"saved {self._capture.path}, {self._capture.byte_count / 1000:.0f} kB"]


@asynccontextmanager
async def endpoint_of(plan: RunPlan, *, on_demo: bool) -> AsyncIterator[RunPlan]:
    """The plan; on the demo with the address of a demo gateway that lives as long as it is used."""
    if not on_demo:
        yield plan
        return
    child, url = await start_gateway(os.environ)
    try:
        yield replace(plan, url=url, is_gateway=True)
    finally:
        await child.end()


async def run_headless(plan: RunPlan, options: HeadlessOptions) -> int:
    """Runs a plan to its end on this process's standard streams. Gives the exit code."""
    async with endpoint_of(plan, on_demo=options.on_demo) as reachable:
        return await HeadlessRun(reachable, options, sys.stdout, sys.stderr).run()


async def run_quietly(plan: RunPlan, options: HeadlessOptions) -> DerivedRun:
    """Runs a plan to its end and gives the run that is derived from it. Prints what the options say."""
    async with endpoint_of(plan, on_demo=options.on_demo) as reachable:
        run = HeadlessRun(reachable, options, sys.stdout, sys.stderr)
        await run.run()
    if run.derived is None:
        raise StreamscopeError("the run never began")
    return run.derived


def main(plan: RunPlan, options: HeadlessOptions) -> int:
    """Runs headless. Gives the exit code; never a traceback."""
    return finished(run_headless(plan, options))


def finished(work: Coroutine[None, None, int]) -> int:
    """The exit code of a headless run, of a series of them or of what checks one."""
    try:
        return asyncio.run(work)
    except (CaptureError, UsageError) as error:  # the file that was asked for cannot be begun: nothing was sent
        narrate([f"streamscope: {error}"])
        return EXIT_USAGE
    except StreamscopeError as error:
        narrate([f"streamscope: {error}"])
        return 1
    except KeyboardInterrupt:
        return EXIT_CODES[Outcome.CANCELLED]
