"""What a row of the wire is, in a word, and the beginning of what it says.

Told by the chunks that a frame gave, so that every dialect is read alike; only a frame without chunks is parsed.
Nothing here is safe to show yet: the texts are those of the wire.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from tui.core.chunks import StreamChunk
from tui.core.wire.body_spans import SpanKind
from tui.core.wire.dialects.base import object_of, objects_of, text_of
from tui.core.wire.json_text import parse_json
from tui.core.wire.reported_errors import looks_like_error, message_of
from tui.core.wire_view.wire_log import Entry, WireLog

TRAP, PROBLEM = "trap", "problem"
_PREVIEW_CHARS: Final = 240
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_KIND_WORDS: Final = {
    SpanKind.COMMENT: "comment",
    SpanKind.IGNORED: "ignored",
    SpanKind.GHOST: "no data",
    SpanKind.UNREAD: "not read",
    SpanKind.CUT: "cut",
    SpanKind.SEAM: "seam",
    SpanKind.EARLIER: "attempt",
}


@dataclass(frozen=True, slots=True)
class RowFacts:
    """`kind` in a word (`text`, `tool 0`, `usage`, `comment`, ...), `preview` in one line, as it came.

    `note` is what the app adds (VALID); `mark` is `trap`, `problem` or empty.
    """

    kind: str
    preview: str
    note: str = ""
    mark: str = ""


def facts_of(log: WireLog, entry: Entry) -> RowFacts:
    """The facts of a row."""
    if entry.frame is None:
        return _facts_without_frame(log, entry)
    decoder = log.run.decoder
    assert decoder is not None, "a frame was decoded by one"  # noqa: S101  states what the log guarantees
    frame = decoder.frames[entry.frame]
    chunks = [chunk for chunk in decoder.chunks_of(entry.frame) if _says_something(chunk)]
    kind, preview = _facts_of_chunks(chunks) if chunks else _facts_of_text(frame.text, frame.event)
    is_problem = entry.frame == decoder.problem_frame or kind == "not JSON"
    mark = PROBLEM if is_problem else TRAP if decoder.traps_in(entry.frame) else ""
    return RowFacts(kind, preview[:_PREVIEW_CHARS], _note(log, chunks, entry.frame), mark)


def quoted(text: str) -> str:
    """A text as JSON writes it, but readable: only what has no form of its own is escaped, and lone halves are."""
    shown = json.dumps(text[:_PREVIEW_CHARS], ensure_ascii=False)
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", shown)


def _facts_without_frame(log: WireLog, entry: Entry) -> RowFacts:
    kind = _KIND_WORDS[entry.kind]
    if entry.kind in (SpanKind.SEAM, SpanKind.EARLIER):
        head = log.head_of(entry.index)
        status = f"{head.status}" if head is not None else ""
        if entry.kind is SpanKind.SEAM:
            return RowFacts(kind, f"another connection of the same run  {status}")
        return RowFacts(f"{kind} {entry.index + 1}", f"{status}  {_beginning(log, entry)}".strip())
    text = _beginning(log, entry)
    if entry.kind is SpanKind.COMMENT:
        text = "  ".join(line.removeprefix(":").strip() for line in text.splitlines() if line)
    mark = PROBLEM if entry.kind in (SpanKind.CUT, SpanKind.UNREAD) else ""
    return RowFacts(kind, text, mark=mark)


def _beginning(log: WireLog, entry: Entry) -> str:
    data = log.run.capture.bytes_between(entry.start, min(entry.end, entry.start + 4 * _PREVIEW_CHARS))
    return data.decode("utf-8", "replace").strip()[:_PREVIEW_CHARS]


def _says_something(chunk: StreamChunk) -> bool:
    """Whether there is more in a chunk than the model's name."""
    return chunk.is_progress or bool(chunk.finish_reason) or chunk.usage is not None


def _facts_of_chunks(chunks: list[StreamChunk]) -> tuple[str, str]:
    """The kind of the first chunk, and what all of them say."""
    kinds, parts = [], []
    for chunk in chunks:
        kind, preview = _facts_of_chunk(chunk)
        kinds.append(kind)
        parts.append(preview)
    return kinds[0], "  ".join(parts)


def _facts_of_chunk(chunk: StreamChunk) -> tuple[str, str]:
    parts = [quoted(text) for text in (chunk.content, chunk.refusal, chunk.reasoning) if text]
    for delta in chunk.tool_calls:
        parts += [delta.name] if delta.name else []
        parts += [f"id {delta.id}"] if delta.id else []
        parts += [f"+{quoted(delta.arguments)}"] if delta.arguments else []
    parts += (
        [f"finish {chunk.finish_reason}" if chunk.is_progress else chunk.finish_reason] if chunk.finish_reason else []
    )
    if chunk.usage is not None:
        counts = (("in", chunk.usage.input), ("out", chunk.usage.output))
        parts += [f"{word} {count}" for word, count in counts if count is not None]
    return _kind_of(chunk), "  ".join(parts)


def _kind_of(chunk: StreamChunk) -> str:
    of_choice = f" {chunk.choice}" if chunk.choice else ""
    if chunk.content:
        return f"text{of_choice}"
    if chunk.tool_calls:
        return f"tool {chunk.tool_calls[0].position}"
    if chunk.reasoning:
        return f"thinking{of_choice}"
    if chunk.refusal:
        return f"refusal{of_choice}"
    return f"finish{of_choice}" if chunk.finish_reason else "usage"


def _facts_of_text(text: str, event: str | None) -> tuple[str, str]:
    """Kind and preview of a frame that gave no chunk."""
    stripped = text.strip()
    if stripped == "[DONE]":
        return "end", stripped
    if not stripped:
        return "empty", ""
    try:
        value = parse_json(text)
    except ValueError:
        return (event, stripped) if event and event not in ("message", "error") else ("not JSON", stripped)
    if not isinstance(value, dict):
        return "other", stripped
    return _facts_of_object(value, stripped, event)


def _facts_of_object(value: dict[str, Any], text: str, event: str | None) -> tuple[str, str]:
    if looks_like_error(value, event):
        return "error", message_of(value) or text
    choices = value.get("choices")
    if isinstance(choices, list):
        return _facts_of_choices(objects_of(choices))
    kind = text_of(value.get("type")) or event or ""
    return (kind.removeprefix("response.") or "other"), text


def _facts_of_choices(choices: list[dict[str, Any]]) -> tuple[str, str]:
    """Of a chat completions frame without text: the role, or that it is empty."""
    if not choices:
        return "no choice", "choices []"
    delta = object_of(choices[0].get("delta"))
    role = text_of(delta.get("role"))
    null = [name for name, value in delta.items() if value is None]
    words = [role, *(f"{name} null" for name in null)]
    return ("role" if role else "empty"), "  ".join(word for word in words if word)


def _note(log: WireLog, chunks: list[StreamChunk], frame: int) -> str:
    """That the arguments of a call became valid with this frame."""
    calls = log.run.pipeline.tool_calls
    positions = {delta.position for chunk in chunks if chunk.choice == 0 for delta in chunk.tool_calls}
    is_valid = any(position in calls and calls[position].valid_frame == frame for position in positions)
    return "VALID" if is_valid else ""
