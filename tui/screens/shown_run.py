"""What the panes show of a run: all of it, or the run as it stood at the position of the playback."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.core.derived_run import DerivedRun
    from tui.core.run_view import RunView
    from tui.core.stats import StreamStats
    from tui.core.stats_prefix import StatsPrefix
    from tui.playback import Position, TimeCursor

_CHARS_A_FRAME = 12_000  # of JSON, some 10 ms; of a longer value that is open the rest follows a moment later
_READS_A_FRAME = 3000  # some 15 ms; of a longer run the numbers follow a moment after the rest


class ShownRun:
    """Follows a playback. `view` None: the run itself is shown."""

    def __init__(self) -> None:
        self._key: object = None
        self._position: Position | None = None
        self._numbers: StatsPrefix | None = None
        self._stats: StreamStats | None = None
        self.view: RunView | None = None
        self.is_settled = True

    @property
    def stats(self) -> StreamStats | None:
        """The numbers at the position: those of the position before while the new ones are being made."""
        return self._stats

    def is_at(self, position: Position | None) -> bool:
        """Whether this moment is the one that is shown; None: all of the run."""
        return self._position == position

    def update(self, playback: TimeCursor[DerivedRun]) -> bool:
        """Goes to where the playback stands, in portions; whether what is to be seen has changed."""
        run, position = playback.run, playback.position
        self._position = position
        if run is None or position is None:
            was_held, self.view, self._numbers, self._stats = self.view is not None, None, None, None
            self._key, self.is_settled = None, True
            return was_held
        key = (id(run), id(run.pipeline.segments), position)
        if key != self._key:
            self._key = key
            self._look(run, position.frames, position.at)
            self._advance()
            return True
        return not self.is_settled and self._advance()

    def _look(self, run: DerivedRun, frames: int, at: float) -> None:
        from tui.core.run_view import RunView  # the first paint waits for no decoder
        from tui.core.stats_prefix import StatsPrefix

        self.view = RunView(run, frames, at)
        self._numbers = StatsPrefix(run, frames, at, self.view.pipeline.segments)
        self.is_settled = False

    def _advance(self) -> bool:
        """One portion; whether there is something else to be seen."""
        if self._numbers is None or self.view is None:
            return False
        if not self.view.advance(_CHARS_A_FRAME):
            return True
        self.is_settled = self._numbers.advance(_READS_A_FRAME)
        if self.is_settled:
            self._stats = self._numbers.stats
        return self.is_settled
