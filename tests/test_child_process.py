"""Children end with their parent, however it ends, and load nothing from the folder the user stands in."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.probe_support import PATIENCE_S, children_of, is_alive
from tui.child_process import ChildProcess, start_gateway
from tui.errors import StreamscopeError

PARENT = """
import asyncio
from tui.child_process import ChildProcess, start_gateway

async def main():
    probe = ChildProcess(["probe"])
    await probe.start()
    await probe.process.stdout.readline()
    gateway, url = await start_gateway()
    print(probe.process.pid, gateway.process.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def gone(pid: int) -> None:
    """Waits for the end of a process that is nobody's child any more."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(descriptor, ended.set)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await ended.wait()
    finally:
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_probe_and_gateway_end_when_their_parent_is_killed(number: signal.Signals) -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        pids = [int(word) for word in (await parent.stdout.readline()).split()]
    assert len(pids) == 2
    assert all(map(is_alive, pids))
    parent.send_signal(number)
    await parent.wait()
    for pid in pids:
        await gone(pid)


async def test_the_probe_ends_with_code_0_when_its_input_closes() -> None:
    child = ChildProcess(["probe"])
    await child.start()
    assert child.process.stdout is not None
    ready = json.loads(await child.process.stdout.readline())
    assert ready == {"type": "ready", "pid": child.process.pid}
    await child.end()
    assert child.process.returncode == 0
    assert not child.is_running


async def test_a_child_that_does_not_end_is_killed() -> None:
    child = ChildProcess(["probe"])
    await child.start()
    assert child.process.stdout is not None
    await child.process.stdout.readline()
    child.process.send_signal(signal.SIGSTOP)
    await child.end()
    assert child.process.returncode == -signal.SIGKILL


async def test_junk_commands_are_answered_and_do_no_harm() -> None:
    child = ChildProcess(["probe"])
    await child.start()
    process = child.process
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(
        b'not json\n[]\n"x"\n{"do":"dance"}\n{"do":"start","stream":1,"plan":{}}\n' + b"[" * 100_000 + b"\n"
    )
    process.stdin.write(b'{"do":"cancel","stream":99}\n')
    async with asyncio.timeout(PATIENCE_S):
        words = [json.loads(await process.stdout.readline()) for _ in range(4)]
    assert [word["type"] for word in words] == ["ready", "complaint", "complaint", "ack"]
    process.stdin.write(b'{"do":"stop"}\n')
    async with asyncio.timeout(PATIENCE_S):
        assert await process.stdout.read() == b""
        assert await process.wait() == 0


async def test_modules_in_the_current_folder_are_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("json", "tui", "typing", "httpx"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('wrong module')\n")
    monkeypatch.chdir(tmp_path)
    child = ChildProcess(["probe"])
    await child.start()
    assert child.process.stdout is not None
    line = await child.process.stdout.readline()
    await child.end()
    assert json.loads(line)["type"] == "ready"


async def test_a_gateway_that_cannot_start_is_an_error_and_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(StreamscopeError, match="streamscope serve"):
        await start_gateway()
    assert children_of(os.getpid(), "serve") == []


async def test_a_system_without_room_for_a_child_is_an_error_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/no/such/python")
    with pytest.raises(StreamscopeError, match="could not be started"):
        await ChildProcess(["probe"]).start()


async def test_a_start_of_the_gateway_that_is_cancelled_leaves_no_process() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await start_gateway()
    assert children_of(os.getpid(), "serve") == []


def test_a_child_that_was_not_started_says_so() -> None:
    child = ChildProcess(["probe"])
    assert not child.is_running
    with pytest.raises(StreamscopeError):
        _ = child.process
