"""OpenAI's Responses API. Complete means `response.completed`, `response.incomplete` or `response.failed`.

The same text comes up to four times (deltas, done, finished item, final response) and is counted once, when it
comes first. Items are known by their place in the output, or by id where an event has no place.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, ClassVar, Literal

from tui.core.wire.dialects.base import (
    Dialect,
    count_of,
    json_text,
    object_of,
    objects_of,
    text_of,
    usage_of,
)
from tui.core.wire.reported_errors import looks_like_error, problem_of
from tui.core.wire.stream_assembly import StreamAssembly

Channel = Literal["content", "refusal", "reasoning"]

# Event type without "response." and ".delta" or ".done": its channel, the index of the part, the text when done.
_TEXT_EVENTS: dict[str, tuple[Channel, str, str]] = {
    "output_text": ("content", "content_index", "text"),
    "refusal": ("refusal", "content_index", "refusal"),
    "reasoning_text": ("reasoning", "content_index", "text"),
    "reasoning_summary_text": ("reasoning", "summary_index", "text"),
}
_ARGUMENT_EVENTS = {"function_call_arguments": "arguments", "custom_tool_call_input": "input"}
_CALL_TYPES = {"function_call": "arguments", "custom_tool_call": "input"}
_MEANINGLESS = frozenset(
    {
        "response.content_part.added",
        "response.reasoning_summary_part.added",
        "response.reasoning_summary_part.done",
        "response.queued",
    }
)
_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed"})


class Responses(Dialect):
    """Reads events by the `type` in their JSON, else by their event name."""

    name: ClassVar[str] = "openai-responses"
    event_names: ClassVar[frozenset[str]] = frozenset({"error"})

    def __init__(self, assembly: StreamAssembly) -> None:
        super().__init__(assembly)
        self._seen: set[Hashable] = set()
        self._keys: dict[str, Hashable] = {}

    def read(self, value: Any, event: str | None, event_id: str | None) -> None:
        """One event; `error` and `response.failed` end the stream with a problem."""
        del event_id
        if not isinstance(value, dict):
            self.skip(value)
            return
        kind = text_of(value.get("type")) or event or ""
        family, _, step = kind.removeprefix("response.").rpartition(".")
        if family in _TEXT_EVENTS and step in ("delta", "done"):
            self._read_text(value, family, step)
        elif family in _ARGUMENT_EVENTS and step in ("delta", "done"):
            self._read_arguments(value, family, step)
        elif family in ("output_item", "content_part") and step in ("added", "done"):
            self._read_item(value, family, step)
        elif kind in _ENDS:
            self._end(kind, object_of(value.get("response")))
        elif kind in ("response.created", "response.in_progress"):
            self.assembly.add(model=text_of(object_of(value.get("response")).get("model")))
        elif looks_like_error(value, event):
            self.assembly.fail(problem_of(value))
        elif kind == "response.output_text.annotation.added":
            self.assembly.oddities.remark("hidden_member", detail="annotation")
        elif kind not in _MEANINGLESS:
            self.skip(value, kind)

    def read_whole(self, value: Any) -> bool:
        """A `response` object: its output items in order."""
        response = object_of(value)
        if response.get("object") != "response" or not isinstance(response.get("output"), list):
            return False
        self._end(f"response.{text_of(response.get('status')) or 'completed'}", response)
        return True

    def _read_text(self, value: dict[str, Any], family: str, step: str) -> None:
        channel, index_name, done_name = _TEXT_EVENTS[family]
        part = (family, self._key_of(value), count_of(value.get(index_name)) or 0)
        if step == "delta":
            self._seen.add(part)
            self._add(channel, text_of(value.get("delta")), value.get("logprobs") or None)
        else:
            self._add_once(part, channel, text_of(value.get(done_name)))

    def _add_once(self, part: Hashable, channel: Channel, text: str) -> None:
        if text and part not in self._seen:
            self._seen.add(part)
            self._add(channel, text)

    def _add(self, channel: Channel, text: str, logprobs: Any = None) -> None:
        if channel == "content":
            self.assembly.add(text, logprobs=logprobs)
        elif channel == "refusal":
            self.assembly.add(refusal=text)
        else:
            self.assembly.add(reasoning=text)

    def _read_arguments(self, value: dict[str, Any], family: str, step: str) -> None:
        key = self._key_of(value)
        if step == "delta":
            self._add_call(key, arguments=text_of(value.get("delta")))
        elif not self.assembly.calls_of().has_arguments(key):
            self._add_call(key, arguments=json_text(value.get(_ARGUMENT_EVENTS[family])))

    def _add_call(self, key: Hashable, name: str = "", call_id: str = "", arguments: str = "") -> None:
        call = self.assembly.calls_of().add(key, name, call_id, arguments)
        if call:
            self.assembly.add(tool_calls=(call,))

    def _read_item(self, value: dict[str, Any], family: str, step: str) -> None:
        key = self._key_of(value)
        if family == "output_item":
            self._take_item(object_of(value.get("item")), key, is_done=step == "done")
        elif step == "done":
            self._take_part(object_of(value.get("part")), key, count_of(value.get("content_index")) or 0)

    def _take_item(self, item: dict[str, Any], key: Hashable, *, is_done: bool) -> None:
        kind = text_of(item.get("type"))
        if kind in _CALL_TYPES:
            has_arguments = self.assembly.calls_of().has_arguments(key)
            arguments = json_text(item.get(_CALL_TYPES[kind])) if is_done and not has_arguments else ""
            self._add_call(key, text_of(item.get("name")), text_of(item.get("call_id")), arguments)
        elif is_done:
            for index, part in enumerate(objects_of(item.get("summary"))):
                self._add_once(("reasoning_summary_text", key, index), "reasoning", text_of(part.get("text")))
            for index, part in enumerate(objects_of(item.get("content"))):
                self._take_part(part, key, index)
            if kind not in ("message", "reasoning"):
                self._note_hidden(kind, key)

    def _note_hidden(self, kind: str, key: Hashable) -> None:
        """An item that is no text, such as a search or an image; it comes again in the final response."""
        if ("hidden", key) not in self._seen:
            self._seen.add(("hidden", key))
            self.assembly.oddities.remark("hidden_member", detail=f"item {kind[:80]}")

    def _take_part(self, part: dict[str, Any], key: Hashable, index: int) -> None:
        family = text_of(part.get("type"))
        if family in _TEXT_EVENTS:
            channel, _, text_name = _TEXT_EVENTS[family]
            self._add_once((family, key, index), channel, text_of(part.get(text_name)))

    def _end(self, kind: str, response: dict[str, Any]) -> None:
        for index, item in enumerate(objects_of(response.get("output"))):
            self._take_item(item, self._keys.get(text_of(item.get("id")), index), is_done=True)
        reason = kind.removeprefix("response.")
        if reason == "incomplete":
            reason = text_of(object_of(response.get("incomplete_details")).get("reason")) or reason
        self.assembly.add(
            finish_reason=reason, usage=usage_of(response.get("usage")), model=text_of(response.get("model"))
        )
        if reason == "failed":
            self.assembly.fail(problem_of(response.get("error") or {"message": "the response failed"}))
        self.assembly.complete(kind)

    def _key_of(self, value: dict[str, Any]) -> Hashable:
        """The place of an event's item in the output; its id, where the place is not told."""
        item_id = text_of(value.get("item_id")) or text_of(object_of(value.get("item")).get("id"))
        place = count_of(value.get("output_index"))
        if place is None:
            return self._keys.get(item_id, item_id)
        if item_id:
            self._keys.setdefault(item_id, place)
        return place
