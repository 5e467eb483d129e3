"""Playback on the Wire screen: the cursor stands on the last row of the moment that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.core.wire_view.marked_rows import next_marked
from tui.panes.frames_table import FramesTable
from tui.screens.playback_keys import PlaybackKeys

if TYPE_CHECKING:
    from tui.screens.wire_drawing import WireDrawing


class WirePlayback(PlaybackKeys):
    """The keys of playback where rows have a cursor: a step goes on from it, marks are those of the wire."""

    if TYPE_CHECKING:
        _drawing: WireDrawing

        @property
        def frames_table(self) -> FramesTable:
            """The table of the rows."""

        def go_to_row(self, row: int) -> None:
            """Puts the cursor on a row of the run."""

    def action_play_step(self, frames: int) -> None:
        """The frame after that of the row under the cursor, or the one before; the view is held there."""
        if self._has_run():
            self._drawing.finish()
            self.playback.seek_frame(self._frames_at_cursor() + frames)
            self.draw_slow()

    def action_play_mark(self, direction: int) -> None:
        """The next trap, problem or stall, or the one before; a view that is held goes there too."""
        self._drawing.finish()
        log, row = self._drawing.log, self.frames_table.selected_row
        found = next_marked(log, row, direction) if log is not None and row is not None else None
        if found is None:
            where = "after" if direction > 0 else "before"
            self.scope.toast(f"No trap, problem or stall {where} this row.")
            return
        if self.playback.position is not None and log is not None:
            self.playback.seek_frame(log.frame_beside(found, 1) + 1)
            self.draw_slow()
        self.go_to_row(found)

    def action_follow(self) -> None:
        """Shows all there is again, and what comes."""
        self.playback.follow()
        self.frames_table.action_last_row()
        self.draw_slow()

    def _frames_at_cursor(self) -> int:
        """How many frames there are up to the row under the cursor."""
        log, row = self._drawing.log, self.frames_table.selected_row
        return log.frame_beside(row, 1) + 1 if log is not None and row is not None else 0
