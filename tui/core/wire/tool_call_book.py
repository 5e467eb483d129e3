"""Tool calls put together from pieces, in the order of their first appearance.

Dialects decide by which key a call is known; this keeps name, id and the pieces of the arguments.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from tui.core.chunks import ToolCall, ToolCallDelta
from tui.core.wire.packed_texts import PackedTexts


@dataclass(slots=True)
class _OpenCall:
    position: int
    name: str = ""
    id: str | None = None
    pieces: PackedTexts = field(default_factory=PackedTexts)


class ToolCallBook:
    """The calls of one choice."""

    def __init__(self) -> None:
        self._calls: dict[Hashable, _OpenCall] = {}
        self.last_key: Hashable = None

    def __contains__(self, key: Hashable) -> bool:
        return key in self._calls

    def __len__(self) -> int:
        return len(self._calls)

    def has_arguments(self, key: Hashable) -> bool:
        """Whether the call with this key has any argument text."""
        return key in self._calls and bool(self._calls[key].pieces)

    def name_of(self, key: Hashable) -> str:
        """The name of the call with this key, "" when it has none yet."""
        return self._calls[key].name if key in self._calls else ""

    def key_of_id(self, call_id: str, default: Hashable) -> Hashable:
        """The key of the call with this id, else `default`."""
        return next((key for key, call in self._calls.items() if call.id == call_id), default)

    def add(
        self, key: Hashable, name: str = "", call_id: str | None = None, arguments: str = ""
    ) -> ToolCallDelta | None:
        """Takes a piece; gives the delta to show, or None when the piece says nothing new.

        A name sent again is not doubled; the first id stays.
        """
        call = self._calls.get(key)
        is_new = call is None
        if call is None:
            call = self._calls[key] = _OpenCall(len(self._calls))
        self.last_key = key
        new_name = name if name and not call.name else None
        new_id = call_id if call_id and not call.id else None
        call.name, call.id = call.name or name, call.id or call_id
        if arguments:
            call.pieces.append(arguments)
        if not (is_new or new_name or new_id or arguments):
            return None
        return ToolCallDelta(call.position, new_name, new_id, arguments)

    def calls(self, empty_arguments: str = "") -> list[ToolCall]:
        """All calls; one without any argument text has `empty_arguments`."""
        return [ToolCall(call.name, call.pieces.joined() or empty_arguments, call.id) for call in self._calls.values()]
