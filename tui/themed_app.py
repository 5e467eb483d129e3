"""The Textual application with its theme: on before the first style is made, shown in the palette, saved when chosen.

Also the short messages in which it says so.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from textual import on
from textual.app import App
from textual.color import Color
from textual.command import CommandPalette
from textual.notifications import Notification, Notify
from textual.theme import Theme
from textual.timer import Timer

from tui.config import DEFAULT_THEME, Settings
from tui.core.sanitize import sanitize_line
from tui.errors import ConfigError
from tui.theme_files import ThemeFile, load_themes

_MUTED = 0.75  # how much of the text's colour muted text has
_REST_S = 0.08  # all styles are made anew for a preview, so it waits until the cursor rests on a name


class ThemedApp(App[None]):
    """Has all themes of the shipped and the user's folder, and that of the settings on.

    `theme_problems` holds a sentence for each that could not be used.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        loaded, self.theme_problems = load_themes()
        self.themes = {theme.name: theme for theme in loaded}
        name = settings.theme if settings.theme in self.themes else DEFAULT_THEME
        super().__init__(ansi_color=self.themes[name].is_ansi)
        self.set_reactive(App.ansi_color, None)  # from now on each theme says it
        self._theme_before: str | None = None
        self._preview_timer: Timer | None = None
        self._said_of: dict[str, Notification] = {}
        for theme in loaded:
            self.register_theme(textual_theme(theme))
        self._begin_with(name)
        if name != settings.theme:
            where, known = settings.origin("theme"), ", ".join(self.themes)
            self.theme_problems.append(f"{where}: there is no theme {settings.theme!r}; there are {known}")

    def toast(self, text: str, *, severity: Any = "information", topic: str = "") -> None:
        """A short message, in place of an earlier one on its topic; the text is made safe and is no markup."""
        message = Notification(sanitize_line(text), severity=severity, timeout=self.NOTIFICATION_TIMEOUT, markup=False)
        if topic:
            if (before := self._said_of.get(topic)) is not None:
                self._unnotify(before, refresh=False)
            self._said_of[topic] = message
        self.post_message(Notify(message))

    def choose_theme(self, name: str) -> None:
        """A theme for this start and, saved, for the next ones."""
        from tui.config_saving import save_setting  # noqa: PLC0415  needed by a choice alone

        self._theme_before = None
        self.theme = name
        try:
            self.toast(f"Theme {name}, {save_setting(self.settings, 'theme', name)}.")
        except ConfigError as error:
            self.toast(f"Theme {name} until you quit; not saved: {error}", severity="warning")

    @on(CommandPalette.OptionHighlighted)
    def _palette_moved(self, message: CommandPalette.OptionHighlighted) -> None:
        """Shows the theme that the cursor of the palette rests on, and the own one on every other entry."""
        command = getattr(getattr(message.highlighted_event.option, "hit", None), "command", None)
        name = None
        if isinstance(command, partial) and command.func == self.choose_theme:
            name = str(command.args[0])
        self._stop_preview_timer()
        self._preview_timer = self.set_timer(_REST_S, lambda: self._preview(name))

    @on(CommandPalette.Closed)
    def _palette_closed(self, message: CommandPalette.Closed) -> None:
        """Takes a preview back; what was chosen is done first, and may be to keep it."""
        self._stop_preview_timer()
        if message.option_selected:
            self.call_later(self._preview, None)
        else:
            self._preview(None)

    def refresh_css(self, animate: bool = True) -> None:
        """As Textual does, and for an open palette too, which it leaves in the colours of the theme before."""
        super().refresh_css(animate)
        if isinstance(self.screen, CommandPalette):
            self.stylesheet.update(self.screen, animate=animate)

    def _preview(self, name: str | None) -> None:
        for palette in self.screen_stack:
            if isinstance(palette, CommandPalette):
                palette.set_class(name is not None, "-shows-theme")  # no veil over what is shown
        if name is not None and self._theme_before is None:
            self._theme_before = self.theme
        if self._theme_before is not None:
            self.theme = name or self._theme_before
        if name is None:
            self._theme_before = None

    def _stop_preview_timer(self) -> None:
        if self._preview_timer is not None:
            self._preview_timer.stop()

    def _begin_with(self, name: str) -> None:
        """As setting `theme`, which would make all styles a second time after the first paint had to wait for them."""
        self.set_reactive(App.theme, name)
        is_dark = self.current_theme.dark
        for class_name, is_set in ((f"-theme-{name}", True), ("-dark-mode", is_dark), ("-light-mode", not is_dark)):
            self.set_class(is_set, class_name, update=False)
        self.stylesheet.set_variables(self.get_css_variables())


def textual_theme(theme: ThemeFile) -> Theme:
    """A theme as Textual takes it.

    Muted text has a colour of its own: what Textual says for it, `auto`, is made against the ground of a widget, which
    the styles of a line's parts do not know, and would be white on white there.
    """
    look: dict[str, Any] = {**theme.colors, "variables": theme.variables, "ansi": theme.is_ansi}
    made = Theme(name=theme.name, dark=theme.dark, **look)
    if "text-muted" not in theme.variables and not theme.is_ansi:
        colors = made.to_color_system().generate()
        ground, text = Color.parse(colors["background"]), Color.parse(colors["foreground"])
        made.variables = {**theme.variables, "text-muted": ground.blend(text, _MUTED).hex}
    return made
