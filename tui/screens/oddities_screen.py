"""The list of everything odd about the run: problems, remarks, stalls and traps, each with its frame and what to do.

A modal over the current screen. It asks anew twice a second, so that it stays true during a run.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from tui.core.sanitize import sanitize
from tui.core.wire_view.oddity_list import Oddity, nothing_odd, oddities_of
from tui.panes.line_view import LineView, Span
from tui.panes.rows_pane import Row
from tui.panes.wrapped_text import WrappedText
from tui.screens.base_screen import BaseModal
from tui.screens.run_controller import RunController

_REFRESH_S = 0.5
_WHAT_CELLS, _FRAME_CELLS = 9, 12
_MOST = 2000  # more stalls than that say nothing more


class OddityRows(LineView):
    """The oddities in rows, several each; the cursor goes from one to the next."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"oddity--{what}" for what in ("problem", "remark", "stall", "pause", "trap")),
        "oddity--dim",
        "oddity--cursor",
    }
    DEFAULT_CSS = """
    OddityRows {
        & .oddity--problem { color: $error; text-style: bold; }
        & .oddity--stall { color: $warning; text-style: bold; }
        & .oddity--trap { color: $text-warning; text-style: bold; }
        & .oddity--remark, & .oddity--pause { text-style: bold; }
        & .oddity--dim { text-style: dim; }
        & .oddity--cursor { color: $accent; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k,up", "step(-1)", "up", id="list.up", show=False),
        Binding("j,down", "step(1)", "down", id="list.down", show=False),
        Binding("g,home", "step(-1000000)", "first", id="list.first", show=False),
        Binding("G,end", "step(1000000)", "last", id="list.last", show=False),
        Binding("enter", "ask_source", "to its frame", id="item.source", show=False),
    ]

    class Chosen(Message):
        """The frame of an oddity is asked for."""

        def __init__(self, oddity: Oddity) -> None:
            super().__init__()
            self.oddity = oddity

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self.is_following = False
        self.cursor = 0
        self._oddities: list[Oddity] = []
        self._nothing = ""
        self._rows: list[tuple[int, Row]] = []

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def row_is_final(self, row: int) -> bool:
        """Rows change with the cursor."""
        del row
        return False

    def row_spans(self, row: int) -> list[Span]:
        """The cursor's sign, then the row."""
        item, spans = self._rows[row]
        is_first = row == 0 or self._rows[row - 1][0] != item
        sign = "▸" if is_first and item == self.cursor and self._oddities else " "
        return [Span(sign, "oddity--cursor"), *spans]

    def show(self, oddities: list[Oddity], nothing: str) -> None:
        """Shows a list, or the sentence of an empty one."""
        self._oddities, self._nothing = oddities[:_MOST], nothing
        self._lay()

    def action_step(self, step: int) -> None:
        """The next oddity, or the one before."""
        if self._oddities:
            self.cursor = min(max(self.cursor + step, 0), len(self._oddities) - 1)
            self._lay()
            self._show_cursor()

    def action_ask_source(self) -> None:
        """Asks for the frame."""
        if self._oddities:
            self.post_message(self.Chosen(self._oddities[self.cursor]))

    def on_resize(self) -> None:
        """Wraps for the width there is."""
        self._lay()

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor on the oddity clicked on."""
        offset = event.get_content_offset(self)
        row = offset.y + self.scroll_offset.y if offset is not None else len(self._rows)
        if self.text_selection is None and row < len(self._rows):
            self.action_step(self._rows[row][0] - self.cursor)

    def _lay(self) -> None:
        width = max(40, self.scrollable_content_region.width) - 1
        self.cursor = min(self.cursor, max(0, len(self._oddities) - 1))
        if self._oddities:
            self._rows = [(item, row) for item, odd in enumerate(self._oddities) for row in oddity_rows(odd, width)]
        else:
            self._rows = [(0, [Span(text)]) for text in _wrapped(self._nothing, width)]
        self.is_following = False
        self.rows_changed()

    def _show_cursor(self) -> None:
        rows = [row for row, (item, _) in enumerate(self._rows) if item == self.cursor]
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if rows[0] < top or rows[-1] >= top + height:
            self.scroll_to(y=rows[0] if rows[0] < top else rows[-1] - height + 1, force=True)


class OdditiesScreen(BaseModal):
    """Gives the oddity whose frame is asked for, or None when it was closed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,exclamation_mark", "dismiss", "close", id="oddities.close"),
    ]
    DEFAULT_CSS = """
    OdditiesScreen { align: center middle; }
    OdditiesScreen > Vertical {
        width: 90%; max-width: 110; height: 90%; max-height: 36;
        border: round $accent; background: $surface; padding: 0 1;
    }
    OdditiesScreen OddityRows { background: $surface; }
    """

    def __init__(self, controller: RunController) -> None:
        super().__init__()
        self._controller = controller

    def compose(self) -> ComposeResult:
        """One view in a frame."""
        with Vertical() as frame:
            frame.border_title = "problems, remarks, stalls, traps"
            frame.border_subtitle = "enter goes to the frame, esc closes"
            yield OddityRows(id="oddities")

    def on_mount(self) -> None:
        """The list has the focus."""
        self.query_one(OddityRows).focus()
        self.set_interval(_REFRESH_S, self._fill)
        self.call_after_refresh(self._fill)

    def on_oddity_rows_chosen(self, message: OddityRows.Chosen) -> None:
        """Ends with the choice."""
        self.dismiss(message.oddity)

    def _fill(self) -> None:
        run = self._controller.derived
        for view in self.query(OddityRows):  # none once it was closed
            view.show(oddities_of(run) if run is not None else [], nothing_odd(run))


def oddity_rows(oddity: Oddity, width: int) -> list[Row]:
    """What, frame, sentence, and under it what to do; everything is safe to show."""
    frame = "" if oddity.frame is None else f"frame {oddity.frame}"
    indent = _WHAT_CELLS + _FRAME_CELLS
    room = width - indent
    said = _wrapped(oddity.sentence, room)
    rows: list[Row] = [
        [
            Span(f"{oddity.what:<{_WHAT_CELLS}}", f"oddity--{oddity.what}"),
            Span(f"{frame:<{_FRAME_CELLS}}", "oddity--dim"),
            Span(said[0]),
        ]
    ]
    rows += [[Span(" " * indent), Span(text)] for text in said[1:]]
    return rows + [[Span(" " * indent), Span(text, "oddity--dim")] for text in _wrapped(oddity.advice, room)]


def _wrapped(text: str, width: int) -> list[str]:
    wrapped = WrappedText(max(10, width))
    wrapped.append(sanitize(text))
    return [wrapped.row_text(row).rstrip() for row in range(wrapped.row_count)]
