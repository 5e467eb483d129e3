"""Child processes of the app: the probe and the embedded gateway. Starts, watches and ends them.

A child ends when its standard input closes, so it cannot outlive the app, not even when the app is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from pathlib import Path

from tui.errors import StreamscopeError

_END_PATIENCE_S = 2.0
_READY_PATIENCE_S = 30.0


class ChildProcess:
    """One child: `python -m tui ARGUMENTS`, with pipes on standard input and output.

    It gets a process group of its own, so that a ctrl+c meant for the app does not reach it.
    """

    def __init__(self, arguments: list[str], environ: Mapping[str, str] | None = None) -> None:
        self._arguments = arguments
        self._environ = environ
        self._process: Process | None = None

    @property
    def process(self) -> Process:
        """The running process. Raises StreamscopeError before `start`."""
        if self._process is None:
            raise StreamscopeError("the child process was not started")
        return self._process

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Starts it; its standard error goes nowhere, so that it cannot write on the app's screen.

        `-P` keeps modules in the user's current folder from standing in for ours or the library's. Raises
        StreamscopeError when the system has no room for another process.
        """
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "tui",
                *self._arguments,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env=with_checkout(os.environ if self._environ is None else self._environ),
                start_new_session=True,
            )
        except OSError as error:
            raise StreamscopeError(f"a child process could not be started ({error.strerror})") from error

    def kill(self) -> None:
        """Ends it at once."""
        if self.is_running:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGKILL)

    def close_input(self) -> None:
        """Closes its standard input, which asks it to end."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    async def end(self) -> None:
        """Closes its standard input and waits; kills it when it does not end in time."""
        if self._process is None:
            return
        self.close_input()
        try:
            async with asyncio.timeout(_END_PATIENCE_S):
                await self._drain_and_wait(self._process)
        except TimeoutError:
            self.kill()
            await self._drain_and_wait(self._process)

    async def _drain_and_wait(self, process: Process) -> None:
        """A pipe that nobody reads any more would keep the process, and its transport, open."""
        while process.stdout is not None and await self._discard(process.stdout):
            pass
        await process.wait()

    @staticmethod
    async def _discard(pipe: asyncio.StreamReader) -> bool:
        try:
            return bool(await pipe.read(65536))
        except RuntimeError:  # its reader is being cancelled and reads it to the end itself
            return False


def with_checkout(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment in which the child finds this package, also in a checkout that was never installed."""
    folder = Path(__file__).resolve().parent.parent
    if not (folder / "pyproject.toml").is_file():
        return dict(environ)
    paths = [str(folder), *filter(None, [environ.get("PYTHONPATH")])]
    return {**environ, "PYTHONPATH": os.pathsep.join(paths)}


async def start_gateway(environ: Mapping[str, str] | None = None) -> tuple[ChildProcess, str]:
    """Starts the embedded demo gateway on a free loopback port; gives the child and its URL.

    Raises StreamscopeError when it does not listen in time.
    """
    arguments = ["serve", "--upstream", "demo", "--port", "0", "--ready-json", "--end-with-stdin", "--allow-faults"]
    trouble = "the embedded demo gateway did not start; try: streamscope serve"
    return await start_ready_child(arguments, trouble, environ)


async def start_ready_child(
    arguments: list[str], trouble: str, environ: Mapping[str, str] | None = None
) -> tuple[ChildProcess, str]:
    """Starts a child that prints `{"url": ...}` once it listens; gives the child and its URL.

    Raises StreamscopeError(trouble) when it does not listen in time.
    """
    child = ChildProcess(arguments, environ)
    await child.start()
    try:
        async with asyncio.timeout(_READY_PATIENCE_S):
            line = await child.process.stdout.readline() if child.process.stdout else b""
        return child, str(json.loads(line)["url"])
    except (TimeoutError, ValueError, KeyError, TypeError) as error:
        child.kill()
        await child.end()
        raise StreamscopeError(trouble) from error
    except asyncio.CancelledError:
        child.kill()
        await child.end()
        raise
