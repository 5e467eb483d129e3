"""What every screen and modal of the app has in common: the meaning of ctrl+c."""

from __future__ import annotations

from typing import Any

from textual.command import CommandPalette
from textual.screen import ModalScreen, Screen


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
    """A screen of the app."""


class BaseModal(_CopyOrCancel, ModalScreen[Any]):
    """A modal of the app; esc closes it."""


class Palette(_CopyOrCancel, CommandPalette):
    """The list of commands, or of themes."""
