"""The command as it is, in a terminal as it is: what a person sees, what is left behind, what bytes get out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.pty.terminal import Terminal, gone
from tests.transports.scripted_server import Peer, ScriptedServer

SIZES = pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
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
        await terminal.until("■ CANCELLED at", "text kept:", "characters", "frames kept.", without="x cancel")
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


# Each is a thing that a terminal obeys or that changes what is read. The numbers are such as the app never uses.
HOSTILE = (
    "\x1b]52;c;UFdORUQ=\x07",  # OSC 52: the clipboard
    "\x1b]52;c;UFdORUQ=\x1b\\",
    "\x1b]0;owned\x07",  # OSC 0: the title
    "\x1b]8;;http://127.0.0.1/\x1b\\link\x1b]8;;\x1b\\",
    "\x1b[2J",
    "\x1b[8mhidden\x1b[28m",
    "\x1b[6n",  # makes the terminal type an answer
    "\x1b[?1047l",
    "\x1b[777;777H",
    "\x1bP$qm\x1b\\",  # DCS
    "\x1b_Ga=T\x1b\\",  # APC
    "\x1b^private\x1b\\",
    "\x1bXstring\x1b\\",
    "\x1bc",  # RIS
    "\x9b2J\x9d0;owned\x9c\x90q\x9c\x9fG\x9c\x85\x84",  # C1
    "\u202aa\u202bb\u202dc\u202ed\u202c \u2066e\u2067f\u2068g\u2069 \u200e\u200f\u061c",
    "a\x7fb",
    "a\x08b\x07c\x05d\x0ee\x0ff\x0bg\x0ch\x00i",
    "a\rb",
)
# What Textual itself writes: colours, cursor moves, its private modes, the keyboard protocol, the pointer's shape.
_TEXTUAL_WRITES = re.compile(
    r"\x1b\[[0-9;]*[mH]"
    r"|\x1b\[\?(?:7|25|1000|1003|1004|1006|1015|1049|2004|2026|2048)(?:[hl]|\$p)"
    r"|\x1b\[>\d+u|\x1b\[<u"
    r"|\x1b\]22;[a-z-]+\x07"
    r"|\r\n"
)
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe]")


def escaped_from(raw: bytes) -> list[str]:
    """What reached the terminal and must not: whole hostile sequences, and any control that Textual does not write."""
    text = raw.decode()
    whole = [sequence for sequence in HOSTILE if sequence in text]
    rest = _TEXTUAL_WRITES.sub("", text)
    return whole + [rest[max(0, match.start() - 8) : match.end() + 8] for match in _UNSAFE.finditer(rest)]


def hostile_answer() -> str:
    """Every sequence in prose, in a code block with its info string, and in the strings of a JSON value."""
    prose = "".join(f"L{number} {sequence} end.\n" for number, sequence in enumerate(HOSTILE))
    value = {f"k{number} {sequence}": sequence for number, sequence in enumerate(HOSTILE)}
    return f"{prose}\n```py\x1b]0;owned\x07\x9b2J\n{prose}```\n{json.dumps(value)}\n"


def event(name: str, seq: int, **members: Any) -> str:
    return f"id: g:{seq}\nevent: {name}\ndata: {json.dumps(members)}\n\n"


def hostile_events() -> list[str]:
    """Reasoning and a tool call at once, then the text one code point a token."""
    everything = " ".join(HOSTILE)
    call = {"index": 0, "id": "call", "name": everything, "arguments": everything}
    events = [event("chunk", 0, content="", index=0, model=everything, reasoning=everything, tool_calls=[call])]
    events += [event("chunk", seq, content=sign, index=seq) for seq, sign in enumerate(hostile_answer(), 1)]
    return [*events, event("done", len(events), done=True, finish_reason="\x1b]0;owned\x07\x9b2J\u202e", usage=None)]


async def test_nothing_that_a_stream_says_reaches_the_terminal_as_a_command(tmp_path: Path) -> None:
    everything = " ".join(HOSTILE)
    posts: list[Peer] = []

    async def play(peer: Peer) -> None:
        request = await peer.read_request()
        if request.line.startswith("GET"):
            body = json.dumps({"data": [{"id": f"listed {everything}", "shows": everything}]}).encode()
            await peer.head(200, str(len(body)), content_type="application/json")
            await peer.raw(body)
            return
        posts.append(peer)
        await peer.head()
        if len(posts) == 1:
            await peer.chunks(*hostile_events())
        else:
            complaint = {"message": everything, "type": everything, "code": everything, "kind": "server_error"}
            await peer.chunks(event("chunk", 0, content="kept", index=0), event("error", 1, **complaint))
        await peer.end()

    model = "m\x1b]0;owned\x07\x9b2J\u202e\x7f"
    async with (
        ScriptedServer(play) as far,
        Terminal((160, 100), "--url", far.url, "--transport", "sse", "--model", model, folder=tmp_path) as terminal,
    ):
        await terminal.until("○ IDLE", "m␛]0;owned␇")
        terminal.send("\x1b[200~pasted \x9b2J\u202e\x7f\x1b[201~")
        await terminal.until("pasted \ufffd2J")
        terminal.send("enter")
        await terminal.until("✓ COMPLETED")
        await show(terminal, "1", "thinking", "tool 0")
        await show(terminal, "2", "at held unit")
        await show(terminal, "3", "code py")
        await terminal.until_holds(
            lambda: terminal.text.count("L0 ␛]52;c;UFdORUQ=␇ end.") == 5,
            "the first line twice as text, twice as a unit, once as code",
        )
        terminal.send("end")
        await terminal.until(f"k{len(HOSTILE) - 1} a")
        terminal.send("m")
        await terminal.until("listed ␛]52;c;UFdORUQ=␇")
        terminal.send("esc")
        await terminal.until("✓ COMPLETED", without="listed")
        terminal.send("ctrl+r")
        await terminal.until("kept", "The server", "␛P$qm␛", without="✓ COMPLETED")
        terminal.send("ctrl+q")
        assert await terminal.ended() == 0
        assert escaped_from(bytes(terminal.raw)) == []


def test_the_look_for_escaped_bytes_finds_each_of_them() -> None:
    clean = b"\x1b[?1049h\x1b[38;2;1;2;3mtext\x1b[0m\x1b[3;4H\r\n\x1b]22;default\x07"
    assert escaped_from(clean) == []
    for sequence in HOSTILE:
        assert escaped_from(clean + sequence.encode() + clean) != [], repr(sequence)
