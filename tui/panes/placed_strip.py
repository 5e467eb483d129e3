"""A drawn row whose pieces know their place in the content, by which Textual finds what a mouse selects.

As `Strip.apply_offsets`, but the escape codes of a style are taken from the same style without a place. Textual
(8.2.8) makes them anew for each place, and keeps those of 16,384 styles, which never come again: some 8 MiB.
"""

from __future__ import annotations

from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip


def placed(strip: Strip, row: int, console: Console) -> Strip:
    """The strip as row `row` of a content that is drawn on a console."""
    column, segments = 0, []
    for text, style, _ in strip:
        segments.append(Segment(text, _placed_style(style or Style.null(), column, row, console)))
        column += len(text)
    return Strip(segments, strip.cell_length)


def _placed_style(style: Style, column: int, row: int, console: Console) -> Style:
    found = style + Style.from_meta({"offset": (column, row)})
    colors = console._color_system or ColorSystem.TRUECOLOR  # noqa: SLF001  as `Strip.render` does
    found._ansi = Strip.render_ansi(style, colors)  # noqa: SLF001  where it looks for them
    return found
