"""Pane 3: code blocks, JSON values and tool calls in the order in which they were found, with a cursor.

`y` copies the extract under the cursor, `s` asks for it to be saved, `enter` asks where in the text it came from;
left and right fold and unfold JSON. Rows come from the list of extracts, which makes them when they are drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.core.sanitize import sanitize
from tui.panes.cursor_view import CursorView, SourceAsked, detail_rows
from tui.panes.line_view import Span

if TYPE_CHECKING:
    from tui.core.pipeline import StreamPipeline
    from tui.core.run_view import PipelinePrefix
    from tui.panes.extract_items import ExtractItem
    from tui.panes.extract_list import ExtractList


class SaveAsked(Message):
    """Asks for a text to be saved to a file whose name ends in `suffix`; `text` is as it came, not sanitised."""

    def __init__(self, text: str, suffix: str) -> None:
        super().__init__()
        self.text = text
        self.suffix = suffix


class ExtractsPane(CursorView):
    """What the text holds besides prose."""

    JUMPS = True
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"extracts--{part}" for part in ("heading", "open", "hint", "good", "bad")),
        *(f"syntax--{part}" for part in ("keyword", "string", "number", "comment", "name", "key", "note")),
    }
    DEFAULT_CSS = """
    ExtractsPane {
        & .extracts--heading { text-style: bold; color: $accent; }
        & .extracts--open { text-style: italic; color: $text-primary; }
        & .extracts--hint { text-style: dim; }
        & .extracts--good { color: $text-success; }
        & .extracts--bad { color: $text-error; }
        & .syntax--keyword { color: $text-accent; }
        & .syntax--string { color: $text-success; }
        & .syntax--number { color: $text-warning; }
        & .syntax--comment { text-style: dim italic; }
        & .syntax--name { color: $text-primary; }
        & .syntax--key { color: $text-secondary; }
        & .syntax--note { text-style: dim; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "save_item", "save", id="item.save", show=False),
        Binding("left", "fold(True)", "fold", id="tree.fold", show=False),
        Binding("right", "fold(False)", "unfold", id="tree.unfold", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._pipeline: StreamPipeline | PipelinePrefix | None = None
        self._extracts: ExtractList | None = None
        self._whole: tuple[StreamPipeline, ExtractList] | None = None  # the list of all of a run, for its moments
        self._hint = ""
        self._hint_rows: list[str] = []
        self._view_shift = 0

    @property
    def list_count(self) -> int:
        """The rows of all extracts, or of the hint where there is none."""
        return self._extracts.row_count if self._extracts and self._has_extracts else len(self._hint_rows)

    @property
    def first_choice(self) -> int:
        """The cursor may be on every row of an extract, and on none of the hint."""
        return 0 if self._has_extracts else self.list_count

    def show_run(self, pipeline: StreamPipeline | PipelinePrefix | None, hint: str, now: float | None = None) -> None:
        """Shows the extracts of a pipeline as they stand at `now` on the run's clock; one call a frame at most.

        Without `now` the arrival of the newest text is taken.
        """
        is_other = pipeline is not self._pipeline
        if is_other:
            self._pipeline = pipeline
            self._extracts = self._list_of(pipeline) if pipeline else None
            self.is_following, self.cursor = True, -1
        is_hint_new = self._show_hint(hint)
        first = self._update(self._newest() if now is None else now)
        if is_other:
            self.find_again()
        if is_other or (is_hint_new and not self._has_extracts):
            self.rows_changed()
        elif first is not None:
            self._redraw_from(first)

    def list_spans(self, row: int) -> list[Span]:
        """A row of an extract or of the hint."""
        if self._extracts is None or not self._has_extracts:
            return [Span(self._hint_rows[row], "extracts--hint")]
        return self._extracts.spans(row)

    def list_is_final(self, row: int) -> bool:
        """Rows of what is complete do not change."""
        return self._extracts is not None and self._has_extracts and self._extracts.is_final(row)

    def list_look(self, row: int) -> str:
        """The heading of the extract under the cursor is marked."""
        if self._extracts is None or self.cursor < row:
            return ""
        index, within = self._extracts.locate(row)
        return "cursor--item" if not within and self._extracts.locate(self.cursor)[0] == index else ""

    def full_text(self, row: int) -> str:
        """The whole of a row that is wider than the pane."""
        return self._extracts.full_text(row) if self._extracts is not None else ""

    def copied_text(self) -> str | None:
        """The extract under the cursor."""
        item = self._current
        return item.text() if item is not None else None

    def source(self) -> SourceAsked | None:
        """Where the extract under the cursor came from."""
        item = self._current
        return SourceAsked(*item.place) if item is not None else None

    def on_resize(self, event: events.Resize) -> None:
        """Lays the extracts anew for another width; the view stays at its extract."""
        del event
        self._hint_rows = detail_rows(sanitize(self._hint), self.row_width)
        if self._extracts is not None:
            cursor, top = self._spot(self.cursor), self._spot(self._top)
            self._extracts.set_width(self.row_width)
            if self._whole is not None:
                self._whole[1].set_width(self.row_width)
            self._return_to(cursor, top)
        self.find_again()
        self._redraw_from(None)

    def action_save_item(self) -> None:
        """Asks for the extract under the cursor to be saved."""
        item = self._current
        if item is not None:
            self.post_message(SaveAsked(item.text(), item.suffix))

    def action_fold(self, is_folded: bool) -> None:
        """Folds (or unfolds) the node under the cursor; where it cannot be folded, goes to the node that holds it."""
        if self._extracts is None or self.cursor < 0:
            return
        if self._extracts.fold(self.cursor, is_folded=is_folded):
            self.find_again()
            self.move_cursor(self.cursor)
        elif is_folded:
            self.move_cursor(self._extracts.parent_row(self.cursor))

    def _list_of(self, pipeline: StreamPipeline | PipelinePrefix) -> ExtractList:
        from tui.core.pipeline import StreamPipeline  # noqa: PLC0415  as below
        from tui.panes.extract_list import ExtractList  # noqa: PLC0415  with pygments, and there is a screen first

        whole = self._whole
        if isinstance(pipeline, StreamPipeline):
            if whole is None or whole[0] is not pipeline:
                whole = self._whole = pipeline, ExtractList(pipeline, self.row_width)
            return whole[1]
        if whole is None or whole[0] is not pipeline.whole:
            return ExtractList(pipeline, self.row_width)
        return ExtractList.beginning(whole[1], pipeline)

    @property
    def _has_extracts(self) -> bool:
        return self._extracts is not None and self._extracts.count > 0

    @property
    def _current(self) -> ExtractItem | None:
        if self._extracts is None or self.cursor < 0:
            return None
        return self._extracts.item(self._extracts.locate(self.cursor)[0])

    def _newest(self) -> float:
        content = self._pipeline.content if self._pipeline is not None else None
        return content.piece(content.count - 1)[1] if content is not None and content.count else 0.0

    def _show_hint(self, hint: str) -> bool:
        if hint == self._hint:
            return False
        self._hint = hint
        self._hint_rows = detail_rows(sanitize(hint), self.row_width)
        return True

    def _update(self, now: float) -> int | None:
        """Takes what is new into the list; cursor and view stay at their extracts. Gives the first changed row."""
        extracts = self._extracts
        if extracts is None:
            return None
        cursor, top = self._spot(self.cursor), self._spot(self._top)
        first = extracts.update(now)
        self._return_to(cursor, top)
        return first

    @property
    def _top(self) -> int:
        """The row at the top of the view."""
        own = self._own_row(self.scroll_offset.y)
        return self.cursor if own is None else own

    def _spot(self, row: int) -> tuple[int, int] | None:
        """The extract that holds a row, and the row within it."""
        if self._extracts is None or not 0 <= row < self._extracts.row_count:
            return None
        return self._extracts.locate(row)

    def _row_of(self, spot: tuple[int, int]) -> int:
        if self._extracts is None or spot[0] >= self._extracts.count:
            return max(0, self.list_count - 1)
        return self._extracts.start(spot[0]) + min(spot[1], self._extracts.height(spot[0]) - 1)

    def _return_to(self, cursor: tuple[int, int] | None, top: tuple[int, int] | None) -> None:
        """Puts the cursor back on its row, and notes by how much the view must move for it to stay where it is."""
        if self.is_following or cursor is None:
            return
        old_top = self._top
        self.cursor = self._row_of(cursor)
        self._view_shift = self._row_of(top) - old_top if top is not None else 0

    def _redraw_from(self, first: int | None) -> None:
        self.rows_changed(first)
        if self._view_shift and not self.is_following:
            self._scroll_by(self._view_shift)
            self.is_following = False
        self._view_shift = 0
