"""The way between the text on Live and the frames on Wire. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.panes.cursor_view import SourceAsked

if TYPE_CHECKING:
    from tui.core.derived_run import DerivedRun


def has_place(run: DerivedRun | None, frame: int) -> bool:
    """Whether a frame brought text of any channel, or a tool call."""
    if run is None or run.decoder is None:
        return False
    return any(chunk.is_progress and chunk.choice == 0 for chunk in run.decoder.chunks_of(frame))


def place_of(run: DerivedRun, frame: int) -> SourceAsked | None:
    """The content chunks of a frame, or the tool call that it began; None for a frame that brought neither."""
    if chunks := run.pipeline.content.chunks_of_frame(frame):
        return SourceAsked(chunks[0], chunks[-1])
    found = run.decoder.chunks_of(frame) if run.decoder is not None else ()
    calls = [delta for chunk in found if chunk.choice == 0 for delta in chunk.tool_calls]
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
