"""`streamscope export FILE... --to FORMAT`: a recording for other programs and people."""

from __future__ import annotations

import os
import sys
from pathlib import Path, PurePath

from tui.captures.open_capture import STANDARD_INPUT
from tui.command_flags import Parser
from tui.commands.opened_run import OpenedRun, open_run
from tui.console import narrate, print_data
from tui.core.exports.card_text import card_lines
from tui.core.exports.har_export import har_text
from tui.core.exports.markdown_report import markdown_report
from tui.core.exports.pytest_module import pytest_module
from tui.core.exports.sse_text import sse_bytes
from tui.errors import UsageError
from tui.version import __version__

FORMATS = ("har", "sse", "text", "md", "card", "pytest")
_OF_SEVERAL = ("har", "card")
_MOST_LANES = 4


def parser() -> Parser:
    """The flags of `streamscope export`."""
    flags = Parser(prog="streamscope export", description="A recording for other programs and people.")
    flags.add_argument("files", nargs="+", metavar="FILE", help="recordings; several for har and card (a race)")
    flags.add_argument(
        "--to",
        required=True,
        choices=FORMATS,
        help="har; sse: the event stream; text: the answer; md: a report for an issue; card: 12 lines for a chat; "
        "pytest: a test module that plays the bytes back",
    )
    flags.add_argument("--out", metavar="FILE", help="write to a new file instead of standard output")
    flags.add_argument("--names", metavar="A,B", help="names of the lanes of a card, in the order of the files")
    flags.add_argument("--hosts", action="store_true", help="show the addresses on a card")
    flags.add_argument("--entry", type=int, metavar="N", help="entry of a HAR, from 1 (the one that streams)")
    return flags


def main(arguments: list[str]) -> int:
    """Writes the export; gives 0. Raises UsageError and CaptureError."""
    flags = parser().parse_all(arguments)
    if len(flags.files) > 1 and flags.to not in _OF_SEVERAL:
        raise UsageError(f"{flags.to} is made of one recording; {' and '.join(_OF_SEVERAL)} take several")
    if flags.to == "card" and len(flags.files) > _MOST_LANES:
        raise UsageError(f"a card has at most {_MOST_LANES} lanes")
    opened = [open_run(name, flags.entry) for name in flags.files]
    for each in opened:
        narrate(f"note: {each.name}: {note}" for note in each.notes)
    _write(_exported(flags.to, opened, (flags.names or "").split(","), with_hosts=flags.hosts), flags.out)
    return 0


def _exported(to: str, opened: list[OpenedRun], names: list[str], *, with_hosts: bool) -> bytes:
    first = opened[0]
    match to:
        case "sse":
            return sse_bytes(first.run)
        case "har":
            text = har_text([each.run.capture.records() for each in opened], __version__)
        case "text":
            text = first.result.content
        case "md":
            text = markdown_report(first.run, _name_of(first.name), __version__, first.notes)
        case "pytest":
            text = pytest_module(first.run, _name_of(first.name), __version__)
        case _:
            lanes = [
                (name.strip(), each.run) for name, each in zip([*names, *[""] * len(opened)], opened, strict=False)
            ]
            text = "\n".join(card_lines(lanes, version=__version__, with_hosts=with_hosts))
    return text.encode("utf-8", "replace") + (b"" if text.endswith("\n") or to == "text" else b"\n")


def _name_of(name: str) -> str:
    return PurePath(name).name if name != STANDARD_INPUT else "standard input"


def _write(data: bytes, out: str | None) -> None:
    """To standard output (a terminal gets no control characters), or to a file that did not exist."""
    if out is None:
        if sys.stdout.isatty():
            print_data(data.decode("utf-8", "replace"))
        else:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        return
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except FileExistsError as error:
        raise UsageError(f"{out} exists; nothing is overwritten") from error
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror})") from error
    narrate([f"wrote {Path(out)}, {len(data) / 1000:.1f} kB"])
