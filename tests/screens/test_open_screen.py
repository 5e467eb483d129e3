"""The Open screen and ctrl+s: a folder of recordings with its numbers, one opened, a run saved and found there."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.core.readers.test_capture_lines import SMALL
from tests.core.readers.test_log_readers import BODY
from tests.core.wire_view.tool_run import tool_records
from tests.screens.app_driver import demo_records, line_text, pane_text, running_app, until
from tests.screens.test_compare_screen import toasts
from tests.transports.run_support import open_stream, send_end, send_tokens, tokens
from tests.transports.scripted_server import CHAT_DONE, Peer, ScriptedServer, chat_event
from tui.app import StreamscopeApp
from tui.captures.capture_folder import read_facts
from tui.captures.capture_writer import save_capture
from tui.captures.open_capture import read_capture
from tui.config import Settings
from tui.core.capture import CaptureEnd, Read
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.screens.open_screen import OpenScreen
from tui.screens.wire_screen import WireScreen

NOWHERE = Settings(url="http://127.0.0.1:9")
CAPTURES = Path(__file__).parents[1] / "data" / "captures"
AppAndPilot = tuple[StreamscopeApp, Pilot[None]]


@asynccontextmanager
async def browsing(folder: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[AppAndPilot]:
    """The app on a folder, everything in it read."""
    async with running_app(NOWHERE, folder=folder, size=size) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, OpenScreen) and bool(line_text(app, "footer")))
        await until(pilot, lambda: app.capture_folder.progress[0] == app.capture_folder.progress[1])
        app.screen.draw_anew()  # type: ignore[attr-defined]
        yield app, pilot


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def rows(app: StreamscopeApp) -> list[str]:
    return [" ".join(row.split()) for row in pane_text(app, "files").splitlines()]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 18), (30, 6)])
async def test_every_capture_of_a_folder_is_in_a_row(size: tuple[int, int]) -> None:
    async with browsing(CAPTURES, size) as (app, _):
        listed = rows(app)
        assert len(listed) == 1 + len(list(CAPTURES.glob("*.jsonl")))
        cancelled = next(row for row in listed if "smol-cancelled" in row or "smol-cance" in row)
        assert "■ cancelled" in cancelled
        if size[0] >= 60:
            assert "0.29 s" in cancelled
        if size[0] >= 80:
            assert any("smollm2" in row.lower() for row in listed)
        if size[0] >= 60:
            assert "recorded exchange:" in pane_text(app, "file-notes")


async def test_enter_opens_the_file_under_the_cursor_and_ctrl_o_finds_the_list_again(tmp_path: Path) -> None:
    shutil.copyfile(CAPTURES / "smol-plain.jsonl", tmp_path / "plain.jsonl")
    save_capture(tool_records(), tmp_path / "tools.jsonl")
    for age, name in enumerate(("plain.jsonl", "tools.jsonl")):
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    async with browsing(tmp_path) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.live and "✓ COMPLETED" in line_text(app, "header"))
        assert "FILE" in line_text(app, "header")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, OpenScreen) and len(rows(app)) == 3)
        assert "◌" not in pane_text(app, "files"), "what was read is not read again"
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(app.screen, WireScreen))  # it has a trap
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, OpenScreen))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, WireScreen))


async def test_damaged_and_unreadable_files_are_named_and_others_left_out(tmp_path: Path) -> None:
    save_capture(SMALL, tmp_path / "a.jsonl")
    (tmp_path / "a.jsonl").write_bytes((tmp_path / "a.jsonl").read_bytes()[:-30])
    (tmp_path / "b.jsonl").write_bytes(b"")
    (tmp_path / "c.log").write_bytes(BODY)
    (tmp_path / "d.txt").write_text("a shopping list\n")
    for age, name in enumerate("abcd"):
        path = next(path for path in files_in(tmp_path) if path.name.startswith(name))
        os.utime(path, (1000 - age, 1000 - age))
    async with browsing(tmp_path) as (app, pilot):
        await until(pilot, lambda: len(rows(app)) == 4)
        listed = rows(app)
        assert listed[1].startswith("▸▲ damaged a.jsonl")
        assert listed[2].startswith("▲ unreadable b.jsonl")
        assert listed[3].startswith("✓ completed c.log")
        assert "n/a n/a" in listed[3]
        assert "cut off or damaged" in " ".join(pane_text(app, "file-notes").split())
        await pilot.press("j")
        await until(pilot, lambda: "It is empty." in pane_text(app, "file-notes"))
        await pilot.press("enter")
        await until(pilot, lambda: any("It is empty." in text for text in toasts(app)))
        assert isinstance(app.screen, OpenScreen)


async def test_an_empty_folder_and_one_that_is_none_say_what_to_do(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (app, pilot):
        said = " ".join(pane_text(app, "files").split())
        assert said == f"No captures in {tmp_path}. ctrl+s saves the current run."
        await pilot.press("enter", "ctrl+s")
        await until(pilot, lambda: any("nothing to save" in text for text in toasts(app)))
        await pilot.press("q")
        await until(pilot, lambda: app.screen is app.live)
    async with running_app(NOWHERE, folder=tmp_path / "gone") as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, OpenScreen))
        await until(pilot, lambda: "cannot be listed" in pane_text(app, "files"))


async def test_names_from_a_hostile_folder_reach_no_terminal(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J[bold]\u202eb.log").write_bytes(BODY)
    async with browsing(tmp_path) as (app, pilot):
        await until(pilot, lambda: "completed" in pane_text(app, "files"))
        drawn = app.export_screenshot()
        assert "\x1b" not in drawn
        assert "\u202e" not in drawn
        assert "[bold]" in pane_text(app, "files")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.live and "✓ COMPLETED" in line_text(app, "header"))


async def test_ctrl_s_saves_an_ended_run_once_and_the_list_shows_it(tmp_path: Path) -> None:
    records = demo_records("markdown")
    async with running_app(NOWHERE, records=records) as (app, pilot):
        app.folder = tmp_path
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any(text.startswith("Saved ") for text in toasts(app)))
        (path,) = files_in(tmp_path)
        run = app.controller.derived
        assert run is not None
        said = next(text for text in toasts(app) if text.startswith("Saved "))
        kilobytes = f"{path.stat().st_size / 1000:.0f} kB"
        reads = run.capture.read_count
        assert said == f"Saved {path}, {reads} reads, {kilobytes}. It holds prompt and answer, no keys."
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        saved, notes = read_capture(path)
        assert (saved, notes) == (list(run.capture.records()), [])
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any(text == f"It is saved already: {path}." for text in toasts(app)))
        assert files_in(tmp_path) == [path]
        path.rename(tmp_path / "other.jsonl")
        await pilot.press("ctrl+s")
        await until(pilot, path.exists)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, OpenScreen) and "other.jsonl" in pane_text(app, "files"))


async def test_ctrl_s_after_a_cancel_keeps_the_evidence_and_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-CANARY-key-1")
    go_on = asyncio.Event()

    async def play(peer: Peer) -> None:
        await peer.read_request()
        await peer.head(x_echo="sk-CANARY-key-1", set_cookie="sid=CANARY-cookie")
        await peer.chunks(chat_event("your key is sk-CANARY-key-1!"))
        await go_on.wait()
        await peer.chunks(CHAT_DONE)

    async with ScriptedServer(play) as far:
        settings = Settings(url=f"{far.url}/v1", transport="direct")
        async with running_app(settings, "go", folder=None) as (app, pilot):
            app.folder = tmp_path
            await until(pilot, lambda: "your key" in pane_text(app, "text"))
            await pilot.press("ctrl+s")
            await until(
                pilot, lambda: any("The run goes on: what comes later is not in it." in text for text in toasts(app))
            )
            (so_far,) = files_in(tmp_path)
            records, _ = read_capture(so_far)
            assert [type(record) for record in records[-2:]] == [Read, CaptureEnd]
            run = DerivedRun.of_records(records)
            assert run.result is not None
            assert run.result.outcome is Outcome.INCOMPLETE
            assert run.pipeline.content.text().startswith("your key")
            assert run.result.problem is not None
            assert "while the run went on" in run.result.problem.message
            assert b"CANARY" not in so_far.read_bytes()
            (*_, facts) = read_facts(so_far)
            assert facts is not None
            assert facts.damage == ""
            so_far.unlink()
            await pilot.press("escape")
            await until(pilot, lambda: "■ CANCELLED" in line_text(app, "header"))
            assert "ctrl+s saves them." in " ".join(pane_text(app, "stats").split())
            await pilot.press("ctrl+s")
            await until(pilot, lambda: any(text.startswith("Saved ") for text in toasts(app)))
        go_on.set()
    (path,) = files_in(tmp_path)
    assert b"CANARY" not in path.read_bytes()
    records, _ = read_capture(path)
    assert isinstance(records[-1], CaptureEnd)
    assert records[-1].outcome is Outcome.CANCELLED


async def test_while_a_run_streams_no_file_takes_its_place(tmp_path: Path) -> None:
    save_capture(SMALL, tmp_path / "a.jsonl")
    end = asyncio.Event()

    async def play(peer: Peer) -> None:
        await open_stream(peer, "sse")
        await send_tokens(peer, "sse", 0, 3)
        await end.wait()
        await send_end(peer, "sse", 3)

    async with ScriptedServer(play) as far, running_app(Settings(url=far.url), "go") as (app, pilot):
        app.folder = tmp_path
        await until(pilot, lambda: tokens(3) in pane_text(app, "text").replace("\n", ""))
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, OpenScreen) and "a.jsonl" in pane_text(app, "files"))
        assert line_text(app, "footer").startswith("x cancel")
        await pilot.press("enter")
        await until(pilot, lambda: any("then enter opens the recording" in text for text in toasts(app)))
        await pilot.press("escape")
        await until(pilot, lambda: "■ CANCELLED" in line_text(app, "header"))
        end.set()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WireScreen))  # it has a trap
        await until(pilot, lambda: "FILE" in line_text(app, "header"))


async def test_a_folder_that_takes_no_file_says_so(tmp_path: Path) -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        app.folder = tmp_path / "gone"
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any(text.startswith("Not saved: ") for text in toasts(app)))
        assert any("No such file or directory" in text for text in toasts(app))
