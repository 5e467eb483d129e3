"""One extract as rows: a heading and a body. Code blocks, JSON values and tool calls, complete or still growing.

Pure, but for the spans it is drawn with: made from a pipeline, asked for single rows. Every text given is sanitised,
but for `text`, which is what came.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.core.chunks import CodeBlockReady, JSONReady
from tui.core.pipeline import StreamPipeline
from tui.core.sanitize import sanitize, sanitize_line
from tui.core.text.code_blocks import OpenBlock
from tui.core.text.json_parser import PartialJSON
from tui.core.text.partial_json import value_of
from tui.core.tool_calls import ToolCallProgress
from tui.panes.code_highlight import HighlightedCode, suffix_of
from tui.panes.cursor_view import spans_cells, text_cells
from tui.panes.json_tree import FoldMemory, JSONTree
from tui.panes.line_view import Span
from tui.panes.wrapped_text import WrappedText

if TYPE_CHECKING:
    from tui.core.run_view import PipelinePrefix

_NAME_CHARS = 80


class Place(NamedTuple):
    """Where an item came from: content chunks, the last None for "up to the newest"; or a tool call's position."""

    first_chunk: int
    last_chunk: int | None
    tool: int | None = None


class ExtractItem(ABC):
    """What the list asks of an extract. `lay` comes first, and again after each change of the width or the item."""

    suffix = ".txt"
    folds: FoldMemory | None = None
    place: Place

    @property
    def is_stale(self) -> bool:
        """Whether there is something that was not laid out yet."""
        return True

    @abstractmethod
    def lay(self, width: int) -> int:
        """Makes the rows for a width in cells and gives how many there are, the heading included."""

    @abstractmethod
    def heading(self, now: float) -> list[Span]:
        """The heading at a time on the run's clock."""

    @abstractmethod
    def body(self, row: int) -> list[Span]:
        """A row of the body, from 0; it may be longer than the width."""

    @abstractmethod
    def full_text(self, row: int) -> str:
        """The whole of a row of the body that does not fit; else empty."""

    @abstractmethod
    def text(self) -> str:
        """The extract as it came, for copy and save; not sanitised."""

    def fold(self, row: int, *, is_folded: bool) -> bool:
        """Folds or unfolds what begins in a row of the body; gives whether that changes anything."""
        del row, is_folded
        return False

    def parent_row(self, row: int) -> int:
        """The row of the body under which a row stands; itself where there is none."""
        return row


class CodeItem(ExtractItem):
    """A code block; an open one is read on at each `lay`."""

    def __init__(self, pipeline: StreamPipeline | PipelinePrefix, block: CodeBlockReady | OpenBlock) -> None:
        self._block = block
        self._width = 0
        self._lines: HighlightedCode | None = None
        self.suffix = suffix_of(block.language)
        if isinstance(block, CodeBlockReady):
            self.place = Place(block.first_chunk, block.last_chunk)
        else:
            self.place = Place(pipeline.content.chunk_at(block.start), None)
            self._began_at = pipeline.content.piece(self.place.first_chunk)[1]

    def lay(self, width: int) -> int:
        """The heading and the lines."""
        self._width = width
        if isinstance(self._block, CodeBlockReady):
            code = self._block.code
            return 1 + code.count("\n") + (not code.endswith("\n") and bool(code))
        self._take_new(self._block)
        return 1 + self._shown.line_count

    def heading(self, now: float) -> list[Span]:
        """Language, size, and since when."""
        block = self._block
        title = Span(f"code {sanitize_line(block.language or '')[:_NAME_CHARS]}".rstrip(), "extracts--heading")
        if isinstance(block, OpenBlock):
            age = max(0.0, now - self._began_at)
            return [title, Span(f"  open {age:.1f} s, {_counted(self._shown.line_count, 'line')}", "extracts--open")]
        spans = [title, Span(f"  {_counted(self.lay(self._width) - 1, 'line')}  at {block.at:.2f} s", "extracts--hint")]
        return spans if block.closed else [*spans, Span("  never closed", "extracts--bad")]

    def body(self, row: int) -> list[Span]:
        """A line of the code."""
        return self._shown.spans(row)

    def full_text(self, row: int) -> str:
        """A line that is wider than the pane."""
        line = self._shown.text(row)
        return line if text_cells(line) > self._width else ""

    def text(self) -> str:
        """The code."""
        return self._block.code

    @property
    def _shown(self) -> HighlightedCode:
        if self._lines is None:
            is_open = isinstance(self._block, OpenBlock)
            self._lines = HighlightedCode(self._block.language, "" if is_open else self._block.code, is_open=is_open)
        return self._lines

    def _take_new(self, block: OpenBlock) -> None:
        self._shown.add(block.code[self._shown.length :])


class JSONItem(ExtractItem):
    """A JSON value in the text, complete or as far as it is certain."""

    suffix = ".json"

    def __init__(
        self,
        pipeline: StreamPipeline | PipelinePrefix,
        found: JSONReady | PartialJSON,
        folds: FoldMemory | None,
        *,
        is_over: bool = False,
    ) -> None:
        self._content = pipeline.content
        self._found = found
        self._is_over = is_over
        self.folds = folds or FoldMemory()
        self._tree = JSONTree(self.folds)
        if isinstance(found, JSONReady):
            self.place = Place(found.first_chunk, found.last_chunk)
        else:
            self.place = Place(self._content.chunk_at(found.start), None)

    def lay(self, width: int) -> int:
        """The heading and the tree; nothing of a tree of which nothing is certain yet."""
        if self._found.value is None:
            return 1
        self._tree.lay(self._found.value, width, is_open=isinstance(self._found, PartialJSON))
        return 1 + self._tree.row_count

    def heading(self, now: float) -> list[Span]:
        """Where in the text, and since when."""
        found = self._found
        title = Span("json", "extracts--heading")
        if isinstance(found, JSONReady):
            return [title, Span(f"  char {found.start}-{found.end}  at {found.at:.2f} s", "extracts--hint")]
        size = self._content.length - found.start
        if self._is_over:
            return [
                title,
                Span(f"  char {found.start}, {size} char", "extracts--hint"),
                Span("  never closed", "extracts--bad"),
            ]
        age = max(0.0, now - self._content.piece(self.place.first_chunk)[1])
        return [title, Span(f"  open {age:.1f} s, {size} char", "extracts--open")]

    def body(self, row: int) -> list[Span]:
        """A row of the tree."""
        return self._tree.spans(row)

    def full_text(self, row: int) -> str:
        """A row of the tree that is wider than the pane."""
        return self._tree.full_text(row)

    def fold(self, row: int, *, is_folded: bool) -> bool:
        """Folds or unfolds a node."""
        return self._tree.fold(row, is_folded=is_folded)

    def parent_row(self, row: int) -> int:
        """The node that holds a node."""
        return self._tree.parent_row(row)

    def text(self) -> str:
        """The value as it stands in the text."""
        end = self._found.end if isinstance(self._found, JSONReady) else None
        return self._content.text()[self._found.start : end]


class ToolItem(ExtractItem):
    """A tool call: its arguments as they come, and as a tree once they are valid."""

    def __init__(
        self, pipeline: StreamPipeline | PipelinePrefix, call: ToolCallProgress, folds: FoldMemory | None
    ) -> None:
        self._pipeline = pipeline
        self._call = call
        self._raw = WrappedText()
        self._pieces_taken = 0
        self.folds = folds or FoldMemory()
        self._tree = JSONTree(self.folds)
        self._value: Any = None
        self._parsed_pieces = self._laid_pieces = -1
        self.place = Place(-1, -1, call.position)

    @property
    def is_stale(self) -> bool:
        """Whether arguments came since it was laid out."""
        return self._laid_pieces != len(self._call.pieces)

    def lay(self, width: int) -> int:
        """The heading, and the arguments as a tree or as text."""
        self._laid_pieces = len(self._call.pieces)
        if self._is_tree():
            self._tree.lay(self._value, width)
            return 1 + self._tree.row_count
        self._raw.set_width(width)
        self._raw.append(sanitize("".join(self._call.pieces.between(self._pieces_taken, self._laid_pieces))))
        self._pieces_taken = self._laid_pieces
        return 1 + (self._raw.row_count if self._raw.length else 0)

    def heading(self, now: float) -> list[Span]:
        """The name, and whether the arguments are valid yet or why they are not."""
        call = self._call
        name = sanitize_line(call.name)[:_NAME_CHARS]
        spans = [Span(f"tool {call.position} {name}", "extracts--heading"), Span("  arguments ", "extracts--hint")]
        if call.valid_frame is not None:
            return [*spans, Span(f"VALID at frame {call.valid_frame} / {call.valid_at:.2f} s", "extracts--good")]
        if call.progress.error is not None or self._pipeline.finished_at is not None:
            return [*spans, Span(sanitize_line(why_not_valid(call)), "extracts--bad")]
        age = max(0.0, now - call.first_at)
        return [*spans, Span(f"open {age:.1f} s, {call.progress.length} char", "extracts--open")]

    def body(self, row: int) -> list[Span]:
        """A row of the tree or of the text."""
        return self._tree.spans(row) if self._is_tree() else [Span(self._raw.row_text(row))]

    def full_text(self, row: int) -> str:
        """A row of the tree that is wider than the pane; the text is wrapped as it is."""
        return self._tree.full_text(row) if self._is_tree() else ""

    def fold(self, row: int, *, is_folded: bool) -> bool:
        """Folds or unfolds a node of valid arguments."""
        return self._is_tree() and self._tree.fold(row, is_folded=is_folded)

    def parent_row(self, row: int) -> int:
        """The node that holds a node."""
        return self._tree.parent_row(row) if self._is_tree() else row

    def text(self) -> str:
        """The arguments as they came."""
        return self._call.arguments

    @property
    def suffix(self) -> str:  # type: ignore[override]  # it changes with the arguments
        """JSON once it is that."""
        return ".json" if self._call.valid_frame is not None else ".txt"

    def _is_tree(self) -> bool:
        """Whether the arguments are shown as a value; it is read once for each state of them."""
        if self._call.valid_frame is None:
            return False
        if self._parsed_pieces != len(self._call.pieces):
            self._parsed_pieces = len(self._call.pieces)
            self._value = _argument_value(self._call.arguments)
        return self._value is not _UNREADABLE


_UNREADABLE = object()


def why_not_valid(call: ToolCallProgress) -> str:
    """At which character, and for what reason, the arguments of a call are not one JSON value."""
    progress = call.progress
    if progress.error is not None:
        return f"NOT VALID at char {progress.error_at}: {progress.error}"
    if not progress.length:
        return "NOT VALID at char 0: no arguments came"
    reason = progress.describe().rpartition(" at char ")[0] or "only white space came"
    return f"NOT VALID at char {progress.length}: {reason}"


def _argument_value(text: str) -> Any:
    """The value of valid arguments; a bare number too long to read stays text."""
    try:
        return json.loads(text)
    except (RecursionError, ValueError):
        return value_of(text) if text.lstrip()[:1] in ("{", "[") else _UNREADABLE


def heading_text(spans: list[Span], width: int) -> str:
    """A heading that is wider than the pane, whole; else empty."""
    return "".join(span.text for span in spans) if spans_cells(spans) > width else ""


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
