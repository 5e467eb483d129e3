"""All extracts of a pipeline as one list of rows, in the order in which they were found.

A code block is found with its first chunk, a JSON value when it is complete, a tool call when it is first heard of;
the value that is still open is the last. Items are made when they are looked at; a look at the pipeline costs what
is new and what still grows.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict
from itertools import islice
from typing import TYPE_CHECKING

from tui.core.pipeline import StreamPipeline
from tui.core.tool_calls import ToolCallProgress
from tui.panes.extract_items import CodeItem, ExtractItem, JSONItem, ToolItem, heading_text
from tui.panes.item_heights import ItemHeights
from tui.panes.json_tree import FoldMemory
from tui.panes.line_view import Span

if TYPE_CHECKING:
    from tui.core.run_view import PipelinePrefix

_JSON, _CODE, _TOOL = range(3)  # of one chunk in this order: what was complete before a fence began comes first
_KINDS = 3
_HEADING_AND_ROW = 2
_KEPT_ITEMS = 128  # complete ones, beyond which the one not looked at for longest is made again when needed


class ExtractList:
    """The rows of all extracts at a width in cells. Rows, items and rows within an item count from 0."""

    def __init__(self, pipeline: StreamPipeline | PipelinePrefix, width: int) -> None:
        self._pipeline = pipeline
        self._width = width
        self._now = 0.0
        self._keys = array("q")  # ordinal within the kind * _KINDS + kind
        self._heights = ItemHeights()
        self._found = [0, 0, 0]  # items of each kind that have a place in the list
        self._places = [array("q") for _ in range(_KINDS)]  # the indices of the items of each kind
        self._calls: list[ToolCallProgress] = []
        self._growing: dict[int, tuple[int, ExtractItem]] = {}  # by key: index, item
        self._kept: OrderedDict[int, ExtractItem] = OrderedDict()
        self._folds: dict[int, FoldMemory] = {}
        self._tail: ExtractItem | None = None
        self._is_settled = False

    @classmethod
    def beginning(cls, whole: ExtractList, pipeline: PipelinePrefix) -> ExtractList:
        """The list of an earlier moment of a run, cut from a list of more of it; it may lack the newest items."""
        made = cls(pipeline, whole._width)
        made._calls, made._folds = list(pipeline.tool_calls.values()), dict(whole._folds)
        after = [found[total] for found, total in zip(whole._places, made._totals(), strict=True) if total < len(found)]
        count = min(after, default=len(whole._keys))
        made._keys, made._heights = whole._keys[:count], whole._heights.first(count)
        made._found = [bisect_left(found, count) for found in whole._places]
        made._places = [places[:found] for places, found in zip(whole._places, made._found, strict=True)]
        closed = min(len(pipeline.code_blocks), made._found[_CODE])
        for index in (*made._places[_CODE][closed:], *made._places[_TOOL]):
            item = made._made(made._keys[index])
            made._heights.set(index, item.lay(made._width))
            made._growing[made._keys[index]] = index, item
        return made

    @property
    def count(self) -> int:
        """How many items there are."""
        return self._heights.count

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return self._heights.total

    def update(self, now: float) -> int | None:
        """Looks at what the pipeline has found since; gives the first row that may have changed, None for none."""
        if self._is_settled:
            return None
        self._now = now
        rows = self.row_count
        is_over = self._pipeline.finished_at is not None
        first = self._drop_tail()
        first = min(first, self._grow())
        self._place_new()
        self._add_tail(is_over=is_over)
        if is_over:
            self._growing = {}
            self._is_settled = True
        return first if first < self.row_count or rows != self.row_count else None

    def set_width(self, width: int) -> None:
        """Lays every item anew for another width."""
        if width == self._width:
            return
        is_wider, self._width = width > self._width, width
        self._kept.clear()
        for index, key in enumerate(self._keys):
            is_one_row = is_wider and key % _KINDS == _JSON and self.height(index) == _HEADING_AND_ROW
            if key % _KINDS != _CODE and not is_one_row:  # lines of code are not wrapped, one row stays one
                growing = self._growing.get(key)
                item = growing[1] if growing else self._made(key)
                self._heights.set(index, item.lay(width))
        for _, item in self._growing.values():
            item.lay(width)
        if self._tail is not None:
            self._heights.set(self.count - 1, self._tail.lay(width))

    def locate(self, row: int) -> tuple[int, int]:
        """The item that holds a row, and the row within it (0 is the heading)."""
        return self._heights.find(row)

    def start(self, index: int) -> int:
        """The row at which an item begins."""
        return self._heights.start(index)

    def height(self, index: int) -> int:
        """How many rows an item has."""
        return self._heights.height(index)

    def item(self, index: int) -> ExtractItem:
        """An item by its index."""
        if self._tail is not None and index == self.count - 1:
            return self._tail
        return self._item(self._keys[index])

    def is_final(self, row: int) -> bool:
        """Whether a row will not change by what still comes."""
        if self._is_settled:
            return True
        index = self._heights.find(row)[0]
        return index < len(self._keys) and self._keys[index] not in self._growing

    def spans(self, row: int) -> list[Span]:
        """What stands in a row; it may be longer than the width."""
        index, within = self._heights.find(row)
        item = self.item(index)
        return item.body(within - 1) if within else item.heading(self._now)

    def full_text(self, row: int) -> str:
        """The whole text of a row that does not fit; else empty."""
        index, within = self._heights.find(row)
        item = self.item(index)
        return item.full_text(within - 1) if within else heading_text(item.heading(self._now), self._width)

    def fold(self, row: int, *, is_folded: bool) -> bool:
        """Folds or unfolds the node of a row; gives whether that changed anything."""
        index, within = self._heights.find(row)
        item = self.item(index)
        if not within or not item.fold(within - 1, is_folded=is_folded):
            return False
        if item.folds is not None:
            self._folds[self._key(index)] = item.folds
        self._heights.set(index, item.lay(self._width))
        return True

    def parent_row(self, row: int) -> int:
        """The row of the node that holds the node of a row; the heading is over all."""
        index, within = self._heights.find(row)
        if not within:
            return row
        parent = self.item(index).parent_row(within - 1)
        return self.start(index) + (parent + 1 if parent < within - 1 else 0)

    def _key(self, index: int) -> int:
        return self._keys[index] if index < len(self._keys) else self._found[_JSON] * _KINDS + _JSON

    def _grow(self) -> int:
        """Lays what grew; gives the first row that changed by it."""
        first = self.row_count
        for key, (index, item) in list(self._growing.items()):
            first = min(first, self.start(index))
            if self._has_closed(key):
                del self._growing[key]
                item = self._made(key)  # noqa: PLW2901  the open block has become another thing
                self._keep(key, item)
            if item.is_stale:
                self._heights.set(index, item.lay(self._width))
        return first

    def _has_closed(self, key: int) -> bool:
        ordinal, kind = divmod(key, _KINDS)
        return kind == _CODE and ordinal < len(self._pipeline.code_blocks)

    def _place_new(self) -> None:
        pipeline = self._pipeline
        if len(self._calls) < len(pipeline.tool_calls):
            self._calls += islice(pipeline.tool_calls.values(), len(self._calls), None)
        totals = self._totals()
        new = [
            ordinal * _KINDS + kind for kind, total in enumerate(totals) for ordinal in range(self._found[kind], total)
        ]
        self._found = list(totals)
        for key in sorted(new, key=self._found_in):
            self._place(key)

    def _totals(self) -> tuple[int, int, int]:
        """How many items of each kind there are by now."""
        pipeline = self._pipeline
        is_block_open = pipeline.code_parser.open_block is not None and pipeline.finished_at is None
        return len(pipeline.json_values), len(pipeline.code_blocks) + is_block_open, len(self._calls)

    def _place(self, key: int) -> None:
        item = self._made(key)
        self._heights.append(item.lay(self._width))
        self._places[key % _KINDS].append(len(self._keys))
        self._keys.append(key)
        if key % _KINDS == _TOOL or (key % _KINDS == _CODE and not self._has_closed(key)):
            self._growing[key] = (len(self._keys) - 1, item)
        else:
            self._keep(key, item)

    def _found_in(self, key: int) -> tuple[int, int, int]:
        """The content chunk with which an item was found; then by kind and order."""
        ordinal, kind = divmod(key, _KINDS)
        content = self._pipeline.content
        if kind == _TOOL:
            return content.count_until(self._calls[ordinal].first_at), kind, ordinal
        if kind == _JSON:
            return self._pipeline.json_values[ordinal].emitted_chunk, kind, ordinal
        if ordinal < len(self._pipeline.code_blocks):
            return self._pipeline.code_blocks[ordinal].first_chunk, kind, ordinal
        block = self._pipeline.code_parser.open_block
        return content.chunk_at(block.start if block is not None else content.length), kind, ordinal

    def _drop_tail(self) -> int:
        if self._tail is not None:
            self._tail = None
            self._heights.pop()
        return self.row_count

    def _add_tail(self, *, is_over: bool) -> None:
        partial = self._pipeline.json_parser.partial
        if partial is not None and (is_over or partial.value):
            key = self._key(self.count)
            self._tail = JSONItem(self._pipeline, partial, self._folds.get(key), is_over=is_over)
            self._heights.append(self._tail.lay(self._width))

    def _item(self, key: int) -> ExtractItem:
        growing = self._growing.get(key)
        if growing is not None:
            return growing[1]
        kept = self._kept.get(key)
        if kept is None:
            kept = self._made(key)
            kept.lay(self._width)
            self._keep(key, kept)
        else:
            self._kept.move_to_end(key)
        return kept

    def _keep(self, key: int, item: ExtractItem) -> None:
        self._kept[key] = item
        if len(self._kept) > _KEPT_ITEMS:
            self._kept.popitem(last=False)

    def _made(self, key: int) -> ExtractItem:
        ordinal, kind = divmod(key, _KINDS)
        pipeline = self._pipeline
        if kind == _JSON:
            return JSONItem(pipeline, pipeline.json_values[ordinal], self._folds.get(key))
        if kind == _TOOL:
            return ToolItem(pipeline, self._calls[ordinal], self._folds.get(key))
        if ordinal < len(pipeline.code_blocks):
            return CodeItem(pipeline, pipeline.code_blocks[ordinal])
        block = pipeline.code_parser.open_block
        if block is None:
            raise IndexError(f"no code block {ordinal}: there are {len(pipeline.code_blocks)}")
        return CodeItem(pipeline, block)
