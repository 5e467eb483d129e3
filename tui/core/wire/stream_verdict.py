"""How a run ended: one outcome, with its problem. `completed` needs proof (DESIGN.md, section 6).

Called once, when no more bytes will come; what was put together and how the body was cut come from elsewhere.
"""

from __future__ import annotations

from typing import Final

from tui.core.chunks import Outcome, StreamProblem
from tui.core.wire.body_reader import BodyReader, Framing
from tui.core.wire.http_problems import content_type_problem, http_problem, quote
from tui.core.wire.stream_assembly import StreamAssembly

_REFUSALS: Final = frozenset(
    {"connect", "dns", "tls", "insecure", "auth", "redirect", "handshake"}
    | {"content_type", "bad_json", "decode", "too_large"}
)


def verdict(
    assembly: StreamAssembly, body: BodyReader, end: StreamProblem | None, *, is_later: bool
) -> tuple[Outcome, StreamProblem | None]:
    """Outcome and problem, by what weighs most.

    An error that was reported, then a proof, then a status or a body that is no stream, then `end` (how the link
    broke), else a clean end without proof. `is_later` says that this connection was not the first.
    """
    if assembly.outcome is not None:
        return assembly.outcome, assembly.problem
    if assembly.proof is not None:
        return Outcome.COMPLETED, None
    if not body.accepts:
        is_resumed = is_later and assembly.has_progress
        return (Outcome.INCOMPLETE if is_resumed else Outcome.FAILED), _refusal(body, is_resumed=is_resumed)
    if (body.is_other and body.body) or _is_other_json(assembly, body):
        return Outcome.FAILED, no_stream_problem(body, assembly)
    if end is not None:
        is_refusal = end.kind in _REFUSALS or end.kind.startswith("http_")
        return (Outcome.FAILED if is_refusal else Outcome.INCOMPLETE), end
    return Outcome.INCOMPLETE, body.cut_problem()


def no_stream_problem(body: BodyReader, assembly: StreamAssembly | None = None) -> StreamProblem:
    """The problem of an accepted response that is no stream: names the type, quotes the beginning."""
    if body.media_type.endswith("json") and body.body:
        words = f"the answer is {body.media_type} by name, but no JSON: {quote(bytes(body.body))}"
        return StreamProblem.of("bad_json", words)
    begin = bytes(body.body)
    if assembly is not None and not begin and len(assembly.frames):
        begin = assembly.frames[-1].text.encode("utf-8", "surrogatepass")
    return content_type_problem(body.media_type, begin)


def _is_other_json(assembly: StreamAssembly, body: BodyReader) -> bool:
    """Whether the body is JSON by name and by nature, but nothing that a dialect knows."""
    is_json = body.framing is Framing.VALUES and body.media_type.endswith("json") and not body.has_cut_event
    return is_json and len(assembly.chunks) == 0


def _refusal(body: BodyReader, *, is_resumed: bool) -> StreamProblem:
    if body.status == 204:
        return StreamProblem.of("no_terminal", "the server answers 204 No Content: there is no stream", status=204)
    problem = http_problem(body.status, body.headers, bytes(body.body))
    if body.status == 410 and is_resumed:
        return StreamProblem.of("resume_expired", problem.message, type=problem.type, status=410)
    return problem
