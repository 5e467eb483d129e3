"""The table of the Open screen: the recordings of a folder, each with outcome, model, first text and length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.message import Message

from tui.core.sanitize import sanitize_line
from tui.panes.cursor_view import fitted
from tui.panes.line_view import Span
from tui.panes.virtual_table import Column, VirtualTable

_OUTCOME = Column("outcome", 12)
_LEAST_NAME = 22
# From the most important on; each is shown where the name keeps its room.
_OTHERS = (
    Column("TTFT", 9, is_right=True),
    Column("length", 9, is_right=True),
    Column("model", 18),
    Column("char", 7, is_right=True),
    Column("frames", 7, is_right=True),
    Column("size", 8, is_right=True),
    Column("changed", 16),
)
_ORDER = ("outcome", "file", "model", "TTFT", "length", "char", "frames", "size", "changed")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as it is shown: its cells by the names of the columns, and the tone of its outcome. Not yet sanitised."""

    key: str
    tone: str
    cells: dict[str, str]


class FilesTable(VirtualTable):
    """Shows rows; the cursor stays on its file while others are left out or come in."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*(f"files--{tone}" for tone in ("idle", "good", "warn", "bad"))}
    DEFAULT_CSS = """
    FilesTable {
        & .files--idle { text-style: dim; }
        & .files--good { color: $success; }
        & .files--warn { color: $warning; text-style: bold; }
        & .files--bad { color: $error; text-style: bold; }
    }
    """

    class OpenAsked(Message):
        """The file under the cursor is to be opened."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self.is_following = False
        self._rows: Sequence[FileRow] = ()
        self._columns: tuple[Column, ...] = ()

    @property
    def table_count(self) -> int:
        """How many files there are."""
        return len(self._rows)

    @property
    def columns(self) -> Sequence[Column]:
        """The columns for the present width."""
        return self._columns

    @property
    def chosen(self) -> str | None:
        """The key of the file under the cursor."""
        return None if self.selected is None or self.selected >= len(self._rows) else self._rows[self.selected].key

    def show(self, rows: Sequence[FileRow]) -> None:
        """Shows rows in place of those before."""
        columns = self._columns_now()
        if rows == self._rows and columns == self._columns:
            return
        chosen = self.chosen
        self._rows, self._columns, self.is_following = rows, columns, False
        place = next((place for place, row in enumerate(rows) if row.key == chosen), None)
        if place is not None:
            self.cursor = place + 1
        elif chosen is None:
            self.cursor = 1
        self.rows_changed()

    def cells(self, row: int) -> list[Span]:
        """The cells of a row, each cut to its column."""
        shown, spans = self._rows[row], []
        for column in self._columns:
            text = sanitize_line(shown.cells.get(column.name, ""))
            style = f"files--{shown.tone}" if column.name == _OUTCOME.name else ""
            spans.append(fitted([Span(text, style)], column.cells)[0])
        return spans

    def copied_text(self) -> str | None:
        """The path of the file."""
        return self.chosen

    def action_ask_source(self) -> None:
        """Asks that the file be opened."""
        if self.chosen is not None:
            self.post_message(self.OpenAsked())

    def on_resize(self) -> None:  # type: ignore[override]  # as the base, whose event is not looked at
        """Other columns for another width."""
        self._columns = self._columns_now()
        self.rows_changed()

    def _columns_now(self) -> tuple[Column, ...]:
        room = self.row_width - _OUTCOME.cells - _LEAST_NAME - 2  # a blank behind each
        shown = [_OUTCOME]
        for column in _OTHERS:
            if column.cells + 1 > room:
                break
            room -= column.cells + 1
            shown.append(column)
        shown.append(Column("file", _LEAST_NAME + room))
        return tuple(sorted(shown, key=lambda column: _ORDER.index(column.name)))
