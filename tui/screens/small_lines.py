"""The lines of the Live screen where not all panes fit: the bar of panes, and on a tiny screen the last line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui.core.sanitize import sanitize_line
from tui.panes.line_view import Span
from tui.screens.live_panes import PANES

if TYPE_CHECKING:
    from tui.core.derived_run import DerivedRun

SHORT_COLUMNS = 60  # narrower lines say only what cannot be left out
_SHORT_LABELS = ("1 text", "2 units", "3 extr", "4 stats", "5 arr")
_TAIL_CHARS = 400
TOO_SMALL = "Panes need 40x10."


def pane_bar(labels: tuple[str, ...], front: str, info: str, width: int) -> tuple[list[Span], list[Span]]:
    """The panes as tabs, the one in front in capitals; at the right its numbers, where there is room."""
    labels = labels if width >= SHORT_COLUMNS else _SHORT_LABELS
    left: list[Span] = []
    for name, label in zip(PANES, labels, strict=True):
        is_front = name == front
        gap = " " if not left else "  "
        left.append(Span(gap + (label.upper() if is_front else label), "status--strong" if is_front else "status--dim"))
    room = width - sum(cell_len(span.text) for span in left)
    return left, [Span(f"{info} ", "status--dim")] if room >= cell_len(info) + 3 else []


def last_line(derived: DerivedRun | None, width: int) -> str:
    """The end of the last line of the text that holds something, as much of it as fits; a hint where there is none."""
    tail = derived.pipeline.content.tail(_TAIL_CHARS) if derived is not None else ""
    lines = [line for line in tail.splitlines() if line.strip()]
    text = sanitize_line(lines[-1].strip()) if lines else TOO_SMALL
    while cell_len(text) > width:
        text = text[1:] if lines else text[:-1]
    return text


def whole_sentences(text: str, room: int) -> str:
    """As many of the sentences as fit in a line, the first one in any case."""
    while cell_len(text) > room and ". " in text:
        text = text.rpartition(". ")[0] + "."
    return text


def short_lamp(text: str, width: int) -> str:
    """The lamp without its second part where a line is short."""
    return text if width >= SHORT_COLUMNS else text.partition("  ")[0]
