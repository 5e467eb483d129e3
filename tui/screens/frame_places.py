"""The way between the text on Live and the frames on Wire. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.panes.cursor_view import SourceAsked

if TYPE_CHECKING:
    from tui.core.derived_run import DerivedRun


def place_of(run: DerivedRun | None, frame: int) -> SourceAsked | None:
    """What a frame brought to the text: content chunks, or a tool call; None for a frame that brought neither."""
    if run is None or run.decoder is None:
        return None
    if chunks := run.pipeline.content.chunks_of_frame(frame):
        return SourceAsked(chunks[0], chunks[-1])
    calls = [delta for chunk in run.decoder.chunks_of(frame) if chunk.choice == 0 for delta in chunk.tool_calls]
    return SourceAsked(-1, -1, calls[0].position) if calls else None


def frame_at(run: DerivedRun | None, content_offset: int) -> int | None:
    """The frame that brought a code point of the content; None without any content."""
    if run is None or not run.pipeline.content.count:
        return None
    content = run.pipeline.content
    return content.frame_of(content.chunk_at(content_offset))


def frame_of_tool(run: DerivedRun, position: int) -> int:
    """The frame with which a tool call's arguments became valid, else the last one that brought a piece of it."""
    call = run.pipeline.tool_calls[position]
    return call.last_frame if call.valid_frame is None else call.valid_frame
