"""The command line: reads it, makes plan and settings, starts the app, the headless run, the gateway or the probe.

The only place that imports late: each front end loads alone, and headless never loads Textual.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from tui.collection_pause import pause_collection
from tui.command_flags import (
    COMMANDS,
    EXIT_CANCELLED,
    EXIT_USAGE,
    MODULE_COMMANDS,
    app_parser,
    config_parser,
    given_settings,
    serve_parser,
)
from tui.config import Settings, load_settings
from tui.core.request import StreamRequest
from tui.core.sanitize import sanitize_line
from tui.errors import CaptureError, StreamscopeError, UsageError
from tui.setting_checks import check_settings

if TYPE_CHECKING:
    from tui.gateway.faults import Fault


def run_command_line(arguments: list[str]) -> int:
    """Carries out a command line; gives the exit code (0 completed, 1 failed, 2 usage, 3 incomplete, 130)."""
    _open_missing_streams()
    try:
        return _dispatch(arguments)
    except (UsageError, CaptureError) as error:
        return _complain(str(error), EXIT_USAGE)
    except StreamscopeError as error:
        return _complain(str(error), 1)
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return EXIT_CANCELLED
    except Exception as error:  # noqa: BLE001  the outermost edge: one sentence, never a traceback
        return _complain(f"a fault of its own: {type(error).__name__} at {_place_of(error)}; please report it", 1)
    finally:
        _flush_or_drop()


def _dispatch(arguments: list[str]) -> int:
    command = arguments[0] if arguments else ""
    if command == "probe":
        from tui.probe import main as probe_main

        return probe_main()
    if command == "local-model":
        from tui.gateway.local_server import main as local_main

        return local_main()
    if command == "serve":
        return _serve(serve_parser().parse_all(arguments[1:]))
    if command == "config":
        return _config(config_parser().parse_all(arguments[1:]))
    if command in MODULE_COMMANDS:
        code: int = import_module(MODULE_COMMANDS[command]).main(arguments[1:])
        return code
    _refuse_mistyped_command(command)
    return _start(app_parser().parse_all(arguments))


def _start(flags: argparse.Namespace) -> int:
    """The app, or the headless twin where there is no terminal to draw on, or one that knows no drawing."""
    _refuse_mistyped_command(flags.prompt)
    settings = load_settings(given_settings(flags), os.environ)
    check_settings(settings)
    if not (sys.stdout.isatty() and sys.stderr.isatty()) or os.environ.get("TERM") == "dumb":
        return _start_headless(settings, flags)
    if not sys.stdin.isatty():
        raise UsageError("the app takes keys from standard input, which is no terminal: streamscope run is headless")
    pause_collection()
    from tui.app import main as app_main

    raw_body = _text_of(flags.body) if flags.body else None
    capture = str(Path(flags.capture).absolute()) if flags.capture else None
    notice = _notice(settings, os.environ)
    return app_main(settings, flags.prompt, notice=notice, raw_body=raw_body, capture=capture)


def _text_of(name: str) -> str:
    from tui.run_plans import read_text

    return read_text(name)


def _start_headless(settings: Settings, flags: argparse.Namespace) -> int:
    """The headless twin of the app; without a prompt the demo, so that nothing unasked goes to an endpoint."""
    from tui.headless import HeadlessOptions
    from tui.headless import main as headless_main
    from tui.run_plans import DEMO_PROMPT, NO_PROMPT, checked_job, checked_text, plan_of

    has_prompt = bool(flags.prompt and flags.prompt.strip())
    if not has_prompt and not flags.body and (flags.url or flags.profile):
        raise UsageError(NO_PROMPT)
    on_demo = settings.url is None or not (has_prompt or flags.body)
    if on_demo and settings.url is not None:
        settings = replace(settings, url=None, model=None, transport=None, dialect="auto", headers=(), token_file=None)
    prompt = checked_text(flags.prompt or ("" if flags.body else DEMO_PROMPT), "the prompt")
    plan = plan_of(settings, flags, StreamRequest.of_prompt(prompt, model=settings.model))
    job = checked_job(settings, plan, on_demo=on_demo)
    return headless_main(job.plan, HeadlessOptions(on_demo=on_demo, capture=flags.capture))


def _serve(flags: argparse.Namespace) -> int:
    pause_collection()
    from tui.gateway.gateway_settings import GatewaySettings
    from tui.gateway.server import serve
    from tui.transports.credentials import GATEWAY_TOKEN, read_token_file

    token = read_token_file(flags.token_file) if flags.token_file else os.environ.get(GATEWAY_TOKEN) or None
    settings = GatewaySettings(
        upstream=flags.upstream,
        host=flags.host,
        port=flags.port,
        token=token,
        tls_cert=flags.tls_cert,
        tls_key=flags.tls_key,
        ready_json=flags.ready_json,
        end_with_stdin=flags.end_with_stdin,
        resume_grace_s=flags.resume_grace,
        allow_origins=tuple(flags.allow_origin),
        allow_hosts=tuple(flags.allow_host),
        insecure_http=flags.insecure_http,
        fault=_fault(flags.fault),
        allow_faults=flags.allow_faults,
    )
    settings.check()
    return serve(settings)


def _config(flags: argparse.Namespace) -> int:
    from tui.config_command import show_path, show_settings, write_template

    if flags.verb == "path":
        return show_path()
    if flags.verb == "init":
        return write_template(replace=flags.force)
    return show_settings(given_settings(flags), os.environ)


def _fault(text: str | None) -> Fault | None:
    from tui.gateway.faults import parse_fault

    try:
        return None if text is None else parse_fault(text)
    except ValueError as unknown:
        raise UsageError(f"--fault {text}: {unknown}") from unknown


def _refuse_mistyped_command(word: str | None) -> None:
    """One word that is almost a command is a slip, not a prompt to spend tokens on."""
    if not word or word.startswith("-") or " " in word.strip():
        return
    if word in COMMANDS:
        raise UsageError(f"a command comes first: streamscope {word} ...")
    close = get_close_matches(word.lower(), COMMANDS, n=1, cutoff=0.7)
    if close:
        raise UsageError(f"{word!r} is no command; did you mean {close[0]!r}? A prompt has more than one word")


def _open_missing_streams() -> None:
    """Where the caller closed standard output or error (`2>&-`), Python has None, and print() would use the other."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  as long as the process


def _flush_or_drop() -> None:
    """Sees to it that the interpreter's own flush, which complains, finds no closed pipe."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _place_of(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "an unknown place" if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def _notice(settings: Settings, environ: Mapping[str, str]) -> str | None:
    if settings.url is None and environ.get("OPENAI_API_KEY"):
        return "A key is set but no endpoint, so this is the demo. u, or --url, with https://api.openai.com/v1 uses it."
    return None


def _complain(sentence: str, code: int) -> int:
    """One sentence on standard error; what it quotes is made safe for a terminal."""
    print(f"streamscope: {sanitize_line(sentence)}", file=sys.stderr)
    return code
