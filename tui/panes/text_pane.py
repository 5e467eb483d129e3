"""Pane 1: the text as it arrives. Reasoning and tool arguments stand apart from the content.

Fed in batches, once a frame; every character shown went through `sanitize`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from typing import ClassVar

from textual import events

from tui.core.chunks import StreamChunk
from tui.core.sanitize import sanitize
from tui.panes.line_view import LineView, Span
from tui.panes.wrapped_text import WrappedText

_CHANNELS = ("content", "reasoning", "tool", "mark", "empty")
CONTENT, REASONING, TOOL, MARK, EMPTY = range(5)


class TextPane(LineView):
    """The live text of one run."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"text--{channel}" for channel in _CHANNELS}
    DEFAULT_CSS = """
    TextPane {
        & .text--reasoning { text-style: italic dim; }
        & .text--tool { color: $secondary; }
        & .text--mark { text-style: bold; color: $accent; }
        & .text--empty { text-style: dim; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._text = WrappedText()
        self._starts = array("Q")
        self._channels = bytearray()
        self._channel = CONTENT
        self._tool = -1
        self._hint = ""
        self._shown_hint = WrappedText()

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return self._shown.row_count

    @property
    def is_empty(self) -> bool:
        """Whether nothing has arrived."""
        return self._text.length == 0

    def clear(self) -> None:
        """Makes room for another run."""
        self._text = WrappedText(self._text.width)
        self._starts, self._channels = array("Q"), bytearray()
        self._channel, self._tool = CONTENT, -1
        self.is_following = True
        self.rows_changed()

    def set_hint(self, hint: str) -> None:
        """Says what stands in the empty pane."""
        if hint != self._hint:
            self._hint = hint
            self._shown_hint = WrappedText(self._text.width)
            self._shown_hint.append(sanitize(hint))
            if self.is_empty:
                self.rows_changed()

    def add_chunks(self, chunks: Iterable[StreamChunk]) -> None:
        """Shows the next chunks of the run (choice 0); one call a frame."""
        was_empty = self.is_empty
        first = self.row_count
        for chunk in chunks:
            if chunk.choice == 0:
                self._add(chunk)
        if not self.is_empty:
            self.rows_changed(None if was_empty else max(0, first - 1))

    def add_note(self, lines: list[str]) -> None:
        """Puts the app's own lines under the text: why it ended. They are no part of it."""
        was_empty, first = self.is_empty, self.row_count
        if not was_empty:
            self._append("\n\n", MARK)
        self._append("\n".join(lines), MARK)
        self.rows_changed(None if was_empty else max(0, first - 1))

    def row_spans(self, row: int) -> list[Span]:
        """What stands in a row, cut where the channel changes."""
        text = self._shown
        if self.is_empty:
            return [Span(text.row_text(row), "text--empty")]
        start, end = text.row_start(row), text.row_start(row + 1)
        index = max(0, bisect_right(self._starts, start) - 1)
        spans = []
        while start < end:
            upto = min(end, self._starts[index + 1]) if index + 1 < len(self._starts) else end
            channel = self._channels[index]
            spans.append(Span(text.slice(start, upto).rstrip("\n"), f"text--{_CHANNELS[channel]}" if channel else ""))
            start, index = upto, index + 1
        return spans

    def on_resize(self, event: events.Resize) -> None:
        """Wraps anew for another width."""
        del event
        width = max(1, self.scrollable_content_region.width)
        if width != self._text.width or width != self._shown_hint.width:
            self._text.set_width(width)
            self._shown_hint.set_width(width)
            self.rows_changed()

    @property
    def _shown(self) -> WrappedText:
        return self._shown_hint if self.is_empty else self._text

    def _add(self, chunk: StreamChunk) -> None:
        if chunk.reasoning:
            self._enter(REASONING, "▏thinking\n")
            self._append(chunk.reasoning, REASONING)
        for delta in chunk.tool_calls:
            self._enter(TOOL, f"▏tool {delta.position} {delta.name or ''}\n", delta.position)
            self._append(delta.arguments, TOOL)
        if text := chunk.content or chunk.refusal:
            self._enter(CONTENT, "")
            self._append(text, CONTENT)

    def _enter(self, channel: int, heading: str, tool: int = -1) -> None:
        """Begins a channel on a line of its own, under its heading."""
        if (channel, tool) == (self._channel, self._tool):
            return
        if self._text.length:
            self._append("\n", self._channel)
        if heading:
            self._append(heading, MARK)
        self._channel, self._tool = channel, tool

    def _append(self, text: str, channel: int) -> None:
        if not text:
            return
        if not self._channels or self._channels[-1] != channel:
            self._starts.append(self._text.length)
            self._channels.append(channel)
        self._text.append(sanitize(text))
