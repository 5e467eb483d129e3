"""A run larger than what may be in memory: the rest is on disk, nobody notices, and nothing is lost or left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.fault_server import FaultServer
from tests.pty.terminal import Terminal
from tests.pty.test_app_in_terminal import quit_cleanly
from tui.core.capture_codec import decode_line
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun

MIB = 1024 * 1024
AT_ONCE, SLOWLY = 20_000, 1_500
Note = Callable[[str, object], None]


def spilled_bytes(process_id: int, folder: Path) -> int:
    """How much a process has in files of a folder that have no name."""
    sizes = []
    for link in Path(f"/proc/{process_id}/fd").iterdir():
        target = str(link.readlink())
        if target.startswith(str(folder)) and target.endswith("(deleted)"):
            sizes.append(link.stat().st_size)
    return sum(sizes)


def run_of(path: Path) -> DerivedRun:
    return DerivedRun.of_records(decode_line(line)[0] for line in path.read_bytes().splitlines())


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are looked up in /proc")
async def test_a_run_that_spills_is_sought_scrolled_and_saved_like_any_other(
    tmp_path: Path, record_property: Note
) -> None:
    temp, home = tmp_path / "temp", tmp_path / "home"
    temp.mkdir()
    home.mkdir()
    at_once, slowly = {"op": "tokens", "n": AT_ONCE}, {"op": "tokens", "n": SLOWLY, "gap_ms": 8}
    script = {"listen": "tcp", "connections": [[{"op": "open"}, at_once, slowly, {"op": "finale"}]]}
    async with FaultServer(script, "openai") as far:
        arguments = ("--transport", "direct", "--url", f"{far.url}/v1", "--model", "m", "--memory-limit", "1", "go")
        environ = {"TMPDIR": str(temp)}
        async with Terminal((120, 40), *arguments, folder=tmp_path, cwd=home, environ=environ) as terminal:
            app = terminal.process.pid
            await terminal.until_holds(lambda: spilled_bytes(app, temp) >= MIB, "more than 1 MiB in a file")
            terminal.send("esc", "1", "home")
            await terminal.until("tok0 tok1 tok2", without="COMPLETED")
            terminal.send("\x07")  # ctrl+g
            await terminal.until("#37")
            terminal.send("#9000", "enter")
            await terminal.until("frame 9001/", without="COMPLETED")
            terminal.send("end")
            await terminal.until("tok8990", without="COMPLETED")
            terminal.send("\x13")  # ctrl+s
            await terminal.until("Saved")
            begun = next(home.glob("*.jsonl"))
            terminal.send("l")
            await terminal.until("✓ COMPLETED", f"tok{AT_ONCE + SLOWLY - 1}")
            terminal.send("\x13")
            await terminal.until_holds(lambda: len(list(home.glob("*.jsonl"))) == 2, "a second file")
            assert spilled_bytes(app, temp) >= MIB
            await quit_cleanly(terminal)
    whole = run_of(next(path for path in home.glob("*.jsonl") if path != begun))
    text = "".join(f"tok{number} " for number in range(AT_ONCE + SLOWLY))
    assert whole.result is not None
    assert (whole.outcome, whole.result.content) == (Outcome.COMPLETED, text)
    assert whole.capture.byte_count > 2 * MIB
    first = run_of(begun)
    assert first.result is not None
    assert text.startswith(first.result.content)
    assert len(first.result.content) > len(text) // 2
    assert list(temp.iterdir()) == []
    record_property("reliability", ("memory", "a run that spills", 1, 0, 0, 0))
