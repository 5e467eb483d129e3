"""How late reads are stamped: `stamped_run.py app OUT URL | loop|bare OUT URL RATE SECONDS`.

For a server whose tokens are the moments at which it sent them (`timed RATE SECONDS` of `fast_server.py`). `app` is
the app, which tells when it is left how late the reads of its last run were stamped by its probe; `loop` is the usual
way: a program that draws what it reads, and stamps each read in its own loop; `bare` stamps and does nothing else, so
its errors are the machine's. All write to OUT, as JSON, the number of reads and, for each token, the seconds from its
sending to the stamp of the read it came in.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from textual.app import App, ComposeResult
from textual.widgets import Log

from tests.benchmarks.live_controls import reads_of
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.capture import Capture

_SENT = re.compile(rb'"content":"([0-9]+\.[0-9]+) "')


class StampedRun(StreamscopeApp):
    """The app as it is."""

    CSS_PATH = str(
        Path(inspect.getfile(StreamscopeApp)).with_name("app.tcss")
    )  # else it is looked for beside this file


class PaintingLoop(App[list[tuple[float, bytes]]]):
    """Textual's own text widget, full of what came, and the network in the same loop."""

    def __init__(self, url: str, prompt: str) -> None:
        super().__init__()
        self._url, self._prompt = url, prompt

    def compose(self) -> ComposeResult:
        yield Log()

    def on_mount(self) -> None:
        self.run_worker(self._stream())

    async def _stream(self) -> None:
        await asyncio.sleep(1.0)  # the first paint is over
        log = self.query_one(Log)
        self.exit(await stamped(self._url, self._prompt, lambda data: log.write(data.decode())))


async def stamped(url: str, prompt: str, see: Callable[[bytes], object]) -> list[tuple[float, bytes]]:
    """The reads of an answer, each stamped when it came and then shown to `see`."""
    found = []
    async for data in reads_of(url, prompt):
        found.append((time.monotonic(), data))
        see(data)
    return found


def stamps_of(capture: Capture) -> Iterator[tuple[float, bytes]]:
    """The moment and the bytes of each read."""
    clock = capture.header.clock or 0.0
    for index in range(capture.read_count):
        read = capture.read(index)
        yield clock + read.at, read.data if isinstance(read.data, bytes) else read.data.encode()


def tell(out: str, stamps: list[tuple[float, bytes]]) -> None:
    """Writes the errors of the stamps."""
    errors = [at - float(sent) for at, data in stamps for sent in _SENT.findall(data)]
    Path(out).write_text(json.dumps({"reads": len(stamps), "errors": errors}))


def main(words: list[str]) -> None:
    """Runs one of the three on an endpoint: the app until it is left, the others until the answer ends."""
    match words:
        case ["loop", out, url, rate, seconds]:
            tell(out, PaintingLoop(url, f"timed {rate} {seconds}").run() or [])
        case ["bare", out, url, rate, seconds]:
            tell(out, asyncio.run(stamped(url, f"timed {rate} {seconds}", len)))
        case [_, out, url]:
            app = StampedRun(Settings(transport="direct", url=url))
            app.run()
            assert app.controller.derived is not None
            tell(out, list(stamps_of(app.controller.derived.capture)))


if __name__ == "__main__":
    main(sys.argv[1:])
