"""Which dialect a stream speaks, told from the first value that says so, and on what evidence.

Only names and the first JSON objects are looked at; a dialect that was named by hand never comes here.
"""

from __future__ import annotations

from typing import Any

from tui.core.wire.dialects.gateway import Gateway

_ANTHROPIC_TYPES = frozenset(
    {"message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta"}
    | {"message_stop"}
)


def detect(value: Any, event: str | None, *, is_message: bool = False) -> tuple[str, str] | None:
    """(dialect name, evidence in words) for a parsed value, or None when it says nothing.

    `event` is the name of its SSE event; `is_message` says that it came as a WebSocket message.
    """
    by_name = _by_event_name(event)
    if by_name:
        return by_name, f"event name {event}"
    if not isinstance(value, dict):
        return None
    return _by_type(value, is_message=is_message) or _by_members(value)


def _by_event_name(event: str | None) -> str | None:
    if event in ("chunk", "done", "cancelled"):
        return Gateway.name
    if event in _ANTHROPIC_TYPES:
        return "anthropic"
    return "openai-responses" if event and event.startswith("response.") else None


def _by_type(value: dict[str, Any], *, is_message: bool) -> tuple[str, str] | None:
    kind = value.get("type")
    if not isinstance(kind, str):
        return None
    if is_message and "data" in value:
        return Gateway.name, "a WebSocket message with type and data"
    if kind.startswith("response."):
        return "openai-responses", f"type {kind}"
    if kind in _ANTHROPIC_TYPES or (kind == "message" and "content" in value):
        return "anthropic", f"type {kind}"
    if kind == "error" and "sequence_number" in value:
        return "openai-responses", "a numbered error event"
    return None


def _by_members(value: dict[str, Any]) -> tuple[str, str] | None:
    if value.get("object") == "response" and "output" in value:
        return "openai-responses", "an object response"
    if "choices" in value:
        return "openai-chat", "an object with choices"
    if "done" in value and ("message" in value or "response" in value):
        return "ollama", "an object with done and a message"
    if isinstance(value.get("outcome"), str) and "kind" in value:
        return Gateway.name, "an error with kind and outcome"
    if value.get("done") is True or isinstance(value.get("content", value.get("item")), str):
        return Gateway.name, "an object with content, item or done"
    return None
