"""The command line: what it refuses, and in which words."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_runner import Finished, environment, finish, run, start
from tests.transports.run_support import open_stream, send_end, send_tokens, tokens
from tests.transports.scripted_server import Peer, ScriptedServer
from tui.cli import run_command_line
from tui.command_flags import COMMANDS
from tui.version import __version__


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is said about a command line that is wrong."""
    try:
        code = run_command_line(list(arguments))
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else -1
    said = capsys.readouterr()
    assert code == 2
    assert said.out == ""
    assert said.err.startswith("streamscope: ")
    assert said.err.count("\n") == 1
    return said.err


@pytest.fixture(autouse=True)
def _own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STREAMSCOPE_URL", "STREAMSCOPE_TRANSPORT", "OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


@pytest.mark.parametrize("word", ["serv", "server", "sevre", "Serve", "runn", "rn"])
def test_a_mistyped_command_names_the_one_that_is_meant(capsys: pytest.CaptureFixture[str], word: str) -> None:
    said = refused(capsys, word)
    assert ("serve" if word.lower().startswith("s") else "run") in said
    assert refused(capsys, word, "--port", "0") == said


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_behind_a_flag_is_no_prompt(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert "first" in refused(capsys, "--model", "m", command)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "hi", "--transport", "carrier-pigeon"], "direct"),
        (["run", "hi", "--no-such-flag"], "--no-such-flag"),
        (["run", "hi", "--max-tok", "3"], "--max-tok"),
        (["run", "two", "prompts"], "quotes"),
        (["run", "hi", "--max-tokens", "0"], "1 or more"),
        (["run", "hi", "--max-tokens", "1.5"], "whole number"),
        (["run", "hi", "--retries", "-1"], "--retries"),
        (["run", "hi", "--temperature", "nan"], "expected a number"),
        (["run", "hi", "--idle-timeout", "soon"], "expected a number"),
        (["run", "hi", "--idle-timeout", "0"], "above 0"),
        (["run", "hi", "--cancel-after-ms", "-5"], "--cancel-after-ms"),
        (["run", "hi", "--dialect", "klingon"], "klingon"),
        (["run", "hi", "--url", "ftp://example.net"], "http"),
        (["run", "hi", "--url", ""], "http"),
        (["run", "--url", "http://127.0.0.1:9"], "no prompt"),
        (["run", " ", "--url", "http://127.0.0.1:9"], "no prompt"),
        (["run", "hi", "--prompt-file", "-"], "not both"),
        (["run", "--prompt-file", "/no/such/file"], "/no/such/file"),
        (["run", "hi", "--token-file", "/no/such/file"], "cannot be read"),
        (["run", "hi", "--profile", "nowhere"], "nowhere"),
        (["run", "hi", "--header", "x-key=value"], "ENV:"),
        (["run", "hi", "--header", "x-key=ENV:NOT_SET_AT_ALL"], "NOT_SET_AT_ALL"),
        (["run", "hi", "--body", "/etc/hostname", "--transport", "ws", "--url", "ws://127.0.0.1:9"], "sse"),
        (["run", "\udcff"], "UTF-8"),
        (["serve", "--port", "x"], "--port"),
    ],
)
def test_a_wrong_command_line_exits_2_with_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert words in refused(capsys, *arguments)


@pytest.mark.parametrize("flag", ["--api-key=sk-CANARY", "--api-key"])
def test_a_key_on_the_command_line_is_not_repeated(capsys: pytest.CaptureFixture[str], flag: str) -> None:
    said = refused(capsys, "run", "hi", flag, "sk-CANARY")
    assert "--api-key" in said
    assert "CANARY" not in said
    assert "CANARY" not in refused(capsys, "run", "hi", "--header", "x-key=sk-CANARY")


def test_a_prompt_file_that_is_too_large_or_no_text_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    large, binary = tmp_path / "large", tmp_path / "binary"
    large.write_bytes(b"x" * (4 * 2**20 + 1))
    binary.write_bytes(b"ok \xff")
    assert "4 MiB" in refused(capsys, "run", "--prompt-file", str(large))
    assert "byte 3" in refused(capsys, "run", "--prompt-file", str(binary))


def test_a_key_file_that_others_can_read_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("sk-CANARY")
    key.chmod(0o644)
    said = refused(capsys, "run", "hi", "--url", "http://127.0.0.1:9", "--token-file", str(key))
    assert "600" in said
    assert "CANARY" not in said


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('url = "http://a"\ntransport = "smoke"\n', "line 2, key transport"),
        ("[profiles.work] # mine\n\ncolour = 1\n", "line 3, key profiles.work.colour"),
        ("url = \n", "line 1"),
    ],
)
def test_a_wrong_settings_file_is_named_with_line_and_key(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, where: str
) -> None:
    file = tmp_path / "streamscope" / "config.toml"
    file.parent.mkdir()
    file.write_text(text)
    said = refused(capsys, "run", "hi")
    assert str(file) in said
    assert where in said


def test_version_is_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_command_line(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"streamscope {__version__}\n"


async def play(peer: Peer) -> None:
    await open_stream(peer, "sse")
    await send_tokens(peer, "sse", 0, 5)
    await send_end(peer, "sse", 5)


async def test_the_app_without_a_terminal_runs_its_prompt_headless(tmp_path: Path) -> None:
    async with ScriptedServer(play) as far:
        done = await run(tmp_path, "--url", far.url, "say something")
    assert (done.code, done.text) == (0, tokens(5))


async def test_without_a_prompt_nothing_unasked_is_sent_to_an_endpoint(tmp_path: Path) -> None:
    async with ScriptedServer(play) as far:
        named = await run(tmp_path, "--url", far.url)
        configured = await run(tmp_path, OPENAI_BASE_URL=far.url)
        assert far.peers == []
    assert (named.code, named.out) == (2, b"")
    assert "no prompt" in named.err
    assert configured.code == 0
    assert "RECORDED" in configured.err


async def test_settings_come_from_the_file_and_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "streamscope" / "config.toml"
    async with ScriptedServer(play) as far:
        file.parent.mkdir()
        file.write_text(f'[profiles.far]\nurl = "{far.url}"\nmodel = "of-profile"\n')
        await run(tmp_path, "run", "hi", "--profile", "far")
        await run(tmp_path, "run", "hi", STREAMSCOPE_PROFILE="far", STREAMSCOPE_MODEL="of-environment")
        models = [peer.request.json()["model"] for peer in far.peers if peer.request is not None]
    assert models == ["of-profile", "of-environment"]


def test_headless_never_loads_the_screen_library(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom tui.cli import run_command_line\n"
        "run_command_line(['run', 'hi', '--url', 'http://127.0.0.1:9'])\n"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in ('textual', 'fastapi', 'uvicorn')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout == "[]\n"


async def test_closed_standard_streams_change_no_data(tmp_path: Path) -> None:
    """`2>&-`: the narration has nowhere to go, and stdout stays pure."""
    async with ScriptedServer(play) as far:
        command = f'{sys.executable} -m tui run hi --url {far.url} "$0" 2>&-'
        out = await in_shell(tmp_path, command, "--json")
        assert json.loads(out.text)["content"] == tokens(5)
        out = await in_shell(tmp_path, f"{sys.executable} -m tui run hi --url {far.url} 2>&-")
        assert (out.code, out.text) == (0, tokens(5))
        out = await in_shell(tmp_path, f"{sys.executable} -m tui run hi --url {far.url} >&-")
        assert out.code == 0


async def in_shell(folder: Path, command: str, *arguments: str) -> Finished:
    process = await asyncio.create_subprocess_exec(
        "sh",
        "-c",
        command,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(folder),
    )
    return await finish(process)


async def test_an_interrupt_of_the_demo_exits_130(tmp_path: Path) -> None:
    """The demo gateway is a child with a group of its own; the run ends first, then the child."""
    process = await start(tmp_path, "run", "hi", STREAMSCOPE_MODEL="demo/steady")
    assert process.stdout is not None
    await process.stdout.readexactly(1)
    process.send_signal(signal.SIGINT)
    assert (await finish(process)).code == 130
