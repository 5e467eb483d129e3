"""The Textual application with its theme chosen before the first style is made, so that none is made twice."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.theme import Theme

from tui.theme_files import ThemeFile, load_themes


class ThemedApp(App[None]):
    """Has all themes of the shipped and the user's folder, and the named one on.

    `theme_problems` holds a sentence for each that could not be used; an unknown name leaves Textual's own theme on.
    """

    def __init__(self, theme_name: str) -> None:
        themes, self.theme_problems = load_themes()
        chosen = next((theme for theme in themes if theme.name == theme_name), None)
        super().__init__(ansi_color=chosen.is_ansi if chosen is not None else None)
        self.set_reactive(App.ansi_color, None)  # from now on each theme says it
        for theme in themes:
            self.register_theme(_textual_theme(theme))
        if theme_name in self.available_themes:
            self._begin_with(theme_name)
        else:
            self.theme_problems.append(f"There is no theme {theme_name!r}; ctrl+p, theme: choose lists them.")

    def _begin_with(self, name: str) -> None:
        """As setting `theme`, which would make all styles a second time after the first paint had to wait for them."""
        self.set_reactive(App.theme, name)
        is_dark = self.current_theme.dark
        for class_name, is_set in ((f"-theme-{name}", True), ("-dark-mode", is_dark), ("-light-mode", not is_dark)):
            self.set_class(is_set, class_name, update=False)
        self.stylesheet.set_variables(self.get_css_variables())


def _textual_theme(theme: ThemeFile) -> Theme:
    look: dict[str, Any] = {**theme.colors, "variables": theme.variables, "ansi": theme.is_ansi}
    return Theme(name=theme.name, dark=theme.dark, **look)
