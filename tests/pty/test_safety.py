"""Nothing untrusted reaches the terminal as a command, or a widget as markup: every payload against every place.

One app in a real pseudo-terminal, one stream, then every place by its keys. A payload has a mark of its place, and
each mark must have stood on the screen, so that a place that was never drawn is no proof.
"""

from __future__ import annotations

import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.pty.hostile_far_end import STALLED_SHOWN, HostileFarEnd
from tests.pty.hostile_texts import (
    ALL,
    FEW,
    LONE_SURROGATE,
    SEQUENCES,
    SHORT_SHOWN,
    SINGLE,
    HostileTexts,
    canary,
    escaped_from,
    is_unsafe,
)
from tests.pty.screen_visitor import Visitor, pasted
from tests.pty.terminal import Terminal
from tests.transports.scripted_server import ScriptedServer

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked up in /proc")

SELECT_ALL, CTRL_D, CTRL_U, CTRL_V, F8 = "\x1b[18~", "\x04", "\x15", "\x16", "\x1b[19~"
LINK = "[@click=app.quit]x"


# A terminal of this width is slow to imitate, the more so on a busy machine.
PATIENCE_S = 150.0


# A row has room for every payload at once.
@pytest.mark.parametrize(
    ("payloads", "size"),
    [
        pytest.param(FEW, (360, 44), id="one-of-each-kind", marks=[pytest.mark.slow, pytest.mark.timeout(300)]),
        pytest.param(ALL, (920, 60), id="all", marks=[pytest.mark.slow, pytest.mark.timeout(900)]),
    ],
)
async def test_no_payload_gets_out_of_any_place(
    payloads: tuple[str, ...], size: tuple[int, int], tmp_path: Path
) -> None:
    texts = HostileTexts(payloads)
    end = HostileFarEnd(texts)
    add_hostile_theme(tmp_path, texts)
    folder = hostile_folder(tmp_path, texts)
    model = texts.without_nul.in_one_row("mo")
    async with (
        ScriptedServer(end.play) as far,
        Terminal(
            size,
            *("--url", far.url, "--model", model),
            folder=tmp_path,
            cwd=folder,
            has_animations=False,
            patience_s=PATIENCE_S,
        ) as terminal,
    ):
        visitor = Visitor(terminal, texts)
        await starts(visitor)
        await reads_the_panes(visitor)
        await opens_the_boxes(visitor, len(end.whole))
        await compares(visitor)
        await looks_at_the_wire(visitor)
        await takes_a_picture(visitor, folder)
        await runs_another_model(visitor)
        await fails_in_every_way(visitor)
        terminal.send("ctrl+q")
        assert await terminal.ended() == 0
        assert escaped_from(bytes(terminal.raw), copied=[texts.tagged("ta")[0], end.whole]) == []


def hostile_folder(folder: Path, texts: HostileTexts) -> Path:
    """A folder with every payload in the names on the way to it, and with bytes that are no text."""
    names = [f" {name.replace('/', '_')}" for name in texts.without_nul.tagged("cw")]
    path = os.fsencode(folder / "/".join([*names, LONE_SURROGATE]))
    os.makedirs(path)  # noqa: PTH103  bytes
    return Path(os.fsdecode(path))


def add_hostile_theme(folder: Path, texts: HostileTexts) -> None:
    """A theme of the user with every payload in an unknown key, and hostile in its file's name."""
    key = "".join(f"\\U{ord(sign):08x}" for sign in " ".join(texts.tagged("tk")))
    (folder / "streamscope" / "themes").mkdir(parents=True)
    text = f'name = "x"\nprimary = "#112233"\n"{key}" = 1\n'
    (folder / "streamscope" / "themes" / "own\x1b]0;x\x07.toml").write_text(text)


async def starts(visitor: Visitor) -> None:
    """Toast of a bad theme, header, pasted prompt, the whole run."""
    terminal, texts = visitor.terminal, visitor.texts
    await visitor.sees("tk")
    await terminal.until("○ IDLE", canary("mo", 0), canary("mo", 1))
    terminal.send(pasted(texts.in_three_lines("pr")))
    await terminal.until(canary("pr", texts.last))
    await visitor.sees("pr")
    terminal.send("enter")
    await terminal.until("✓ COMPLETED", canary("fr", 0), canary("fr", 1), f'after "{STALLED_SHOWN}"')


async def reads_the_panes(visitor: Visitor) -> None:
    """Each pane alone, from its first row to its last; a click on what looks like a link does nothing."""
    await visitor.opens("1", "z", "home", shows=canary("th", 0))
    await visitor.sees("th", "tn", "ta", "tx", "la", "co")
    visitor.clicks(LINK)
    await visitor.opens("z", "2", "b", "b", "z", "home", shows=canary("tx", 1))
    await visitor.sees("tx", "la", "co")
    visitor.clicks(LINK)
    await visitor.opens("z", "3", "z", "home", shows=f"tool 0 {canary('tn', 0)}")
    await visitor.sees("tn", "ta", "la", "co", "jk", "jv")
    visitor.clicks(LINK)
    await visitor.opens("z", "1", "v", shows="text as Markdown")
    await visitor.terminal.until(f"{STALLED_SHOWN} {canary('tx', 0)}")
    visitor.clicks(canary("tx", 0))  # gives it the focus before the next key
    await visitor.sees("tx", "co")
    await visitor.opens("end", shows="mdclick")
    visitor.clicks("mdclick")
    await visitor.opens("v", shows="1 text", without="as Markdown")


async def opens_the_boxes(visitor: Visitor, length: int) -> None:
    """What is copied and saved, the receipt of a number."""
    await visitor.opens("3", "home", "y", shows="It holds")
    await visitor.opens("s", shows="will be written:")
    await visitor.sees("cw")
    await visitor.fills_in("sn")
    await visitor.opens("esc", shows="✓ COMPLETED", without="enter saves")
    await visitor.opens("4", "home", "enter", shows="formula")
    await visitor.opens("esc", shows="✓ COMPLETED", without="formula")
    await visitor.opens("1", "y", shows=f"Copied {length} characters")


async def compares(visitor: Visitor) -> None:
    """The text in lanes, the words at the stall, a pattern."""
    await visitor.opens("c", shows="1 run.", without="5 arrivals")
    await visitor.terminal.until(f'after "{STALLED_SHOWN}"', "hx1")  # the end of the text, which the lanes follow
    await visitor.opens("home", shows=canary("tx", 0))
    await visitor.sees("tx", "la", "co", "jk", "jv")
    await visitor.opens("b", "end", "enter", shows="It finds what separates")
    await visitor.fills_in("rx")
    visitor.terminal.send(CTRL_U, CTRL_V)
    await visitor.terminal.until(f"{STALLED_SHOWN}␊")
    for pattern, shown in (
        ("(\x9b2J\u202e[/]", "(\ufffd2J\ufffd[/]"),
        ("\x9b2J\u202e[/]", "A regex \ufffd2J\ufffd[/]"),
    ):
        await visitor.opens(CTRL_U, shows="pattern", without="2J")  # a key is slower than a paste: not in one go
        await visitor.opens(pasted(pattern), "enter", shows=shown)
    await visitor.opens("q", shows="5 arrivals")


async def looks_at_the_wire(visitor: Visitor) -> None:
    """The bytes of a frame in every view, the end with its reason, what is odd, a search, a filter."""
    await visitor.opens("w", shows="f no filter")
    await visitor.opens("home", shows="frame 0")
    await visitor.terminal.until(canary("th", 0))
    await visitor.opens("v", shows="data: {")
    await visitor.opens("v", shows="64 61 74 61 3a 20")
    await visitor.opens("end", shows=canary("fr", 0))
    await visitor.opens("!", shows="remarks, stalls")
    await visitor.terminal.until(f'after "{STALLED_SHOWN}"')
    await visitor.opens("esc", shows="f no filter", without="remarks, stalls")
    await visitor.opens("f", shows="kind:tool")
    await visitor.opens(pasted("\x9b2J\u202e[/]"), "enter", shows="frames match \ufffd2J\ufffd[/]")
    await visitor.opens("f", shows="kind:tool")
    await visitor.opens("esc", shows="f no filter")
    await visitor.opens("q", shows="5 arrivals", without="f no filter")


async def takes_a_picture(visitor: Visitor, folder: Path) -> None:
    """The SVG of the screen is whole and holds no unsafe sign."""
    await visitor.opens("1", "home", shows=canary("th", 1))
    await visitor.opens(F8, shows="Saved")
    await visitor.sees("cw")
    text = picture_in(folder)
    assert canary("th", 1) in "".join(ET.fromstring(text).itertext())  # noqa: S314  a broken one fails the test
    assert [sign for sign in text if is_unsafe(sign) and sign != "\n"] == []


def picture_in(folder: Path) -> str:
    (path,) = folder.glob("*.svg")
    return path.read_text(encoding="utf-8")


async def runs_another_model(visitor: Visitor) -> None:
    """The list of models, the prompt that one suggests, the app's own clipboard in the prompt, an error."""
    await visitor.opens("i", SELECT_ALL, CTRL_V, shows="? stq")  # what was copied has no lone surrogate
    await visitor.opens(SELECT_ALL, CTRL_D, shows="enter send", without="? stq")
    await visitor.opens("\t", shows="y copy")
    await visitor.opens("m", shows="enter chooses")
    await visitor.opens("home", shows=canary("ml", 0))
    await visitor.sees("ml", "ms")
    await visitor.opens("home", "enter", shows="y copy", without="enter chooses")
    visitor.terminal.send("i")
    await visitor.sees("sg")
    visitor.terminal.send("enter")
    await visitor.terminal.until("kept", without="✓ COMPLETED")
    await visitor.sees("me")
    await visitor.opens("4", "home", "z", shows=canary("me", 0))
    await visitor.sees("me")
    await visitor.opens("z", shows="5 arrivals")


async def fails_in_every_way(visitor: Visitor) -> None:
    """A remark, a refused key, a page that is no stream; what they quote stands in the text and pane 4."""
    again, until = "ctrl+r", visitor.terminal.until
    await visitor.opens(again, shows=f"{canary('re', 0)}{SHORT_SHOWN}")
    await visitor.opens(again, shows=f"{canary('un', 0)}{SHORT_SHOWN}")
    await until("✗ FAILED auth")
    await visitor.opens(again, shows=canary("pg", 0))
    await until("✗ FAILED content_type", canary("ct", 0))


def test_the_look_for_what_got_out_finds_every_payload() -> None:
    clean = "\x1b[?1049h\x1b[38;2;1;2;3mtext\x1b[0m\x1b[3;4H\r\n\x1b]22;default\x07"
    assert escaped_from(clean.encode()) == []
    for text in HostileTexts((*SINGLE, *SEQUENCES)).tagged("zz"):
        assert escaped_from(f"{clean}{text}{clean}".encode()) != [], repr(text)
    for sign in "".join(SINGLE):
        assert is_unsafe(sign) == (not sign.isascii() or not sign.isprintable()), repr(sign)
    copied = "\x1b]52;c;YQ==\x07"
    assert escaped_from(copied.encode(), copied=["a"]) == []
    assert escaped_from(copied.encode(), copied=["b"]) == [copied]
