"""The command line: reads it, makes plan and settings, starts the app, the headless run, the gateway or the probe.

The only place that imports late: each front end loads alone, and headless never loads Textual.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.command_flags import COMMANDS, EXIT_USAGE, app_parser, run_parser, serve_parser
from tui.config import Settings, load_settings
from tui.core.request import DEFAULT_EVENT_LIMIT_BYTES, Clocks, RunPlan, StreamRequest, TransportName
from tui.errors import StreamscopeError, UsageError

if TYPE_CHECKING:
    from tui.headless import HeadlessOptions

_DEMO_PROMPT = "Show me the demo."
_PROMPT_LIMIT_BYTES = 4 * 1024 * 1024


def run_command_line(arguments: list[str]) -> int:
    """Carries out a command line; gives the exit code (0 completed, 1 failed, 2 usage, 3 incomplete, 130)."""
    try:
        return _dispatch(arguments)
    except UsageError as error:
        return _complain(str(error), EXIT_USAGE)
    except StreamscopeError as error:
        return _complain(str(error), 1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that the interpreter's own flush finds no closed pipe
        return 1


def _dispatch(arguments: list[str]) -> int:
    command = arguments[0] if arguments else ""
    if command == "probe":
        from tui.probe import main as probe_main

        return probe_main()
    if command == "serve":
        return _serve(serve_parser().parse_args(arguments[1:]))
    if command == "run":
        return _run(run_parser().parse_args(arguments[1:]))
    return _start(app_parser().parse_args(arguments))


def _start(flags: argparse.Namespace) -> int:
    """The app, or the headless twin where there is no terminal to draw on."""
    _refuse_mistyped_command(flags.prompt)
    settings = load_settings(_given(flags), os.environ)
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        from tui.headless import HeadlessOptions

        plan = plan_of(settings, flags, StreamRequest.of_prompt(flags.prompt or _DEMO_PROMPT, model=settings.model))
        return _headless(plan, HeadlessOptions(on_demo=settings.url is None))
    if not sys.stdin.isatty():
        raise UsageError("the app takes keys from standard input, which is no terminal: streamscope run is headless")
    from tui.app import main as app_main

    return app_main(settings, flags.prompt, _notice(settings, os.environ))


def _run(flags: argparse.Namespace) -> int:
    from tui.headless import HeadlessOptions

    settings = load_settings(_given(flags), os.environ)
    prompt = _prompt_of(flags)
    on_demo = settings.url is None
    if prompt is None and not on_demo and flags.body is None:
        raise UsageError("no prompt: streamscope run PROMPT, or --prompt-file FILE")
    request = StreamRequest.of_prompt(
        prompt or _DEMO_PROMPT,
        system=flags.system,
        model=settings.model,
        temperature=flags.temperature,
        max_tokens=flags.max_tokens,
    )
    if flags.resume:
        print("streamscope: --resume needs a gateway that keeps its log (serve --resume-grace)", file=sys.stderr)
    options = HeadlessOptions(flags.json, flags.cancel_after_ms, flags.cancel_after_chunks, on_demo)
    return _headless(plan_of(settings, flags, request), options)


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
    )
    settings.check()
    return serve(settings)


def _headless(plan: RunPlan, options: HeadlessOptions) -> int:
    from tui.headless import main as headless_main

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
        resume=getattr(flags, "resume", False),
        header_env=settings.headers,
        token_file=settings.token_file,
        is_gateway=settings.is_gateway,
        raw_body=_read_text(flags.body) if flags.body else None,
        insecure_http=settings.insecure_http,
        ca_file=settings.ca_file,
        event_limit_bytes=getattr(flags, "event_limit", None) or DEFAULT_EVENT_LIMIT_BYTES,
    )


_CLOCK_FLAGS = tuple(zip(fields(Clocks), ("connect_timeout", "first_token_timeout", "idle_timeout"), strict=True))


def _given(flags: argparse.Namespace) -> dict[str, Any]:
    """The settings that stand on the command line."""
    names = ("transport", "url", "model", "dialect", "profile", "theme", "token_file", "ca_file")
    given = {name: value for name in names if (value := getattr(flags, name, None)) is not None}
    if flags.insecure_http:
        given["insecure_http"] = True
    if flags.header:
        given["headers"] = tuple(flags.header)
    return given


def _prompt_of(flags: argparse.Namespace) -> str | None:
    if flags.prompt is not None and flags.prompt_file is not None:
        raise UsageError("give PROMPT or --prompt-file, not both")
    return flags.prompt if flags.prompt_file is None else _read_text(flags.prompt_file)


def _read_text(name: str) -> str:
    try:
        if name == "-":
            return sys.stdin.read(_PROMPT_LIMIT_BYTES)
        with Path(name).open(encoding="utf-8") as file:
            return file.read(_PROMPT_LIMIT_BYTES)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{name} cannot be read as UTF-8 text ({error})") from error


def _refuse_mistyped_command(prompt: str | None) -> None:
    """One word that is almost a command is a slip, not a prompt to spend tokens on."""
    if prompt is None or " " in prompt.strip():
        return
    close = get_close_matches(prompt.lower(), COMMANDS, n=1, cutoff=0.7)
    if close:
        raise UsageError(f"{prompt!r} is no command; did you mean {close[0]!r}? A prompt has more than one word")


def _notice(settings: Settings, environ: Mapping[str, str]) -> str | None:
    if settings.url is None and environ.get("OPENAI_API_KEY"):
        return "A key is set but no endpoint, so this is the demo. --url https://api.openai.com/v1 uses the key."
    return None


def _complain(sentence: str, code: int) -> int:
    print(f"streamscope: {sentence}", file=sys.stderr)
    return code
