"""A key is in no byte of what the app writes, whatever the far end does with it: screen, files, pictures, processes."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.faults.fault_cases import WIRES
from tests.faults.fault_server import FaultServer
from tests.pty.terminal import Terminal

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked up in /proc")
KEY = "sk-CANARY-9f8e7d6c5b4a"
FORMS = (
    KEY,
    base64.b64encode(KEY.encode()).decode(),
    base64.b64encode(f"Bearer {KEY}".encode()).decode(),
    quote(KEY, ""),
)


def repeating(wire: str) -> dict[str, Any]:
    """A stream that quotes the key in a token and in a header; then a refusal that quotes it."""
    spoken = [{"op": "token", "text": text} for text in (f"your key is {KEY} ", "end ")]
    head = {"op": "head", "headers": {"x-echo": KEY, "content-type": "text/event-stream"}}
    start = [{"op": "open"}] if wire == "ws" else [{"op": "request"}, head]
    error = json.dumps({"error": {"message": f"Incorrect API key: {KEY}", "type": KEY}})
    refusal = [{"op": "request"}, {"op": "head", "status": 401, "headers": {"content-type": "application/json"}}]
    refused = [{"op": "request"}, {"op": "ws_accept", "bad": "status:401"}] if wire == "ws" else refusal
    told = [] if wire == "ws" else [{"op": "body", "text": error}, {"op": "end"}]
    return {"listen": "tcp", "connections": [[*start, *spoken, {"op": "finale"}], [*refused, *told]]}


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
async def test_a_key_that_the_far_end_repeats_is_nowhere(transport: str, tmp_path: Path) -> None:
    wire = WIRES[transport]
    work = tmp_path / "work"
    work.mkdir()
    async with FaultServer(repeating(wire), wire) as far:
        url = f"{far.url}/v1" if transport == "direct" else far.url
        file = str(work / "run.jsonl")
        arguments = ("--transport", transport, "--url", url, "--model", "m", "--capture", file, "say it")
        environ = {"OPENAI_API_KEY": KEY, "STREAMSCOPE_TOKEN": KEY}
        async with Terminal(
            (120, 40), *arguments, folder=tmp_path, cwd=work, environ=environ, has_animations=False
        ) as terminal:
            await terminal.until("✓ COMPLETED", "end")
            assert not found_in(command_lines(terminal.process_ids()))
            terminal.send("\x1b[19~")
            await terminal.until("Saved")
            terminal.send("w")
            await terminal.until("f no filter")
            terminal.send("v", "v", "home", "q")
            await terminal.until("5 arrivals", without="f no filter")
            terminal.send("ctrl+r")
            await terminal.until("✗ FAILED auth")
            terminal.send("!")
            await terminal.until("problems, remarks")
            terminal.send("esc", "ctrl+q")
            await terminal.ended()
        assert not found_in(bytes(terminal.raw))
    written = files_under(tmp_path)
    assert {path.suffix for path in written} >= {".jsonl", ".svg"}
    assert [path for path in written if found_in(path.read_bytes())] == []


def found_in(data: bytes) -> list[str]:
    """The forms of the key that stand in some bytes."""
    return [form for form in FORMS if form.encode() in data]


def command_lines(process_ids: list[int]) -> bytes:
    """What `ps` would show of them."""
    return b"\n".join(Path(f"/proc/{number}/cmdline").read_bytes() for number in process_ids)


def files_under(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
