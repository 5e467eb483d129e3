"""A probe client over a real probe, and everything it delivered."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from tests.transports.run_support import plan_of
from tests.transports.scripted_server import Script, ScriptedServer
from tui.core.capture import CaptureEnd, CaptureHeader, Read, Record
from tui.core.derived_run import DerivedRun
from tui.core.request import RunPlan
from tui.probe_client import ProbeClient

PATIENCE_S = 20.0
NOWHERE = plan_of("sse", "http://127.0.0.1:9")


class Desk:
    """Records by stream; wakes whoever waits for something in them."""

    def __init__(self) -> None:
        self.records: dict[int, list[Record]] = {}
        self.client = ProbeClient(self._take)
        self._came = asyncio.Event()

    def _take(self, stream: int, record: Record) -> None:
        self.records.setdefault(stream, []).append(record)
        self._came.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits for records until the condition holds."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                self._came.clear()
                await self._came.wait()

    async def end_of(self, stream: int) -> CaptureEnd:
        await self.until(lambda: bool(self.ends(stream)))
        assert len(self.ends(stream)) == 1
        assert self.records[stream][-1] is self.ends(stream)[0]
        return self.ends(stream)[0]

    def ends(self, stream: int) -> list[CaptureEnd]:
        return [record for record in self.records.get(stream, []) if isinstance(record, CaptureEnd)]

    def reads(self, stream: int) -> list[Read]:
        return [record for record in self.records.get(stream, []) if isinstance(record, Read)]

    def clock(self, stream: int) -> float:
        header = self.records[stream][0]
        assert isinstance(header, CaptureHeader)
        assert header.clock is not None
        return header.clock

    def text(self, stream: int) -> str:
        return DerivedRun.of_records(self.records[stream]).pipeline.content.text()

    async def pid(self) -> int:
        """The process id of the probe, once it is warm."""
        await self.client.ask(NOWHERE, "GET", "/health", patience_s=PATIENCE_S)
        return children_of(os.getpid(), "probe")[-1]

    async def play(self, plan: RunPlan) -> int:
        """Starts a stream and waits for its end."""
        stream = self.client.start_stream(plan)
        await self.end_of(stream)
        return stream


@asynccontextmanager
async def probing() -> AsyncIterator[Desk]:
    desk = Desk()
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(desk.client.serve())
        try:
            yield desk
        finally:
            async with asyncio.timeout(PATIENCE_S):
                await desk.client.stop()
                await serving


def children_of(parent: int, word: str) -> list[int]:
    """The living children of a process that carry a word on their command line, in the order of their ids."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, ppid = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:  # it has just ended
                continue
            if int(ppid) == parent and state != "Z" and word.encode() in words:
                found.append(int(entry.name))
    return sorted(found)


def is_alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def serve_in_thread(script: Script) -> Iterator[str]:
    """A scripted server on a loop of its own, for tests that block theirs. Gives its URL."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def on_loop(work: Coroutine[None, None, object]) -> None:
        asyncio.run_coroutine_threadsafe(work, loop).result(PATIENCE_S)

    server = ScriptedServer(script)
    try:
        on_loop(server.__aenter__())
        yield server.url
        on_loop(server.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
