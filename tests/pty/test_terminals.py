"""The command in terminals of other kinds: few colours or none, tmux, no mouse; and in one that changes its size."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.child_environ import clean_environ
from tests.long_matrix import first_of
from tests.pty.terminal import PATIENCE_S, Terminal
from tests.pty.test_app_in_terminal import has_focus, quit_cleanly, show

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked up in /proc")

SIXTEEN = {str(code) for base in (30, 40, 90, 100) for code in range(base, base + 8)}
CAPTURE = Path(__file__).resolve().parents[1] / "data" / "captures" / "smol-code.jsonl"
DEFAULTS = {"39", "49"}
PICTURES: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    (("2", "home"), ("at held unit",)),
    (("w",), ("Wire",)),
    (("l", "c"), ("Compare",)),
    (("l", "?"), ("esc closes",)),
    (("esc",), ("✓ COMPLETED 1.39 s",)),
    (("4",), ("✓ COMPLETED 1.39 s", "TTFT")),
]
KINDS = {
    "xterm of 16": ({"TERM": "xterm-16color", "COLORTERM": ""}, SIXTEEN | DEFAULTS),
    "screen": ({"TERM": "screen", "COLORTERM": ""}, SIXTEEN | DEFAULTS),
    "linux console": ({"TERM": "linux", "COLORTERM": ""}, SIXTEEN | DEFAULTS),
    "tmux of 256": ({"TERM": "tmux-256color", "COLORTERM": ""}, {"38;5", "48;5"}),
    "ssh": (
        {"TERM": "xterm-256color", "COLORTERM": "", "SSH_TTY": "/dev/pts/9", "SSH_CONNECTION": "::1 1 ::1 22"},
        {"38;5", "48;5"},
    ),
    "no colour": ({"NO_COLOR": "1"}, DEFAULTS),
}


def colours_of(raw: bytes) -> set[str]:
    """Which kinds of colours were written: codes of the sixteen, or `38;5` and `48;2` without what follows."""
    found = set()
    for numbers in re.findall(r"\x1b\[([0-9;]*)m", raw.decode("utf-8", "replace")):
        codes = numbers.split(";")
        while codes:
            code = codes.pop(0)
            if code in ("38", "48"):
                kind = codes.pop(0)
                found.add(f"{code};{kind}")
                del codes[: 1 if kind == "5" else 3]
            elif code in SIXTEEN | DEFAULTS:
                found.add(code)
    return found


@pytest.mark.parametrize("kind", first_of(KINDS))
@pytest.mark.slow
async def test_every_pane_is_reached_by_keys_and_no_other_colours_are_written(kind: str, tmp_path: Path) -> None:
    environ, allowed = KINDS[kind]
    async with Terminal((80, 24), folder=tmp_path, environ=environ) as terminal:
        await terminal.until("What is a Python list?", "enter plays it")
        terminal.send("enter")
        await terminal.until("✓ COMPLETED", "stop", "is used to reverse")
        await show(terminal, "3", "3 EXTRACTS 5")
        await show(terminal, "4", "TTFT 0.", "tokens 214")
        await show(terminal, "2", "at held unit")
        terminal.send("?")
        await terminal.until("esc closes")
        terminal.send("esc")
        await terminal.until("2 SENTENCES", without="esc closes")
        terminal.send("c")
        await terminal.until("one clock", "the price", "q back")
        terminal.send("q")
        await terminal.until("2 SENTENCES", without="one clock")
        await quit_cleanly(terminal)
    written = colours_of(bytes(terminal.raw))
    assert written, "something was written in colours, if only in those of the terminal"
    assert written <= allowed


async def test_a_recording_is_opened_in_the_colours_of_the_terminal_too(tmp_path: Path) -> None:
    async with Terminal((80, 24), "open", str(CAPTURE), folder=tmp_path, environ={"NO_COLOR": "1"}) as terminal:
        await terminal.until("COMPLETED", "2 SENTENCES")
        terminal.send("ctrl+q")
        assert await terminal.ended() == 0
    assert colours_of(bytes(terminal.raw)) <= DEFAULTS


@pytest.mark.slow
async def test_plain_signs_write_ascii_and_control_pictures_alone(tmp_path: Path) -> None:
    async with Terminal((80, 24), folder=tmp_path, environ={"STREAMSCOPE_PLAIN": "1"}) as terminal:
        await terminal.until("o IDLE", "enter plays it")
        terminal.send("enter")
        await terminal.until("v COMPLETED", "is used to reverse", "> streams:")
        await quit_cleanly(terminal)
    others = {char for char in bytes(terminal.raw).decode() if not char.isascii()}
    assert {char for char in others if not "\u2400" <= char <= "\u2426"} == set(), "pictures are one cell everywhere"


@pytest.mark.slow
async def test_a_window_that_changes_its_size_keeps_the_app_and_its_run(tmp_path: Path) -> None:
    async with Terminal((120, 40), folder=tmp_path) as terminal:
        await terminal.until("What is a Python list?", "enter plays it")
        terminal.send("enter")
        await terminal.until("● STREAMING", "x cancel")
        for size, words in (
            ((80, 24), ("2 SENTENCES", "TTFT")),
            ((60, 15), ("1 TEXT 2 sentences", "5 arrivals")),
            ((1, 1), ()),
            ((20, 5), ("✓ COMPLETED", "order of the list.", "ctrl+q quit")),
            ((2, 50), ()),
            ((40, 10), ("1 TEXT 2 units", "tab pane")),
            ((300, 100), ("most", "4 stats", "? help")),
            ((120, 40), ("✓ COMPLETED", "5 arrivals", "is used to reverse")),
        ):
            terminal.resize(*size)
            await terminal.until(*words)
        terminal.send("3")
        terminal.resize(60, 15)
        await terminal.until("3 EXTRACTS 5", without="is used to reverse")
        terminal.send("c")
        await terminal.until("one clock", "tab next")
        for size in ((1, 1), (20, 5), (41, 11), (300, 100)):
            terminal.resize(*size)
        await terminal.until("one clock", "longest silence", "A raw", "D line")
        await quit_cleanly(terminal)


@asynccontextmanager
async def tmux(folder: Path, columns: int, rows: int) -> AsyncIterator[Callable[..., Awaitable[str]]]:
    """The app in a tmux of its own; gives a function that runs a command of it and gives what it printed."""
    server = f"streamscope-{uuid.uuid4().hex[:8]}"

    async def run(*arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *("tmux", "-L", server, "-f", "/dev/null", *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=clean_environ(folder, TERM="xterm-256color", TMUX_TMPDIR=str(folder)),
        )
        out, _ = await process.communicate()
        return out.decode()

    command = f"{sys.executable} -m tui; echo ended with $?; read wait"
    await run("new-session", "-d", "-x", str(columns), "-y", str(rows), command)
    try:
        yield run
    finally:
        await run("kill-server")


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
async def test_in_tmux_the_demo_plays_a_key_cancels_and_a_split_leaves_one_pane(tmp_path: Path) -> None:
    async with tmux(tmp_path, 100, 30) as run:

        async def until(*words: str) -> None:
            shown = ""
            try:
                async with asyncio.timeout(PATIENCE_S):
                    while not all(word in shown for word in words):
                        await asyncio.sleep(0.05)  # tmux tells nobody when it has drawn
                        shown = " ".join((await run("capture-pane", "-p")).split())
            except TimeoutError:
                raise AssertionError(f"never in tmux: {words}\n{shown}") from None

        await until("What is a Python list?", "enter plays it")
        await run("send-keys", "Enter")
        await until("● STREAMING", "x cancel")
        await run("send-keys", "x")
        await until("■ CANCELLED at", "text kept:")
        await run("split-window", "-d", "-l", "14", "sleep 1000")
        await until("1 TEXT 2 sentences", "tab pane")
        await run("send-keys", "4")
        await until("4 STATS", "Cancelled at")
        await run("send-keys", "C-q")
        await until("ended with 0")


async def test_a_slow_terminal_is_told_styles_where_they_change(tmp_path: Path) -> None:
    async with Terminal((120, 40), "open", str(CAPTURE), folder=tmp_path, bytes_per_s=60_000) as terminal:
        await terminal.until("✓ COMPLETED 1.39 s", "def reverse_string(s):", "code python")
        begun = len(terminal.raw)
        for keys, words in PICTURES:
            terminal.send(*keys)
            await terminal.until(*words)
        await terminal.until_holds(lambda: has_focus(terminal, "4"), "the colours of the focus")
        told = bytes(terminal.raw)[begun:]
        resets, styles = (len(re.findall(code, told)) for code in (rb"\x1b\[0?m", rb"\x1b\[[\d;]+m"))
        assert resets < styles / 4, "no reset behind each word"
        terminal.send("ctrl+q")
        assert await terminal.ended() == 0
        assert not terminal.attributes_changed()
