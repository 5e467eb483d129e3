"""A recording on the Live screen: files of every form, large ones, damaged ones, live pipes."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.core.readers.test_capture_lines import SMALL
from tests.core.readers.test_log_readers import BODY, EVENTS, HEAD, WORDS, trace
from tests.screens.app_driver import line_text, pane_text, running_app, shown_title, until
from tui.app import StreamscopeApp
from tui.captures.capture_writer import save_capture
from tui.captures.live_pipe import LivePipe
from tui.captures.open_capture import open_capture
from tui.config import Settings
from tui.core.capture import CaptureEnd, Read, Record
from tui.core.chunks import Outcome
from tui.screens.wire_screen import WireScreen

CAPTURES = sorted((Path(__file__).parents[1] / "data" / "captures").glob("*.jsonl"))
LAMPS = {"smol-cancelled": "■ CANCELLED at 0.29 s"}
TOOLS = ("aimock-weather", "llmock-tool")
AppAndPilot = tuple[StreamscopeApp, Pilot[None]]


@asynccontextmanager
async def opened(path: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[AppAndPilot]:
    """The app on a file, read to its end and drawn on Live; one with traps lands on Wire first."""
    async with running_app(Settings(), records=open_capture(path), size=size) as (app, pilot):
        await until(pilot, lambda: app.controller.run is not None and app.controller.run.is_over)
        await until(pilot, lambda: not app.workers or all(w.is_finished for w in app.workers if w.group == "recording"))
        if isinstance(app.screen, WireScreen):
            await pilot.press("q")
        await until(pilot, lambda: app.live._drawing.is_end_shown)  # noqa: SLF001  nobody else knows
        yield app, pilot


def words_of(app: StreamscopeApp, pane: str) -> str:
    """The text of a pane, its line breaks taken out."""
    return " ".join(pane_text(app, pane).split())


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
async def test_every_recorded_stream_is_shown(path: Path) -> None:
    async with opened(path) as (app, _):
        header = line_text(app, "header")
        assert f"FILE {path}"[:40] in header
        assert LAMPS.get(path.stem, "✓ COMPLETED") in header
        assert "demo" not in header
        if path.stem in TOOLS:
            assert "get_weather" in pane_text(app, "extracts")
        else:
            assert " 0 char" not in shown_title(app, "text")
        assert "TTFT n/a" not in pane_text(app, "stats")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_plain_log_shows_no_clock_anywhere(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(HEAD + BODY)
    async with opened(path, size) as (app, _):
        header = line_text(app, "header")
        assert "NO TIMES in this file" in header
        assert "✓ COMPLETED  stop" in header
        assert pane_text(app, "text").strip() == "".join(WORDS)
        assert "n/a" in pane_text(app, "segments")
        assert " s " not in pane_text(app, "segments").replace("n/a", "")
        assert "It has no times" in words_of(app, "stats")
        raster = pane_text(app, "raster")
        assert "6 frames, no times" in raster if size[0] == 120 else "6 fr" in raster
        assert "no times in this file: 6 frames." in line_text(app, "verdict")
        assert "0.00 s" not in header + raster + line_text(app, "verdict")


async def test_a_trace_shows_its_times_and_where_it_is_from(tmp_path: Path) -> None:
    path = tmp_path / "trace.txt"
    path.write_text(trace())
    async with opened(path) as (app, _):
        assert "NO TIMES" not in line_text(app, "header")
        assert "TTFT 0.19 s" in pane_text(app, "stats")
        assert "CANARY" not in app.export_screenshot()


async def test_a_damaged_file_opens_up_to_the_damage_and_says_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    save_capture(SMALL, path)
    data = bytearray(path.read_bytes())
    data[data.index(b'"wire":90')] ^= 1
    path.write_bytes(data)
    async with opened(path) as (app, _):
        assert "◐ INCOMPLETE" in line_text(app, "header")
        assert "Line 5 (byte" in words_of(app, "stats")
        assert "Line 5 (byte" in words_of(app, "text")


async def test_keys_act_at_once_and_the_prompt_of_the_recording_can_be_sent_again() -> None:
    path = next(path for path in CAPTURES if path.stem == "smol-plain")
    async with opened(path) as (app, pilot):
        assert app.live.focused_pane == "text"
        await pilot.press("b")
        await until(pilot, lambda: "lines" in shown_title(app, "segments"))
        run = app.controller.run
        assert run is not None
        assert run.plan.request.messages[-1].content == "Why is the sky blue?"
        assert not app._has_children  # noqa: SLF001  nothing is started for a file


def large(count: int) -> list[Record]:
    end = CaptureEnd(count / 1000, Outcome.INCOMPLETE, is_recorded=False)
    return [*SMALL[:3], *(Read(0.02 + i / 1000, EVENTS[0].encode()) for i in range(count)), end]


async def test_a_large_file_shows_before_it_is_read_and_x_stops_it(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    save_capture(large(60_000), path)
    async with running_app(Settings(), records=open_capture(path)) as (app, pilot):
        await until(pilot, lambda: "HiHi" in pane_text(app, "text"))
        run = app.controller.run
        assert run is not None
        assert not run.is_over
        await until(pilot, lambda: "◌ OPENING" in line_text(app, "header"))
        await pilot.press("x")
        await until(pilot, lambda: app.live._drawing.is_end_shown)  # noqa: SLF001  as above
        assert run.derived is not None
        assert run.derived.outcome is Outcome.INCOMPLETE
        assert "Opening was stopped after" in words_of(app, "stats")
        assert "key to socket" not in pane_text(app, "stats")


@asynccontextmanager
async def piped(size: tuple[int, int] = (120, 40)) -> AsyncIterator[tuple[StreamscopeApp, Pilot[None], int]]:
    """The app on a live pipe, and the end that is written to."""
    reading, writing = os.pipe()
    pipe = LivePipe(reading)
    os.close(reading)
    try:
        async with running_app(Settings(), records=pipe, size=size) as (app, pilot):
            yield app, pilot, writing
    finally:
        pipe.stop()


async def test_a_live_pipe_streams_with_times_of_its_own() -> None:
    async with piped() as (app, pilot, writing):
        await until(pilot, lambda: "◌ WAITING" in line_text(app, "header"))
        for event, text in zip(EVENTS[:2], ("Hi", "Hi there"), strict=True):
            os.write(writing, event.encode())
            await until(pilot, lambda text=text: text in pane_text(app, "text"))  # type: ignore[misc]
        assert "PIPE" in line_text(app, "header")
        os.write(writing, "".join(EVENTS[2:]).encode())
        os.close(writing)
        await until(pilot, lambda: "✓ COMPLETED" in line_text(app, "header"))
        derived = app.controller.derived
        assert derived is not None
        times = list(derived.arrivals.times)
        assert times[0] < times[1] < times[2] == times[3]


async def test_x_cancels_a_live_pipe_and_its_writer_sees_it_closed() -> None:
    async with piped() as (app, pilot, writing):
        os.write(writing, EVENTS[0].encode())
        await until(pilot, lambda: "Hi" in pane_text(app, "text"))
        await pilot.press("x")
        await until(pilot, lambda: "■ CANCELLED" in line_text(app, "header"))

        def is_broken() -> bool:
            try:
                os.write(writing, b"data: more\n\n")
            except BrokenPipeError:
                return True
            return False

        await until(pilot, is_broken)
        os.close(writing)
        assert "Cancelled at" in pane_text(app, "stats")
        assert "socket" not in pane_text(app, "stats")


async def test_a_pipe_may_bring_a_recording_and_what_is_none_is_said() -> None:
    async with piped() as (app, pilot, writing):
        os.write(writing, trace().encode())
        os.close(writing)
        await until(pilot, lambda: "✓ COMPLETED 1.00 s" in line_text(app, "header"))
        assert "TTFT 0.19 s" in pane_text(app, "stats")
    async with piped() as (app, pilot, writing):
        os.close(writing)
        await until(pilot, lambda: "✗ FAILED" in line_text(app, "header"))
        said = " ".join(pane_text(app, "text").split())
        assert "Nothing to show came through the pipe: It is empty." in said
        assert "Run the command before the | alone" in said
        assert "login page" not in said


async def test_a_file_without_a_trap_stays_on_live() -> None:
    path = next(path for path in CAPTURES if path.stem == "smol-plain")
    async with opened(path) as (app, _):
        assert app.screen is app.live
