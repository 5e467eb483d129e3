"""The command without a screen, in a terminal: what a stream says and what a message quotes is no command either."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pty.hostile_far_end import HostileFarEnd
from tests.pty.hostile_texts import ALL, SHORT, SHORT_SHOWN, HostileTexts, escaped_from
from tests.pty.terminal import Terminal
from tests.transports.scripted_server import ScriptedServer

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked up in /proc")
SIZE = (120, 40)


async def printed(folder: Path, *arguments: str) -> str:
    """What the command wrote until it ended, none of it unsafe."""
    async with Terminal(SIZE, *arguments, folder=folder) as terminal:
        await terminal.ended()
        assert escaped_from(bytes(terminal.raw)) == []
        return terminal.raw.decode()


async def test_the_text_of_a_stream_is_printed_as_signs(tmp_path: Path) -> None:
    texts = HostileTexts(ALL)
    async with ScriptedServer(HostileFarEnd(texts).play) as far:
        shown = await printed(tmp_path, "run", "hello", "--url", far.url)
    assert all(mark in shown for place in ("tx", "la", "co", "jk", "jv") for mark in texts.marks(place))
    assert "completed (fr000q" in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ["--transport", SHORT],
        ["--url", SHORT],
        ["--dialect", SHORT],
        ["--profile", SHORT],
        [f"--{SHORT}"],
        ["run", "hi", "--prompt-file", SHORT],
        ["run", "hi", "--idle-timeout", SHORT],
        ["run", "hi", "--url", "https://127.0.0.1:9", "--ca-file", f"/{SHORT}"],
        ["run", "--prompt-file", f"/{SHORT}"],
        ["serve", "--upstream", SHORT],
        ["serve", "--host", SHORT],
        ["serve", "--token-file", f"/{SHORT}"],
        ["serve", SHORT],
    ],
    ids=lambda arguments: " ".join(arguments).replace(SHORT, "HOSTILE"),
)
@pytest.mark.slow
async def test_a_complaint_quotes_no_command(arguments: list[str], tmp_path: Path) -> None:
    assert "streamscope" in await printed(tmp_path, *arguments)


async def test_a_complaint_shows_what_it_quotes(tmp_path: Path) -> None:
    assert SHORT_SHOWN in await printed(tmp_path, "run", "--prompt-file", f"/{SHORT}")
