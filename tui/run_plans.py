"""Flags of the command line to settings and plans of runs; what `run`, `check run` and the app have in common.

Everything that is wrong is a UsageError before anything is sent.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from tui.command_flags import given_settings
from tui.config import Settings, load_settings
from tui.core.request import DEFAULT_EVENT_LIMIT_BYTES, RunPlan, StreamRequest, TransportName
from tui.errors import UsageError
from tui.local_model import LOCAL_MODEL
from tui.setting_checks import check_settings, clocks_of, memory_limit_of

DEMO_PROMPT = "Show me the demo."
NO_PROMPT = "no prompt: streamscope run PROMPT, or --prompt-file FILE"
_TEXT_LIMIT_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RunJob:
    """A plan, and whether it is run on a demo gateway of its own."""

    plan: RunPlan
    on_demo: bool


def job_of(flags: argparse.Namespace) -> RunJob:
    """What the flags of `run_parser` ask for. Raises UsageError."""
    settings = load_settings(given_settings(flags), os.environ)
    check_settings(settings)
    prompt = _prompt_of(flags)
    on_demo = settings.url is None
    is_played = on_demo and settings.model != LOCAL_MODEL
    if not (prompt and prompt.strip()) and not is_played and flags.body is None:
        raise UsageError(NO_PROMPT)
    request = StreamRequest.of_prompt(
        prompt or (DEMO_PROMPT if is_played else ""),
        system=flags.system,
        model=settings.model,
        temperature=flags.temperature,
        max_tokens=flags.max_tokens,
    )
    return checked_job(settings, plan_of(settings, flags, request), on_demo=on_demo)


def checked_job(settings: Settings, plan: RunPlan, *, on_demo: bool) -> RunJob:
    """The job of a plan. Raises UsageError on what the transport cannot do and on keys that are unfit."""
    from tui.secret_checks import check_secrets  # noqa: PLC0415  it loads the transports; the app's start needs none

    if plan.raw_body is not None and plan.transport is not TransportName.SSE:
        raise UsageError("--body is posted by sse only: add --transport sse")
    check_secrets(settings, os.environ)
    return RunJob(plan, on_demo)


def plan_of(settings: Settings, flags: argparse.Namespace, request: StreamRequest) -> RunPlan:
    """The plan of a headless run. Raises UsageError on a body file that cannot be read."""
    settings = settings.of_transport(settings.chosen_transport)
    return RunPlan(
        transport=TransportName(settings.chosen_transport),
        url=settings.url or "",
        request=request,
        dialect=settings.dialect,
        clocks=clocks_of(settings),
        retries=settings.retries,
        memory_limit_bytes=memory_limit_of(settings),
        resume=settings.resume,
        header_env=settings.headers,
        token_file=settings.token_file,
        is_gateway=settings.is_gateway,
        raw_body=read_text(flags.body) if flags.body else None,
        insecure_http=settings.insecure_http,
        ca_file=settings.ca_file,
        event_limit_bytes=getattr(flags, "event_limit", None) or DEFAULT_EVENT_LIMIT_BYTES,
        fault=getattr(flags, "fault", None),
    )


def _prompt_of(flags: argparse.Namespace) -> str | None:
    if flags.prompt is not None and flags.prompt_file is not None:
        raise UsageError("give PROMPT or --prompt-file, not both")
    if flags.prompt_file is None:
        return None if flags.prompt is None else checked_text(flags.prompt, "the prompt")
    return read_text(flags.prompt_file)


def checked_text(text: str, what: str) -> str:
    """The text. Raises UsageError when the command line held bytes that are no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{what} is no UTF-8 text") from error
    return text


def read_text(name: str) -> str:
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
