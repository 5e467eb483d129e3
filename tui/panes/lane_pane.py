"""The text of one lane: what its buffer has released, then the held text as signs with their number and age.

Fed with what is new, once a frame; every character shown went through `sanitize`.
"""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.content import Content

from tui.core.lane_view import LaneMoment, LaneView
from tui.core.sanitize import sanitize
from tui.panes.line_view import LineView, Span
from tui.panes.wrapped_text import WrappedText

LANE_STYLES = ("a", "b", "c", "d")
# One hue a lane, none of them a colour of the run lamp or of a stall.
_HUES = ("$primary", "$accent", "$secondary", "#c060c0")
_HELD_SIGN = "▒"
# Less than this is drawn without its number: a line that comes and goes with every word tells nothing.
_COUNTED_CHARS = 10
_COUNTED_S = 0.25


class LanePane(LineView):
    """Shows one lane at a time; `show_lane` says which. `place` counts the panes from the left, from 0."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lane--held", "lane--hint"}
    DEFAULT_CSS = """
    LanePane {
        width: 1fr; border: round $border; border-title-color: $text;
        &:focus { border: round $accent; }
        & .lane--held { color: gray; }
        & .lane--hint { text-style: dim; }
    }
    """

    def __init__(self, place: int, *, name: str = "lane") -> None:
        super().__init__(id=f"{name}-{place}")
        self._hue = _HUES[place]
        self._view: LaneView | None = None
        self._text = WrappedText()
        self._limit: int | None = None  # of the text, while the view is held at a moment
        self._held: list[str] = []
        self._reserved = 0
        self._hint = ""
        self._shown_hint = WrappedText()
        self.shown_title = ""

    @property
    def row_count(self) -> int:
        """The rows of the text, or of the hint while there is nothing; then those of the held text."""
        if self._shows_hint:
            return self._shown_hint.row_count
        return self._last_row + 1 + max(self._rows_below, self._reserved)

    @property
    def shown_view(self) -> LaneView | None:
        """The lane that is shown."""
        return self._view

    def row_is_final(self, row: int) -> bool:
        """Only the last row of the text, and what is held after it, can change."""
        return not self._shows_hint and row < self._last_row

    def row_spans(self, row: int) -> list[Span]:
        """What stands in a row."""
        if self._shows_hint:
            return [Span(self._shown_hint.row_text(row), "lane--hint")]
        last = self._last_row
        if row < last:
            return [Span(self._text.row_text(row))]
        held = row - last - 1 + self._joins_last_row
        spans = [Span(self._last_text)] if row == last else []
        return [*spans, Span(self._held[held], "lane--held")] if 0 <= held < len(self._held) else spans

    def show_lane(self, view: LaneView | None) -> None:
        """Shows another lane from its beginning; the same one goes on."""
        if view is self._view:
            return
        self._view = view
        if view is not None:
            view.give_again()
        self._text, self._limit, self._held, self._reserved = WrappedText(self._text.width), None, [], 0
        self.is_following = True
        self.rows_changed()

    def set_hint(self, hint: str) -> None:
        """Says what stands in the pane while its lane has no text at all."""
        if hint != self._hint:
            self._hint = hint
            self._shown_hint = WrappedText(self._text.width)
            self._shown_hint.append(sanitize(hint))
            if self._shows_hint:
                self.rows_changed()

    def show_title(self, name: str, count: int) -> None:
        """The lane's name in its hue at the left of the upper edge, the number of released characters at the right."""
        line = "─" * max(1, self.size.width - cell_len(name) - len(str(count)) - 6)
        title = Content.assemble((name, f"bold {self._hue}"), " ", (line, "$border"), f" {count}")
        if title.plain != self.shown_title:
            self.shown_title = title.plain
            self.border_title = title

    def draw_new(self, now: float, *, is_due: bool, moment: LaneMoment | None = None) -> None:
        """Appends what was released since the last call, and shows the lane as it is, or as it was at a moment.

        One call a frame. What is held at `now` is stated anew with new text, and when it is due: its age grows all
        the time.
        """
        view = self._view
        text = view.take_released() if view is not None else ""
        limit = None if moment is None else moment.released_length
        if view is None or not (text or is_due or limit != self._limit):
            return
        was_hint, first, limit_before = self._shows_hint, self._last_row, self._limit
        if text:
            self._text.append(sanitize(text))
        self._limit, shown = limit, moment or view.present
        held = self._held_rows(shown.held_length, shown.held_s(now))
        if not text and held == self._held and limit == limit_before:
            return
        self._held = held
        # Rows that come and go with every unit would cost a layout each, so those once needed stay till the end.
        self._reserved = 0 if view.is_over else max(self._reserved, self._rows_below)
        # Where the view has moved, rows that were final are cut, or whole again.
        first = min(first, self._last_row)
        self._show_changes(None if was_hint else first, has_moved=limit != limit_before)

    def on_resize(self, event: events.Resize) -> None:
        """Wraps anew for another width."""
        del event
        width = max(1, self.scrollable_content_region.width)
        if width != self._text.width or width != self._shown_hint.width:
            self._shown_hint.set_width(width)
            self._held = []
            self.wrap_anew(self._text, width)

    @property
    def _shows_hint(self) -> bool:
        return self._text.length == 0 and not self._held

    @property
    def _rows_below(self) -> int:
        """How many rows the held text has below the text."""
        return len(self._held) - self._joins_last_row

    def _show_changes(self, first_row: int | None, *, has_moved: bool) -> None:
        """Draws the rows from `first_row` on; nothing else, where their number is the same and so nothing moves."""
        if first_row is None or has_moved or self.row_count != self.virtual_size.height:
            self.rows_changed(first_row)
        else:
            self.refresh_lines(first_row, self.row_count - first_row)

    @property
    def _joins_last_row(self) -> bool:
        """Whether the signs stand behind the last row of the text: where they fit, or that row is empty."""
        return bool(self._held) and cell_len(self._last_text) + len(self._held[0]) <= self._text.width

    @property
    def _last_row(self) -> int:
        """The last row that holds text."""
        return self._text.row_count - 1 if self._limit is None else self._text.row_at(self._limit)

    @property
    def _last_text(self) -> str:
        """What is shown of it."""
        row, end = self._last_row, self._limit
        if end is None:
            return self._text.row_text(row)
        return self._text.slice(self._text.row_start(row), min(end, self._text.row_start(row + 1))).rstrip("\n")

    def _held_rows(self, count: int, seconds: float | None) -> list[str]:
        """Signs for the held characters, at most one row of them; then their number and age, if worth a line."""
        if not count:
            return []
        rows = [_HELD_SIGN * min(count, self._text.width)]
        if count >= _COUNTED_CHARS or (seconds or 0.0) >= _COUNTED_S:
            rows.append(_held_line(count, seconds, self._text.width))
        return rows


def _held_line(count: int, seconds: float | None, width: int) -> str:
    """The number and age of held text, shorter where the pane is narrow; a run without a clock has no age."""
    if seconds is None:
        return f"{_HELD_SIGN} {count} char held"
    line = f"{_HELD_SIGN} {count} char held for {seconds:.2f} s"
    return line if len(line) <= width else f"{_HELD_SIGN} {count} char {seconds:.2f} s"
