"""`streamscope open` in a real terminal: a file, and a pipe with keys from the terminal device."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.core.readers.test_log_readers import EVENTS
from tests.pty.terminal import Terminal

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked up in /proc")


async def test_a_file_opens_and_quits(tmp_path: Path) -> None:
    async with Terminal((120, 40), "open", str(CAPTURES / "smol-code.jsonl"), folder=tmp_path) as terminal:
        await terminal.until("✓ COMPLETED 1.39 s", "def reverse_string(s):", "code python")
        terminal.send("ctrl+q")
        assert await terminal.ended() == 0
        assert not terminal.attributes_changed()


async def test_a_folder_lists_what_is_in_it_and_opens_one(tmp_path: Path) -> None:
    async with Terminal((120, 40), "open", str(CAPTURES), folder=tmp_path) as terminal:
        await terminal.until("Open", "smol-cancelled.jsonl", "■ cancelled", "0.29 s", "✓ completed")
        terminal.send("enter")
        await terminal.until("FILE", "✓ COMPLETED")
        terminal.send("ctrl+q")
        assert await terminal.ended() == 0
        assert not terminal.attributes_changed()


async def test_with_a_pipe_the_keys_come_from_the_terminal(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    async with Terminal((120, 40), "open", "-", folder=tmp_path, stdin=reading) as terminal:
        os.close(reading)
        os.write(writing, EVENTS[0].encode())
        await terminal.until("PIPE", "● STREAMING")
        terminal.send("b")
        await terminal.until("2 lines")
        os.write(writing, "".join(EVENTS[1:]).encode())
        os.close(writing)
        await terminal.until("✓ COMPLETED", "Hi there, Jörn.")
        terminal.send("ctrl+q")
        assert await terminal.ended() == 0
        assert not terminal.attributes_changed()
        assert terminal.process_ids() == []


async def test_a_file_that_cannot_be_shown_is_told_before_anything_is_drawn(tmp_path: Path) -> None:
    async with Terminal((80, 24), "open", "/no/such/file", folder=tmp_path) as terminal:
        assert await terminal.ended() == 2
        assert b"No such file" in terminal.raw
        assert b"\x1b[?1049h" not in terminal.raw
