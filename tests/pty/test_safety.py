"""Nothing untrusted reaches the terminal as a command, or a widget as markup: every payload against every place.

One app in a real pseudo-terminal, one stream, then every place by its keys. A payload has a mark of its place, and
each mark must have stood on the screen, so that a place that was never drawn is no proof.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.pty.hostile_texts import (
    LONE_SURROGATE,
    MARKUP,
    PAYLOADS,
    SEQUENCES,
    SINGLE,
    canary,
    escaped_from,
    is_unsafe,
    marks,
    tagged,
)
from tests.pty.terminal import Terminal
from tests.transports.scripted_server import Peer, ScriptedServer

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked up in /proc")

SIZE = (920, 60)  # a row has room for every payload at once
SILENCE_S = 0.6
PAGE_DOWN, PAGE_UP, SELECT_ALL = "\x1b[6~", "\x1b[5~", "\x1b[18~"
CTRL_U, CTRL_V, DELETE, F8 = "\x15", "\x16", "\x7f", "\x1b[19~"
LINK = "[@click=app.quit]x"
MARK = re.compile(r"[a-z]{2}[0-9]{3}q")
NOT_DRAWN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
ARGUMENTS = [payload.replace("\x00", "") for payload in PAYLOADS]  # an argument and a file name hold no NUL
STALLED = "stq\x1b]0;x\x07\x9b2J"  # as long as the words that a stall is named after
STALLED_SHOWN = "stq␛]0;x␇\ufffd2J"
ENTITIES = "".join(f"&#x{ord(sign):x};" for payload in SINGLE for sign in payload if is_unsafe(sign))


def in_one_row(place: str, payloads: Iterable[str] = ARGUMENTS) -> str:
    """All payloads between two marks."""
    return f"{canary(place, 0)}{' '.join(payloads)}{canary(place, 1)}"


def in_four_lines(place: str) -> str:
    """All payloads with their marks, in as many lines as a prompt shows."""
    texts = tagged(place)
    length = -(-len(texts) // 4)
    return "\n".join(" ".join(texts[start : start + length]) for start in range(0, len(texts), length))


MODEL = in_one_row("mo")


def answer() -> str:
    """All payloads as prose, as code with its language, as keys and values of JSON, and as Markdown."""
    prose = "".join(f"{line} end.\n" for line in tagged("tx"))
    blocks = "".join(f"\n```{line}\n{line.replace('la', 'co', 1)}\n```\n" for line in tagged("la"))
    value = dict(zip(tagged("jk"), tagged("jv"), strict=True))
    return f"{prose}{blocks}\n{json.dumps(value)}\n\n{markdown()}"


def markdown() -> str:
    """What only the Markdown view reads: entities and percent signs stand for other signs there."""
    cells = "".join(f"| hx{number} {cell} | {cell} |\n" for number, cell in enumerate(("[/bad]", "[@click=app.quit]x")))
    links = "<http://127.0.0.1/mdlink%1b%5d52;c;T1dORUQ=%07%9b> [mdclick](app.quit) ![mdalt&#x202e;](x)"
    return f"\n\n# mdhead {ENTITIES}\n\n{links}\n\n| mdcell &#x202e; | b |\n| --- | --- |\n{cells}\n"


def event(name: str, seq: int, **members: Any) -> str:
    return f"id: g:{seq}\nevent: {name}\ndata: {json.dumps(members)}\n\n"


def first_part() -> list[str]:
    """Reasoning and tool calls, then a text before a silence."""
    calls = [
        {"index": index, "id": f"c{index}", "name": name, "arguments": arguments}
        for index, (name, arguments) in enumerate(zip(tagged("tn"), tagged("ta"), strict=True))
    ]
    thinking = "\n".join([*tagged("th"), LONE_SURROGATE])
    opening = event("chunk", 0, content="", index=0, model=MODEL, reasoning=thinking, tool_calls=calls)
    return [opening, event("chunk", 1, content=STALLED, index=1)]


REST = f"\n{answer()}{LONE_SURROGATE} {STALLED}\n"


def second_part() -> list[str]:
    """One code point a token, so that every sequence is split at every place."""
    events = [event("chunk", seq, content=sign, index=seq) for seq, sign in enumerate(REST, 2)]
    reason = in_one_row("fr", PAYLOADS)
    return [*events, event("done", len(events) + 2, done=True, finish_reason=reason, usage=None)]


def models() -> bytes:
    """Every payload as the name of a model and as its line; the last one suggests a prompt."""
    listed = [{"id": name, "shows": shows} for name, shows in zip(tagged("ml"), tagged("ms"), strict=True)]
    return json.dumps({"data": [{"id": "suggests", "prompt": in_four_lines("sg")}, *listed]}).encode()


async def play(peer: Peer) -> None:
    """The list of models; the first POST gets the stream, a later one an error."""
    request = await peer.read_request()
    if request.line.startswith("GET"):
        body = models()
        await peer.head(200, str(len(body)), content_type="application/json")
        await peer.raw(body)
        return
    await peer.head(server_timing='tm;desc="[/bad]";dur=3')
    if b"sg000q" not in request.body:
        await peer.chunks(*first_part())
        await asyncio.sleep(SILENCE_S)  # the silence is what is shown
        await peer.chunks(*second_part())
    else:
        message, kind, code = (" ".join(tagged(place)) for place in ("me", "ty", "cd"))
        complaint = {"message": message, "type": kind, "code": code, "kind": "server_error"}
        await peer.chunks(event("chunk", 0, content="kept", index=0), event("error", 1, **complaint))
    await peer.end()


class Visitor:
    """Goes to places by keys and notes the marks that are drawn there."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._since = 0

    def arrives(self) -> None:
        """What is drawn from here on counts for the next place."""
        self._since = len(self.terminal.raw)

    def drawn(self, since: int) -> set[str]:
        """The marks in all that was drawn since; a page that was gone at the next look counts as well."""
        return set(MARK.findall(NOT_DRAWN.sub("", bytes(self.terminal.raw[since:]).decode(errors="ignore"))))

    async def sees(self, *places: str, key: str = PAGE_DOWN) -> None:
        """Waits until all marks of the places were drawn since the arrival, going on by a key."""
        wanted = {mark for place in places for mark in marks(place)}
        await self._sees_one_of(wanted, self._since)
        while missing := wanted - self.drawn(self._since):
            before = len(self.terminal.raw)
            self.terminal.send(key)
            await self._sees_one_of(wanted, before, f"; {len(missing)} are missing, {sorted(missing)[:4]}")
        self.arrives()

    async def _sees_one_of(self, wanted: set[str], since: int, still: str = "") -> None:
        what = f"a mark such as {min(wanted)} after {since}{still}"
        await self.terminal.until_holds(lambda: bool(wanted & self.drawn(since)), what)

    async def opens(self, *keys: str, shows: str, without: str | None = None) -> None:
        self.arrives()
        self.terminal.send(*keys)
        await self.terminal.until(shows, without=without)

    def cell_of(self, words: str) -> tuple[int, int]:
        """Column and row, from 1, of words that stand on the screen."""
        rows = self.terminal.text.split("\n")
        row = next(number for number, text in enumerate(rows) if words in text)
        return rows[row].index(words) + 2, row + 1

    def clicks(self, words: str) -> None:
        column, row = self.cell_of(words)
        self.terminal.send(f"\x1b[<0;{column};{row}M", f"\x1b[<0;{column};{row}m")

    async def fills_in(self, place: str) -> None:
        """Pastes all payloads into a field of one row, as many at once as it shows."""
        for number, text in enumerate(tagged(place)):
            before = len(self.terminal.raw)
            self.terminal.send(CTRL_U, pasted(text))
            await self._sees_one_of({canary(place, number)}, before)


def pasted(text: str) -> str:
    """What a terminal sends: it takes ESC out, which Textual would read as a key in the middle of the text."""
    return f"\x1b[200~{text.replace(chr(27), '')}\x1b[201~"


def hostile_folder(folder: Path) -> Path:
    """A folder with every payload in the names on the way to it, and with bytes that are no text."""
    path = os.fsencode(folder / "/".join([*(f" {name}" for name in tagged("cw", ARGUMENTS)), LONE_SURROGATE]))
    os.makedirs(path)  # noqa: PTH103  bytes
    return Path(os.fsdecode(path))


def add_hostile_theme(folder: Path) -> None:
    """A theme of the user with every payload as an unknown key."""
    key = "".join(f"\\U{ord(sign):08x}" for sign in " ".join(tagged("tk")))
    (folder / "streamscope" / "themes").mkdir(parents=True)
    text = f'name = "x"\nprimary = "#112233"\n"{key}" = 1\n'
    (folder / "streamscope" / "themes" / "own\x1b]0;x\x07.toml").write_text(text)


async def test_no_payload_gets_out_of_any_place(tmp_path: Path) -> None:
    add_hostile_theme(tmp_path)
    cwd = hostile_folder(tmp_path)
    async with (
        ScriptedServer(play) as far,
        Terminal(SIZE, "--url", far.url, "--model", MODEL, folder=tmp_path, cwd=cwd) as terminal,
    ):
        visitor = Visitor(terminal)
        await starts(visitor)
        await reads_the_panes(visitor)
        await opens_the_boxes(visitor)
        await compares(visitor)
        await takes_a_picture(visitor, cwd)
        await runs_another_model(visitor)
        terminal.send("ctrl+q")
        assert await terminal.ended() == 0
        whole = (STALLED + REST).encode("utf-8", "replace").decode()
        assert escaped_from(bytes(terminal.raw), copied=[tagged("ta")[0], whole]) == []


async def starts(visitor: Visitor) -> None:
    """Toast of a bad theme, header, pasted prompt, the whole run."""
    await visitor.sees("tk")
    await visitor.terminal.until("○ IDLE", canary("mo", 0), canary("mo", 1))
    visitor.terminal.send(pasted(in_four_lines("pr")))
    await visitor.terminal.until(canary("pr", len(PAYLOADS) - 1))
    await visitor.sees("pr", key=PAGE_UP)
    visitor.terminal.send("enter")
    await visitor.terminal.until("✓ COMPLETED", canary("fr", 0), canary("fr", 1), f'after "{STALLED_SHOWN}"')


async def reads_the_panes(visitor: Visitor) -> None:
    """Each pane alone, from its first row to its last; a click on what looks like a link does nothing."""
    await visitor.opens("1", "z", "home", shows=canary("th", 0))
    await visitor.sees("th", "tn", "ta", "tx", "la", "co")
    visitor.clicks(LINK)
    await visitor.opens("z", "2", "b", "b", "z", "home", shows=f"{canary('tx', 1)}␈")
    await visitor.sees("tx", "la", "co")
    visitor.clicks(LINK)
    await visitor.opens("z", "3", "z", "home", shows=f"tool 0 {canary('tn', 0)}")
    await visitor.sees("tn", "ta", "la", "co", "jk", "jv")
    visitor.clicks(LINK)
    await visitor.opens("z", "1", "v", "home", shows="text as Markdown")
    await visitor.sees("tx", "co")
    await visitor.opens("end", shows="mdclick")
    visitor.clicks("mdclick")


async def opens_the_boxes(visitor: Visitor) -> None:
    """What is copied and saved, the receipt of a number."""
    await visitor.opens("3", "home", "y", shows="It holds 8 control")
    await visitor.opens("s", shows="will be written:")
    await visitor.sees("cw")
    await visitor.fills_in("sn")
    await visitor.opens("esc", "4", "home", "enter", shows="formula", without="will be written:")
    await visitor.opens("esc", "1", "y", shows="Copied", without="formula")


async def compares(visitor: Visitor) -> None:
    """The text in lanes, the words at the stall, a pattern."""
    await visitor.opens("c", "home", shows=f'after "{STALLED_SHOWN}"')
    await visitor.sees("tx", "la", "co", "jk", "jv")
    await visitor.opens("b", "end", "enter", shows="pattern")
    await visitor.fills_in("re")
    visitor.terminal.send(CTRL_U, CTRL_V)
    await visitor.terminal.until(f"{STALLED_SHOWN}␊")
    await visitor.opens(CTRL_U, pasted("(\x9b2J\u202e[/]"), "enter", shows="(\ufffd2J\ufffd[/]")
    await visitor.opens(CTRL_U, pasted("\x9b2J\u202e[/]"), "enter", shows="A regex  \ufffd2J\ufffd[/]")
    await visitor.opens("q", shows="5 arrivals")


async def takes_a_picture(visitor: Visitor, folder: Path) -> None:
    """The SVG of the screen is whole and holds no unsafe sign."""
    await visitor.opens("1", "home", F8, shows="Saved")
    await visitor.sees("cw")
    (path,) = folder.glob("*.svg")
    text = path.read_text(encoding="utf-8")
    assert canary("th", 1) in "".join(ET.fromstring(text).itertext())
    assert [sign for sign in text if is_unsafe(sign) and sign != "\n"] == []


async def runs_another_model(visitor: Visitor) -> None:
    """The list of models, the prompt that one suggests, the app's own clipboard in the prompt, an error."""
    await visitor.opens("i", SELECT_ALL, CTRL_V, shows=STALLED_SHOWN)
    await visitor.opens(SELECT_ALL, DELETE, "\t", "m", "home", shows=canary("ml", 0))
    await visitor.sees("ml", "ms")
    visitor.terminal.send("home", "enter", "i")
    await visitor.terminal.until(canary("sg", len(PAYLOADS) - 1))
    await visitor.sees("sg", key=PAGE_UP)
    visitor.terminal.send("enter")
    await visitor.terminal.until("kept", without="✓ COMPLETED")
    await visitor.sees("me")
    await visitor.opens("4", "home", "z", shows=canary("me", 0))
    await visitor.sees("me")


def test_the_look_for_what_got_out_finds_every_payload() -> None:
    clean = "\x1b[?1049h\x1b[38;2;1;2;3mtext\x1b[0m\x1b[3;4H\r\n\x1b]22;default\x07"
    assert escaped_from(clean.encode()) == []
    for payload in (*SINGLE, *(sequence for sequence in SEQUENCES)):
        assert escaped_from(f"{clean}{payload}{clean}".encode()) != [], repr(payload)
    for sign in "".join(SINGLE):
        assert is_unsafe(sign) == (not sign.isascii() or not sign.isprintable()), repr(sign)
    copied = "\x1b]52;c;YQ==\x07"
    assert escaped_from(copied.encode(), copied=["a"]) == []
    assert escaped_from(copied.encode(), copied=["b"]) == [copied]
