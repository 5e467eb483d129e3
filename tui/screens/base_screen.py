"""What every screen and modal of the app has in common: the meaning of ctrl+c, help, the way between panes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.events import Resize, ScreenResume
from textual.geometry import Offset
from textual.screen import ModalScreen, Screen

from tui.screens.screen_sizes import Fit

if TYPE_CHECKING:
    from tui.screens.run_controller import ActiveRun

# Keys of the app end at a modal, so each modal binds them anew.
MODAL_KEYS = (
    Binding("f1", "app.pane_help", "help", id="app.help", show=False),
    Binding("f8", "app.shot", "screenshot", id="app.shot", show=False),
)


class JumpTarget(NamedTuple):
    """A place that jump mode can go to: where its letter stands on the screen, and how to go there."""

    offset: Offset
    go: Callable[[], object]


class _CopyOrCancel:
    """ctrl+c copies a selection; without one it cancels an open run, else it says how to quit."""

    def action_copy_text(self) -> None:
        """Textual binds ctrl+c to this on every screen."""
        screen: Any = self
        text = screen.get_selected_text()
        if text:
            screen.app.copy_text(text)
        else:
            screen.app.action_help_quit()


class BaseScreen(_CopyOrCancel, Screen[None]):
    """A screen of the app; `fit` says what fits on it, and the classes of its size are its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "next pane", id="pane.next", show=False),
        Binding("shift+tab", "app.focus_previous", "pane before", id="pane.previous", show=False),
        Binding("question_mark", "app.pane_help", "help", id="app.help"),
        Binding("e", "app.export", "export", id="file.export", show=False),
        Binding("apostrophe", "jump", "jump", id="view.jump", show=False),
        Binding("R", "app.race", "race", id="run.race", show=False),
    ]
    fit = Fit()
    IS_FIRST: ClassVar[bool] = False
    """Whether it is there from the start, so that its first paint is waited for."""
    _was_seen = False

    def on_compose(self) -> None:
        """The widgets find the classes of the size when they are made, and need not be styled again."""
        self.fit = Fit(*self.app.size)
        self.update_classes(self.fit.classes, update=False)

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Textual makes the styles anew when a screen appears; the first screen has just made them with its widgets."""
        is_again, self._was_seen = self._was_seen, True
        event.refresh_styles = is_again or not self.IS_FIRST
        if is_again:
            self.call_after_refresh(self.draw_anew)

    @property
    def is_seen(self) -> bool:
        """Whether it is on top, or under nothing but boxes.

        Textual's `is_current` is true of the screen below as well, whatever hides it.
        """
        stack = self.app.screen_stack
        return self in stack and all(isinstance(above, ModalScreen) for above in stack[stack.index(self) + 1 :])

    @on(Resize)
    def _take_size(self, event: Resize) -> None:
        before, self.fit = self.fit, Fit(*event.size)
        if before.classes != self.fit.classes:
            self.update_classes(self.fit.classes, animate=False)
        self.fit_changed(before)

    def fit_changed(self, before: Fit) -> None:
        """For a screen that has more to do when its size has changed."""

    def frames_must_wait(self) -> bool:
        """Whether a key is on its way to the screen, or the terminal has not taken the last frames yet."""
        app: Any = self.app
        return app.terminal_is_behind() or bool(app.controller.key_way.left_s() > 0)

    def draw_anew(self) -> None:
        """For a screen that draws what it does not look at all the time."""

    def run_again(self) -> bool:
        """For a screen on which another thing than the latest run is run again; whether it has done so."""
        return False

    def runs_shown(self) -> list[ActiveRun]:
        """The runs that are seen, that in front first; none before the first run."""
        app: Any = self.app
        return [app.controller.run] if app.controller.run is not None else []

    def copy_card(self) -> bool:
        """For a screen with a card of its own; whether it has copied it."""
        return False

    def jump_targets(self) -> list[JumpTarget]:
        """Where jump mode can go: every stop of the focus that is seen. A screen may know more places."""
        seen = [widget for widget in self.focus_chain if widget.region.area]
        return [JumpTarget(widget.region.offset, widget.focus) for widget in seen]

    def action_jump(self) -> None:
        """A letter on every place that can have the focus; the next letter goes there."""
        from tui.screens.jump_overlay import JumpOverlay  # noqa: PLC0415  nobody jumps before the first paint

        def go(chosen: Any) -> None:
            if chosen is not None:
                chosen()

        self.app.push_screen(JumpOverlay(self.jump_targets()), go)

    def commands(self) -> Iterable[SystemCommand]:
        """What it adds to the palette while it is seen."""
        return ()


class BaseModal(_CopyOrCancel, ModalScreen[Any]):
    """A modal of the app; esc closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [*MODAL_KEYS]


class Palette(_CopyOrCancel, CommandPalette):
    """The list of commands."""

    DEFAULT_CSS = "Palette.-shows-theme { background: transparent; }"
    BINDINGS: ClassVar[list[BindingType]] = [*MODAL_KEYS]
