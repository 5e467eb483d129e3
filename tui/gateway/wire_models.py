"""What the gateway sends, as models: for its description, and for tests that hold real events against them.

Events are made in gateway_events without these; a client treats every member but `content` and `done` as optional.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

_EXACT = ConfigDict(extra="forbid")
SHA256 = r"^[0-9a-f]{64}$"


class ErrorDetail(BaseModel):
    """A refusal: a sentence for people, a family and a word for programs."""

    model_config = _EXACT
    message: str
    type: str
    code: str


class ErrorBody(BaseModel):
    """The body of every answer whose status is no success."""

    model_config = _EXACT
    error: ErrorDetail


class UsageMembers(BaseModel):
    """Token counts as the upstream reported them."""

    model_config = _EXACT
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    prompt_tokens_details: dict[str, int] | None = None
    completion_tokens_details: dict[str, int] | None = None


class ToolCallPiece(BaseModel):
    """A piece of a tool call; pieces with one index belong together."""

    model_config = _EXACT
    index: int
    id: str | None = None
    name: str | None = None
    arguments: str | None = None


class ChunkEvent(BaseModel):
    """`event: chunk`: a piece of the answer. `index` counts chunks from 0."""

    model_config = _EXACT
    content: str
    finish_reason: str | None
    index: int
    model: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: list[ToolCallPiece] | None = None
    usage: UsageMembers | None = None


class DoneEvent(BaseModel):
    """`event: done`: the answer is complete. `sha256` is that of all content in UTF-8 (surrogatepass)."""

    model_config = _EXACT
    done: Literal[True]
    finish_reason: str | None
    usage: UsageMembers | None
    count: int
    sha256: str = Field(pattern=SHA256)


class ErrorEvent(BaseModel):
    """`event: error`: the answer ends here; what came before stays valid. `status` is the upstream's, if it was one."""

    model_config = _EXACT
    message: str
    type: str | None
    code: str
    kind: str
    outcome: Literal["failed", "incomplete"]
    status: int | None
    retry_after: float | None
    count: int
    sha256: str = Field(pattern=SHA256)


class CancelledEvent(BaseModel):
    """`event: cancelled`: somebody stopped the answer."""

    model_config = _EXACT
    count: int
    sha256: str = Field(pattern=SHA256)


class CancelAnswer(BaseModel):
    """How the answer ended: `done`, `error` or `cancelled`; `cancelling` when its end did not come in time."""

    model_config = _EXACT
    gen: str
    state: Literal["done", "error", "cancelled", "cancelling"]
    count: int | None = None
    sha256: str | None = Field(default=None, pattern=SHA256)


class UpstreamState(BaseModel):
    """What is behind the gateway, and whether it answers."""

    model_config = _EXACT
    kind: str
    reachable: bool


class Health(BaseModel):
    """Whether gateway and upstream live; without the token only `status`."""

    model_config = _EXACT
    status: Literal["healthy", "degraded"]
    upstream: UpstreamState | None = None
    streams: int | None = None
    faults: bool | None = None
    version: str | None = None


EVENTS: dict[str, type[BaseModel]] = {
    "chunk": ChunkEvent,
    "done": DoneEvent,
    "error": ErrorEvent,
    "cancelled": CancelledEvent,
}
"""The data of each event by its name."""
