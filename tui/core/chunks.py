"""The values on the arrows: chunks, results, problems, and the events that a pipeline gives.

Hot values (StreamChunk, ToolCallDelta) are slotted but not frozen: a frozen dataclass costs three times as much
to make. Nobody changes one after it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from tui.core.problem_kinds import hint_of


class Outcome(StrEnum):
    """How a run ended; exactly one, exactly once. Only proof makes it COMPLETED."""

    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class StreamProblem:
    """What went wrong, in words that can be shown (after sanitising).

    `kind` is of the closed set in `problem_kinds`; `type` is the provider's own word where it gave one;
    `retry_after` is in seconds.
    """

    kind: str
    message: str
    type: str | None = None
    status: int | None = None
    retry_after: float | None = None
    hint: str = ""

    @classmethod
    def of(
        cls,
        kind: str,
        message: str,
        *,
        type: str | None = None,  # noqa: A002  the field's name is the wire's
        status: int | None = None,
        retry_after: float | None = None,
    ) -> Self:
        """A problem with the hint of its kind."""
        return cls(kind, message, type, status, retry_after, hint_of(kind))

    def to_json(self) -> dict[str, Any]:
        """The six members in the order of the command line's JSON."""
        return {
            "kind": self.kind,
            "message": self.message,
            "type": self.type,
            "status": self.status,
            "retry_after": self.retry_after,
            "hint": self.hint,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """The inverse of `to_json`; members that are not there are None or empty.

        Raises TypeError, ValueError or AttributeError on another shape.
        """
        kind, status, retry_after = value.get("type"), value.get("status"), value.get("retry_after")
        return cls(
            str(value.get("kind", "internal")),
            str(value.get("message", "")),
            None if kind is None else str(kind),
            None if status is None else int(status),
            None if retry_after is None else float(retry_after),
            str(value.get("hint", "")),
        )


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts as the server reported them; None where it did not."""

    input: int | None = None
    output: int | None = None
    total: int | None = None
    reasoning: int | None = None
    cached: int | None = None


@dataclass(slots=True)
class ToolCallDelta:
    """A piece of a tool call: `position` is the order of first appearance, `arguments` the text of this piece."""

    position: int
    name: str | None = None
    id: str | None = None
    arguments: str = ""


@dataclass(slots=True)
class ToolCall:
    """A tool call put together; `arguments` is the joined text as it came, JSON or not."""

    name: str
    arguments: str
    id: str | None = None


@dataclass(slots=True)
class StreamChunk:
    """One delta of a stream. `choice` 0 is the answer; `frame` is the index of the frame it came in.

    A chunk without text is kept when it carries a finish reason, a model, usage or `logprobs` (the wire's own JSON).
    """

    content: str = ""
    finish_reason: str | None = None
    index: int = 0
    model: str | None = None
    reasoning: str = ""
    tool_calls: tuple[ToolCallDelta, ...] = ()
    choice: int = 0
    usage: Usage | None = None
    at: float = 0.0
    frame: int = 0
    refusal: str = ""
    logprobs: Any = None

    @property
    def is_progress(self) -> bool:
        """Whether it carries generated text of any channel: what the first-token and idle clocks wait for."""
        return bool(self.content or self.reasoning or self.tool_calls or self.refusal)


@dataclass(slots=True)
class ChoiceResult:
    """One of several answers (`n` > 1)."""

    index: int
    content: str = ""
    finish_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Trap:
    """A legal oddity that breaks other people's parsers: its kind, the frame it is in, one sentence."""

    kind: str
    frame: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd but harmless about a stream: its kind, one sentence, the frame it is first in (None: unknown)."""

    kind: str
    sentence: str
    frame: int | None = None


@dataclass(slots=True)
class StreamResult:
    """Everything that a run gave; made exactly once, last.

    `chunks` may be a lazy sequence. `total_tokens` is the reported total or None. `remarks` are odd but
    harmless things about a stream, as sentences.
    """

    content: str
    chunks: Sequence[StreamChunk]
    finish_reason: str | None = None
    total_tokens: int | None = None
    outcome: Outcome = Outcome.COMPLETED
    problem: StreamProblem | None = None
    usage: Usage | None = None
    reasoning: str = ""
    tool_calls: list[ToolCall] = field(default_factory=list)
    refusal: str = ""
    choices: list[ChoiceResult] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    traps: list[Trap] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SegmentReady:
    """A unit that a buffer released.

    Chunk indices count content chunks from 0; `emitted_chunk` is the chunk at which it came out (-1: at the
    flush). `first_at`, `emitted_at` and `hold_s` are seconds on the capture's clock; `hold_s` is measured from
    the arrival of its first character. `is_flushed` marks a tail that was never complete.
    """

    text: str
    index: int
    first_chunk: int
    last_chunk: int
    emitted_chunk: int
    first_at: float
    emitted_at: float
    is_flushed: bool = False

    @property
    def hold_s(self) -> float:
        """How long the buffer held it."""
        return self.emitted_at - self.first_at


@dataclass(frozen=True, slots=True)
class CodeBlockReady:
    """A code block that closed, or was open at the end (`closed` False)."""

    language: str | None
    info: str
    code: str
    closed: bool
    first_chunk: int
    last_chunk: int
    emitted_chunk: int
    at: float


@dataclass(frozen=True, slots=True)
class JSONReady:
    """A JSON object or array found in the text; `start` and `end` are code-point offsets in the content."""

    value: Any
    start: int
    end: int
    first_chunk: int
    last_chunk: int
    emitted_chunk: int
    at: float


PipelineEvent = SegmentReady | CodeBlockReady | JSONReady
