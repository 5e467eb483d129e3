"""A problem on the screen in three lines: title, what happened, what to do next. Pure.

Five problems are so common that the run itself is told with them: where, when, after how much. All others have the
words of their kind. A next step names a key only if there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tui.core.chunks import StreamProblem
from tui.core.endpoints import NOT_A_GATEWAY
from tui.core.problem_kinds import title_of
from tui.core.race_verdict import why_failed
from tui.core.request import RunPlan, TransportName
from tui.core.wire.http_problems import quote
from tui.key_table import ROWS

if TYPE_CHECKING:
    from tui.core.derived_run import DerivedRun
    from tui.screens.run_controller import ActiveRun

_END_MARKS = {
    "openai-chat": "finish_reason and [DONE]",
    "openai-responses": "response.completed",
    "anthropic": "message_stop",
    "ollama": "done: true",
}
_BROKEN_LINKS = frozenset({"truncated", "reset", "no_terminal", "disconnected", "ws_1006"})
_GO_ON = "On a gateway with resume: palette, run: resume."
_KEY_HEADERS = ("authorization", "x-api-key", "api-key")


def problem_lines(problem: StreamProblem, run: ActiveRun, environ: Mapping[str, str]) -> list[str]:
    """Title, sentence and next step, with `{id}` where a key stands in the last. Not yet safe to show."""
    found: list[str] | None = None
    derived, is_own = run.derived, run.recording is None
    if derived is not None:
        match problem.kind:
            case "connect" if is_own:
                found = _refused(problem, derived)
            case "auth" if is_own:
                found = _unauthorized(problem, derived, run.plan, environ)
            case "content_type":
                found = _no_stream(problem, derived)
            case "truncated" | "reset" | "no_terminal" if is_own:  # the reader of a file has words of its own
                found = _cut(problem, derived)
            case "idle_timeout" if is_own:
                found = _silent(derived, run.plan.clocks.idle_s)
        if found is None and why_failed(derived) == NOT_A_GATEWAY:
            found = _no_gateway(problem, derived)
    title, sentence, step = found or [title_of(problem.kind), problem.message, problem.hint]
    return [title, sentence, f"{step} {_GO_ON}" if is_own and _could_go_on(problem, run) else step]


def key_source(plan: RunPlan, environ: Mapping[str, str]) -> tuple[str, bool]:
    """Where the key of a run comes from, by name and never by value, and whether there is one."""
    if plan.token_file is not None:
        return f"the key file {PurePath(plan.token_file).name}", True
    named = [variable for header, variable in plan.header_env if header.lower() in _KEY_HEADERS]
    is_provider = plan.transport is TransportName.DIRECT and not plan.is_gateway
    name = named[0] if named else "OPENAI_API_KEY" if is_provider else "STREAMSCOPE_TOKEN"
    return name, bool(environ.get(name, "").strip())


def _could_go_on(problem: StreamProblem, run: ActiveRun) -> bool:
    """Whether a link broke that a gateway might have taken up; of its upstream's cut it told itself."""
    is_gateways = run.derived is not None and bool(run.derived.generation)
    return problem.kind in _BROKEN_LINKS and is_gateways and problem.type is None and not run.plan.resume


def _refused(problem: StreamProblem, run: DerivedRun) -> list[str] | None:
    if "refused" not in problem.message:
        return None
    begun = next((marker.at for marker in reversed(run.capture.markers) if marker.name == "connecting"), 0.0)
    sentence = f"Nothing listens at {_host(run)} (refused after {(_end_at(run) - begun) * 1000:.0f} ms)."
    fix = "fix the port: {set.endpoint}" if "set.endpoint" in ROWS else "fix the address (--url)"
    step = f"Start the server or {fix}. streamscope serve starts a gateway; {{run.again}} tries again."
    return ["Connection refused", sentence, step]


def _no_gateway(problem: StreamProblem, run: DerivedRun) -> list[str]:
    step = "For an OpenAI-compatible server {set.transport} chooses direct; {run.again} tries again."
    return [f"This is {NOT_A_GATEWAY}", f"{_host(run)} does not know the gateway's route: {problem.message}.", step]


def _unauthorized(problem: StreamProblem, run: DerivedRun, plan: RunPlan, environ: Mapping[str, str]) -> list[str]:
    source, is_set = key_source(plan, environ)
    sent = f"It was read from {source} and sent to {_host(run)}"
    none = f"No key was sent to {_host(run)}: {source} is not set"
    says = f'; the server says: "{problem.message}".' if problem.type else "."
    where = "{set.endpoint}" if "set.endpoint" in ROWS else "--profile"
    step = f"Set the variable anew and restart, or choose another profile: {where}. The key is shown nowhere."
    return [title_of("auth"), (sent if is_set else none) + says, step]


def _no_stream(problem: StreamProblem, run: DerivedRun) -> list[str] | None:
    capture = run.capture
    head = capture.heads[-1] if capture.heads else None
    if head is None:
        return None
    media_type = (head.header("content-type") or "").partition(";")[0].strip() or "no content type"
    data = capture.read(0).data if capture.read_count else b""
    begin = quote(data if isinstance(data, bytes) else data.encode("utf-8", "replace"))
    is_page = "html" in media_type or begin.lower().startswith(('"<!doctype html', '"<html'))
    sentence = f"Status {head.status}, {media_type}" + (f", beginning: {begin}." if begin else ", without a body.")
    url = "{set.endpoint} shows the URL that was used" if "set.endpoint" in ROWS else "--url is the URL that was used"
    whole = " {screen.wire} shows the whole answer." if "screen.wire" in ROWS else ""
    title = "A web page came instead of a stream" if is_page else title_of(problem.kind)
    return [title, f"{sentence} Usually a login page or a wrong path.", f"Check the path: {url}.{whole}"]


def _cut(problem: StreamProblem, run: DerivedRun) -> list[str] | None:
    """`Closed at 2.41 s after frame 63, ...`; a gateway that tells of it closed its own stream in good order."""
    decoder, result = run.decoder, run.result
    if decoder is None or result is None or not decoder.frames:
        return None
    is_told = problem.type is not None
    who = ("The gateway's upstream closed" if is_told else "Closed") + (
        " by a reset" if problem.kind == "reset" else ""
    )
    mark = "its end mark" if is_told else _END_MARKS.get(decoder.dialect_name, "its end mark")
    when = f" at {_end_at(run):.2f} s" if run.capture.header.has_times else ""
    sentence = f"{who}{when} after frame {len(decoder.frames)}, without {mark}."
    kept = f"{len(result.content)} characters are kept. Many SDKs report this as a normal end."
    return ["The stream was cut", f"{sentence} {kept}", "{run.again} runs again; {file.save} keeps the evidence."]


def _silent(run: DerivedRun, limit_s: float) -> list[str] | None:
    last_at = run.stats.last_token_at
    if last_at is None:
        return None
    since = 0
    while since < run.capture.read_count and run.capture.read_time(run.capture.read_count - 1 - since) > last_at:
        since += 1
    pings = f" {since} keep-alive{'s' if since > 1 else ''} came since and do not count." if since else ""
    other = "{run.race}" if "run.race" in ROWS else "{set.transport}, then {run.again},"
    return [
        f"Nothing came for {limit_s:g} s",
        f"The socket is open; the last text came at {last_at:.2f} s.{pings}",
        f"--idle-timeout (idle_timeout in config.toml) raises the limit. {other} tests whether another way delivers.",
    ]


def _host(run: DerivedRun) -> str:
    return urlsplit(run.capture.header.url).netloc.rpartition("@")[2] or "the endpoint"


def _end_at(run: DerivedRun) -> float:
    return run.capture.end.at if run.capture.end else run.capture.last_at
