"""What a dialect is, and the readings that several of them share: usage, safe access to JSON members.

A dialect gets one parsed JSON value a frame and writes what it means into the StreamAssembly. It never raises,
whatever the value is.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

from tui.core.chunks import Usage
from tui.core.wire.stream_assembly import StreamAssembly

_MAX_COUNT = 2**63 - 1


class Dialect:
    """One API's way to stream. `event_names` are the SSE event names whose data must be JSON."""

    name: ClassVar[str] = ""
    event_names: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, assembly: StreamAssembly) -> None:
        self.assembly = assembly
        self.last_seq: int | None = None
        self.generation: str | None = None

    def read(self, value: Any, event: str | None, event_id: str | None) -> None:
        """Takes the JSON value of one frame, with the name and the last event id of its SSE event."""
        raise NotImplementedError

    def read_text(self, text: str) -> bool:
        """Takes the text of a frame that needs no parsing; False (and nothing done) for any other."""
        del text
        return False

    def read_end_mark(self) -> None:
        """A frame that is `[DONE]`; only some dialects end with it."""
        self.assembly.oddities.remark("foreign_end_mark")

    def read_whole(self, value: Any) -> bool:
        """Takes a complete, not streamed answer; False when the value is none of this API."""
        del value
        return False

    def begin_connection(self) -> None:
        """A new connection of the same run begins."""

    @property
    def late_proof(self) -> str | None:
        """What proves the end when the bytes end now, though it did not end the stream."""
        return None

    def skip(self, value: Any, event: str | None = None) -> None:
        """Counts a value that means nothing here: an unknown type, or a wrong shape."""
        if isinstance(value, dict):
            self.assembly.oddities.remark("unknown_event", detail=event or text_of(value.get("type")))
        else:
            self.assembly.oddities.remark("wrong_shape")


def text_of(value: Any) -> str:
    """The value if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def count_of(value: Any) -> int | None:
    """The value if it is a whole number from 0 to 2**63 - 1, else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_COUNT else None


def object_of(value: Any) -> dict[str, Any]:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects_of(value: Any) -> list[dict[str, Any]]:
    """The JSON objects in the value if it is a list, else none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def json_text(value: Any) -> str:
    """The value as it is if it is a string, else as compact JSON ("" for null, or nested too deeply to write)."""
    if value is None or isinstance(value, str):
        return value or ""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return ""


def usage_of(value: Any) -> Usage | None:
    """Token counts under the names of chat completions, Responses or Anthropic; None when there are none."""
    if not value or not isinstance(value, dict):
        return None
    counts: dict[str, Any] = value
    given = _first_count(counts, "prompt_tokens", "input_tokens", "input")
    made = _first_count(counts, "completion_tokens", "output_tokens", "output")
    total = _first_count(counts, "total_tokens", "total")
    if given is None and made is None and total is None:
        return None
    return Usage(given, made, total_of(given, made, total), _detail(counts, "reasoning"), _detail(counts, "cached"))


def total_of(given: int | None, made: int | None, total: int | None = None) -> int | None:
    """The reported total, else the sum of both, else None."""
    if total is not None:
        return total
    return None if given is None or made is None else given + made


def _first_count(counts: dict[str, Any], *names: str) -> int | None:
    return next((count for name in names if (count := count_of(counts.get(name))) is not None), None)


def _detail(counts: dict[str, Any], name: str) -> int | None:
    own = count_of(counts.get(name))
    if own is not None:
        return own
    for group in (
        "completion_tokens_details",
        "output_tokens_details",
        "prompt_tokens_details",
        "input_tokens_details",
    ):
        if (count := count_of(object_of(counts.get(group)).get(f"{name}_tokens"))) is not None:
            return count
    return count_of(counts.get("cache_read_input_tokens")) if name == "cached" else None
