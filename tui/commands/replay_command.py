"""`streamscope replay FILE`: a recording once more, in its own time: as text, or as a server for any client."""

from __future__ import annotations

import math
import sys
import time
from argparse import ArgumentTypeError
from collections.abc import Sequence

from tui.captures.open_capture import OpenedCapture, open_capture
from tui.command_flags import BUFFERS, Parser
from tui.commands.opened_run import open_run
from tui.console import narrate
from tui.core.capture import CaptureHeader, Read, Record
from tui.core.chunks import StreamChunk
from tui.core.derived_run import DerivedRun
from tui.core.run_report import numbers_lines
from tui.errors import CaptureError
from tui.headless import EXIT_CODES
from tui.headless_printers import Printer, SafeOutput, printer_of

_INSTANT = "instant"


def parser() -> Parser:
    """The flags of `streamscope replay`."""
    flags = Parser(
        prog="streamscope replay",
        description="A recording once more, in its own time. Its numbers are those of the recording at any speed.",
    )
    flags.too_much = "expected one FILE"
    flags.add_argument("file", metavar="FILE", help="a recording")
    flags.add_argument("--speed", type=_speed, default=1.0, metavar="X", help="2 is twice as fast; instant; 1")
    output = flags.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON object at the end, as run --json")
    output.add_argument("--jsonl", action="store_true", help="print a JSON object a line, as run --jsonl")
    output.add_argument("--serve", action="store_true", help="serve it instead, on this machine, to any client")
    flags.add_argument("--buffer", choices=BUFFERS, help="print whole units")
    flags.add_argument("--port", type=int, default=8787, help="with --serve: port; 0 picks a free one (8787)")
    flags.add_argument("--ready-json", action="store_true", help='with --serve: print {"url": ...} once it listens')
    flags.add_argument("--entry", type=int, metavar="N", help="entry of a HAR, from 1 (the one that streams)")
    return flags


def main(arguments: list[str]) -> int:
    """Replays; gives the outcome's exit code, or serves until a signal. Raises UsageError and CaptureError."""
    flags = parser().parse_all(arguments)
    if flags.serve:
        return _serve(open_run(flags.file, flags.entry).run, flags.speed, flags.port, ready_json=flags.ready_json)
    out = SafeOutput(sys.stdout)
    printer = printer_of("json" if flags.json else "jsonl" if flags.jsonl else "text", flags.buffer, out)
    recording = open_capture(flags.file, flags.entry)
    run = _played(recording, printer, out, flags.speed, flags.buffer or "sentence")
    if run.result is None:
        raise CaptureError(f"{flags.file} cannot be shown: it has no end.")
    printer.finish(run.result, run, run.capture.end.attempts if run.capture.end else 1)
    if printer.narrates:
        narrate([*numbers_lines(run.result, run.stats), *(f"note: {note}" for note in recording.notes)])
    return 1 if out.is_lost else EXIT_CODES[run.result.outcome]


def _played(recording: OpenedCapture, printer: Printer, out: SafeOutput, speed: float, mode: str) -> DerivedRun:
    """The run, its chunks printed when their time comes; what is derived keeps the times of the recording."""
    run = DerivedRun(recording.header, mode)
    began = time.monotonic()
    for record in recording:
        if isinstance(record, CaptureHeader):
            continue
        _wait(record, began, speed)
        chunks: Sequence[StreamChunk] = run.add(record)
        if chunks and not out.is_lost:
            printer.take(chunks, run)
    return run


def _wait(record: Record, began: float, speed: float) -> None:
    if isinstance(record, Read) and not math.isinf(speed):
        time.sleep(max(0.0, began + record.at / speed - time.monotonic()))


def _serve(run: DerivedRun, speed: float, port: int, *, ready_json: bool) -> int:
    from tui.gateway.gateway_settings import GatewaySettings  # noqa: PLC0415  text needs no server
    from tui.gateway.recorded_exchange import RecordedExchange  # noqa: PLC0415  as above
    from tui.gateway.replay_upstream import ReplayUpstream  # noqa: PLC0415  as above
    from tui.gateway.server import serve  # noqa: PLC0415  as above

    settings = GatewaySettings(port=port, ready_json=ready_json)
    exchange = RecordedExchange(run, speed)
    if not ready_json:
        paths = ", ".join(sorted(exchange.paths))
        narrate([f"the recorded bytes at {paths}; the same answer over every other route of a gateway"])
    return serve(settings, ReplayUpstream(run, speed, settings.limits.send_s), exchange)


def _speed(text: str) -> float:
    if text == _INSTANT:
        return math.inf
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < math.inf:
        raise ArgumentTypeError(f"expected a number above 0, or {_INSTANT}")
    return speed
