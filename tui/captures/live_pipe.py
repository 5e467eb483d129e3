"""A live pipe as the app sees it: its records as they come, read by a child process that stamps them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from typing import Final, Union

from tui.captures.relay_lines import RelayedLines
from tui.child_process import with_checkout
from tui.core.capture import Record

_READ_BYTES: Final = 65536
_END_PATIENCE_S: Final = 2.0

Records = Union[Iterable[Record], "LivePipe"]
"""What can be shown: records in memory or in a file, or a live pipe."""


class LivePipe:
    """A relay that was started on a pipe. `stop` ends it, and with it the pipe; do so in any case."""

    name = "standard input"
    is_live = True
    size = 0

    def __init__(self, descriptor: int) -> None:
        self.read_bytes = 0
        self._lines = RelayedLines()
        self._relay = subprocess.Popen(
            [sys.executable, "-P", "-m", "tui.pipe_relay"],
            stdin=descriptor,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=with_checkout(os.environ),
            start_new_session=True,
        )

    @property
    def form(self) -> str:
        """What comes, in words; empty before anything came."""
        return self._lines.form

    @property
    def notes(self) -> list[str]:
        """Sentences about what it lacks; complete with the last record."""
        return self._lines.notes

    async def records(self) -> AsyncIterator[list[Record]]:
        """The records of each read of the relay's output, until the pipe ends or `stop` is called."""
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), self._relay.stdout)
        try:
            while data := await reader.read(_READ_BYTES):
                self.read_bytes += len(data)
                yield self._lines.feed(data)
        finally:
            transport.close()

    def stop(self) -> None:
        """Ends the relay; whoever writes into the pipe sees it closed."""
        with contextlib.suppress(ProcessLookupError):
            self._relay.terminate()
        try:
            self._relay.wait(_END_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._relay.kill()
            self._relay.wait()
