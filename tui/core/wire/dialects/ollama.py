"""Ollama: NDJSON of /api/chat and /api/generate. Complete means a line with `done` true."""

from __future__ import annotations

from typing import Any, ClassVar

from tui.core.chunks import ToolCallDelta, Usage
from tui.core.wire.dialects.base import (
    Dialect,
    count_of,
    json_text,
    object_of,
    objects_of,
    text_of,
    total_of,
)
from tui.core.wire.reported_errors import problem_of


class Ollama(Dialect):
    """Reads lines with a `message` (chat) or a `response` (generate); every tool call comes whole."""

    name: ClassVar[str] = "ollama"

    def read(self, value: Any, event: str | None, event_id: str | None) -> None:
        """One line; `error` ends the stream."""
        del event_id
        if not isinstance(value, dict):
            self.skip(value)
        elif value.get("error"):
            self.assembly.fail(problem_of(value))
        elif value.keys() & {"message", "response", "done", "thinking"}:
            self._read_line(value)
        else:
            self.skip(value, event)

    def _read_line(self, value: dict[str, Any]) -> None:
        message = object_of(value.get("message"))
        is_done = value.get("done") is True
        self.assembly.add(
            text_of(message.get("content")) or text_of(value.get("response")),
            reasoning=text_of(message.get("thinking")) or text_of(value.get("thinking")),
            tool_calls=self._read_calls(message),
            finish_reason=(text_of(value.get("done_reason")) or "stop") if is_done else None,
            usage=_usage(value),
            model=text_of(value.get("model")),
        )
        if is_done:
            self.assembly.complete("done")

    def _read_calls(self, message: dict[str, Any]) -> tuple[ToolCallDelta, ...]:
        book = self.assembly.calls_of()
        found = []
        for call in objects_of(message.get("tool_calls")):
            function = object_of(call.get("function"))
            arguments = json_text(function.get("arguments"))
            delta = book.add(len(book), text_of(function.get("name")), text_of(call.get("id")), arguments)
            found += [delta] if delta else []
        return tuple(found)


def _usage(value: dict[str, Any]) -> Usage | None:
    given, made = count_of(value.get("prompt_eval_count")), count_of(value.get("eval_count"))
    return None if given is None and made is None else Usage(given, made, total_of(given, made))
