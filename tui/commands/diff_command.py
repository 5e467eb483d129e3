"""`streamscope diff A B`: whether two recorded runs say the same, and which falls behind where."""

from __future__ import annotations

import json

from tui.command_flags import Parser
from tui.commands.opened_run import OpenedRun, open_run
from tui.console import narrate, print_data, print_lines
from tui.core.checks.run_diff import diff_lines, diff_members, diff_runs


def parser() -> Parser:
    """The flags of `streamscope diff`."""
    flags = Parser(
        prog="streamscope diff",
        description="Two recorded runs side by side, aligned by their text. Exit code 1 when they do not say the same.",
    )
    flags.too_much = "expected two files"
    flags.add_argument("first", metavar="A", help="a recording")
    flags.add_argument("second", metavar="B", help="another one")
    flags.add_argument("--json", action="store_true", help="print one JSON object")
    return flags


def main(arguments: list[str]) -> int:
    """Prints the differences; gives 0 when both say the same, else 1. Raises CaptureError."""
    flags = parser().parse_all(arguments)
    opened = open_run(flags.first), open_run(flags.second)
    diff = diff_runs(opened[0].run, opened[1].run)
    if flags.json:
        print_data(json.dumps({"files": [flags.first, flags.second], **diff_members(diff)}) + "\n")
    else:
        print_lines([*(_name_line(letter, each) for letter, each in zip("AB", opened, strict=True)), *diff_lines(diff)])
    for letter, each in zip("AB", opened, strict=True):
        narrate(f"note: {letter}: {note}" for note in each.notes)
    return 0 if diff.is_same else 1


def _name_line(letter: str, opened: OpenedRun) -> str:
    header = opened.run.capture.header
    return f"{letter}: {opened.name}  {' '.join(filter(None, (header.transport, header.url, opened.model)))}"
