"""The keys of playback, the same on every screen that shows a run: hold, step, jump, speed, go to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textual.binding import Binding, BindingType

from tui.errors import UsageError

if TYPE_CHECKING:
    from textual.app import App

    from tui.app import StreamscopeApp
    from tui.playback import TimeCursor

_NOTHING = "Nothing has run yet: there is nothing to hold or step through."


PLAYBACK_BINDINGS: Final[list[BindingType]] = [
    Binding("space", "play_hold", "hold", id="play.hold", show=False),
    Binding("full_stop", "play_step(1)", "step", id="play.step", show=False),
    Binding("comma", "play_step(-1)", "step back", id="play.back", show=False),
    Binding("right_square_bracket", "play_mark(1)", "next mark", id="play.mark.next", show=False),
    Binding("left_square_bracket", "play_mark(-1)", "mark before", id="play.mark.previous", show=False),
    Binding("greater_than_sign", "play_speed(1)", "faster", id="play.faster", show=False),
    Binding("less_than_sign", "play_speed(-1)", "slower", id="play.slower", show=False),
    Binding("ctrl+g", "play_goto", "go to", id="play.goto", show=False),
]
"""For the BINDINGS of the screen: Textual reads none from a mixin."""


class PlaybackKeys:
    """Mixed into a screen on the controller's run; it draws what is to be seen in `draw_slow`."""

    if TYPE_CHECKING:
        app: App[Any]

        @property
        def scope(self) -> StreamscopeApp:
            """The app, by its own type."""

        def draw_slow(self) -> None:
            """Draws everything now."""

    @property
    def playback(self) -> TimeCursor[Any]:
        """The cursor over what is seen: the controller's run, where a screen has none of its own."""
        return self.scope.controller.playback

    def seconds_shown(self) -> float:
        """Now, on the clock of what is seen."""
        return self.scope.controller.seconds()

    def action_play_hold(self) -> None:
        """Of an open run: hold the view, or follow again. Of an ended one: play, or stop."""
        if self._has_run():
            self.playback.toggle(self.seconds_shown())
            self.draw_slow()

    def action_play_step(self, frames: int) -> None:
        """One frame on (1) or back (-1); the view is held there."""
        if self._has_run():
            self.playback.step(frames)
            self.draw_slow()

    def action_play_mark(self, direction: int) -> None:
        """The next mark, or the one before: first token, stall, unit, extract, trap, problem."""
        if not self._has_run():
            return
        mark = self.playback.seek_mark(direction)
        if mark is None:
            self._say("No mark after this one." if direction > 0 else "No mark before this one.")
        else:
            self.draw_slow()
            self._say(f"{mark.what} at frame {mark.position.frames - 1}.")

    def action_play_speed(self, steps: int) -> None:
        """Faster (1) or slower (-1), from a quarter to a hundredfold and at once."""
        self.playback.change_speed(steps)
        self._say(f"Speed {self.playback.speed_words}.")
        self.draw_slow()

    def action_play_goto(self) -> None:
        """Asks for a time, a frame or a share, and goes there."""
        from tui.screens.ask_screen import AskScreen

        if self._has_run():
            hint = "A time as 1.25s, a frame as #37, a share of the run as 50%."
            self.app.push_screen(AskScreen("go to", hint, "", self._complaint), self._go)

    def _go(self, text: str | None) -> None:
        if text is not None:
            self.playback.seek_text(text)
            self.draw_slow()

    def _complaint(self, text: str) -> str | None:
        before = (self.playback.position, self.playback.is_playing)
        try:
            self.playback.seek_text(text)
        except UsageError as error:
            return str(error)
        self.playback.position, self.playback.is_playing = before
        return None

    def _has_run(self) -> bool:
        if self.playback.run is None:
            self._say(_NOTHING)
        return self.playback.run is not None

    def _say(self, sentence: str) -> None:
        self.scope.toast(sentence, topic="playback")
