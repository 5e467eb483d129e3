"""The JSON bodies that clients send: shapes as pydantic models, values as core requests.

Whatever is not named here is refused, so that nothing a client writes can choose an upstream or reach it
unseen. Limits that settings decide are checked in `stream_request` and `check_completion`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from tui.core.request import ChatMessage, StreamRequest
from tui.errors import GatewayError
from tui.gateway.gateway_settings import GatewayLimits

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


def _of_whole_characters(text: str) -> str:
    """JSON can write half of a surrogate pair; no upstream can be sent one."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("half of a surrogate pair is no character")
    return text


Text = Annotated[str, AfterValidator(_of_whole_characters)]


class MessageBody(BaseModel):
    """One message of the conversation."""

    model_config = _STRICT

    role: Literal["system", "user", "assistant"]
    content: Text


class StreamBody(BaseModel):
    """What `/v1/stream*` and the WebSocket's `complete` take."""

    model_config = _STRICT

    messages: list[MessageBody] = Field(min_length=1)
    model: Text | None = Field(default=None, min_length=1, max_length=200)
    temperature: float | None = Field(default=None, ge=0, le=2)
    max_tokens: int | None = Field(default=None, ge=1)
    buffer_type: Literal["word", "sentence", "line", "paragraph", "markdown", "raw"] | None = None


class ResumeBody(BaseModel):
    """What the WebSocket's `resume` takes: the generation, and the number of the last event seen (-1: none)."""

    model_config = _STRICT

    gen: str = Field(max_length=64)
    after: int = Field(ge=-1)


class CancelBody(BaseModel):
    """What the WebSocket's `cancel` may take: the generation it means."""

    model_config = _STRICT

    gen: str | None = Field(default=None, max_length=64)


def _with_messages(value: Any) -> Any:
    return {"messages": value} if isinstance(value, list) else value


SeedStreamBody = Annotated[StreamBody, BeforeValidator(_with_messages)]
"""A StreamBody, or the bare list of messages that the first gateway took."""


def stream_request(body: StreamBody, limits: GatewayLimits) -> StreamRequest:
    """The request in core values. Raises GatewayError 422 when it asks for more than the limits allow."""
    _check_message_count(len(body.messages), limits)
    _check_at_most("max_tokens", body.max_tokens, limits.max_tokens)
    return StreamRequest(
        messages=tuple(ChatMessage(message.role, message.content) for message in body.messages),
        model=body.model,
        temperature=body.temperature,
        max_tokens=body.max_tokens,
        buffer_type=body.buffer_type,
    )


def check_completion(body: Any, limits: GatewayLimits) -> dict[str, Any]:
    """The body of a chat completion, unchanged. Raises GatewayError when it is none or asks for too much.

    Only what the gateway must bound is looked at: everything else is the upstream's to judge.
    """
    if not isinstance(body, dict):
        raise GatewayError(422, "invalid_request", "The body must be a JSON object.")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise GatewayError(422, "invalid_request", "messages: expected a list with at least one message.")
    _check_message_count(len(messages), limits)
    for name, limit in (
        ("n", limits.choice_count),
        ("max_tokens", limits.max_tokens),
        ("max_completion_tokens", limits.max_tokens),
    ):
        _check_at_most(name, body.get(name), limit)
    if not isinstance(body.get("stream", False), bool | None):
        raise GatewayError(422, "invalid_request", "stream: expected true or false.")
    if depth_exceeds(body, limits.json_depth):
        raise GatewayError(422, "invalid_request", f"The body is nested more than {limits.json_depth} levels deep.")
    return body


def depth_exceeds(value: Any, limit: int) -> bool:
    """Whether a JSON value is nested deeper than `limit`; walks level by level, so no depth can end the walk."""
    level = [value]
    for _ in range(limit):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return any(isinstance(item, dict | list) for item in level)


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _check_message_count(count: int, limits: GatewayLimits) -> None:
    if count > limits.message_count:
        raise GatewayError(422, "too_many_messages", f"messages: at most {limits.message_count}, got {count}.")


def _check_at_most(name: str, value: Any, limit: int) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= limit:
        raise GatewayError(422, "invalid_request", f"{name}: expected a whole number from 1 to {limit}.")
