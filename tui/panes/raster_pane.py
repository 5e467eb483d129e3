"""Pane 5: the arrivals of a run from left to right, stalls marked, with a time axis under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.panes.line_view import LineView, Span

_LABEL = " 5 arrivals          "
_NARROW_LABEL = "         "
_SIGNS = (" ", "▂", "▄", "▆", "█")
_STEPS = len(_SIGNS) - 1
_LABELLED_COLUMNS = 100
_LEAST_CELLS = 8  # fewer marks say nothing
_TIME_CELLS, _MARGIN_CELLS = 12, 4  # at the right of the marks: the time, or nothing


@dataclass(frozen=True, slots=True)
class ArrivalsView:
    """What the raster draws: arrival times, stalls as (from, to), and where the run stands.

    `span_s` is the time from the left edge to the right one; `first_s` the first token. Without times (a plain log)
    `times` and `span_s` count frames. `held_at` is where the view is held, on the scale of `times`, None where it
    follows; `held_words` then stand at the right of the axis.
    """

    times: Sequence[float]
    stalls: Sequence[tuple[float, float]]
    span_s: float
    first_s: float | None
    frames: int
    is_over: bool
    has_times: bool = True
    held_at: float | None = None
    held_words: str = ""


_PARTS = ("mark", "stall", "axis", "label", "past")


class RasterPane(LineView):
    """As many rows as the pane has: marks, and under them the axis; where there is one row only, marks and the time."""

    ALLOW_SELECT: ClassVar[bool] = False  # dragging over it moves the view in time
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "raster--mark",
        "raster--stall",
        "raster--axis",
        "raster--label",
        "raster--past",
    }
    DEFAULT_CSS = """
    RasterPane {
        & .raster--mark { color: $success; }
        & .raster--stall { color: $warning; text-style: bold; }
        & .raster--axis { text-style: dim; }
        & .raster--label { text-style: dim; }
        & .raster--past { text-style: dim; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "screen.play_step(1)", "step", id="rail.step", show=False),
        Binding("left", "screen.play_step(-1)", "step back", id="rail.back", show=False),
        Binding("shift+right", "screen.play_mark(1)", "next mark", id="rail.mark.next", show=False),
        Binding("shift+left", "screen.play_mark(-1)", "mark before", id="rail.mark.previous", show=False),
        Binding("enter", "app.evidence", "what the verdict rests on", id="item.source", show=False),
    ]

    class SeekAsked(Message):
        """A click or a drag on the rail: asks for the moment at this share of the run."""

        def __init__(self, share: float) -> None:
            super().__init__()
            self.share = share

    def __init__(self, *, id: str | None = None, narrow_label: str = "") -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._narrow_label = f"{narrow_label:<{len(_NARROW_LABEL)}} " if narrow_label else _NARROW_LABEL
        self._view: ArrivalsView | None = None
        self._rows: list[list[Span]] = [[]]

    @property
    def row_count(self) -> int:
        """Marks and axis."""
        return len(self._rows)

    def row_is_final(self, row: int) -> bool:
        """Everything moves while a run goes on."""
        del row
        return False

    def row_spans(self, row: int) -> list[Span]:
        """The spans of a row."""
        return self._rows[row]

    def show(self, view: ArrivalsView | None) -> None:
        """Draws the arrivals as they stand; one call a frame at most."""
        if view == self._view and view is not None and view.is_over:
            return
        self._view = view
        self._rows = self._drawn()
        self.rows_changed()

    def on_resize(self) -> None:
        """Draws for the width there is."""
        self._rows = self._drawn()
        self.rows_changed()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Goes to the moment under the mouse, and follows it while the button is held."""
        if self._view is not None and self._seek(event):
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """The rail is dragged."""
        if self.app.mouse_captured is self:
            self._seek(event)

    def on_mouse_up(self) -> None:
        """The rail is let go."""
        if self.app.mouse_captured is self:
            self.release_mouse()

    def _seek(self, event: events.MouseEvent) -> bool:
        room = self._room
        if room < _LEAST_CELLS:
            return False
        column = event.x - len(self._label)
        self.post_message(self.SeekAsked(min(max((column + 0.5) / room, 0.0), 1.0)))
        return True

    @property
    def _label(self) -> str:
        return _LABEL if self.scrollable_content_region.width >= _LABELLED_COLUMNS else self._narrow_label

    @property
    def _room(self) -> int:
        """The columns of the marks."""
        region = self.scrollable_content_region
        return int(region.width - len(self._label) - (_TIME_CELLS if region.height <= 1 else _MARGIN_CELLS))

    def _drawn(self) -> list[list[Span]]:
        height, label, room = max(1, self.scrollable_content_region.height), self._label, self._room
        if self._view is None or room < _LEAST_CELLS or not self._view.times or self._view.span_s <= 0:
            return [[Span(label + "One mark per arrival, from left to right.", "raster--label")]]
        marks, most = self._marks(self._view, room, max(1, height - 1))
        if height == 1:
            span = (
                self._view.held_words or f"{self._view.span_s:.2f} s"
                if self._view.has_times
                else f"{self._view.frames} fr"
            )
            return [[Span(label, "raster--label"), *marks[0], Span(f"  {span}", "raster--axis")]]
        labels = [label, *[" " * len(label)] * (len(marks) - 1)]
        if len(marks) > 1 and label == _LABEL:
            labels[1] = f" most {most} a column".ljust(len(label))
        rows = [[Span(text, "raster--label"), *row] for text, row in zip(labels, marks, strict=True)]
        return [*rows, self._axis(self._view, label, room)]

    def _marks(self, view: ArrivalsView, room: int, rows: int) -> tuple[list[list[Span]], int]:
        """The marks, highest row first, and how many arrivals the fullest cell has.

        Alone a row doubles from step to step; several share what the highest mark needs.
        """
        from tui.core.arrival_raster import raster  # noqa: PLC0415  nothing has arrived at the first paint

        cells = raster(view.times, room, view.span_s, stalls=view.stalls)
        most = max((cell.arrivals for cell in cells), default=0)
        cursor = _column(view, room)
        drawn: list[list[Span]] = []
        for row in reversed(range(rows)):
            spans: list[Span] = []
            for column, cell in enumerate(cells):
                style = "raster--stall" if cell.is_stalled else "raster--mark"
                style = "raster--past" if cursor is not None and column > cursor else style
                step = cell.arrivals.bit_length() if rows == 1 else ceil(cell.arrivals * rows * _STEPS / most)
                sign = "!" if cell.is_stalled and not row else _SIGNS[min(max(0, step - row * _STEPS), _STEPS)]
                if spans and spans[-1].style == style:
                    spans[-1] = Span(spans[-1].text + sign, style)
                else:
                    spans.append(Span(sign, style))
            drawn.append(spans)
        return drawn, most

    def _axis(self, view: ArrivalsView, label: str, room: int) -> list[Span]:
        """0 at the left, the first token, the longest stall, time and frames at the right."""
        row = [" "] * room
        cursor = _column(view, room)
        right = (
            view.held_words or f"{view.span_s:.2f} s  {view.frames} frames"
            if view.has_times
            else f"{view.frames} frames, no times"
        )
        limit = max(0, room - len(right) - 1)
        if cursor is not None and view.held_at is not None:
            _put(row, cursor, f"▲ t {view.held_at:.2f}" if view.has_times else f"▲ {view.held_at:.0f}", limit)
        if view.stalls:
            start, end = max(view.stalls, key=lambda stall: stall[1] - stall[0])
            _put(row, int(start / view.span_s * room), f"! stall {end - start:.2f} s", limit)
        if view.first_s is not None:
            _put(row, int(view.first_s / view.span_s * room), f"┴ first token {view.first_s:.2f}", limit)
        _put(row, room - len(right), right, room)
        return [Span(" " * (len(label) - 2) + "0 ", "raster--axis"), Span("".join(row), "raster--axis")]


def _column(view: ArrivalsView, room: int) -> int | None:
    """The column at which the view is held."""
    return None if view.held_at is None else min(room - 1, int(view.held_at / view.span_s * room))


def _put(row: list[str], at: int, text: str, limit: int) -> None:
    """Writes text into a row if it is free there and fits before `limit`."""
    at = max(0, min(at, limit - len(text)))
    place = row[at : at + len(text)]
    if len(place) == len(text) and at + len(text) <= limit and not "".join(place).strip():
        row[at : at + len(text)] = text
