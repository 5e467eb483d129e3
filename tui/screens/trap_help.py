"""What a trap is, and every kind of it: the help behind `traps: explain`."""

from __future__ import annotations

from tui.core.wire.stream_oddities import TRAP_KINDS, trap_sentence
from tui.screens.help_texts import Help


def trap_help() -> Help:
    """The help, a line for each kind."""
    return Help(
        "what is a trap",
        "A stream that is legal can still break a parser that was written for another one. Such places are traps: they "
        "say nothing against the stream, and are counted while it comes. ! lists those of this run with their frames, "
        "w marks them in their rows.",
        tuple((kind.replace("_", " "), trap_sentence(kind)) for kind in TRAP_KINDS),
    )
