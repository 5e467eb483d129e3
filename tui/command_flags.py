"""The flags of the command line, as argparse parsers. No flag without what it does behind it."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable
from typing import Any, NoReturn

from tui.core.request import Clocks
from tui.core.sanitize import sanitize_line
from tui.setting_table import BY_NAME, TRANSPORTS, number_fault
from tui.version import __version__

MODULE_COMMANDS = {
    "run": "tui.commands.run_command",
    "check": "tui.commands.check_command",
    "diff": "tui.commands.diff_command",
    "export": "tui.commands.export_command",
    "open": "tui.commands.open_command",
    "replay": "tui.commands.replay_command",
    "stats": "tui.commands.stats_command",
}
"""Commands with a module of their own."""
COMMANDS = ("serve", "config", *MODULE_COMMANDS)
BUFFERS = ("raw", "word", "sentence", "line", "paragraph", "markdown")
_CLOCKS = ("connect_timeout", "first_token_timeout", "idle_timeout", "retries", "memory_limit")
EXIT_USAGE = 2
EXIT_CANCELLED = 130

_DESCRIPTION = """The inspector for LLM token streams, in the terminal.

Without a command the app starts: on the endpoint that was named, else on its own embedded demo (no key, no
network). When standard output or standard error is no terminal, one stream runs headless instead."""
_EPILOG = """commands:
  streamscope run PROMPT     one stream, headless: the text to stdout, its numbers to stderr
  streamscope serve          the gateway: SSE, WebSocket and OpenAI-compatible routes
  streamscope config         path, show or init: where the settings are, which hold and why, a commented file
  streamscope open FILE      the app on a recording (capture, HAR, log of curl or ts) or a folder; - is a live pipe
  streamscope check FILE     whether a recording (or check run PROMPT: a run made now) is as expected, for scripts
  streamscope diff A B       two recordings side by side: same text? which falls behind where?
  streamscope export FILE    --to har, sse, text, md, card (of several files: a race) or pytest
  streamscope replay FILE    a recording in its own time, as text; --serve: as a server for your own client
  streamscope stats FILE     the numbers of a recording

Each has its own --help. Keys come from OPENAI_API_KEY (direct) and STREAMSCOPE_TOKEN (gateway), or from a 0600
file; never from the command line. Exit codes: 0 completed, 1 failed, 2 usage, 3 incomplete, 130 cancelled."""


class Parser(argparse.ArgumentParser):
    """Ends with exit code 2 and one sentence on a wrong command line. Flags are written out: no abbreviations.

    `too_much` is what is said of one word too many.
    """

    too_much = "more than one prompt: put quotes around it"

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def parse_all(self, arguments: list[str]) -> argparse.Namespace:
        """The flags and the prompt. What is unknown is named without its value, which may be a key."""
        flags, rest = self.parse_known_args(arguments)
        unknown = [word.partition("=")[0] for word in rest if word.startswith("-")]
        if unknown:
            self.error(f"unknown flag {unknown[0]}")
        if rest:
            self.error(self.too_much)
        return flags

    def error(self, message: str) -> NoReturn:
        """Says what is wrong and where help is."""
        self.exit(EXIT_USAGE, f"streamscope: {sanitize_line(message)}. See: {self.prog} --help\n")


def given_settings(flags: argparse.Namespace) -> dict[str, Any]:
    """The settings that stand on the command line."""
    names = ("transport", "url", "model", "dialect", "profile", "theme", "token_file", "ca_file", "resume", *_CLOCKS)
    given = {name: value for name in names if (value := getattr(flags, name, None)) is not None}
    if flags.insecure_http:
        given["insecure_http"] = True
    if flags.header:
        given["headers"] = tuple(flags.header)
    return given


def app_parser() -> Parser:
    """`streamscope [flags] [PROMPT]`."""
    parser = Parser(
        prog="streamscope",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"streamscope {__version__}")
    _add_setting_flags(parser)
    _add_clock_flags(parser)
    parser.add_argument("--body", metavar="FILE", help="JSON body to post to a full path (sse)")
    parser.add_argument("--capture", metavar="FILE", help="record each run to a file while it goes on")
    parser.add_argument("prompt", nargs="?", metavar="PROMPT", help="sent as soon as the app is ready")
    return parser


def run_parser() -> Parser:
    """`streamscope run PROMPT`."""
    parser = Parser(prog="streamscope run", description="One stream, headless. Exit code: its outcome.")
    _add_endpoint_flags(parser)
    parser.add_argument("--body", metavar="FILE", help="JSON body to post to a full path (sse)")
    parser.add_argument("prompt", nargs="?", metavar="PROMPT", help="the prompt, or use --prompt-file")
    parser.add_argument("--prompt-file", metavar="FILE", help="read the prompt from a file; - is standard input")
    parser.add_argument("--system", metavar="S", help="system prompt")
    parser.add_argument("--temperature", type=_finite, metavar="X")
    parser.add_argument("--max-tokens", type=_positive, metavar="N")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON object at the end instead of the text")
    output.add_argument("--jsonl", action="store_true", help="print a JSON object a line for each chunk as it comes")
    parser.add_argument("--buffer", choices=BUFFERS, help="print whole units; with --jsonl a line for each")
    parser.add_argument("--repeat", type=_positive, metavar="N", help="run N times; print a table of all runs")
    parser.add_argument("--capture", metavar="FILE", help="record the run to a file while it goes on")
    _add_clock_flags(parser)
    parser.add_argument("--event-limit", type=_positive, metavar="BYTES", help="largest single event (16 MiB)")
    parser.add_argument(
        "--fault", type=_fault, metavar="NAME[:after=N]", help="ask a gateway with --allow-faults to disturb the answer"
    )
    parser.add_argument(
        "--cancel-after-ms", type=_milliseconds, metavar="MS", help="cancel that long after the request"
    )
    parser.add_argument("--cancel-after-chunks", type=_positive, metavar="N", help="cancel after N pieces of text")
    return parser


def serve_parser() -> Parser:
    """`streamscope serve`."""
    parser = Parser(prog="streamscope serve", description="The gateway.")
    parser.add_argument(
        "--upstream", default="demo", metavar="URL|demo|local", help="where the tokens come from (demo)"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8787, help="port; 0 picks a free one (8787)")
    parser.add_argument("--token-file", metavar="F", help="0600 file with the token that clients must send")
    parser.add_argument("--tls-cert", metavar="F", help="certificate chain (PEM)")
    parser.add_argument("--tls-key", metavar="F", help="private key (PEM)")
    parser.add_argument(
        "--resume-grace", type=float, default=0.0, metavar="S", help="keep a generation without readers"
    )
    parser.add_argument("--allow-origin", action="append", default=[], metavar="ORIGIN", help="a browser origin")
    parser.add_argument("--allow-host", action="append", default=[], metavar="NAME", help="a further Host name")
    parser.add_argument("--insecure-http", action="store_true", help="allow a key over plain http to the upstream")
    parser.add_argument("--fault", metavar="NAME[:after=N]", help="disturb every answer: stall, cut, burst, ...")
    parser.add_argument("--allow-faults", action="store_true", help="let clients ask for a fault (X-Streamscope-Fault)")
    parser.add_argument("--ready-json", action="store_true", help='print {"url": ...} on stdout once it listens')
    parser.add_argument("--end-with-stdin", action="store_true", help=argparse.SUPPRESS)
    return parser


def config_parser() -> Parser:
    """`streamscope config path|show|init`."""
    parser = Parser(prog="streamscope config", description="Settings: where they are, which hold and why.")
    parser.too_much = "one of path, show, init is enough"
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="path|show|init")
    verbs.add_parser("path", help="print where config.toml is", description="Prints the path of config.toml.")
    show = verbs.add_parser(
        "show",
        help="print every setting and where it comes from",
        description="Every setting with where it comes from; never a key. With flags: as it would be with them.",
    )
    _add_setting_flags(show)
    _add_clock_flags(show)
    init = verbs.add_parser(
        "init",
        help="write a commented config.toml",
        description="Writes a config.toml in which every setting and every key stands as a comment.",
    )
    init.add_argument("--force", action="store_true", help="replace a file that is there, which is kept as .old")
    return parser


def _add_endpoint_flags(parser: Parser) -> None:
    parser.add_argument("--transport", choices=TRANSPORTS, help="how to stream (sse; direct for a URL ending in /v1)")
    parser.add_argument("--url", help="the endpoint; without one the embedded demo")
    parser.add_argument("--model", metavar="M", help="model to ask for")
    parser.add_argument("--dialect", metavar="D", help="how to read the stream (auto)")
    parser.add_argument("--profile", metavar="P", help="a profile of config.toml")
    parser.add_argument("--token-file", metavar="F", help="0600 file with the key")
    parser.add_argument(
        "--header", action="append", type=_header, metavar="NAME=ENV:VAR", help="a header from a variable"
    )
    parser.add_argument("--ca-file", metavar="F", help="certificates to trust besides the system's")
    parser.add_argument(
        "--resume",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="take up a gateway's answer where it broke (no)",
    )
    parser.add_argument("--insecure-http", action="store_true", help="allow a key over plain http to another host")


def _add_setting_flags(parser: Parser) -> None:
    _add_endpoint_flags(parser)
    parser.add_argument("--theme", help="name of a theme")


def _add_clock_flags(parser: Parser) -> None:
    usual = Clocks()
    for flag, seconds, what in (
        ("--connect-timeout", usual.connect_s, "until a connection must stand"),
        ("--first-token-timeout", usual.first_token_s, "from the request to the first token"),
        ("--idle-timeout", usual.idle_s, "between pieces of text"),
    ):
        parser.add_argument(flag, type=_seconds, metavar="S", help=f"{what} ({seconds:g} s)")
    parser.add_argument(
        "--retries", type=_number_of("retries"), metavar="N", help="further attempts before the first token (0)"
    )
    parser.add_argument(
        "--memory-limit",
        type=_number_of("memory_limit"),
        metavar="MIB",
        help="of a run in memory; what comes after goes to a temporary file (512)",
    )


def _whole(text: str, least: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text) >= least):
        raise argparse.ArgumentTypeError(f"expected a whole number, {least} or more")
    return int(text)


def _positive(text: str) -> int:
    return _whole(text, 1)


def _number_of(name: str) -> Callable[[str], int]:
    """Reads a whole number as the setting of this name has it."""

    def read(text: str) -> int:
        value = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1
        if fault := number_fault(BY_NAME[name], value):
            raise argparse.ArgumentTypeError(fault)
        return value

    return read


def _finite(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError("expected a number")
    return value


def _fault(text: str) -> str:
    if re.fullmatch(r"[a-z0-9-]{1,20}(:after=[0-9]{1,6})?", text) is None:
        raise argparse.ArgumentTypeError("expected NAME or NAME:after=N, such as cut:after=20")
    return text


def _milliseconds(text: str) -> float:
    value = _finite(text)
    if value < 0:
        raise argparse.ArgumentTypeError("expected 0 or more milliseconds")
    return value


def _seconds(text: str) -> float:
    value = _finite(text)
    if value <= 0:
        raise argparse.ArgumentTypeError("expected a number of seconds above 0")
    return value


def _header(text: str) -> tuple[str, str]:
    name, equals, variable = text.partition("=")
    if not equals or not variable.startswith("ENV:") or not name.strip():
        raise argparse.ArgumentTypeError("expected NAME=ENV:VARIABLE, so that no key stands on the command line")
    return name.strip(), variable.removeprefix("ENV:")
