"""`streamscope stats FILE`: the numbers of a recorded run, to standard output."""

from __future__ import annotations

import json

from tui.command_flags import Parser
from tui.commands.opened_run import OpenedRun, open_run
from tui.console import narrate, print_data, print_lines
from tui.core.metric_definitions import DEFINITIONS
from tui.core.run_report import metric_lines, outcome_words, run_members, trouble_lines


def parser() -> Parser:
    """The flags of `streamscope stats`."""
    flags = Parser(prog="streamscope stats", description="The numbers of a recorded run.")
    flags.too_much = "expected one FILE"
    flags.add_argument("file", metavar="FILE", help="a capture, a HAR, a log of curl or ts")
    flags.add_argument("--json", action="store_true", help="one JSON object, as streamscope run --json prints it")
    flags.add_argument("--definitions", metavar="SET", default="streamscope", help=", ".join(DEFINITIONS))
    flags.add_argument("--entry", type=int, metavar="N", help="entry of a HAR, from 1 (the one that streams)")
    return flags


def main(arguments: list[str]) -> int:
    """Prints the numbers; gives the exit code. Raises CaptureError or UsageError."""
    flags = parser().parse_all(arguments)
    opened = open_run(flags.file, flags.entry)
    stats = opened.run.stats
    if flags.json:
        members = run_members(opened.result, opened.run, opened.attempts)
        if flags.definitions != "streamscope":
            members["stats"] = {metric.key: metric.value for metric in stats.metrics(flags.definitions)}
        print_data(json.dumps(members | {"form": opened.form, "notes": opened.notes}) + "\n")
        return 0
    print_lines([*_head_lines(opened), "", *metric_lines(stats, flags.definitions), *trouble_lines(opened.result)])
    narrate(f"note: {note}" for note in opened.notes)
    return 0


def _head_lines(opened: OpenedRun) -> list[str]:
    capture = opened.run.capture
    frames = len(opened.run.decoder.frames) if opened.run.decoder is not None else 0
    reads = f" in {capture.read_count} reads" if capture.header.has_reads else ""
    where = " ".join(word for word in (capture.header.transport, capture.header.url, opened.model) if word)
    return [
        f"{opened.name}: {opened.form}, {where}",
        f"{outcome_words(opened.result)}, {len(opened.result.content)} characters, {frames} frames{reads}",
    ]
