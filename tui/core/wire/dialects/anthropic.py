"""Anthropic's Messages API. Complete means `message_stop`.

Thinking is reasoning, its signature is no text; usage members replace earlier ones, cache counts are not added.
"""

from __future__ import annotations

from typing import Any, ClassVar

from tui.core.chunks import Usage
from tui.core.wire.dialects.base import (
    Dialect,
    count_of,
    json_text,
    object_of,
    objects_of,
    text_of,
    total_of,
)
from tui.core.wire.reported_errors import looks_like_error, problem_of
from tui.core.wire.stream_assembly import StreamAssembly

_TYPES = frozenset(
    {
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
        "ping",
        "error",
    }
)


class Anthropic(Dialect):
    """Reads events by the `type` in their JSON, else by their event name; tool calls are known by block index."""

    name: ClassVar[str] = "anthropic"
    event_names: ClassVar[frozenset[str]] = _TYPES

    def __init__(self, assembly: StreamAssembly) -> None:
        super().__init__(assembly)
        assembly.empty_arguments = "{}"
        self._inputs: dict[int, Any] = {}
        self._hidden: set[int] = set()

    def read(self, value: Any, event: str | None, event_id: str | None) -> None:
        """One event; `error` ends the stream."""
        del event_id
        if not isinstance(value, dict):
            self.skip(value)
            return
        kind = text_of(value.get("type")) or event or ""
        index = count_of(value.get("index")) or 0
        if kind == "content_block_delta":
            self._read_delta(object_of(value.get("delta")), index)
        elif kind == "content_block_start":
            self._read_block(object_of(value.get("content_block")), index)
        elif kind == "content_block_stop":
            self._end_block(index)
        elif kind in ("message_start", "message_delta"):
            self._read_message(value)
        elif kind == "message_stop":
            self.assembly.complete("message_stop")
        elif looks_like_error(value, event):
            self.assembly.fail(problem_of(value))
        elif kind != "ping":
            self.skip(value, kind)

    def read_whole(self, value: Any) -> bool:
        """A `message` object: its content blocks in order."""
        message = object_of(value)
        if message.get("type") != "message" or not isinstance(message.get("content"), list):
            return False
        for index, block in enumerate(objects_of(message["content"])):
            self._read_block(block, index)
            self._end_block(index)
        self._read_message({"message": message, "delta": message})
        return True

    def _read_block(self, block: dict[str, Any], index: int) -> None:
        kind = block.get("type")
        if kind == "tool_use":
            call = self.assembly.calls_of().add(index, text_of(block.get("name")), text_of(block.get("id")))
            self._inputs[index] = block.get("input")
            self.assembly.add(tool_calls=(call,) if call else ())
        elif kind == "text":
            self.assembly.add(text_of(block.get("text")))
        elif kind == "thinking":
            self.assembly.add(reasoning=text_of(block.get("thinking")))
        else:
            self._note_hidden(index, f"block {text_of(kind)[:80]}")

    def _note_hidden(self, index: int, what: str) -> None:
        """A block that is no text and no call of ours; once for all of its deltas."""
        if index not in self._hidden:
            self._hidden.add(index)
            self.assembly.oddities.remark("hidden_member", detail=what)

    def _read_delta(self, delta: dict[str, Any], index: int) -> None:
        kind = delta.get("type")
        if kind == "text_delta":
            self.assembly.add(text_of(delta.get("text")))
        elif kind == "thinking_delta":
            self.assembly.add(reasoning=text_of(delta.get("thinking")))
        elif kind == "input_json_delta":
            self._add_arguments(index, text_of(delta.get("partial_json")))
        elif kind == "citations_delta":
            self.assembly.oddities.remark("hidden_member", detail="citations")
        elif kind != "signature_delta":  # the proof of a thinking block says nothing to a reader
            self.skip(delta)

    def _add_arguments(self, index: int, arguments: str) -> None:
        book = self.assembly.calls_of()
        if index not in book:
            self._note_hidden(index, "input of no known tool call")
            return
        if call := book.add(index, arguments=arguments):
            self.assembly.add(tool_calls=(call,))

    def _end_block(self, index: int) -> None:
        """A call without argument pieces has the input that its block began with, `{}` if that is empty."""
        if index in self._inputs and not self.assembly.calls_of().has_arguments(index):
            self._add_arguments(index, json_text(self._inputs[index]) or "{}")

    def _read_message(self, value: dict[str, Any]) -> None:
        message, delta = object_of(value.get("message")), object_of(value.get("delta"))
        self.assembly.add(
            usage=self._merged(object_of(value.get("usage")) or object_of(message.get("usage"))),
            finish_reason=text_of(delta.get("stop_reason")) or None,
            model=text_of(message.get("model")),
        )

    def _merged(self, counts: dict[str, Any]) -> Usage | None:
        given, made = count_of(counts.get("input_tokens")), count_of(counts.get("output_tokens"))
        cached = count_of(counts.get("cache_read_input_tokens"))
        if given is None and made is None and cached is None:
            return None
        before = self.assembly.usage or Usage()
        given = before.input if given is None else given
        made = before.output if made is None else made
        return Usage(given, made, total_of(given, made), None, before.cached if cached is None else cached)
