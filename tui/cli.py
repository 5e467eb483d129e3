"""The command line: reads it, makes plan and settings, starts the app, the headless run, the gateway or the probe.

The only place that imports late: each front end loads alone, and headless never loads Textual.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.command_flags import (
    CAPTURE_COMMANDS,
    COMMANDS,
    EXIT_CANCELLED,
    EXIT_USAGE,
    app_parser,
    config_parser,
    run_parser,
    serve_parser,
)
from tui.config import Settings, load_settings
from tui.core.request import DEFAULT_EVENT_LIMIT_BYTES, Clocks, RunPlan, StreamRequest, TransportName
from tui.core.sanitize import sanitize_line
from tui.errors import CaptureError, StreamscopeError, UsageError
from tui.setting_checks import check_settings

if TYPE_CHECKING:
    from tui.gateway.faults import Fault
    from tui.headless import HeadlessOptions

_DEMO_PROMPT = "Show me the demo."
_NO_PROMPT = "no prompt: streamscope run PROMPT, or --prompt-file FILE"
_TEXT_LIMIT_BYTES = 4 * 1024 * 1024


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
    if command == "serve":
        return _serve(serve_parser().parse_all(arguments[1:]))
    if command == "run":
        return _run(run_parser().parse_all(arguments[1:]))
    if command == "config":
        return _config(config_parser().parse_all(arguments[1:]))
    if command in CAPTURE_COMMANDS:
        code: int = import_module(CAPTURE_COMMANDS[command]).main(arguments[1:])
        return code
    _refuse_mistyped_command(command)
    return _start(app_parser().parse_all(arguments))


def _start(flags: argparse.Namespace) -> int:
    """The app, or the headless twin where there is no terminal to draw on."""
    _refuse_mistyped_command(flags.prompt)
    settings = load_settings(_given(flags), os.environ)
    check_settings(settings)
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        return _start_headless(settings, flags)
    if not sys.stdin.isatty():
        raise UsageError("the app takes keys from standard input, which is no terminal: streamscope run is headless")
    from tui.app import main as app_main
    from tui.terminal_theme import with_terminal_theme

    settings = with_terminal_theme(settings, os.environ)
    raw_body = _read_text(flags.body) if flags.body else None
    capture = str(Path(flags.capture).absolute()) if flags.capture else None
    notice = _notice(settings, os.environ)
    return app_main(settings, flags.prompt, notice=notice, raw_body=raw_body, capture=capture)


def _start_headless(settings: Settings, flags: argparse.Namespace) -> int:
    """The headless twin of the app; without a prompt the demo, so that nothing unasked goes to an endpoint."""
    from tui.headless import HeadlessOptions

    has_prompt = bool(flags.prompt and flags.prompt.strip())
    if not has_prompt and not flags.body and (flags.url or flags.profile):
        raise UsageError(_NO_PROMPT)
    on_demo = settings.url is None or not (has_prompt or flags.body)
    if on_demo and settings.url is not None:
        settings = replace(settings, url=None, model=None, transport=None, dialect="auto", headers=(), token_file=None)
    prompt = _checked_text(flags.prompt or ("" if flags.body else _DEMO_PROMPT), "the prompt")
    return _headless(
        settings,
        plan_of(settings, flags, StreamRequest.of_prompt(prompt, model=settings.model)),
        HeadlessOptions(on_demo=on_demo, capture=flags.capture),
    )


def _run(flags: argparse.Namespace) -> int:
    from tui.headless import HeadlessOptions

    settings = load_settings(_given(flags), os.environ)
    check_settings(settings)
    prompt = _prompt_of(flags)
    on_demo = settings.url is None
    if not (prompt and prompt.strip()) and not on_demo and flags.body is None:
        raise UsageError(_NO_PROMPT)
    request = StreamRequest.of_prompt(
        prompt or (_DEMO_PROMPT if on_demo else ""),
        system=flags.system,
        model=settings.model,
        temperature=flags.temperature,
        max_tokens=flags.max_tokens,
    )
    options = HeadlessOptions(
        flags.json, flags.cancel_after_ms, flags.cancel_after_chunks, on_demo, capture=flags.capture
    )
    return _headless(settings, plan_of(settings, flags, request), options)


def _serve(flags: argparse.Namespace) -> int:
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
    return show_settings(_given(flags), os.environ)


def _fault(text: str | None) -> Fault | None:
    from tui.gateway.faults import parse_fault

    try:
        return None if text is None else parse_fault(text)
    except ValueError as unknown:
        raise UsageError(f"--fault {text}: {unknown}") from unknown


def _headless(settings: Settings, plan: RunPlan, options: HeadlessOptions) -> int:
    from tui.headless import main as headless_main
    from tui.secret_checks import check_secrets

    if plan.raw_body is not None and plan.transport is not TransportName.SSE:
        raise UsageError("--body is posted by sse only: add --transport sse")
    check_secrets(settings, os.environ)
    return headless_main(plan, options)


def plan_of(settings: Settings, flags: argparse.Namespace, request: StreamRequest) -> RunPlan:
    """The plan of a headless run. Raises UsageError on a body file that cannot be read."""
    clocks = {field.name: getattr(flags, name) for field, name in _CLOCK_FLAGS if hasattr(flags, name)}
    return RunPlan(
        transport=TransportName(settings.chosen_transport),
        url=settings.url or "",
        request=request,
        dialect=settings.dialect,
        clocks=Clocks(**clocks),
        retries=getattr(flags, "retries", 0),
        resume=settings.resume,
        header_env=settings.headers,
        token_file=settings.token_file,
        is_gateway=settings.is_gateway,
        raw_body=_read_text(flags.body) if flags.body else None,
        insecure_http=settings.insecure_http,
        ca_file=settings.ca_file,
        event_limit_bytes=getattr(flags, "event_limit", None) or DEFAULT_EVENT_LIMIT_BYTES,
        fault=getattr(flags, "fault", None),
    )


_CLOCK_FLAGS = tuple(zip(fields(Clocks), ("connect_timeout", "first_token_timeout", "idle_timeout"), strict=True))


def _given(flags: argparse.Namespace) -> dict[str, Any]:
    """The settings that stand on the command line."""
    names = ("transport", "url", "model", "dialect", "profile", "theme", "token_file", "ca_file", "resume")
    given = {name: value for name in names if (value := getattr(flags, name, None)) is not None}
    if flags.insecure_http:
        given["insecure_http"] = True
    if flags.header:
        given["headers"] = tuple(flags.header)
    return given


def _prompt_of(flags: argparse.Namespace) -> str | None:
    if flags.prompt is not None and flags.prompt_file is not None:
        raise UsageError("give PROMPT or --prompt-file, not both")
    if flags.prompt_file is None:
        return None if flags.prompt is None else _checked_text(flags.prompt, "the prompt")
    return _read_text(flags.prompt_file)


def _checked_text(text: str, what: str) -> str:
    """The text. Raises UsageError when the command line held bytes that are no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{what} is no UTF-8 text") from error
    return text


def _read_text(name: str) -> str:
    """A file as it is, line ends included; `-` is standard input. Raises UsageError."""
    try:
        if name == "-":
            data = sys.stdin.buffer.read(_TEXT_LIMIT_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(_TEXT_LIMIT_BYTES + 1)
        if len(data) > _TEXT_LIMIT_BYTES:
            raise UsageError(f"{name} is larger than {_TEXT_LIMIT_BYTES // 2**20} MiB")
        return data.decode("utf-8")
    except OSError as error:
        raise UsageError(f"{name} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is no UTF-8 text (byte {error.start})") from error


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
        return "A key is set but no endpoint, so this is the demo. --url https://api.openai.com/v1 uses the key."
    return None


def _complain(sentence: str, code: int) -> int:
    """One sentence on standard error; what it quotes is made safe for a terminal."""
    print(f"streamscope: {sanitize_line(sentence)}", file=sys.stderr)
    return code
