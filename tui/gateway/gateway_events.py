"""The data of the gateway's events: what a chunk, an end, a fault and a cancel look like on the wire.

Pure functions from core values to JSON members; the log and the writers only carry what is made here. What a
client may read about a fault is decided here too: the upstream's address and key are in none of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from tui.core.chunks import Outcome, StreamChunk, StreamProblem, ToolCallDelta, Usage
from tui.core.problem_kinds import title_of

CHUNK, DONE, ERROR, CANCELLED = "chunk", "done", "error", "cancelled"
MASK = "[hidden]"
_encode = json.JSONEncoder(separators=(",", ":")).encode


class ContentProof:
    """What a terminal event proves: how many chunks were logged, and the hash of their content."""

    def __init__(self) -> None:
        self.count = 0
        self._hash = hashlib.sha256()

    def add(self, content: str) -> None:
        """Counts one chunk with this content."""
        self.count += 1
        self._hash.update(content.encode("utf-8", "surrogatepass"))

    def members(self) -> dict[str, Any]:
        """`count`, and `sha256` in hexadecimal digits."""
        return {"count": self.count, "sha256": self._hash.hexdigest()}


def to_json_line(members: dict[str, Any]) -> str:
    """One line of ASCII JSON: no character of the data can break a frame, lone surrogates included."""
    return _encode(members)


def is_worth_sending(chunk: StreamChunk) -> bool:
    """Whether a chunk of the upstream tells a client anything: text of the answer, an end or a bill."""
    return chunk.choice == 0 and bool(chunk.is_progress or chunk.finish_reason or chunk.usage)


def chunk_members(chunk: StreamChunk, index: int) -> dict[str, Any]:
    """The data of `chunk`; members that would be empty are left out, except the three of every chunk."""
    members: dict[str, Any] = {"content": chunk.content, "finish_reason": chunk.finish_reason, "index": index}
    if chunk.model is not None:
        members["model"] = chunk.model
    if chunk.reasoning:
        members["reasoning"] = chunk.reasoning
    if chunk.refusal:
        members["refusal"] = chunk.refusal
    if chunk.tool_calls:
        members["tool_calls"] = [_tool_call(delta) for delta in chunk.tool_calls]
    if chunk.usage is not None:
        members["usage"] = usage_members(chunk.usage)
    return members


def usage_members(usage: Usage) -> dict[str, Any]:
    """Token counts under the names that OpenAI-compatible clients read; unknown ones are left out."""
    counts = {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.total,
    }
    members: dict[str, Any] = {name: count for name, count in counts.items() if count is not None}
    if usage.cached is not None:
        members["prompt_tokens_details"] = {"cached_tokens": usage.cached}
    if usage.reasoning is not None:
        members["completion_tokens_details"] = {"reasoning_tokens": usage.reasoning}
    return members


def done_members(finish_reason: str | None, usage: Usage | None, proof: ContentProof) -> dict[str, Any]:
    """The data of `done`."""
    return {
        "done": True,
        "finish_reason": finish_reason,
        "usage": usage_members(usage) if usage else None,
        **proof.members(),
    }


def error_members(problem: StreamProblem, outcome: Outcome, proof: ContentProof) -> dict[str, Any]:
    """The data of `error` for a stream that ended so."""
    return {
        "message": problem.message,
        "type": problem.type,
        "code": problem.kind,
        "kind": problem.kind,
        "outcome": str(outcome),
        "status": problem.status,
        "retry_after": problem.retry_after,
        **proof.members(),
    }


def complaint_members(message: str, code: str) -> dict[str, Any]:
    """The data of `error` for a message that the gateway does not understand; no stream ended by it."""
    return {
        "message": message,
        "type": "invalid_request_error",
        "code": code,
        "kind": "protocol",
        "outcome": None,
        "status": None,
        "retry_after": None,
    }


def public_problem(problem: StreamProblem, secrets: Iterable[str]) -> StreamProblem:
    """The problem as a client may see it.

    The words of the upstream's own error are kept, with `secrets` (key, address) masked; of every other kind
    only the title is told, since its message names hosts and ports.
    """
    has_own_words = problem.kind == "server_error" or problem.kind.startswith("http_")
    message = problem.message if has_own_words else _upstream_sentence(problem)
    return StreamProblem.of(
        problem.kind,
        mask(message, secrets),
        type=None if problem.type is None else mask(problem.type, secrets),
        status=problem.status,
        retry_after=problem.retry_after,
    )


def _upstream_sentence(problem: StreamProblem) -> str:
    if problem.kind == "connect" and "refused" in problem.message:
        return "The upstream refused the connection."
    return f"Upstream: {title_of(problem.kind)}."


def mask(text: str, secrets: Iterable[str]) -> str:
    """The text with each secret replaced, longest first so that one inside another leaves nothing behind."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def _tool_call(delta: ToolCallDelta) -> dict[str, Any]:
    call: dict[str, Any] = {"index": delta.position}
    if delta.id is not None:
        call["id"] = delta.id
    if delta.name is not None:
        call["name"] = delta.name
    if delta.arguments:
        call["arguments"] = delta.arguments
    return call
