"""The theme to begin with where none was chosen: the terminal's own colours where it has sixteen, or wants none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tui.config import DEFAULT, Settings

OWN_COLOURS = "ansi"
_MANY_COLOURS = ("256color", "kitty")


def with_terminal_theme(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """The settings for this terminal; a theme that somebody chose stays."""
    wants_own = environ.get("NO_COLOR") is not None or has_few_colours(environ)
    return replace(settings, theme=OWN_COLOURS) if wants_own and settings.origin("theme") == DEFAULT else settings


def has_few_colours(environ: Mapping[str, str]) -> bool:
    """Whether a terminal says of itself no more than sixteen colours, by the rules of rich, which writes them."""
    if environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return False
    return environ.get("TERM", "").strip().lower().rpartition("-")[2] not in _MANY_COLOURS
