"""Pane 3: code blocks, JSON values and tool calls in the order in which they were found, the open ones last."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from tui.core.chunks import CodeBlockReady, JSONReady
from tui.core.pipeline import StreamPipeline, ToolCallProgress
from tui.core.sanitize import sanitize, sanitize_line
from tui.panes.line_view import Span
from tui.panes.rows_pane import Row, RowsPane

_OPEN_ROWS = 200  # of what still grows only the end is drawn; the whole is there once it is complete
_OPEN_CHARS = 200 * _OPEN_ROWS
_VALUE_ROWS = 2000


class ExtractsPane(RowsPane):
    """What the text holds besides prose."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"extracts--heading", "extracts--open", "extracts--hint"}
    DEFAULT_CSS = """
    ExtractsPane {
        & .extracts--heading { text-style: bold; color: $accent; }
        & .extracts--open { text-style: italic; }
        & .extracts--hint { text-style: dim; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._pipeline: StreamPipeline | None = None
        self._code_shown = 0
        self._json_shown = 0

    def show_run(self, pipeline: StreamPipeline | None, hint: str) -> None:
        """Shows the extracts of a pipeline as they stand; one call a frame at most."""
        if pipeline is not self._pipeline:
            self._pipeline, self._code_shown, self._json_shown = pipeline, 0, 0
            self.reset()
        fixed = self._new_rows(pipeline) if pipeline else []
        open_rows = self._open_rows(pipeline) if pipeline else []
        if not fixed and not open_rows and not self._fixed:
            open_rows = [[Span(sanitize(hint), "extracts--hint")]]
        self.show(fixed, open_rows)

    def _new_rows(self, pipeline: StreamPipeline) -> list[Row]:
        rows: list[Row] = []
        for block in pipeline.code_blocks[self._code_shown :]:
            rows += code_rows(block)
        for found in pipeline.json_values[self._json_shown :]:
            rows += json_rows(found)
        self._code_shown = len(pipeline.code_blocks)
        self._json_shown = len(pipeline.json_values)
        return rows

    def _open_rows(self, pipeline: StreamPipeline) -> list[Row]:
        rows: list[Row] = []
        block = pipeline.code_parser.open_block
        if block is not None and pipeline.finished_at is None:
            rows += [_heading(f"code {block.language or ''}", f"open, {block.line_count} lines")]
            rows += _tail_lines(block.code, "extracts--open")
        partial = pipeline.json_parser.partial
        if partial is not None and (pipeline.finished_at is not None or partial.value):
            state = "never closed" if pipeline.finished_at is not None else "open"
            rows += [_heading("json", state), *_value_rows(partial.value)[-_OPEN_ROWS:]]
        for call in pipeline.tool_calls.values():
            rows += tool_rows(call)
        return rows


def code_rows(block: CodeBlockReady) -> list[Row]:
    """The rows of a code block: heading, then its lines."""
    lines = _lines(block.code, "")
    state = f"{len(lines)} lines  at {block.at:.2f} s" + ("" if block.closed else "  never closed")
    return [_heading(f"code {block.language or ''}", state), *lines]


def json_rows(found: JSONReady) -> list[Row]:
    """The rows of a JSON value: heading, then the value with indentation."""
    return [_heading("json", f"char {found.start}-{found.end}  at {found.at:.2f} s"), *_value_rows(found.value)]


def tool_rows(call: ToolCallProgress) -> list[Row]:
    """The rows of a tool call: heading, then its arguments as they came."""
    rows = _tail_lines(call.arguments, "")
    return [_heading(f"tool {call.position} {call.name}", f"at {call.first_at:.2f} s"), *rows]


def _heading(name: str, state: str) -> Row:
    return [Span(sanitize_line(name).strip(), "extracts--heading"), Span("  " + state, "extracts--hint")]


def _lines(text: str, style: str) -> list[Row]:
    return [[Span(line, style)] for line in sanitize(text).split("\n")][: None if not text.endswith("\n") else -1]


def _tail_lines(text: str, style: str) -> list[Row]:
    """The last lines; what no screen could show is not looked at, for this is done many times a second."""
    return _lines(text[-_OPEN_CHARS:], style)[-_OPEN_ROWS:]


def _value_rows(value: Any) -> list[Row]:
    """A value with indentation; one that is too deep to indent is shown as what it is."""
    try:
        text = json.dumps(value, indent=2, ensure_ascii=False)
    except (RecursionError, ValueError) as error:
        text = f"a value too deep or too large to draw ({type(error).__name__})"
    rows = _lines(text, "")
    if len(rows) > _VALUE_ROWS:
        rows = [*rows[:_VALUE_ROWS], [Span(f"… {len(rows) - _VALUE_ROWS} more lines", "extracts--hint")]]
    return rows
