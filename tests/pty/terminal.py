"""The real command in a real pseudo-terminal, as a person sees it: keys in, a screen out, every byte kept.

Nothing of the app is imported here. What is waited for is what stands on the screen.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import re
import signal
import struct
import sys
import termios
import uuid
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte

from tests.child_environ import clean_environ

PATIENCE_S = 40.0
_SLOW_PIECE = 1000
MARK = "STREAMSCOPE_TEST_RUN"  # every process that the app starts inherits it, whatever session it moves to
KEYS = {"enter": "\r", "esc": "\x1b", "home": "\x1b[H", "end": "\x1b[F", "ctrl+q": "\x11", "ctrl+r": "\x12"}

# The child takes the pseudo-terminal as its controlling terminal, as a shell's child has it, and becomes the app.
_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios;"
    "fcntl.ioctl(1, termios.TIOCSCTTY, 0);"
    "os.execv(sys.executable, [sys.executable, '-m', 'tui', *sys.argv[1:]])"
)
_PRIVATE_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")


class Terminal:
    """`streamscope ARGUMENTS` in a terminal of some size; enter it to start, leave it to end whatever is left.

    `stdin` is a pipe that takes the terminal's place as standard input; `bytes_per_s` makes it a slow line.
    """

    def __init__(
        self,
        size: tuple[int, int],
        *arguments: str,
        folder: Path,
        cwd: Path | None = None,
        has_animations: bool = True,
        patience_s: float = PATIENCE_S,
        python: str = sys.executable,
        stdin: int | None = None,
        environ: Mapping[str, str] | None = None,
        bytes_per_s: int | None = None,
    ) -> None:
        self._bytes_per_s = bytes_per_s
        self._stdin = stdin
        self._size = size
        self._python = python
        self._cwd = cwd
        self._patience_s = patience_s
        self._arguments = arguments
        self._mark = uuid.uuid4().hex
        own = {MARK: self._mark} | ({} if has_animations else {"TEXTUAL_ANIMATIONS": "none"})
        usual = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._environ = clean_environ(folder, **usual | own | dict(environ or {}))
        self._screen_now = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen_now)
        self._drawn_bytes = 0
        self._changed = asyncio.Event()
        self._process: Process | None = None
        self._has_ended = False
        self._going_on: asyncio.TimerHandle | None = None
        self._near = self._far = self._end = -1
        self._attributes_before: list[Any] = []
        self.raw = bytearray()

    async def __aenter__(self) -> Self:
        self._near, self._far = pty.openpty()
        os.set_blocking(self._near, False)
        columns, rows = self._size
        fcntl.ioctl(self._far, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._attributes_before = termios.tcgetattr(self._far)
        asyncio.get_running_loop().add_reader(self._near, self._read)
        self._process = await asyncio.create_subprocess_exec(
            self._python,
            *("-c", _TAKE_TERMINAL, *self._arguments),
            stdin=self._far if self._stdin is None else self._stdin,
            stdout=self._far,
            stderr=self._far,
            env=self._environ,
            cwd=self._cwd,
            start_new_session=True,
        )
        self._end = os.pidfd_open(self._process.pid)
        asyncio.get_running_loop().add_reader(self._end, self._note_end)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            for process_id in self.process_ids():  # after a failure: each carries this terminal's mark
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process_id, signal.SIGKILL)
            await self.process.wait()
        finally:
            if self._going_on is not None:
                self._going_on.cancel()
            asyncio.get_running_loop().remove_reader(self._near)
            asyncio.get_running_loop().remove_reader(self._end)
            for descriptor in (self._near, self._far, self._end):
                os.close(descriptor)

    @property
    def process(self) -> Process:
        """The app's process."""
        assert self._process is not None
        return self._process

    @property
    def _screen(self) -> pyte.Screen:
        """The screen of all that came; drawn only when somebody looks, so that an app never waits for the drawing."""
        self._stream.feed(bytes(self.raw[self._drawn_bytes :]))
        self._drawn_bytes = len(self.raw)
        return self._screen_now

    @property
    def text(self) -> str:
        """What stands on the screen, row by row."""
        return "\n".join(self._screen.display)

    @property
    def one_line(self) -> str:
        """The screen with every run of blanks and breaks as one blank, for words that a pane may wrap."""
        return " ".join(self.text.split())

    def color_of(self, words: str) -> str:
        """The foreground of the first cell of words that stand on the screen; empty when they do not."""
        for number, row in enumerate(self._screen.display):
            if words in row:
                return str(self._screen.buffer[number][row.index(words)].fg)
        return ""

    def resize(self, columns: int, rows: int) -> None:
        """Gives the terminal another size, and says so, as the window of a terminal does."""
        self._screen.resize(rows, columns)
        fcntl.ioctl(self._far, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process.send_signal(signal.SIGWINCH)

    def hang_up(self) -> None:
        """Closes the terminal's near end, as a window that is closed does."""
        asyncio.get_running_loop().remove_reader(self._near)
        os.close(self._near)
        self._near = os.open(os.devnull, os.O_RDWR)

    def send(self, *keys: str) -> None:
        """Presses keys, by name or as they are."""
        os.write(self._near, "".join(KEYS.get(key, key) for key in keys).encode())

    async def until(self, *words: str, without: str | None = None) -> None:
        """Waits until all the words stand on the screen, and `without` does not."""

        def holds() -> bool:
            shown = self.one_line
            return all(word in shown for word in words) and (without is None or without not in shown)

        await self.until_holds(holds, f"{words} without {without!r}")

    async def until_holds(self, condition: Callable[[], bool], what: str) -> None:
        """Waits until a condition over this terminal holds; fails with the screen when it never does."""
        try:
            async with asyncio.timeout(self._patience_s):
                while not condition():
                    assert not self._has_ended, f"the app ended before: {what}\n{self.text}"
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"never on the screen: {what}\n{self.text}") from None

    async def ended(self) -> int:
        """Waits for the end of the app and gives its exit status; all it wrote is in `raw` then."""
        async with asyncio.timeout(self._patience_s):
            status = await self.process.wait()
        self._read()
        return status

    def private_modes(self) -> dict[int, bool]:
        """The DEC private modes that were set or reset, as the last word on each left them."""
        modes = {}
        for numbers, verb in _PRIVATE_MODE.findall(bytes(self.raw)):
            for number in numbers.split(b";"):
                modes[int(number)] = verb == b"h"
        return modes

    def attributes_changed(self) -> bool:
        """Whether the line settings differ from those before the start."""
        return termios.tcgetattr(self._far) != self._attributes_before

    def process_ids(self) -> list[int]:
        """The app and all that it started, as far as they run."""
        mark = f"{MARK}={self._mark}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    members = (entry / "environ").read_bytes().split(b"\0")
                except OSError:  # of another user, or gone meanwhile
                    continue
                if mark in members:
                    found.append(int(entry.name))
        return found

    def _note_end(self) -> None:
        self._bytes_per_s = None  # what is left is taken at once
        asyncio.get_running_loop().remove_reader(self._end)
        self._read()
        self._has_ended = True
        self._changed.set()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._near, 65536 if self._bytes_per_s is None else _SLOW_PIECE)
            except (BlockingIOError, OSError):
                return
            if not data:  # hung up: what stands in the terminal's place has no end of its end
                return
            self.raw += data
            self._changed.set()
            if self._bytes_per_s is not None:
                loop = asyncio.get_running_loop()
                loop.remove_reader(self._near)
                self._going_on = loop.call_later(len(data) / self._bytes_per_s, loop.add_reader, self._near, self._read)
                return


async def gone(process_ids: list[int], within_s: float) -> None:
    """Waits for the end of processes that need not be children of this one. Raises TimeoutError."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(within_s):
        for process_id in process_ids:
            try:
                descriptor = os.pidfd_open(process_id)
            except ProcessLookupError:
                continue
            ended = asyncio.Event()
            loop.add_reader(descriptor, ended.set)
            try:
                await ended.wait()
            finally:
                loop.remove_reader(descriptor)
                os.close(descriptor)
