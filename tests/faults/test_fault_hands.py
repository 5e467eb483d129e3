"""Cases that need hands: signals, a window that shrinks, a full disk, no terminal, a gateway that is killed.

The command as it is, in a pseudo-terminal as it is, against a far end on a socket.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from tests.child_environ import clean_environ
from tests.command_runner import environment, run
from tests.faults.fault_cases import WIRES, Case, case
from tests.faults.fault_server import FaultServer
from tests.gateway.gateway_process import gateway_process
from tests.pty.terminal import Terminal, gone
from tui.captures.open_capture import open_capture
from tui.core.derived_run import DerivedRun

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked up in /proc"),
    pytest.mark.slow,
]
ALL = pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
SIGNALS = {"INT": signal.SIGINT, "TERM": signal.SIGTERM, "HUP": signal.SIGHUP}
KEYS = {"OPENAI_API_KEY": "sk-CANARY-123456", "STREAMSCOPE_TOKEN": "token-CANARY-654321"}
ALWAYS_ON = {7, 25}
Note = Callable[[str, object], None]


@asynccontextmanager
async def streaming(
    which: Case, transport: str, folder: Path, *flags: str, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[FaultServer, Terminal]]:
    """The app with a prompt that was sent, against the far end of a case."""
    async with FaultServer(which.script(WIRES[transport]), WIRES[transport]) as far:
        url = f"{far.url}/v1" if transport == "direct" else far.url
        arguments = ("--transport", transport, "--url", url, "--model", "fault-1", *flags, "go")
        async with Terminal(size, *arguments, folder=folder, environ=KEYS, has_animations=False) as terminal:
            yield far, terminal
            assert b"Traceback" not in terminal.raw
            assert b"CANARY" not in terminal.raw


def is_as_it_was(terminal: Terminal) -> bool:
    """Cooked, on its main screen, with its cursor, without the mouse."""
    modes = terminal.private_modes()
    is_plain = modes == {mode: mode in ALWAYS_ON for mode in modes}
    return modes.keys() >= {25, 1000, 1049} and is_plain and not terminal.attributes_changed()


def recorded(file: Path) -> DerivedRun:
    """The run of a recording, however far it goes."""
    return DerivedRun.of_records(open_capture(file))


@ALL
@pytest.mark.parametrize("name", SIGNALS)
async def test_a_signal_ends_the_app_and_leaves_the_terminal_as_it_was(
    name: str, transport: str, tmp_path: Path, record_property: Note
) -> None:
    f060 = case("F060")
    file, loop = tmp_path / "run.jsonl", asyncio.get_running_loop()
    async with streaming(f060, transport, tmp_path, "--capture", str(file)) as (far, terminal):
        await terminal.until("tok20")
        begin = loop.time()
        terminal.process.send_signal(SIGNALS[name])
        assert await terminal.ended() == 128 + SIGNALS[name]
        assert loop.time() - begin <= f060.expect["exit_max_s"]
        assert (await far.until_seen(begin, "gone", "cancel") - begin) * 1000 <= f060.expect["upstream_gone_ms_max"]
        assert is_as_it_was(terminal)
        assert terminal.process_ids() == []
    run = recorded(file)
    assert run.result is not None
    assert run.result.content.count("tok") >= 20
    assert run.outcome == "cancelled"
    record_property("reliability", ("by hand", f"F060-{name}-{transport}", 1, 0, 0, 0))


async def test_a_terminal_that_is_closed_ends_the_app_and_its_children(tmp_path: Path, record_property: Note) -> None:
    async with streaming(case("F060"), "sse", tmp_path) as (far, terminal):
        await terminal.until("tok5")
        begin = asyncio.get_running_loop().time()
        children = terminal.process_ids()
        terminal.hang_up()
        await gone(children, within_s=3.0)
        await far.until_seen(begin, "gone")
    record_property("reliability", ("by hand", "terminal closed", 1, 0, 0, 0))


@ALL
@pytest.mark.parametrize("how", ["suspended", "asleep"])
async def test_being_stopped_is_not_charged_to_the_server(
    how: str, transport: str, tmp_path: Path, record_property: Note
) -> None:
    """The app alone goes to the shell, or the whole machine sleeps."""
    f061 = case("F061")
    async with streaming(f061, transport, tmp_path, "--idle-timeout", "1") as (_, terminal):
        await terminal.until("tok10")
        stopped = [terminal.process.pid] if how == "suspended" else terminal.process_ids()
        for process_id in stopped:
            os.kill(process_id, signal.SIGTSTP if how == "suspended" else signal.SIGSTOP)
        await asyncio.sleep(f061.client[0]["ms"] / 1000)  # the time that passes is the case
        for process_id in stopped:
            os.kill(process_id, signal.SIGCONT)
        await terminal.until("✓ COMPLETED", "tok299")
        await quits(terminal)
    record_property("reliability", ("by hand", f"F061-{how}-{transport}", 1, 0, 0, 0))


@ALL
async def test_the_window_becomes_small_and_very_large_while_it_streams(
    transport: str, tmp_path: Path, record_property: Note
) -> None:
    f062 = case("F062")
    file = tmp_path / "run.jsonl"
    async with streaming(f062, transport, tmp_path, "--capture", str(file)) as (_, terminal):
        await terminal.until("tok50")
        for size in f062.client[0]["to"]:
            terminal.resize(*size)
            await asyncio.sleep(0.2)  # some of the answer comes at each size
        await terminal.until("✓ COMPLETED", "tok299")
        await quits(terminal)
    run = recorded(file)
    assert run.result is not None
    assert run.result.content == f062.expect["text"]
    record_property("reliability", ("by hand", f"F062-{transport}", 1, 0, 0, 0))


async def quits(terminal: Terminal) -> None:
    terminal.send("ctrl+q")
    assert await terminal.ended() == 0
    assert is_as_it_was(terminal), (terminal.private_modes(), terminal.attributes_changed())
    assert terminal.process_ids() == []


@ALL
async def test_a_full_disk_stops_the_recording_and_not_the_stream(
    transport: str, tmp_path: Path, record_property: Note
) -> None:
    f059 = case("F059")
    with small_disk(tmp_path / "disk") as disk:
        file = disk / "run.jsonl"
        async with streaming(f059, transport, tmp_path, "--capture", str(file)) as (_, terminal):
            await terminal.until("✓ COMPLETED", "tok199")
            terminal.send("4", "home")
            await terminal.until("The capture could not be written:", "No space left on device")
            await quits(terminal)
        run = recorded(file)
    assert run.result is not None
    assert f059.expect["text"].startswith(run.result.content)
    assert run.result.content
    record_property("reliability", ("by hand", f"F059-{transport}", 1, 0, 0, 0))


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk with room for a few dozen lines."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@ALL
@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
async def test_without_a_terminal_the_text_comes_plain(
    term: str, transport: str, tmp_path: Path, record_property: Note
) -> None:
    f063 = case("F063")
    async with FaultServer(f063.script(WIRES[transport]), WIRES[transport]) as far:
        url = f"{far.url}/v1" if transport == "direct" else far.url
        said = await run(tmp_path, "--transport", transport, "--url", url, "--model", "m", "go", TERM=term)
    assert (said.code, said.out.decode().rstrip("\n")) == (0, f063.expect["text"].rstrip("\n"))
    assert b"\x1b" not in said.out
    assert "\x1b" not in said.err
    record_property("reliability", ("by hand", f"F063-{term}-{transport}", 1, 0, 0, 0))


async def test_a_terminal_that_knows_no_drawing_gets_text(tmp_path: Path) -> None:
    which = case("F063")
    async with FaultServer(which.script("sse"), "sse") as far:
        arguments = ("--url", far.url, "--model", "m", "go")
        async with Terminal((80, 24), *arguments, folder=tmp_path, environ={"TERM": "dumb"}) as terminal:
            assert await terminal.ended() == 0
            assert b"\x1b" not in terminal.raw
            assert which.expect["text"].strip() in terminal.one_line


@ALL
@pytest.mark.parametrize("how", ["closed", "broken"])
async def test_a_closed_output_is_an_exit_code_and_no_traceback(
    how: str, transport: str, tmp_path: Path, record_property: Note
) -> None:
    which = case("F063")
    async with FaultServer(which.script(WIRES[transport]), WIRES[transport]) as far:
        url = f"{far.url}/v1" if transport == "direct" else far.url
        command = f'"{sys.executable}" -m tui run go --transport {transport} --url {url} --model m'
        shell = f"{command} >&-" if how == "closed" else f"{{ {command}; echo $? >&2; }} | true"
        process = await asyncio.create_subprocess_shell(
            shell, stdout=PIPE, stderr=PIPE, stdin=DEVNULL, env=environment(tmp_path)
        )
        async with asyncio.timeout(30):
            out, err = await process.communicate()
    assert b"Traceback" not in err
    assert b"Exception ignored" not in err
    assert b"CANARY" not in out + err
    code = process.returncode if how == "closed" else int(err.split()[-1])
    assert code in (0, 1)
    record_property("reliability", ("by hand", f"F063-{how}-{transport}", 1, 0, 0, 0))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("transport", ["sse", "ws"])
async def test_a_gateway_that_is_killed_leaves_the_text_and_can_come_back(
    transport: str, number: signal.Signals, tmp_path: Path, record_property: Note
) -> None:
    f064 = case("F064")
    environ = clean_environ(tmp_path)
    async with FaultServer(f064.script("openai"), "openai") as far:
        flags = ("--upstream", f"{far.url}/v1")
        async with gateway_process(*flags, environ=environ) as (gateway, url):
            arguments = ("--transport", transport, "--url", url, "--model", "fault-1", "go")
            async with Terminal((120, 40), *arguments, folder=tmp_path, has_animations=False) as terminal:
                await terminal.until(f"tok{f064.expect['text_min_tokens']}")
                gateway.send_signal(number)
                await gateway.wait()
                await terminal.until("◐ INCOMPLETE", "text kept:", f"tok{f064.expect['text_min_tokens']}")
                second = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "tui", "serve", "--port", url.rpartition(":")[2].strip("/"), *flags),
                    *("--ready-json",),
                    stdout=PIPE,
                    stderr=DEVNULL,
                    env=environ,
                )
                try:
                    assert second.stdout is not None
                    await second.stdout.readline()
                    terminal.send("ctrl+r")
                    await terminal.until("● STREAMING", "tok3")
                    await quits(terminal)
                finally:
                    second.kill()
                    await second.communicate()
    record_property("reliability", ("by hand", f"F064-{number.name}-{transport}", 1, 0, 0, 0))


JUMPING = """
import time
_real = time.time
time.time = lambda: _real() + (7200.0 if int(time.monotonic() * 5) % 2 else -7200.0)
"""


@ALL
async def test_a_wall_clock_that_jumps_changes_no_number(transport: str, tmp_path: Path, record_property: Note) -> None:
    (tmp_path / "sitecustomize.py").write_text(JUMPING, encoding="utf-8")
    which = case("F062")
    async with FaultServer(which.script(WIRES[transport]), WIRES[transport]) as far:
        url = f"{far.url}/v1" if transport == "direct" else far.url
        arguments = ("--transport", transport, "--url", url, "--model", "m", "--idle-timeout", "5", "go")
        environ = {"PYTHONPATH": str(tmp_path)}
        async with Terminal((120, 40), *arguments, folder=tmp_path, environ=environ, has_animations=False) as terminal:
            await terminal.until("✓ COMPLETED", "tok299", "TTFT")
            shown = re.search(r"✓ COMPLETED (\d+\.\d+) s", terminal.one_line)
            assert shown is not None
            assert 1.0 < float(shown[1]) < which.expect["max_s"]
            await quits(terminal)
    record_property("reliability", ("by hand", f"clock jumps-{transport}", 1, 0, 0, 0))
