"""The app with one line more, which shows the last letter that was typed: `echo_run.py fed RATE SECONDS | live URL`.

On screens that take no text a key has nothing of its own that could be waited for in the bytes that come out. `fed`
is a capture that grows inside the app at RATE tokens a second and says TAKEN when all were taken; `live` is the app on
an endpoint.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
import time
from pathlib import Path

from textual.events import Event, Key
from textual.widgets import Static

from tests.benchmarks.fast_server import events
from tests.benchmarks.pty_driver import LETTERS
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.capture import CaptureHeader, Read, Record, ResponseHead
from tui.screens.work_turns import WorkTurns

_PERIOD_S = 0.004
_TOKENS_A_READ = 64  # what comes this fast comes so: as many as a socket read of 16 KiB holds


class EchoRun(StreamscopeApp):
    """The app as it is, and the line."""

    CSS_PATH = str(
        Path(inspect.getfile(StreamscopeApp)).with_name("app.tcss")
    )  # else it is looked for beside this file
    CSS = "#echo { dock: bottom; height: 1; width: 100%; }"

    async def on_event(self, event: Event) -> None:
        """As Textual's; a letter that no stream holds goes to the line."""
        if isinstance(event, Key) and event.character in LETTERS:
            self.tell(event.character)
        else:
            await super().on_event(event)

    def tell(self, words: str) -> None:
        """Shows them on the line of the screen that is seen."""
        for line in self.screen.query("#echo").results(Static):
            line.update(words, layout=False)  # of the whole screen, which no key of the app needs
            return
        self.screen.mount(Static(words, id="echo"))


class FedRun(EchoRun):
    """Takes a capture that grows in this process."""

    def __init__(self, rate: float, seconds: float) -> None:
        begun: list[Record] = [
            CaptureHeader("direct", "http://127.0.0.1/v1", {}, "openai-chat", clock=time.monotonic()),
            ResponseHead(200, (("content-type", "text/event-stream"),), 0.0),
        ]
        super().__init__(Settings(), records=begun)
        self._rate, self._count = rate, int(rate * seconds)

    def on_mount(self) -> None:  # Textual calls that of the base class too
        self.run_worker(self._feed())

    async def _feed(self) -> None:
        await asyncio.sleep(2.0)
        self.tell("BEGUN")
        fed, started, turns = 0, time.monotonic(), WorkTurns()
        while fed < self._count:
            due = min(self._count, int((time.monotonic() - started) * self._rate) + 1)
            while fed < due:
                fed = self._take(fed, due)
                if turns.is_due:
                    await turns.rest()
                    await asyncio.sleep(max(0.0, self.controller.key_way.left_s()))  # as what comes from the probe
            await asyncio.sleep(_PERIOD_S)
        self.tell(f"TAKEN in {time.monotonic() - started:.2f} s")

    def _take(self, first: int, due: int) -> int:
        run = self.controller.run
        assert run is not None
        end = min(first + _TOKENS_A_READ, due)
        run.take(Read(end / self._rate, b"".join(events(first, end))))
        return end


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fed", rate, seconds]:
            FedRun(float(rate), float(seconds)).run()
        case [_, url]:
            EchoRun(Settings(transport="direct", url=url)).run()
