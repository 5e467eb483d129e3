"""A view over rows that were made whole: what panes 3 and 4, help and messages are drawn with.

The rows are few or grow only at the end; the text in them is already safe.
"""

from __future__ import annotations

from tui.panes.line_view import LineView, Span

Row = list[Span]


class RowsPane(LineView):
    """Fixed rows, then open rows that are replaced at each `show`."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._fixed: list[Row] = []
        self._open: list[Row] = []

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._fixed) + len(self._open)

    def row_is_final(self, row: int) -> bool:
        """Fixed rows never change."""
        return row < len(self._fixed)

    def row_spans(self, row: int) -> list[Span]:
        """What stands in a row."""
        fixed = len(self._fixed)
        return self._fixed[row] if row < fixed else self._open[row - fixed]

    def reset(self) -> None:
        """Forgets all rows."""
        self._fixed, self._open = [], []
        self.rows_changed()

    def show(self, new_fixed: list[Row], open_rows: list[Row]) -> None:
        """Adds rows that will not change any more and replaces those that may. One call a frame."""
        if not new_fixed and open_rows == self._open:
            return
        first = len(self._fixed)
        self._fixed += new_fixed
        self._open = open_rows
        self.rows_changed(first)
