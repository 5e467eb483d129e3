"""The Open screen: the recordings of a folder with outcome, model, first text and length; enter opens one.

The list is there at once; the files are read one after another while it is looked at.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize

from tui.captures.capture_folder import CaptureFolder, FolderFile
from tui.errors import CaptureError
from tui.panes.files_table import FileRow, FilesTable
from tui.panes.line_view import Span
from tui.panes.note_lines import NoteLines
from tui.panes.status_line import StatusLine, key_spans
from tui.screens import file_words, small_lines
from tui.screens.base_screen import BaseScreen
from tui.screens.run_lamp import current_lamp
from tui.screens.screen_sizes import Fit
from tui.screens.work_turns import WorkTurns

if TYPE_CHECKING:
    from tui.app import StreamscopeApp

_DRAW_S = 0.2


class OpenScreen(BaseScreen):
    """Lists a folder; what was read before and has not changed is not read again."""

    ESCAPE_TO_MINIMIZE = False
    AUTO_FOCUS = "#files"
    CSS = """
    OpenScreen {
        overflow: hidden;
        & FilesTable { height: 1fr; border: round $border; }
        & FilesTable:focus { border: round $accent; }
        & #file-notes { max-height: 5; }
        &.-small FilesTable { border: none; border-top: solid $border; }
        &.-small #file-notes { max-height: 2; }
        &.-tiny FilesTable, &.-tiny #file-notes { display: none; }
        & #footer { dock: bottom; }
        &.-tiny #footer { dock: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "app.cancel_run", "cancel", id="run.cancel"),
        Binding("escape", "leave", "cancel", id="run.leave", show=False),
        Binding("e", "export", "export", id="file.export"),
        Binding("q", "back", "back", id="screen.back"),
        Binding("l,f2", "live", "Live", id="screen.live"),
    ]

    def __init__(self, folder: CaptureFolder) -> None:
        super().__init__()
        self._folder = folder
        self._problem = ""
        self._drawn: tuple[int, ...] = ()  # what the rows that are shown were made of

    @property
    def scope(self) -> StreamscopeApp:
        """The app, by its own type."""
        return self.app  # type: ignore[return-value]

    def compose(self) -> ComposeResult:
        """Header, files, what is to be said of one, footer."""
        yield StatusLine(id="header")
        yield FilesTable(id="files")
        yield NoteLines(id="file-notes")
        yield StatusLine(id="last")
        yield StatusLine(id="footer")

    def on_mount(self) -> None:
        """Lists the folder and begins to read."""
        try:
            self._folder.look()
        except CaptureError as error:
            self._problem = str(error)
        self.set_interval(_DRAW_S, self._beat)
        self.run_worker(self._read(), exit_on_error=False)
        self.call_after_refresh(self.draw)

    async def _read(self) -> None:
        turns = WorkTurns()
        for _ in self._folder.read():
            if turns.is_due:
                await turns.rest()

    # Keys.

    def action_leave(self) -> None:
        """Esc cancels an open run and does nothing else: q goes back."""
        if self.scope.controller.is_streaming:
            self.scope.action_cancel_run()

    def action_back(self) -> None:
        """To the screen before."""
        self.app.pop_screen()

    def action_live(self) -> None:
        """To the Live screen."""
        self.scope.show_live()

    @on(FilesTable.OpenAsked)
    def _open_asked(self) -> None:
        chosen = self.query_one(FilesTable).chosen
        if chosen is not None:
            self.scope.open_recording(Path(chosen))

    def action_export(self) -> None:
        """The forms in which the file under the cursor can be handed on."""
        from tui.screens.run_exports import choose_file_export  # noqa: PLC0415  for those who export

        chosen = self.query_one(FilesTable).chosen
        if chosen is not None:
            choose_file_export(self.scope, Path(chosen))

    # Drawing.

    def _beat(self) -> None:
        if self.is_seen:
            self.draw()

    @on(FilesTable.Moved)
    def _moved(self) -> None:
        self._draw_notes()

    @on(Resize)
    def _resized(self) -> None:
        self.call_after_refresh(self.draw)

    def draw_anew(self) -> None:
        """Another way of drawing was chosen."""
        self.draw()

    def draw(self) -> None:
        """Draws everything now."""
        if self not in self.app.screen_stack:
            return
        table, keys = self.query_one(FilesTable), self.scope.keys
        table.set_hint(self._problem or keys.said(file_words.no_captures(self._folder.path)))
        if self._drawn != (drawn := (*self._folder.progress, self.fit.width)):
            self._drawn = drawn
            table.show([self._row(file) for file in self._folder.files])
        self._draw_header(self.fit)
        self._draw_notes()
        last = small_lines.last_line(self.scope.controller.derived, self.fit.width) if self.fit.is_tiny else ""
        self.query_one("#last", StatusLine).show([Span(last)])
        cancel = f" {keys.hint('x cancel', 'open')}  " if self.scope.controller.is_streaming else ""
        urgent = [Span(cancel, "status--warn")] if cancel else []
        hints = keys.hints(file_words.footer_hints(self.fit), "open")
        self.query_one("#footer", StatusLine).show([*urgent, *key_spans(hints)])

    def _draw_header(self, fit: Fit) -> None:
        read, count = self._folder.progress
        more = f"  newest {count} of {count + self._folder.left_out}" if self._folder.left_out else ""
        name = " streamscope  Open   " if fit.is_wide else " Open  "
        left = [Span(name, "status--strong"), Span(str(self._folder.path)), Span(more)] if not fit.is_tiny else []
        reading = f"reading {read} of {count}   " if read < count and not fit.is_small else ""
        lamp = current_lamp(self.scope.controller)
        right = [Span(reading, "status--waiting")] if reading else []
        right.append(Span(f"{small_lines.short_lamp(lamp.text, fit.width)} ", f"status--{lamp.tone}"))
        self.query_one("#header", StatusLine).show(left, right)

    def _draw_notes(self) -> None:
        chosen = self.query_one(FilesTable).chosen
        file = next((file for file in self._folder.files if str(file.path) == chosen), None)
        notes = file_words.file_notes(file, self._folder.facts(file)) if file is not None else []
        self.query_one("#file-notes", NoteLines).show_notes(notes)

    def _row(self, file: FolderFile) -> FileRow:
        facts = self._folder.facts(file)
        outcome, tone = file_words.outcome_cell(facts)
        cells = {
            "outcome": outcome,
            "file": file.path.name,
            "size": file_words.size_words(file.size),
            "changed": file_words.changed_cell(file),
        }
        if facts is not None and facts.summary is not None:
            run = facts.summary
            cells |= {
                "model": run.model,
                "TTFT": file_words.seconds_cell(run.ttft_s),
                "length": file_words.seconds_cell(run.length_s),
                "char": str(run.chars),
                "frames": str(run.frames),
            }
        return FileRow(str(file.path), tone, cells)
