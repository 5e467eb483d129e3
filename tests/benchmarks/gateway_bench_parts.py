"""The processes of the gateway's benchmarks, and what they cost: far end, gateway and control, each on its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


class Served:
    """A server in a process of its own."""

    def __init__(self, process: Process, url: str) -> None:
        self._process = process
        self.url = url

    def cpu_s(self) -> float:
        """The processor time that it has taken."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_bytes(self) -> int:
        """What it holds in memory."""
        return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class FarEnd(Served):
    """The upstream; `open_names` are the answers it is making, `gone_at` when those that were left ended."""

    def __init__(self, process: Process, url: str) -> None:
        super().__init__(process, url)
        self.open_names: set[str] = set()
        self.gone_at: dict[str, float] = {}
        self._changed = asyncio.Condition()

    async def listen(self, lines: asyncio.StreamReader) -> None:
        """Takes what it tells, until it ends."""
        while line := (await lines.readline()).decode().split():
            async with self._changed:
                match line:
                    case ["open", name]:
                        self.open_names.add(name)
                    case ["gone", name, at]:
                        self.open_names.discard(name)
                        self.gone_at[name] = float(at)
                    case ["whole", name]:
                        self.open_names.discard(name)
                self._changed.notify_all()

    async def until_gone(self, name: str) -> float:
        """When the far side of that answer hung up."""
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(lambda: name in self.gone_at)
        return self.gone_at[name]


class Parts:
    """All three."""

    def __init__(self, far: FarEnd, gateway: Served, bare: Served) -> None:
        self.far, self.gateway, self.bare = far, gateway, bare

    @classmethod
    @asynccontextmanager
    async def running(cls) -> AsyncIterator[Self]:
        """From their first answer to their end."""
        async with _child(str(HERE / "gateway_far_end.py")) as (far_process, port), asyncio.TaskGroup() as tasks:
            far = FarEnd(far_process, f"http://127.0.0.1:{port}/v1")
            assert far_process.stdout is not None
            listening = tasks.create_task(far.listen(far_process.stdout))
            serve = ("-m", "tui", "serve", "--port", "0", "--ready-json", "--upstream", far.url)
            async with (
                _child(*serve) as (gateway, told),
                _child(str(HERE / "bare_stream.py"), far.url) as (bare, number),
            ):
                yield cls(far, Served(gateway, json.loads(told)["url"]), Served(bare, f"http://127.0.0.1:{number}"))
            listening.cancel()


@asynccontextmanager
async def _child(*arguments: str) -> AsyncIterator[tuple[Process, str]]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "STREAMSCOPE_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        cwd=ROOT,
        env={**environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode().strip()
        yield process, line
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
