"""`streamscope open FILE`: the app on a recording or a folder of them; with `-` on a pipe, keys from the terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tui.captures.live_pipe import LivePipe
from tui.captures.open_capture import STANDARD_INPUT, OpenedCapture, open_capture
from tui.collection_pause import pause_collection
from tui.command_flags import Parser
from tui.errors import UsageError

_TERMINAL = "/dev/tty"


def parser() -> Parser:
    """The flags of `streamscope open`."""
    flags = Parser(
        prog="streamscope open", description="The app on a recording of any form, or on a folder of recordings."
    )
    flags.too_much = "expected one FILE or FOLDER"
    flags.add_argument(
        "file",
        metavar="FILE|FOLDER",
        help="a capture, a HAR, a log of curl or ts; a folder of them; - is a live pipe (curl -N URL | ...)",
    )
    flags.add_argument("--theme", help="name of a theme")
    flags.add_argument("--entry", type=int, metavar="N", help="entry of a HAR, from 1 (the one that streams)")
    return flags


def main(arguments: list[str]) -> int:
    """Runs the app; gives its exit code. Raises CaptureError or UsageError before anything is drawn."""
    flags = parser().parse_all(arguments)
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        raise UsageError("the app needs a terminal to draw on: streamscope stats FILE works without one")
    if Path(flags.file).is_dir():
        return _run_app(None, flags.theme, folder=Path(flags.file).absolute())
    recording = _live_pipe() if flags.file == STANDARD_INPUT else open_capture(flags.file, flags.entry)
    try:
        return _run_app(recording, flags.theme)
    finally:
        if isinstance(recording, LivePipe):
            recording.stop()


def _run_app(recording: OpenedCapture | LivePipe | None, theme: str | None, folder: Path | None = None) -> int:
    if not sys.stdin.isatty():
        raise UsageError("the app takes keys from standard input, which is no terminal: - reads the recording there")
    pause_collection()
    from tui.app import main as app_main  # noqa: PLC0415  only this front end loads Textual
    from tui.config import load_settings  # noqa: PLC0415  as above
    from tui.setting_checks import check_settings  # noqa: PLC0415  as above

    settings = load_settings({"theme": theme} if theme else {}, os.environ)
    check_settings(settings)
    return app_main(settings, records=recording, folder=folder)


def _live_pipe() -> LivePipe:
    """The relay on what was standard input; standard input is the terminal from now on. Raises UsageError."""
    if sys.stdin.isatty():
        raise UsageError("- reads a pipe, but standard input is the terminal: curl -N URL | streamscope open -")
    try:
        terminal = os.open(_TERMINAL, os.O_RDWR)
    except OSError as error:
        raise UsageError(f"there is no terminal to take keys from ({_TERMINAL}: {error.strerror})") from error
    pipe = os.dup(0)
    os.dup2(terminal, 0)
    os.close(terminal)
    try:
        return LivePipe(pipe)
    finally:
        os.close(pipe)
