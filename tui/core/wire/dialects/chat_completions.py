"""Chat completions: OpenAI's API and the many servers that speak it (vLLM, llama.cpp, DeepSeek, OpenRouter, ...).

Complete means `[DONE]`, or that every choice seen has its finish reason. The usual delta takes a short path.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, ClassVar

from tui.core.chunks import ToolCallDelta, Usage
from tui.core.wire.dialects.base import (
    Dialect,
    count_of,
    json_text,
    object_of,
    objects_of,
    text_of,
    usage_of,
)
from tui.core.wire.repeated_json import RepeatedJSON
from tui.core.wire.reported_errors import looks_like_error, problem_of
from tui.core.wire.stream_assembly import StreamAssembly
from tui.core.wire.tool_call_book import ToolCallBook

_DELTA_MEMBERS = frozenset(
    {"role", "content", "reasoning_content", "reasoning", "refusal", "tool_calls", "function_call", "name"}
)


class ChatCompletions(Dialect):
    """Reads `chat.completion.chunk` objects, and whole `chat.completion` ones; legacy `text` choices too."""

    name: ClassVar[str] = "openai-chat"
    event_names: ClassVar[frozenset[str]] = frozenset({"error"})

    def __init__(self, assembly: StreamAssembly) -> None:
        super().__init__(assembly)
        self._repeated = RepeatedJSON("content", _plain_content)
        self._repeated_model: str | None = None  # as it stands in what is repeated

    def read(self, value: Any, event: str | None, event_id: str | None) -> None:
        """One chunk object; an error object anywhere in the stream ends it."""
        del event_id
        if self._read_plain(value):
            self._repeated_model = value.get("model", self.assembly.model)
            self._repeated.learn()
        else:
            self._read_any(value, event)

    def read_text(self, text: str) -> bool:
        """The usual delta again, of which only the text is another."""
        content = self._repeated.take(text)
        if not content or self._repeated_model != self.assembly.model:
            return False
        self._add_text(content)
        return True

    def read_end_mark(self) -> None:
        """`[DONE]`."""
        self.assembly.complete("[DONE]")
        if not any(self.assembly.finish_reasons.values()):
            self.assembly.oddities.remark("no_finish_reason")

    def read_whole(self, value: Any) -> bool:
        """A `chat.completion` object: its messages read as one delta each."""
        choices = objects_of(object_of(value).get("choices"))
        if not any("message" in choice or "text" in choice for choice in choices):
            return False
        self._read_any(value, None)
        return True

    @property
    def late_proof(self) -> str | None:
        """Every choice seen has its finish reason."""
        reasons = self.assembly.finish_reasons
        return "every choice finished" if reasons and all(reasons.values()) else None

    def _read_plain(self, value: Any) -> bool:
        """Reads the usual delta, nothing but text of choice 0; False (and nothing done) for any other value."""
        assembly = self.assembly
        try:
            (choice,) = value["choices"]
            delta = choice["delta"]
            content = delta["content"]
            is_plain = (
                type(content) is str
                and content
                and not choice.get("finish_reason")
                and not choice.get("logprobs")
                and (len(delta) == 1 or (len(delta) == 2 and "role" in delta))
                and choice.get("index", 0) == 0
                and 0 in assembly.finish_reasons
                and value.get("model", assembly.model) == assembly.model
                and not value.get("usage")
                and not value.get("error")
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            return False
        if is_plain:
            self._add_text(content)
        return bool(is_plain)

    def _add_text(self, content: str) -> None:
        assembly = self.assembly
        if assembly.finish_reasons[0]:
            assembly.oddities.trap("text_after_finish", assembly.frame)
        assembly.add_text(content)

    def _read_any(self, value: Any, event: str | None) -> None:
        if not isinstance(value, dict):
            self.skip(value)
            return
        listed = value.get("choices")
        choices = objects_of(listed)
        if listed is not None and (not isinstance(listed, list) or len(choices) != len(listed)):
            self.assembly.oddities.remark("wrong_shape", detail="a choice is no object")
        usage = usage_of(value.get("usage")) or usage_of(object_of(value.get("x_groq")).get("usage"))
        model = text_of(value.get("model"))
        for place, choice in enumerate(choices):
            self._read_choice(choice, None if place else usage, model)
        if not choices:
            self.assembly.add(usage=usage, model=model)
            if listed == []:
                self.assembly.oddities.trap("empty_choices", self.assembly.frame)
        if looks_like_error(value, event):
            self.assembly.fail(problem_of(value))
        elif "choices" not in value and usage is None:
            self.skip(value, event)

    def _read_choice(self, choice: dict[str, Any], usage: Usage | None, model: str) -> None:
        assembly = self.assembly
        index = count_of(choice.get("index")) or 0
        had_reason = assembly.finish_reasons.setdefault(index, None)
        delta = object_of(choice.get("delta")) or object_of(choice.get("message"))
        content, thought = _texts_of(delta.get("content", choice.get("text")))
        if content and had_reason:
            assembly.oddities.trap("text_after_finish", assembly.frame)
        reasoning = text_of(delta.get("reasoning_content")) or text_of(delta.get("reasoning")) or thought
        refusal = text_of(delta.get("refusal"))
        calls = self._read_calls(delta, index)
        if delta and not (content or reasoning or refusal or calls):
            self._note_empty(delta, choice)
        self._note_hidden(delta, has_reasoning=bool(reasoning))
        assembly.add(
            content,
            reasoning=reasoning,
            tool_calls=calls,
            refusal=refusal,
            finish_reason=text_of(choice.get("finish_reason")) or None,
            usage=usage,
            choice=index,
            model=model,
            logprobs=choice.get("logprobs") or None,
        )

    def _note_empty(self, delta: dict[str, Any], choice: dict[str, Any]) -> None:
        content = delta.get("content")
        if content is not None and not isinstance(content, (str, list)):
            self.assembly.oddities.remark("wrong_shape", detail="content is not text")
        elif not choice.get("finish_reason") and ("role" in delta or content is None):
            self.assembly.oddities.trap("role_only", self.assembly.frame)

    def _note_hidden(self, delta: dict[str, Any], *, has_reasoning: bool) -> None:
        """Members and parts that are no text: audio, images, annotations, encrypted reasoning."""
        for name in delta.keys() - _DELTA_MEMBERS:
            if delta[name] and not (name == "reasoning_details" and has_reasoning):  # the same thinking once more
                self.assembly.oddities.remark("hidden_member", detail=name[:80])
        content = delta.get("content")
        for part in objects_of(content):
            if not ("text" in part or "thinking" in part):
                self.assembly.oddities.remark("hidden_member", detail=text_of(part.get("type"))[:80])

    def _read_calls(self, delta: dict[str, Any], choice: int) -> tuple[ToolCallDelta, ...]:
        pieces = [self._read_call(piece, choice) for piece in objects_of(delta.get("tool_calls"))]
        if legacy := object_of(delta.get("function_call")):
            pieces.append(self._read_call({"index": 0, "function": legacy}, choice))
        return tuple(piece for piece in pieces if piece is not None)

    def _read_call(self, piece: dict[str, Any], choice: int) -> ToolCallDelta | None:
        book = self.assembly.calls_of(choice)
        function = object_of(piece.get("function")) or object_of(piece.get("custom"))
        name, call_id = text_of(function.get("name")), text_of(piece.get("id"))
        key = self._key_of(piece, book, name, call_id)
        arguments = json_text(function.get("arguments", function.get("input")))
        return book.add(key, name, call_id, arguments)

    def _key_of(self, piece: dict[str, Any], book: ToolCallBook, name: str, call_id: str) -> Hashable:
        """A call is known by its index; without one by its id; without both a name begins another call."""
        index = count_of(piece.get("index"))
        if index is not None:
            return index
        self.assembly.oddities.trap("call_without_index", self.assembly.frame)
        if call_id:
            return book.key_of_id(call_id, call_id)
        last = book.last_key
        is_another = name and (book.has_arguments(last) or book.name_of(last) not in ("", name))
        return f"call {len(book)}" if last is None or is_another else last


def _plain_content(value: Any) -> Any:
    """Where the text of the usual delta stands."""
    return value["choices"][0]["delta"].get("content")


def _texts_of(content: Any) -> tuple[str, str]:
    """Text and thinking of a delta's content: a string, or a list of typed parts."""
    if not isinstance(content, list):
        return text_of(content), ""
    text = [text_of(part.get("text")) for part in objects_of(content)]
    thoughts = [_texts_of(part.get("thinking"))[0] for part in objects_of(content)]
    return "".join(text), "".join(thoughts)
