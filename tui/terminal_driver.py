"""Textual's driver for terminals, mended where signals come; it knows whether the terminal is behind.

Textual 8.2.8 starts its mode again at every SIGCONT. After a bare SIGSTOP (a debugger, a container or a machine that
was paused) that is a second start: the terminal's own settings are taken from the app's, and never come back. And it
leaves SIGTERM and SIGHUP to the system, which ends the process and leaves the terminal as it is.
"""

from __future__ import annotations

import asyncio
import signal
import time
from typing import Any

from textual.drivers.linux_driver import LinuxDriver

from tui.terminal_pace import PacedFile, TerminalPace

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class TerminalDriver(LinuxDriver):
    """Starts again only what was suspended; ends on signals as on the key that quits.

    The exit code is the one that a shell gives a death by that signal.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._pace = TerminalPace(time.monotonic)
        self._file: Any = PacedFile(self._file, self._pace)
        loop = asyncio.get_running_loop()
        for number in _ENDING:
            loop.add_signal_handler(number, self._quit, 128 + number)

    def is_behind(self) -> bool:
        """Whether the terminal has not taken what was written: a frame more would only queue, and keys behind it."""
        thread = self._writer_thread
        return self._pace.is_behind() or (thread is not None and thread._queue.qsize() > 0)  # noqa: SLF001  no one tells

    def _quit(self, code: int) -> None:
        self._app.exit(return_code=code)

    def _sigcont_application(self, *_: object) -> None:
        if self._must_signal_resume:
            super()._sigcont_application()
        else:
            self._loop.call_soon_threadsafe(self._app.refresh)
