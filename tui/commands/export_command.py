"""`streamscope export FILE... --to FORMAT`: a recording for other programs and people."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path, PurePath

from tui.captures.new_files import write_new
from tui.captures.open_capture import STANDARD_INPUT, open_capture
from tui.command_flags import Parser
from tui.commands.opened_run import open_run
from tui.commands.svg_command import SCREENS, picture
from tui.console import narrate, print_data
from tui.core.exports.export_forms import FORMS, OF_SEVERAL, SVG, NamedRun, export_bytes
from tui.errors import UsageError
from tui.version import __version__

_SIZE = re.compile("([1-9][0-9]{1,2})x([1-9][0-9]{0,2})")
_MOST_LANES = 4


def parser() -> Parser:
    """The flags of `streamscope export`."""
    flags = Parser(prog="streamscope export", description="A recording for other programs and people.")
    flags.add_argument("files", nargs="+", metavar="FILE", help="recordings; several for har and card (a race)")
    flags.add_argument(
        "--to",
        required=True,
        choices=tuple(FORMS),
        help="har; sse: the event stream; text: the answer; md: a report for an issue; svg: the screen; "
        "card: 12 lines for a chat; pytest: a test module that plays the bytes back",
    )
    flags.add_argument("--out", metavar="FILE", help="write to a new file instead of standard output")
    flags.add_argument("--names", metavar="A,B", help="names of the lanes of a card, in the order of the files")
    flags.add_argument("--hosts", action="store_true", help="show the addresses on a card")
    flags.add_argument("--screen", choices=SCREENS, default=SCREENS[0], help="which one a svg shows (live)")
    flags.add_argument(
        "--size", type=_size, default=(120, 40), metavar="CxR", help="columns and rows of a svg (120x40)"
    )
    flags.add_argument("--entry", type=int, metavar="N", help="entry of a HAR, from 1 (the one that streams)")
    return flags


def main(arguments: list[str]) -> int:
    """Writes the export; gives 0. Raises UsageError and CaptureError."""
    flags = parser().parse_all(arguments)
    if len(flags.files) > 1 and flags.to not in OF_SEVERAL:
        raise UsageError(f"{flags.to} is made of one recording; {' and '.join(OF_SEVERAL)} take several")
    if flags.to == "card" and len(flags.files) > _MOST_LANES:
        raise UsageError(f"a card has at most {_MOST_LANES} lanes")
    if flags.to == SVG:
        _write(picture(open_capture(flags.files[0], flags.entry), flags.screen, flags.size), flags.out)
        return 0
    opened = [open_run(name, flags.entry) for name in flags.files]
    for each in opened:
        narrate(f"note: {each.name}: {note}" for note in each.notes)
    lanes = [*(flags.names or "").split(","), *[""] * len(opened)]
    runs = [
        NamedRun(_name_of(each.name), each.run, each.notes, lane.strip())
        for each, lane in zip(opened, lanes, strict=False)
    ]
    _write(export_bytes(flags.to, runs, version=__version__, with_hosts=flags.hosts), flags.out)
    return 0


def _size(text: str) -> tuple[int, int]:
    found = _SIZE.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError("expected columns and rows, as 120x40")
    return int(found[1]), int(found[2])


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
        write_new(Path(out), data)
    except FileExistsError as error:
        raise UsageError(f"{out} exists; nothing is overwritten") from error
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror})") from error
    narrate([f"wrote {Path(out)}, {len(data) / 1000:.1f} kB"])
