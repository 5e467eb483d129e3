"""Runs the command line as a user's shell does, in a process of its own with an environment of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 30.0
CANARIES = {"OPENAI_API_KEY": "sk-CANARY-123456", "STREAMSCOPE_TOKEN": "token-CANARY-123456"}


@dataclass(frozen=True)
class Finished:
    """What a command left behind."""

    code: int | None
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """An environment without any setting of the machine; settings files are looked for in `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STREAMSCOPE_", "OPENAI_"))}
    return {
        **kept,
        "XDG_CONFIG_HOME": str(folder),
        "XDG_STATE_HOME": str(folder),
        "HOME": str(folder),
        **CANARIES,
        **variables,
    }


async def start(folder: Path, *arguments: str, stdin: int | None = None, **variables: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tui",
        *arguments,
        stdin=asyncio.subprocess.DEVNULL if stdin is None else stdin,
        stdout=PIPE,
        stderr=PIPE,
        env=environment(folder, **variables),
    )


async def finish(process: Process, text: bytes | None = None) -> Finished:
    """Waits for the end, and checks what holds for every command: no traceback and no key in what it says."""
    async with asyncio.timeout(PATIENCE_S):
        out, err = await process.communicate(text)
    said = Finished(process.returncode, out, err.decode())
    assert "Traceback" not in said.err
    assert "Exception ignored" not in said.err
    assert b"CANARY" not in out
    assert "CANARY" not in said.err
    return said


async def run(folder: Path, *arguments: str, **variables: str) -> Finished:
    return await finish(await start(folder, *arguments, stdin=None, **variables))
