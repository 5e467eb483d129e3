"""The command as it is, in a terminal as it is: what a person sees, what is left behind, what bytes get out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.long_matrix import first_of
from tests.pty.terminal import Terminal, gone

SIZES = pytest.mark.parametrize("size", first_of([(120, 40), (80, 24)]), ids=["120x40", "80x24"])
pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked up in /proc")

UNIT_ROW = re.compile(r"\d+\.\d\d s +\d+\.\d\d s  \S")
EXTRACT_HEADING = re.compile(r"code python +\d+ lines|json +char \d+-\d+")
DRAWN_TEXT = re.compile(r"[1-9]\d* char ")
ALWAYS_ON = {7, 25}  # line wrap and the cursor: every other mode belongs to the app alone


def is_narrow(size: tuple[int, int]) -> bool:
    return size[0] < 100


async def quit_cleanly(terminal: Terminal) -> None:
    """ctrl+q: status 0, the terminal as it was, no process left."""
    assert len(terminal.process_ids()) >= 2, "the app and its probe at least"
    terminal.send("ctrl+q")
    assert await terminal.ended() == 0
    modes = terminal.private_modes()
    assert modes.keys() >= {25, 1000, 1006, 1049, 2004}, "the app never took the terminal over"
    assert modes == {mode: mode in ALWAYS_ON for mode in modes}
    assert len(re.findall(rb"\x1b\[>\d+u", terminal.raw)) == terminal.raw.count(b"\x1b[<u"), "keyboard mode left pushed"
    assert not terminal.attributes_changed()
    assert terminal.process_ids() == []


def has_focus(terminal: Terminal, pane: str) -> bool:
    """Its frame has the colour of the keys in the footer; where panes are tabs, its tab is in capitals."""
    corner = f"╭─ {pane} "
    if corner in terminal.text:
        return terminal.color_of(corner) == terminal.color_of("? help")
    return re.search(rf" {pane} [A-Z]{{4,}}", terminal.text) is not None


async def show(terminal: Terminal, pane: str, *words: str) -> None:
    """Goes to a pane, to its first row, and waits for words there."""
    terminal.send(pane)
    await terminal.until_holds(lambda: has_focus(terminal, pane), f"the focus on pane {pane}")
    terminal.send("home")
    await terminal.until(*words)


@SIZES
async def test_the_demo_fills_all_panes_and_runs_again_another_way(size: tuple[int, int], tmp_path: Path) -> None:
    async with Terminal(size, folder=tmp_path) as terminal:
        await terminal.until("What is a Python list?", "in a Python code block.", "enter plays it")
        terminal.send("enter")
        await terminal.until("✓ COMPLETED", "stop", "is used to reverse")
        await show(terminal, "3", "3 EXTRACTS 5" if is_narrow(size) else "code 1 json 4 tools 0")
        await terminal.until_holds(lambda: EXTRACT_HEADING.search(terminal.text) is not None, "a heading of an extract")
        await show(terminal, "4", "TTFT 0.", "TTFO 0.", "tokens 214")
        await show(terminal, "2", "at held unit")
        assert UNIT_ROW.search(terminal.text)
        for title in ("2 lines", "2 words", "2 sentences"):
            terminal.send("b")
            await terminal.until(title.upper() if is_narrow(size) else title)
        terminal.send("t")
        await terminal.until("next: WS")
        terminal.send("ctrl+r")
        await terminal.until("Live WS", "✓ COMPLETED", "is used to reverse")
        await quit_cleanly(terminal)


@SIZES
async def test_x_cancels_and_keeps_the_text_and_help_opens_and_closes(size: tuple[int, int], tmp_path: Path) -> None:
    async with Terminal(size, "--model", "demo/steady", folder=tmp_path) as terminal:
        await terminal.until("List three tips", "enter plays it")
        terminal.send("enter")
        await terminal.until("● STREAMING", "x cancel")
        await terminal.until_holds(lambda: DRAWN_TEXT.search(terminal.text) is not None, "a number of characters")
        terminal.send("x")
        await terminal.until("■ CANCELLED at", "text kept:", "characters", "frames kept;", without="x cancel")
        kept = re.search(r"text kept: (\d+) char", terminal.one_line)
        assert kept is not None
        assert int(kept[1]) > 0
        assert f"{kept[1]} char " in terminal.one_line
        assert f"{kept[1]} characters," in terminal.one_line
        terminal.send("?")
        await terminal.until("1 text", "The answer as it arrives.", "esc closes")
        terminal.send("esc")
        await terminal.until("■ CANCELLED at", without="esc closes")
        await quit_cleanly(terminal)


@SIZES
async def test_quitting_in_the_middle_of_a_run_leaves_nothing(size: tuple[int, int], tmp_path: Path) -> None:
    async with Terminal(size, "--model", "demo/steady", "go", folder=tmp_path) as terminal:
        await terminal.until("● STREAMING")
        assert len(terminal.process_ids()) == 3, "app, probe, gateway"
        await quit_cleanly(terminal)


async def test_a_killed_app_leaves_neither_probe_nor_gateway(tmp_path: Path) -> None:
    async with Terminal((80, 24), "--model", "demo/steady", "go", folder=tmp_path) as terminal:
        await terminal.until("● STREAMING")
        children = [number for number in terminal.process_ids() if number != terminal.process.pid]
        assert len(children) == 2, "probe and gateway"
        terminal.process.kill()
        await terminal.ended()
        await gone(children, within_s=2.0)
