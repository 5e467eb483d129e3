"""Signals that end the app as its quit key does: the terminal as it was, the children ended, the recording closed."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from textual.app import App

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_on_signals(app: App[Any]) -> None:
    """From now on each of them quits, with the exit code that a shell gives a death by it."""
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, _quit, app, 128 + number)


def _quit(app: App[Any], code: int) -> None:
    app.exit(return_code=code)
