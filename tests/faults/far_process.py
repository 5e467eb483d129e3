"""A far end in a process of its own: what it writes, and when, is not held up by the one who watches the screen.

Asked in lines of JSON over a pipe. The clock of its notes is the machine's monotonic one, and so the asker's.
"""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.faults.fault_link import Note
from tests.faults.fault_server import FaultServer

_PATIENCE_S = 60.0
_LOOK_S = 0.01
_ROOT = Path(__file__).parents[2]
_LINE_BYTES = 1 << 24  # a log of a long answer is one line


class FarProcess:
    """A `FaultServer` elsewhere; enter it to start it with a script, leave it to end it."""

    def __init__(self, script: dict[str, Any], wire: str) -> None:
        self.url = ""
        self.connections = 0
        self.log: list[Note] = []
        self._script = script
        self._wire = wire
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        command = (sys.executable, "-m", "tests.faults.far_process", self._wire)
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, cwd=_ROOT, limit=_LINE_BYTES
        )
        await self.play(self._script, is_held=False)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        async with asyncio.timeout(_PATIENCE_S):
            status = await self._process.wait()
        assert error is not None or status == 0, "the far end failed"

    async def play(self, script: dict[str, Any], *, is_held: bool) -> None:
        """Begins another script on the same port with an empty log; held, it answers nobody before `release`."""
        await self._ask("play", script=script, is_held=is_held)

    async def hold(self) -> None:
        """The connections from now on are answered after `release`."""
        await self._ask("hold")

    async def release(self) -> float:
        """Lets the script go on; gives when."""
        await self._ask("release")
        return asyncio.get_running_loop().time()

    async def look(self) -> None:
        """Brings `connections` and `log` up to now."""
        await self._ask("look")

    async def until_seen(self, since: float, *what: str) -> None:
        """Waits until something was noted at or after a moment. Raises TimeoutError."""
        async with asyncio.timeout(_PATIENCE_S):
            while not any(note.what in what and note.at >= since for note in self.log):
                await asyncio.sleep(_LOOK_S)
                await self.look()

    async def _ask(self, what: str, **values: Any) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"what": what, **values}).encode() + b"\n")
        async with asyncio.timeout(_PATIENCE_S):
            line = await self._process.stdout.readline()
        assert line, "the far end has failed"
        answer = json.loads(line)
        self.url, self.connections = answer["url"], answer["connections"]
        self.log = [Note(*note) for note in answer["log"]]


async def _serve(wire: str) -> None:
    """Plays what is asked for until its input is closed."""
    reader = asyncio.StreamReader(limit=_LINE_BYTES)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with FaultServer({}, wire) as far:
        while line := await reader.readline():
            asked = json.loads(line)
            match asked["what"]:
                case "play":
                    await far.play(asked["script"], is_held=asked["is_held"])
                case "hold":
                    far.hold()
                case "release":
                    far.release()
            log = [(note.at, note.connection, note.what, note.detail[:80]) for note in far.log]
            sys.stdout.write(json.dumps({"url": far.url, "connections": far.connections, "log": log}) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
