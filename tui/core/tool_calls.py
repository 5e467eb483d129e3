"""Tool calls while they grow: chunks in, joined arguments and whether they are valid yet out. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.core.chunks import StreamChunk
from tui.core.text.json_progress import JSONProgress
from tui.core.wire.packed_texts import PackedTexts


@dataclass(slots=True)
class ToolCallProgress:
    """A tool call while it grows: joined arguments so far, and when it was first and last heard of.

    `valid_frame` and `valid_at` tell when the arguments became one JSON value, None while they are none; `progress`
    says where and why they are not.
    """

    position: int
    name: str = ""
    id: str | None = None
    pieces: PackedTexts = field(default_factory=PackedTexts)
    first_at: float = 0.0
    last_at: float = 0.0
    first_frame: int = 0
    last_frame: int = 0
    progress: JSONProgress = field(default_factory=JSONProgress, compare=False)  # it follows from the pieces
    valid_frame: int | None = None
    valid_at: float | None = None

    def add(self, arguments: str, at: float, frame: int) -> None:
        """Takes the next piece of the arguments, which came with a frame at a time."""
        self.pieces.append(arguments)
        was_valid = self.valid_frame is not None
        self.progress.add(arguments)
        if not self.progress.is_valid:
            self.valid_frame = self.valid_at = None
        elif not was_valid or arguments.strip():
            self.valid_frame, self.valid_at = frame, at

    @property
    def arguments(self) -> str:
        """The text of the arguments so far."""
        return self.pieces.joined()


def add_tool_calls(calls: dict[int, ToolCallProgress], chunk: StreamChunk) -> None:
    """Takes what a chunk brings for tool calls into the calls by position."""
    for delta in chunk.tool_calls:
        call = calls.get(delta.position)
        if call is None:
            call = calls[delta.position] = ToolCallProgress(delta.position, first_at=chunk.at, first_frame=chunk.frame)
        call.name = call.name or delta.name or ""
        call.id = call.id or delta.id
        if delta.arguments:
            call.add(delta.arguments, chunk.at, chunk.frame)
        call.last_at, call.last_frame = chunk.at, chunk.frame
