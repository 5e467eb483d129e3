"""Memory stays bounded: an endless line, a body that inflates, a million tokens, and a stream that goes on and on."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.child_environ import clean_environ
from tests.command_runner import environment
from tests.faults.fault_cases import WIRES, case
from tests.faults.fault_server import FaultServer
from tests.faults.fault_wires import said
from tests.gateway.gateway_process import gateway_process
from tests.pty.terminal import Terminal
from tests.pty.test_app_in_terminal import quit_cleanly

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is looked up in /proc"),
    pytest.mark.slow,
    pytest.mark.timeout(900),
]
MIB = 1024 * 1024
GROWTH_MIB = 64
# Of pauses, which last a fifth longer than they should; a gateway ends an answer after ten minutes.
SOAK_S = 450 if os.environ.get("STREAMSCOPE_NIGHTLY") else 60
SOAK_RATE = 500
HTTP = pytest.mark.parametrize("transport", ["direct", "sse"])
Note = Callable[[str, object], None]

# The command as it is; its highest memory is written to a file when it ends.
_MEASURED = """
import pathlib, re, sys
from tui.__main__ import main
place = pathlib.Path(sys.argv.pop(1))
try:
    sys.exit(main())
finally:
    status = pathlib.Path("/proc/self/status").read_text()
    place.write_text(re.search(r"VmHWM:\\s+(\\d+)", status)[1])
"""


async def peak_mib(script: dict[str, Any], transport: str, folder: Path, *flags: str) -> tuple[float, int, bytes]:
    """The highest memory of a headless run, its exit code and its output."""
    wire = WIRES[transport]
    async with FaultServer(script, wire) as far:
        url = f"{far.url}/v1" if transport == "direct" else far.url
        arguments = ("run", "go", "--transport", transport, "--url", url, "--model", "m", "--json", *flags)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _MEASURED, str(folder / "peak"), *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment(folder),
        )
        async with asyncio.timeout(300):
            out, err = await process.communicate()
    assert b"Traceback" not in err, err
    assert process.returncode is not None
    return peak_of(folder), process.returncode, out


def peak_of(folder: Path) -> float:
    return int((folder / "peak").read_text()) / 1024


def resident_mib(process_id: int) -> float:
    """What a process has in memory now."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process_id}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


@HTTP
async def test_an_endless_line_takes_little_memory(transport: str, tmp_path: Path, record_property: Note) -> None:
    f040 = case("F040")
    usual, _, _ = await peak_mib(case("F001").script(WIRES[transport]), transport, tmp_path)
    peak, code, out = await peak_mib(f040.script(WIRES[transport]), transport, tmp_path)
    assert code == 1
    assert b'"kind": "too_large"' in out or b'"kind":"too_large"' in out
    assert peak - usual <= f040.expect["rss_growth_max_mib"]
    record_property("reliability", ("memory", f"F040-{transport}", 1, 0, 0, 0))


@HTTP
async def test_a_body_that_inflates_takes_little_memory(transport: str, tmp_path: Path, record_property: Note) -> None:
    packed = gzip.compress(b"data: " + b"A" * (200 * MIB)).hex()
    head = {"op": "head", "headers": {"content-encoding": "gzip"}}
    script = {
        "listen": "tcp",
        "connections": [[{"op": "request"}, head, {"op": "body", "hex": packed}, {"op": "close"}]],
    }
    usual, _, _ = await peak_mib(case("F001").script(WIRES[transport]), transport, tmp_path)
    peak, code, out = await peak_mib(script, transport, tmp_path)
    assert code == 1
    assert b"too_large" in out
    assert peak - usual <= GROWTH_MIB
    record_property("reliability", ("memory", f"inflating-{transport}", 1, 0, 0, 0))


async def test_a_million_tokens_cost_little_beside_their_bytes(tmp_path: Path, record_property: Note) -> None:
    million = {
        "listen": "tcp",
        "connections": [[{"op": "open"}, {"op": "tokens", "n": 10**6, "text": "x"}, {"op": "finale"}]],
    }
    usual, _, _ = await peak_mib(case("F001").script("sse"), "sse", tmp_path)
    peak, code, out = await peak_mib(million, "sse", tmp_path, "--first-token-timeout", "60", "--idle-timeout", "60")
    assert code == 0
    assert out.count(b"x" * 10**6) == 1
    event = len(said("sse", "token", 500_000, {"text": "x"}))
    assert peak - usual - event * 10**6 / MIB <= GROWTH_MIB
    record_property("reliability", ("memory", "a million tokens, headless", 1, 0, 0, 0))


@pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
async def test_a_million_tokens_in_the_app_cost_little_beside_their_bytes(
    transport: str, tmp_path: Path, record_property: Note
) -> None:
    """App and probe, between a run of three tokens and one of a million."""
    wire = WIRES[transport]
    few, many = ([{"op": "open"}, {"op": "tokens", "n": n, "text": "word "}, {"op": "finale"}] for n in (3, 10**6))
    async with FaultServer({"listen": "tcp", "connections": [few, many]}, wire) as far:
        url = f"{far.url}/v1" if transport == "direct" else far.url
        arguments = ("--transport", transport, "--url", url, "--model", "m", "--idle-timeout", "120", "go")
        async with Terminal((120, 40), *arguments, folder=tmp_path, patience_s=240) as terminal:
            await terminal.until("✓ COMPLETED")
            before = [resident_mib(process_id) for process_id in terminal.process_ids()]
            terminal.send("ctrl+r")
            await terminal.until("✓ COMPLETED", "5000000 char")
            after = [resident_mib(process_id) for process_id in terminal.process_ids()]
            await quit_cleanly(terminal)
    capture_mib = 10**6 * len(said(wire, "token", 500_000, {"text": "word "})) / MIB
    growth = [
        late - early - capture_mib * (place == 0) for place, (early, late) in enumerate(zip(before, after, strict=True))
    ]
    assert max(growth) <= GROWTH_MIB, growth
    record_property("reliability", ("memory", f"a million tokens, {transport}, app", 1, 0, 0, 0))


@pytest.mark.timeout(SOAK_S * 2 + 300)  # each pause between two tokens lasts a little longer than it should
async def test_a_long_stream_through_a_gateway_grows_no_process(tmp_path: Path, record_property: Note) -> None:
    """App, probe and gateway, after they have warmed up and at the end."""
    count = SOAK_S * SOAK_RATE
    steps = [{"op": "open"}, {"op": "tokens", "n": count, "gap_ms": 1000 / SOAK_RATE}, {"op": "finale"}]
    async with FaultServer({"listen": "tcp", "connections": [steps]}, "openai") as far:
        environ = clean_environ(tmp_path)
        async with gateway_process("--upstream", f"{far.url}/v1", environ=environ) as (gateway, url):
            arguments = ("--transport", "sse", "--url", url, "--model", "m", "go")
            async with Terminal((120, 40), *arguments, folder=tmp_path, patience_s=SOAK_S * 4.0) as terminal:
                await terminal.until(f"tok{count // 6}")
                watched = [*terminal.process_ids(), gateway.pid]
                before = [resident_mib(process_id) for process_id in watched]
                await terminal.until("✓ COMPLETED", f"tok{count - 1}")
                after = [resident_mib(process_id) for process_id in watched]
                await quit_cleanly(terminal)
    capture_mib = count * len(said("sse", "token", count, {"text": "tok10000 "})) / MIB
    growth = [late - early for early, late in zip(before, after, strict=True)]
    assert max(growth) <= GROWTH_MIB + capture_mib, growth
    record_property("reliability", ("memory", f"{SOAK_S} s at {SOAK_RATE} tokens/s", 1, 0, 0, 0))
