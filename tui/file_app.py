"""The app's part that knows files: saves a run, lists a folder, opens a recording."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.config import Settings
from tui.endpoint_app import EndpointApp
from tui.errors import CaptureError

if TYPE_CHECKING:
    from tui.captures.capture_folder import CaptureFolder
    from tui.screens.run_controller import ActiveRun


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

    def show_live(self) -> None:
        """Closes every screen over the Live screen."""
        while self.screen is not self.live:
            self.pop_screen()

    def action_open_folder(self) -> None:
        """The recordings of the folder."""
        from tui.screens.open_screen import OpenScreen

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
        show_records(self, opened)  # type: ignore[arg-type]  # the whole app is one of these

    def action_save_run(self) -> None:
        """Saves the run as a capture, if it has ended."""
        from tui.screens.file_words import NOTHING_TO_SAVE, SAVE_LATER

        run = self.controller.run
        if run is None or run.derived is None:
            self.toast(self.keys.said(NOTHING_TO_SAVE))
        elif not run.is_over:
            self.toast(self.keys.said(SAVE_LATER))
        elif run.saved_as is not None and run.saved_as.exists():
            self.toast(f"It is saved already: {run.saved_as}.")
        else:
            self.run_worker(self._save(run), group="save", exit_on_error=False)

    async def _save(self, run: ActiveRun) -> None:
        from tui.captures.capture_writer import save_capture
        from tui.captures.new_files import free_path
        from tui.screens.file_words import saved, stem_of
        from tui.screens.progress_note import progress

        assert run.derived is not None, "only a run that has ended is saved"  # noqa: S101  states the caller's check
        capture = run.derived.capture
        path = free_path(self.folder, stem_of(run, datetime.now().astimezone()), ".jsonl")
        try:
            async with progress(self, "saving"):
                size = await asyncio.to_thread(save_capture, capture.records(), path)
        except CaptureError as error:
            self.toast(f"Not saved: {error}", severity="error")
            return
        run.saved_as = path
        self.toast(saved(path, capture.read_count, size))
