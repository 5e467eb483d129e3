"""What the Wire screen copies and saves: the selected rows in a form to choose, the request, the card of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.core.wire_view.wire_copies import curl_of, data_of, json_lines_of, raw_of, text_of
from tui.panes.frames_table import FramesTable
from tui.screens import wire_words
from tui.screens.pick_screen import PickScreen

if TYPE_CHECKING:
    from textual.app import App

    from tui.app import StreamscopeApp
    from tui.core.wire_view.wire_log import WireLog

_MAKERS = {"data": data_of, "raw": raw_of, "text": text_of, "jsonl": json_lines_of}


class WireCopying:
    """Mixed into the Wire screen, which says by `log` what its rows are."""

    if TYPE_CHECKING:
        app: App[Any]

        @property
        def scope(self) -> StreamscopeApp:
            """The app, by its own type."""

        @property
        def wire_log(self) -> WireLog | None:
            """The rows of the run."""

        @property
        def frames_table(self) -> FramesTable:
            """The table of the rows."""

    def copy_rows(self) -> None:
        """The data of the selected rows."""
        self._copy(self._selected_rows(), "data")

    def action_copy_as(self) -> None:
        """The selected rows, the request or the run, in a form to choose."""
        rows = self._selected_rows()
        self.app.push_screen(
            PickScreen("copy as", list(wire_words.COPIES), "data"), lambda form: self._copy(rows, form)
        )

    def action_save_as(self) -> None:
        """The selected rows to a file, in a form to choose; then a box shows where."""
        rows = self._selected_rows()
        if not rows:
            self.scope.toast(wire_words.NO_ROW)
            return
        forms = [(name, line) for name, line in wire_words.COPIES if name in wire_words.SUFFIXES]
        self.app.push_screen(PickScreen("save as", forms, "data"), lambda form: self._save(rows, form))

    def _selected_rows(self) -> list[int]:
        return self.frames_table.selected_run_rows

    def _save(self, rows: list[int], form: Any) -> None:
        from tui.screens.save_extract import SaveExtract  # noqa: PLC0415  for those who save

        if self.wire_log is None or form is None:
            return
        text = _MAKERS[str(form)](self.wire_log, rows)
        if not text:
            self.scope.toast(wire_words.NOTHING_OF_IT)
        else:
            self.app.push_screen(SaveExtract(text, wire_words.SUFFIXES[str(form)], self.scope.folder))

    def _copy(self, rows: list[int], form: Any) -> None:
        if self.wire_log is None or form is None:
            return
        if form == "curl":
            self.scope.copy_text(curl_of(self.wire_log.run.capture.header), of=" of the request")
        elif form == "card":
            from tui.screens.run_exports import copy_card  # noqa: PLC0415  for those who want one

            copy_card(self.scope)
        elif not (text := _MAKERS[str(form)](self.wire_log, rows)):
            self.scope.toast(wire_words.NOTHING_OF_IT)
        else:
            frames = [self.wire_log.entry(row).frame for row in rows]
            self.scope.copy_text(text, of=wire_words.of_rows(frames))
