"""A JSON value as foldable rows of sanitised spans; containers that fit stand on one row.

The value may still be growing: then its last branch is kept unfolded, so that what arrives is seen. Work and rows
are bounded for a value of any size or depth: many children stand in groups of a hundred, and past the budget of
rows nodes begin folded. Nothing here recurses.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

from tui.core.sanitize import sanitize, sanitize_line
from tui.panes.cursor_view import spans_cells, text_cells
from tui.panes.line_view import Span

_GROUP: Final = 100
_ROWS: Final = 500  # from here on nodes begin folded
_EDGE_DEPTH: Final = 200
_FULL_CHARS: Final = 200_000
_NO_KEY: Final = None
_OPEN, _FOLDED = "▾ ", "▹ "


class _Node(NamedTuple):
    """A row to be: children `low` to `high` of a container are meant when it is a group."""

    depth: int
    key: str | int | None
    value: Any
    parent: int
    low: int = 0
    high: int = -1
    is_edge: bool = False  # on the branch that grows

    @property
    def is_group(self) -> bool:
        return self.high >= 0


class TreeRow(NamedTuple):
    """A row as laid out: its node, its fold number (-1: nothing to fold), and whether it stands whole on the row."""

    node: _Node
    fold: int
    is_folded: bool
    is_inline: bool


class FoldMemory:
    """Which nodes the user folded or unfolded; kept apart from the value, which is made anew when it is complete."""

    def __init__(self) -> None:
        self.chosen: dict[int, bool] = {}
        self._numbers: dict[tuple[int, str | int | None, int], int] = {}

    def number(self, parent: int, key: str | int | None, low: int) -> int:
        """The number of a node by its place: the same for the same place each time."""
        return self._numbers.setdefault((parent, key, low), len(self._numbers))


class JSONTree:
    """The rows of a value at a width in cells."""

    def __init__(self, folds: FoldMemory) -> None:
        self.folds = folds
        self._rows: list[TreeRow] = []
        self._width = 0

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def lay(self, value: Any, width: int, *, is_open: bool = False) -> None:
        """Makes the rows anew. Costs what its rows cost, whatever the size of the value."""
        self._width = width
        self._rows = []
        waiting = [_Node(0, _NO_KEY, value, -1, is_edge=is_open)]
        while waiting:
            node = waiting.pop()
            row = self._row(node)
            self._rows.append(row)
            if row.fold >= 0 and not row.is_folded:
                waiting += reversed(list(_children(node, row.fold)))

    def spans(self, row: int) -> list[Span]:
        """What stands in a row; it may be longer than the width."""
        node, fold, is_folded, is_inline = self._rows[row]
        sign = "" if fold < 0 else _FOLDED if is_folded else _OPEN
        spans = [Span(" " * _indent(node.depth, self._width) + sign, "syntax--note")]
        spans += _key_spans(node, self._width)
        if is_inline:
            more = [Span(" …", "syntax--note")] if node.is_edge else []
            return [*spans, *inline_spans(node.value, self._width), *more]
        if fold >= 0:
            return spans if node.is_group else [*spans, Span(_count_of(node.value), "syntax--note")]
        return [*spans, scalar_span(node.value, self._width)]

    def full_text(self, row: int) -> str:
        """The whole of a row that does not fit, with the line breaks of a string as such; else empty."""
        node, fold, _, _ = self._rows[row]
        is_shortened = isinstance(node.value, str) and len(node.value) > self._width
        if not is_shortened and spans_cells(self.spans(row)) <= self._width:
            return ""
        key = f"{sanitize_line(node.key)}: " if isinstance(node.key, str) else ""
        if fold >= 0:
            return key + _count_of(node.value)
        text = node.value if isinstance(node.value, str) else scalar_span(node.value, _FULL_CHARS).text
        return key + sanitize(text)

    def fold(self, row: int, *, is_folded: bool) -> bool:
        """Folds or unfolds the node of a row; gives whether that changes anything. `lay` then makes the rows."""
        number, was_folded = self._rows[row].fold, self._rows[row].is_folded
        if number < 0 or was_folded == is_folded:
            return False
        self.folds.chosen[number] = is_folded
        return True

    def parent_row(self, row: int) -> int:
        """The row of the node that holds this row; the row itself at the root."""
        depth = self._rows[row].node.depth
        return next((index for index in range(row - 1, -1, -1) if self._rows[index].node.depth < depth), row)

    def _row(self, node: _Node) -> TreeRow:
        if not node.is_group:
            if not isinstance(node.value, dict | list) or not node.value:
                return TreeRow(node, -1, is_folded=False, is_inline=False)
            room = self._width - _indent(node.depth, self._width) - _key_cells(node, self._width)
            if fits(node.value, room - 2 if node.is_edge else room):
                return TreeRow(node, -1, is_folded=False, is_inline=True)
        number = self.folds.number(node.parent, node.key, node.low if node.is_group else -1)
        is_seen_growing = node.is_edge and node.depth < _EDGE_DEPTH
        begins_folded = not is_seen_growing and (len(self._rows) >= _ROWS or (node.is_group and node.low > 0))
        return TreeRow(node, number, self.folds.chosen.get(number, begins_folded), is_inline=False)


def fits(value: Any, room: int) -> bool:
    """Whether a whole value stands on one row of `room` cells. Costs at most what fits."""
    waiting: list[Any] = [value]
    while waiting and room >= 0:
        part = waiting.pop()
        if isinstance(part, dict | list) and part:
            room -= 2 * len(part)  # two brackets, and a separator between each two
            if len(part) > room:
                return False
            if isinstance(part, dict):
                room -= sum(2 + _string_cells(key, room) for key in part)
                waiting += part.values()
            else:
                waiting += part
        elif isinstance(part, str):
            room -= _string_cells(part, room)
        else:
            room -= len(scalar_span(part, room).text)
    return room >= 0


def inline_spans(value: Any, limit: int) -> list[Span]:
    """A whole value on one row, as it is drawn; of long strings somewhat more than `limit`."""
    spans: list[Span] = []
    waiting: list[Any] = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict | list) and part:
            waiting += reversed(_parts(part, limit))
        else:
            spans.append(part if isinstance(part, Span) else scalar_span(part, limit))
    return spans


def scalar_span(value: Any, limit: int) -> Span:
    """A string, number, literal or empty container as JSON; of a long string only somewhat more than `limit`."""
    if isinstance(value, str):
        return Span(_quoted(value, limit), "syntax--string")
    if value is None or isinstance(value, bool):
        return Span(json.dumps(value), "syntax--keyword")
    if isinstance(value, int):
        return Span(_digits(value), "syntax--number")
    if isinstance(value, float):
        return Span(json.dumps(value), "syntax--number")
    return Span("{}" if isinstance(value, dict) else "[]")


def _parts(container: dict[str, Any] | list[Any], limit: int) -> list[Any]:
    """What a container is made of on one row, in order: spans and values."""
    parts: list[Any] = []
    if isinstance(container, dict):
        for key, value in container.items():
            parts += [
                Span(", ") if parts else Span("{"),
                Span(_quoted(key, limit), "syntax--key"),
                Span(": "),
                value,
            ]
        return [*parts, Span("}")]
    for value in container:
        parts += [Span(", ") if parts else Span("["), value]
    return [*parts, Span("]")]


def _children(node: _Node, number: int) -> Iterator[_Node]:
    """The rows below a node: its children, or groups of them where there are many."""
    low, high = (node.low, node.high) if node.is_group else (0, len(node.value))
    high = min(high, len(node.value))
    size = 1
    while (high - low) > size * _GROUP:
        size *= _GROUP
    if size > 1:
        for start in range(low, high, size):
            end = min(start + size, high)
            yield _Node(node.depth + 1, _NO_KEY, node.value, number, start, end, node.is_edge and end == high)
        return
    items: Iterable[tuple[str | int, Any]]
    if isinstance(node.value, dict):
        items = islice(node.value.items(), low, high)
    else:
        items = enumerate(node.value[low:high], low)
    for index, (key, value) in enumerate(items, low):
        yield _Node(node.depth + 1, key, value, number, is_edge=node.is_edge and index == len(node.value) - 1)


def _key_spans(node: _Node, width: int) -> list[Span]:
    if node.is_group:
        return [Span(f"{node.low} … {node.high - 1}", "syntax--note")]
    if node.key is None:
        return []
    if isinstance(node.key, int):
        return [Span(f"{node.key}: ", "syntax--note")]
    return [Span(_quoted(node.key, width), "syntax--key"), Span(": ")]


def _key_cells(node: _Node, width: int) -> int:
    if isinstance(node.key, str):
        return _string_cells(node.key, width) + 2
    return 0 if node.key is None else len(str(node.key)) + 2


def _indent(depth: int, width: int) -> int:
    return min(2 * depth, width // 2)


def _count_of(value: Any) -> str:
    if isinstance(value, dict):
        return f"object of {len(value)}"
    return f"array of {len(value)}"


def _string_cells(text: str, room: int) -> int:
    """The cells of a string as JSON; more than `room` where there are more characters than that."""
    if len(text) > room:
        return room + 1
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return len(text) + 2
    return text_cells(_quoted(text, room))


def _quoted(text: str, limit: int) -> str:
    """A string as JSON, safe; one of more than `limit` characters ends there, without its quote."""
    quoted = sanitize_line(json.dumps(text[:limit], ensure_ascii=False))
    return quoted if len(text) <= limit else quoted[:-1] + "…"


def _digits(value: int) -> str:
    """An integer; one of more digits than Python writes at once is described."""
    try:
        return str(value)
    except ValueError:
        return f"(an integer of about {value.bit_length() * 30103 // 100000} digits)"
