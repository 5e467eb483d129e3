"""The probe writes the capture itself: what the app shows is in the file, and stays there when the app is gone."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from tests.child_environ import clean_environ
from tests.probe_support import PATIENCE_S, probing
from tests.pty.terminal import Terminal
from tests.screens.app_driver import line_text, pane_text, running_app, until
from tests.transports.run_support import healthy, open_stream, plan_of, send_tokens, tokens
from tests.transports.scripted_server import Peer, ScriptedServer
from tui.captures.open_capture import read_capture
from tui.config import Settings
from tui.core.capture import CaptureEnd, Marker
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun


async def play_without_end(peer: Peer) -> None:
    await open_stream(peer, "sse")
    await send_tokens(peer, "sse", 0, 3)
    await peer.wait_gone()


@pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
async def test_the_file_holds_what_was_delivered(tmp_path: Path, transport: str) -> None:
    path = tmp_path / "run.jsonl"
    async with ScriptedServer(healthy(transport)) as far, probing() as desk:
        stream = await desk.play(plan_of(transport, far.url, capture_file=str(path)))
    assert read_capture(path) == (desk.records[stream], [])


async def test_a_file_that_cannot_be_written_is_told_and_the_run_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "run.jsonl"
    async with ScriptedServer(healthy("sse")) as far, probing() as desk:
        stream = await desk.play(plan_of("sse", far.url, capture_file=str(path)))
    assert desk.ends(stream)[0].outcome is Outcome.COMPLETED
    (marker,) = (r for r in desk.records[stream] if isinstance(r, Marker) and r.name == "disk")
    assert "No such file" in marker.text


async def test_the_runs_of_the_app_are_files_with_numbers(tmp_path: Path) -> None:
    async with ScriptedServer(healthy("sse")) as far:
        settings, path = Settings(url=far.url), tmp_path / "run.jsonl"
        async with running_app(settings, "hi", capture=str(path)) as (app, pilot):
            await until(pilot, lambda: "✓ COMPLETED" in line_text(app, "header"))
            assert f"recorded:{path}" in "".join(pane_text(app, "stats").split())
            await pilot.press("ctrl+r")
            await until(pilot, (tmp_path / "run-2.jsonl").exists)
            await until(pilot, lambda: not app.controller.is_streaming)
    for name in ("run.jsonl", "run-2.jsonl"):
        run = DerivedRun.of_records(read_capture(tmp_path / name)[0])
        assert run.result is not None
        assert run.result.content == tokens(5)


async def test_an_app_that_is_killed_leaves_the_capture(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    async with ScriptedServer(play_without_end) as far:
        arguments = ("--url", far.url, "--capture", str(path), "hi there")
        async with Terminal((80, 24), *arguments, folder=tmp_path) as terminal:
            await terminal.until("tok2")
            terminal.process.send_signal(signal.SIGKILL)
            await terminal.ended()
            async with asyncio.timeout(PATIENCE_S):
                while not _has_end(path):  # noqa: ASYNC110  nobody tells when a file has changed
                    await asyncio.sleep(0.01)
    records, notes = read_capture(path)
    end = records[-1]
    assert notes == []
    assert isinstance(end, CaptureEnd)
    assert end.outcome is Outcome.CANCELLED
    assert DerivedRun.of_records(records).pipeline.content.text() == tokens(3)


async def test_a_killed_headless_run_leaves_what_had_come(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    async with ScriptedServer(play_without_end) as far:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tui", "run", "hi", "--url", far.url, "--capture", str(path)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            env=clean_environ(tmp_path),
        )
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            await process.stdout.readexactly(len(tokens(3)))
        process.kill()
        await process.wait()
    records, notes = read_capture(path)
    assert DerivedRun.of_records(records).pipeline.content.text() == tokens(3)
    assert "no end line" in notes[0]


def _has_end(path: Path) -> bool:
    return path.exists() and b'"type":"end"' in path.read_bytes()
