"""The headless twin: one stream to standard output, its numbers to standard error, its outcome as exit code.

Without `--json` the text is printed as it comes; with it exactly one JSON object at the end. Standard output is
data, standard error is narration.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from dataclasses import dataclass, replace
from typing import TextIO

from tui.captures.capture_writer import CaptureWriter
from tui.child_process import start_gateway
from tui.core.capture import CaptureHeader, Marker, Record
from tui.core.chunks import Outcome, StreamChunk, StreamResult
from tui.core.derived_run import DerivedRun
from tui.core.problem_kinds import hint_of, title_of
from tui.core.request import RunPlan
from tui.core.run_report import numbers_lines, run_members
from tui.core.sanitize import sanitize, sanitize_line
from tui.core.stats import StreamStats
from tui.errors import CaptureError, StreamscopeError
from tui.transports.run_stream import StreamRun

EXIT_USAGE = 2
EXIT_CODES = {Outcome.COMPLETED: 0, Outcome.FAILED: 1, Outcome.INCOMPLETE: 3, Outcome.CANCELLED: 130}


@dataclass(frozen=True, slots=True)
class HeadlessOptions:
    """How to run: what to print and when to cancel (`cancel_after_ms` counts from the request being sent).

    `capture` is the file that the run is written to while it goes on.
    """

    as_json: bool = False
    cancel_after_ms: float | None = None
    cancel_after_chunks: int | None = None
    on_demo: bool = False
    capture: str | None = None


class HeadlessRun:
    """Runs one plan and prints it."""

    def __init__(self, plan: RunPlan, options: HeadlessOptions, out: TextIO, err: TextIO) -> None:
        self._plan = plan
        self._options = options
        self._out = out
        self._err = err
        self._derived: DerivedRun | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._run = StreamRun(plan, self._take, on_chunks=self._take_chunks)
        self._is_sent = False
        self._chunks = 0
        self._printed_length = 0
        self._half_pair = ""
        self._is_output_lost = False
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
        self._report(result)
        has_half_a_capture = self._capture is not None and self._capture.problem is not None
        return 1 if self._is_output_lost else EXIT_CODES[result.outcome] or int(has_half_a_capture)

    def _take(self, record: Record) -> None:
        if self._capture is not None:
            self._capture.add(record)
        if self._derived is None:
            assert isinstance(record, CaptureHeader)  # noqa: S101  the first record of every run
            self._derived = DerivedRun(record, event_limit_bytes=self._plan.event_limit_bytes)
            return
        self._derived.add(record)
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
        for chunk in chunks:
            self._chunks += chunk.is_progress
            if not self._options.as_json and chunk.choice == 0:
                self._print_content(chunk.content)
        limit = self._options.cancel_after_chunks
        if limit is not None and self._chunks >= limit:
            self._run.cancel()

    def _print_content(self, text: str, *, is_last: bool = False) -> None:
        """The next piece of the answer; half a surrogate pair waits for its other half."""
        self._printed_length += len(text)
        text = self._half_pair + text
        self._half_pair = text[-1:] if not is_last and "\ud800" <= text[-1:] <= "\udbff" else ""
        text = text.removesuffix(self._half_pair)
        if not text.isascii():
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if text:
            self._print(text)

    def _print(self, text: str) -> None:
        """To a terminal only what is safe to obey; to a pipe the text as it is, as far as its encoding has it."""
        encoding = self._out.encoding or "utf-8"
        safe = sanitize(text) if self._out.isatty() else text
        try:
            self._out.write(safe.encode(encoding, "replace").decode(encoding))
            self._out.flush()
        except OSError:
            self._is_output_lost = True
            self._run.cancel()

    def _narrate(self, lines: list[str]) -> None:
        """To standard error, made safe; narration that nobody can read changes no outcome."""
        with contextlib.suppress(OSError):
            print("".join(f"{sanitize_line(line)}\n" for line in lines), file=self._err, end="", flush=True)

    def _report(self, result: StreamResult) -> None:
        stats = self._derived.stats if self._derived is not None else StreamStats()
        if self._options.as_json:
            self._print(json.dumps(run_members(result, self._derived, self._run.attempts)) + "\n")
            self._narrate(self._capture_lines())
            return
        self._print_content(result.content[self._printed_length :], is_last=True)
        if self._out.isatty() and result.content and not result.content.endswith("\n"):
            self._print("\n")
        decoder = self._derived.decoder if self._derived is not None else None
        read_as = decoder.read_as if decoder is not None else ""
        lines = numbers_lines(result, stats, on_demo=self._options.on_demo)
        self._narrate([*lines, *([read_as] if read_as else []), *self._capture_lines()])

    def _capture_lines(self) -> list[str]:
        """What became of the capture file."""
        if self._capture is None:
            return []
        if self._capture.problem is not None:
            return [f"{title_of('disk')}: {self._capture.problem} {hint_of('disk')}"]
        return [f"saved {self._capture.path}, {self._capture.byte_count / 1000:.0f} kB"]


async def run_headless(plan: RunPlan, options: HeadlessOptions) -> int:
    """Runs a plan to its end; with `on_demo` against a demo gateway of its own. Gives the exit code."""
    if not options.on_demo:
        return await HeadlessRun(plan, options, sys.stdout, sys.stderr).run()
    child, url = await start_gateway(os.environ)
    try:
        return await HeadlessRun(replace(plan, url=url, is_gateway=True), options, sys.stdout, sys.stderr).run()
    finally:
        await child.end()


def main(plan: RunPlan, options: HeadlessOptions) -> int:
    """Runs headless on this process's standard streams. Gives the exit code; never a traceback."""
    try:
        return asyncio.run(run_headless(plan, options))
    except CaptureError as error:  # the file that was asked for cannot be begun: nothing was sent
        print(f"streamscope: {error}", file=sys.stderr)
        return EXIT_USAGE
    except StreamscopeError as error:
        print(f"streamscope: {sanitize_line(str(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return EXIT_CODES[Outcome.CANCELLED]
