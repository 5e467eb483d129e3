"""The app's part that knows files: lists a folder, opens a recording, saves and exports the run."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.config import Settings
from tui.endpoint_app import EndpointApp
from tui.errors import CaptureError

if TYPE_CHECKING:
    from tui.app import StreamscopeApp
    from tui.captures.capture_folder import CaptureFolder


class FileApp(EndpointApp):
    """`folder` is the current one unless another was asked for."""

    def __init__(self, settings: Settings, *args: Any, folder: Path | None = None, **options: Any) -> None:
        super().__init__(settings, *args, **options)
        self._folder = folder

    @cached_property
    def folder(self) -> Path:
        """Where files are looked for and written."""
        from tui.captures.new_files import current_folder

        return self._folder if self._folder is not None else current_folder()

    @cached_property
    def capture_folder(self) -> CaptureFolder:
        """The recordings of the folder, and what is known of them."""
        from tui.captures.capture_folder import CaptureFolder

        return CaptureFolder(self.folder)

    @property
    def _whole(self) -> StreamscopeApp:
        """The app, by its own type."""
        return self  # type: ignore[return-value]

    def show_live(self) -> None:
        """Closes every screen over the Live screen."""
        while self.screen is not self.live:
            self.pop_screen()

    def action_open_folder(self) -> None:
        """The recordings of the folder."""
        from tui.screens.open_screen import OpenScreen

        if self.controller.is_racing:
            self.toast(
                self.keys.said("The race is still open. {run.cancel} cancels its lanes; then {file.open} opens.")
            )
            return
        if not isinstance(self.screen, OpenScreen):
            self.push_screen(OpenScreen(self.capture_folder))

    def open_recording(self, path: Path) -> None:
        """Shows a recording in place of the latest run; says why not where that is not possible."""
        from tui.captures.open_capture import open_capture
        from tui.screens.file_words import OPEN_LATER
        from tui.screens.recording_feed import show_records

        run = self.controller.run
        if self.controller.is_streaming and run is not None and (run.recording is None or run.recording.is_live):
            self.toast(self.keys.said(OPEN_LATER))
            return
        try:
            opened = open_capture(path)
        except CaptureError as error:
            self.toast(str(error), severity="error")
            return
        self.show_live()
        show_records(self._whole, opened)

    def action_save_run(self) -> None:
        """Saves the run as a capture; of one that is open what came so far."""
        from tui.screens.run_exports import save_run

        save_run(self._whole)

    def action_export(self) -> None:
        """The forms in which the run can be handed on."""
        from tui.screens.run_exports import choose_export

        choose_export(self._whole)

    def action_shot(self) -> None:
        """Saves the screen as SVG."""
        from tui.screens.run_exports import export_run

        export_run(self._whole, "svg")
