"""The question for the pattern of a regex buffer, asked by Live and by Compare."""

from __future__ import annotations

from tui.core.text.buffers import make_buffer
from tui.errors import UsageError
from tui.screens.ask_screen import AskScreen

_HINT = r"It finds what separates two units, for example \n\n or [.;]\s"


def pattern_question(pattern: str) -> AskScreen:
    """A box that asks for a pattern and takes none that is wrong."""
    return AskScreen("pattern", _HINT, pattern, pattern_complaint)


def pattern_complaint(text: str) -> str | None:
    """What is wrong with a pattern, as a sentence; None for one that can be used."""
    try:
        make_buffer("regex", pattern=text)
    except UsageError as error:
        return str(error)
    return None
