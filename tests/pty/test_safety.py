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
PAGE, SELECT_ALL, PASTE = "\x1b[6~", "\x1b[18~", "\x16"
ARGUMENTS = [payload for payload in PAYLOADS if "\x00" not in payload]  # an argument and a file name hold no NUL
STALLED = "stq\x1b]0;x\x07\x9b2J"
ENTITIES = "".join(f"&#x{ord(sign):x};" for payload in SINGLE for sign in payload if is_unsafe(sign))


def in_one_row(place: str, payloads: Iterable[str] = ARGUMENTS) -> str:
    """All payloads between two marks."""
    return f"{canary(place, 0)}{' '.join(payloads)}{canary(place, 1)}"


def in_four_lines(place: str) -> str:
    """All payloads with their marks, in as many lines as a prompt shows."""
    texts = tagged(place)
    return "\n".join(" ".join(texts[line::4]) for line in range(4))


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
    return [opening, *(event("chunk", seq, content=sign, index=seq) for seq, sign in enumerate(STALLED, 1))]


def second_part() -> list[str]:
    """One code point a token, so that every sequence is split at every place."""
    signs = enumerate(f"\n{answer()}{LONE_SURROGATE}\n", len(STALLED) + 1)
    events = [event("chunk", seq, content=sign, index=seq) for seq, sign in signs]
    reason = in_one_row("fr", PAYLOADS)
    return [*events, event("done", len(events) + len(STALLED) + 1, done=True, finish_reason=reason, usage=None)]


def models() -> bytes:
    """Every payload as the name of a model and as its line; the last one suggests a prompt."""
    listed = [{"id": name, "shows": shows} for name, shows in zip(tagged("ml"), tagged("ms"), strict=True)]
    return json.dumps({"data": [{"id": "suggests", "prompt": in_four_lines("pr")}, *listed]}).encode()


async def play(peer: Peer) -> None:
    """The list of models; the first POST gets the stream, a later one an error."""
    request = await peer.read_request()
    if request.line.startswith("GET"):
        body = models()
        await peer.head(200, str(len(body)), content_type="application/json")
        await peer.raw(body)
        return
    await peer.head(server_timing='tm;desc="[/bad]";dur=3')
    if b"pr000q" in request.body:
        await peer.chunks(*first_part())
        await asyncio.sleep(SILENCE_S)  # the silence is what is shown
        await peer.chunks(*second_part())
    else:
        message, kind, code = (" ".join(tagged(place)) for place in ("me", "ty", "cd"))
        complaint = {"message": message, "type": kind, "code": code, "kind": "server_error"}
        await peer.chunks(event("chunk", 0, content="kept", index=0), event("error", 1, **complaint))
    await peer.end()


class Visitor:
    """Goes to places by keys and notes the marks that it sees."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.seen: set[str] = set()

    def look(self) -> None:
        self.seen |= set(re.findall(r"[a-z]{2}\d{3}q", self.terminal.text))

    async def sees(self, *places: str, payloads: tuple[str, ...] = PAYLOADS) -> None:
        """Waits until all marks of the places have stood on the screen, going on by the page."""
        wanted = set().union(*(marks(place, payloads) for place in places))
        while not wanted <= self.seen:
            self.look()
            before = self.terminal.text
            if wanted <= self.seen:
                return
            self.terminal.send(PAGE)
            missing = wanted - self.seen
            await self.terminal.until_holds(
                lambda before=before: self.terminal.text != before,  # type: ignore[misc]
                f"{sorted(missing)[:5]} on the next page",
            )

    async def opens(self, *keys: str, shows: str, without: str | None = None) -> None:
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

    def points_at(self, words: str) -> None:
        column, row = self.cell_of(words)
        self.terminal.send(f"\x1b[<35;{column};{row}M")


def hostile_folder(folder: Path) -> Path:
    """A folder with every payload in the names on the way to it, and with bytes that are no text."""
    path = os.fsencode(folder / "/".join([*tagged("cw", ARGUMENTS), f"cwend{LONE_SURROGATE}"]))
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
        terminal.send("ctrl+q")
        assert await terminal.ended() == 0
        assert escaped_from(bytes(terminal.raw)) == []


async def starts(visitor: Visitor) -> None:
    """Toast of a bad theme, header, model list, suggested prompt, the whole run."""
    await visitor.sees("tk")
    await visitor.terminal.until("○ IDLE", canary("mo", 0), canary("mo", 1))
    visitor.terminal.send("esc")
    await visitor.opens("m", shows=canary("ml", 0))
    await visitor.sees("ml", "ms")
    await visitor.opens("home", shows="suggests")
    visitor.terminal.send("enter", "i")
    await visitor.sees("pr")
    visitor.terminal.send("enter")
    await visitor.terminal.until("✓ COMPLETED", canary("fr", 0), canary("fr", 1))


async def reads_the_panes(visitor: Visitor) -> None:
    """Each pane alone, from its first row to its last."""
    await visitor.opens("1", "z", "home", shows=canary("th", 0))
    await visitor.sees("th", "tn", "ta", "tx", "la", "co")
