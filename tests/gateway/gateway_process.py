"""A gateway in a process of its own, by the command that users have."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PATIENCE_S = 60.0


@asynccontextmanager
async def gateway_process(*flags: str, environ: dict[str, str] | None = None) -> AsyncIterator[tuple[Process, str]]:
    """`python -m tui serve` on a free port; gives the process and its URL. Its pipes are the test's."""
    arguments = ["-m", "tui", "serve", "--port", "0", "--ready-json", *flags]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environ
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            line = await process.stdout.readline()
        assert line, (await process.communicate())[1]
        yield process, json.loads(line)["url"]
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def finished(process: Process) -> tuple[int | None, bytes, bytes]:
    """Exit code, the rest of standard output, and standard error."""
    async with asyncio.timeout(PATIENCE_S):
        output, errors = await process.communicate()
    return process.returncode, output, errors
