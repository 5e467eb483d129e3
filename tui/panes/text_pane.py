"""Pane 1: the text as it arrives, tinted by the gap before each piece; thinking and tool calls stand apart.

Fed in batches, once a frame; every character shown went through `sanitize`, so offsets stay those of the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.selection import Selection

from tui.core.chunks import StreamChunk
from tui.core.packed_ends import PackedEnds
from tui.core.sanitize import sanitize, sanitize_line
from tui.panes.gap_rhythm import ORDINARY, STALLED, GapRhythm
from tui.panes.line_view import LineView, Span
from tui.panes.styled_text import (
    CONTENT,
    GAP,
    HEADING,
    JOINT,
    NOTE,
    REASONING,
    SLOW,
    STYLE_NAMES,
    TOOL,
    Stretch,
    StyledText,
)
from tui.panes.styled_text import STALLED as STALLED_STYLE
from tui.panes.wrapped_text import WrappedText, cells_of

if TYPE_CHECKING:
    from tui.panes.search_marks import FindPlace
    from tui.panes.text_search import TextSearch

_COPIED_CHARS = 20_000_000
_SEARCH_STEPS = 6  # a look; together some milliseconds


class TextPane(LineView):
    """The live text of one run.

    `shows_joints` draws `|` where a frame ends inside the text, `┆` where one network read brought several.
    """

    KEEPS_LINES = True
    JUMPS = True
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"text--{name}" for name in STYLE_NAMES if name),
        "text--empty",
        "text--found",
    }
    DEFAULT_CSS = """
    TextPane {
        & .text--slow { color: $text-warning; }
        & .text--stalled { color: $warning; }
        & .text--reasoning { text-style: italic dim; }
        & .text--tool { color: $text-secondary; }
        & .text--heading { text-style: bold; color: $accent; }
        & .text--gap { color: $warning; text-style: bold; }
        & .text--joint { color: $accent; text-style: dim; }
        & .text--note { text-style: bold; color: $accent; }
        & .text--empty { text-style: dim; }
        & .text--found { text-style: reverse; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy", id="item.copy", show=False),
        Binding("enter", "ask_frame", "where from", id="item.source", show=False),
    ]

    class CopyAsked(Message):
        """The whole text is wanted on the clipboard."""

    class FrameAsked(Message):
        """Asks for a frame: that in which a code point of the content came, or one that is known."""

        def __init__(self, content_offset: int, frame: int | None) -> None:
            super().__init__()
            self.content_offset = content_offset
            self.frame = frame

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self.shows_joints = False
        self._text = StyledText()
        self._hint = ""
        self._shown_hint = WrappedText()
        self._found: tuple[int, int] | None = None
        self._search: TextSearch | None = None
        self._chunk_ends = PackedEnds()
        self._limit: int | None = None  # offset of what is shown at most, where the view is held
        self._waiting = ""
        self._held_line = ""
        self._reset_reading()

    def _reset_reading(self) -> None:
        self._rhythm = GapRhythm()
        self._last_at: float | None = None
        self._frame = -1
        self._channel = (CONTENT, -1)
        self._tool_starts: dict[int, tuple[int, int]] = {}

    @property
    def row_count(self) -> int:
        """How many rows there are: one more for the mark of a stall, or for what waits while the view is held."""
        if self._limit is not None and not self.is_empty:
            return self._shown.row_at(self._limit) + 1 + bool(self._held_line)
        return self._shown.row_count + (bool(self._waiting) and not self._fits_waiting)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has arrived."""
        return self._text.is_empty

    def clear(self) -> None:
        """Makes room for another run, or for the same one drawn anew."""
        self._text = StyledText(self._text.wrapped.width)
        self._found = None
        self._waiting = ""
        self._chunk_ends = PackedEnds()
        self._limit, self._held_line = None, ""
        self._reset_reading()
        self.is_following = True
        self.find(self._search.needle if self._search is not None else "")

    def set_hint(self, hint: str) -> None:
        """Says what stands in the empty pane."""
        if hint != self._hint:
            self._hint = hint
            self._shown_hint = WrappedText(self._text.wrapped.width)
            self._shown_hint.append(sanitize(hint))
            if self.is_empty:
                self.rows_changed()

    def set_waiting(self, seconds: float | None) -> None:
        """Says behind the last text how long nothing has come in a stall that still goes on; None takes it away."""
        mark = "" if seconds is None or self.is_empty else f"⟨waiting {seconds:.2f} s⟩"
        if mark != self._waiting:
            self._waiting = mark
            self.rows_changed(self._shown.row_count - 1)

    def add_chunks(self, chunks: Iterable[StreamChunk]) -> None:
        """Shows the next chunks of the run (choice 0); one call a frame."""
        was_empty, self._waiting = self.is_empty, ""
        for chunk in chunks:
            if chunk.choice == 0 and chunk.is_progress:
                self._add(chunk)
            self._chunk_ends.append(self._text.length)
        self._chunk_ends.pack()
        self._draw_added(was_empty=was_empty)

    def show_first(self, chunk_count: int | None, waiting: str = "") -> None:
        """Shows the first chunks only and, under them, a line on what waits; None shows all there is."""
        limit = None
        if chunk_count is not None:
            known = min(chunk_count, len(self._chunk_ends))
            limit = self._chunk_ends.start_of(known)
        if (limit, waiting) != (self._limit, self._held_line):
            self._limit, self._held_line = limit, sanitize_line(waiting)
            self.rows_changed()

    def add_note(self, lines: Sequence[str]) -> None:
        """Puts the app's own lines under the text: why it ended. They are no part of it."""
        was_empty, self._waiting = self.is_empty, ""
        self._text.add(("" if was_empty else "\n\n") + sanitize("\n".join(lines)), NOTE)
        self._draw_added(was_empty=was_empty)

    def reveal(self, start: int, end: int) -> None:
        """Marks the content between two offsets and scrolls to it."""
        self._show_found(self._text.offset_of(start), self._text.offset_of(max(start, end - 1)) + 1)

    def _show_found(self, start: int, end: int) -> None:
        self._found = (start, end)
        self.is_following = False
        row = self._text.wrapped.row_at(self._found[0])
        self.rows_changed()
        self.scroll_to(y=max(0, row - 2), force=True)

    def reveal_tool(self, position: int) -> None:
        """Marks the heading of a tool call and scrolls to it."""
        heading = self._tool_starts.get(position)
        if heading is not None:
            self._show_found(*heading)

    def find(self, needle: str) -> None:
        """Begins a search in the text, its marks left out; an empty needle ends it."""
        from tui.panes.text_search import TextSearch  # noqa: PLC0415  as most that is not drawn at first

        self._search = TextSearch(self._text, sanitize_line(needle)) if needle else None
        self.rows_changed()

    def find_more(self) -> FindPlace | None:
        """Looks on for a moment; None without a search."""
        if self._search is None:
            return None
        for _ in range(_SEARCH_STEPS):
            first = self._search.look_on()
            if first is not None:
                self.rows_changed(self._text.wrapped.row_at(first))
        return self._search.place

    def find_step(self, step: int) -> None:
        """Shows the next place (1), the one before (-1), or the first from the upper edge on (0)."""
        if self._search is None:
            return
        wrapped, top, height = self._text.wrapped, round(self.scroll_offset.y), self.scrollable_content_region.height
        start = self._search.step(step, wrapped.row_start(top))
        if start is None:
            return
        row = wrapped.row_at(start)
        is_seen = top <= row < top + height
        self.is_following = self.is_following and is_seen
        self.rows_changed()
        if not is_seen:
            self.scroll_to(y=max(0, row - height // 3), force=True)

    def reveal_frame(self, frame: int) -> bool:
        """Marks the thinking or the piece of a tool call that came in a frame; says whether there is one."""
        place = self._text.place_of_frame(frame)
        if place is not None:
            self._show_found(*place)
        return place is not None

    def row_spans(self, row: int) -> list[Span]:
        """What stands in a row, cut where the style changes."""
        if self.is_empty:
            return [Span(self._shown_hint.row_text(row), "text--empty")]
        if self._held_line and self._limit is not None and row == self.row_count - 1:
            return [Span(self._held_line, "text--empty")]
        spans: list[Span] = []
        for stretch in self._text.stretches(row):
            if self._limit is None or stretch.start + len(stretch.text) <= self._limit:
                spans += self._with_places(stretch)
            elif stretch.start < self._limit:
                spans += self._with_places(stretch._replace(text=stretch.text[: self._limit - stretch.start]))
        if self._waiting and self._limit is None and row == self.row_count - 1:
            is_apart = not spans or spans[-1].text.endswith(" ")
            spans.append(Span(self._waiting if is_apart else f" {self._waiting}", "text--gap"))
        return spans

    def action_copy(self) -> None:
        """Asks for the whole text on the clipboard."""
        self.post_message(self.CopyAsked())

    def action_ask_frame(self) -> None:
        """Asks for the frame of what is marked, else of the last line that is seen."""
        if (asked := self.frame_asked()) is not None:
            self.post_message(asked)

    def frame_asked(self) -> FrameAsked | None:
        """The question for that frame; None without any text."""
        if self.is_empty:
            return None
        row = min(self.scroll_offset.y + self.size.height, self.row_count) - 1
        offset = self._found[0] if self._found is not None else self._text.wrapped.row_start(row)
        return self.FrameAsked(self._text.content_offset_of(offset), self._text.frame_of(offset))

    def row_is_final(self, row: int) -> bool:
        """What is shown may grow at its end, or end elsewhere at the next look."""
        return self._limit is None and super().row_is_final(row)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text itself: no marks, and line breaks only where it has them."""
        if self.is_empty:
            return None
        wrapped = self._text.wrapped
        start = self._offset_of(*selection.start.transpose) if selection.start else 0
        end = self._offset_of(*selection.end.transpose) if selection.end else self._text.wrapped.length
        return self._text.plain(start, min(end, start + _COPIED_CHARS, wrapped.length)), "\n"

    def on_resize(self, event: events.Resize) -> None:
        """Wraps anew for another width."""
        del event
        width = max(1, self.scrollable_content_region.width)
        if width != self._text.wrapped.width or width != self._shown_hint.width:
            self._shown_hint.set_width(width)
            self.wrap_anew(self._text.wrapped, width)

    @property
    def _fits_waiting(self) -> bool:
        """Whether the mark of a stall has room behind the last row."""
        wrapped = self._text.wrapped
        last_row = wrapped.row_text(wrapped.row_count - 1)
        return sum(map(cells_of, last_row)) + len(self._waiting) < wrapped.width

    @property
    def _shown(self) -> WrappedText:
        return self._shown_hint if self.is_empty else self._text.wrapped

    def _draw_added(self, *, was_empty: bool) -> None:
        first = self._text.flush()
        if first is not None:
            self.rows_changed(None if was_empty else first)

    def _add(self, chunk: StreamChunk) -> None:
        verdict, gap = self._judge(chunk.at)
        if verdict == STALLED:
            self._text.add(f"⟨+{gap:.1f} s⟩", GAP)
        if self.shows_joints:
            self._add_joint(chunk.frame, gap)
        if chunk.reasoning:
            self._enter(REASONING, -1, "▏thinking\n")
            self._text.add_other(sanitize(chunk.reasoning), REASONING, chunk.frame)
        for delta in chunk.tool_calls:
            self._enter(TOOL, delta.position, f"▏tool {delta.position} {sanitize_line(delta.name or '')}\n")
            self._text.add_other(sanitize(delta.arguments), TOOL, chunk.frame)
        if chunk.content or chunk.refusal:
            self._enter(CONTENT, -1, "")
            self._text.begin_content(len(chunk.content))
            style = CONTENT if verdict == ORDINARY else STALLED_STYLE if verdict == STALLED else SLOW
            self._text.add(sanitize(chunk.content + chunk.refusal), style)

    def _judge(self, at: float) -> tuple[int, float]:
        gap = 0.0 if self._last_at is None else at - self._last_at
        verdict = ORDINARY if self._last_at is None else self._rhythm.judge(gap)
        self._last_at = at
        return verdict, gap

    def _add_joint(self, frame: int, gap: float) -> None:
        if self._frame >= 0 and frame != self._frame:
            self._text.add("┆" if gap == 0 else "|", JOINT)
        self._frame = frame

    def _enter(self, channel: int, tool: int, heading: str) -> None:
        """Begins a channel on a line of its own, under its heading."""
        if (channel, tool) == self._channel:
            return
        if not self.is_empty and not self._text.ends_with_newline:
            self._text.add("\n", HEADING)
        if channel == TOOL:
            self._tool_starts.setdefault(tool, (self._text.length, self._text.length + len(heading) - 1))
        self._text.add(heading, HEADING)
        self._channel = (channel, tool)

    def _with_places(self, stretch: Stretch) -> list[Span]:
        """The spans of a stretch, what was revealed and what was found in styles of their own."""
        name = STYLE_NAMES[stretch.style]
        span = Span(stretch.text, f"text--{name}" if name else "")
        if self._search is None and self._found is None:
            return [span]
        from tui.panes.search_marks import marked_spans  # noqa: PLC0415  as in find

        end = stretch.start + len(stretch.text)
        ranges = [] if self._search is None or stretch.is_mark else self._search.ranges(stretch.start, end)
        if not ranges and self._found is not None:
            ranges = [(*self._found, "text--found")]
        return marked_spans([span], [(low - stretch.start, high - stretch.start, look) for low, high, look in ranges])

    def _offset_of(self, row: int, column: int) -> int:
        """The offset of a place on the screen, a tab counted as the blanks that stand for it."""
        wrapped = self._text.wrapped
        start, text = wrapped.row_start(row), wrapped.row_text(row)
        if "\t" not in text:
            return min(start + column, wrapped.row_start(row + 1))
        drawn = 0
        for index, char in enumerate(text):
            if drawn >= column:
                return start + index
            drawn += 4 if char == "\t" else 1
        return wrapped.row_start(row + 1)
