"""The detail pane: one point in three views, the read it came with, and what its keys ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.core.wire_view.test_wire_log import log_of, run_of
from tests.core.wire_view.tool_run import tool_records
from tui.core.capture import Read
from tui.core.derived_run import DerivedRun
from tui.core.wire_view.wire_log import WireLog
from tui.panes.frame_detail import FrameDetail


class DetailHost(App[None]):
    """A detail pane alone, with what it said."""

    def __init__(self) -> None:
        super().__init__()
        self.pane = FrameDetail(id="detail")
        self.said: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.pane

    @on(FrameDetail.CopyAsked)
    def _copy(self) -> None:
        self.said.append("copy")

    @on(FrameDetail.PlaceAsked)
    def _place(self) -> None:
        self.said.append("place")


@asynccontextmanager
async def hosted(
    log: WireLog, row: int = 0, size: tuple[int, int] = (60, 20)
) -> AsyncIterator[tuple[DetailHost, Pilot[None]]]:
    app = DetailHost()
    app.pane.styles.border = ("round", "white")
    async with app.run_test(size=size) as pilot:
        app.pane.show(log, log.entry(row))
        app.pane.focus()
        await pilot.pause()
        yield app, pilot


def text_of(pane: FrameDetail) -> list[str]:
    return ["".join(span.text for span in pane.row_spans(row)).rstrip() for row in range(pane.row_count)]


def pointed(pane: FrameDetail) -> list[str]:
    spans = [span for row in range(pane.row_count) for span in pane.row_spans(row)]
    return [span.text for span in spans if span.style == "detail--point"]


def below(pane: FrameDetail) -> str:
    return str(pane.border_subtitle)


async def test_point_is_the_same_character_in_every_view() -> None:
    log = log_of(run_of(['data: {"k": "aé"}\n\n'.encode()]))
    async with hosted(log) as (app, pilot):
        pane = app.pane
        assert pane.text is not None
        pane.point_at(pane.text.raw.text.index("é"))
        assert (pane.view, pointed(pane)) == ("JSON", ["é"])
        assert below(pane) == "é  U+00E9 latin small letter e with acute   byte 14..15   c3 a9"
        pane.next_view()
        assert (pane.view, pointed(pane)) == ("raw", ["é"])
        pane.next_view()
        assert (pane.view, pointed(pane)) == ("hex", ["c3", "a9", "é"])
        await pilot.press("right")
        assert pointed(pane) == ["22", '"']
        pane.next_view()
        assert (pane.view, pointed(pane)) == ("JSON", ['"'])
        await pilot.press("left")
        assert pointed(pane) == ["é"]
        assert below(pane).endswith("c3 a9")


async def test_keys_move_the_point_through_what_is_shown() -> None:
    log = log_of(run_of([b'data: {"k": 1, "l": [2, 3]}\n\n']))
    async with hosted(log) as (app, pilot):
        pane = app.pane
        assert pointed(pane) == ["{"]
        await pilot.press("down", "right", "right")
        assert pointed(pane) == ['"']
        await pilot.press("home")
        assert pointed(pane) == ["{"]
        await pilot.press("end", "up")
        assert pointed(pane)[0] in '"l'
        await pilot.press("y", "enter")
        assert app.said == ["copy", "place"]
        await pilot.click(pane, offset=(4, 2))
        assert pointed(pane) == ["k"]


async def test_point_begins_at_the_mark_and_goes_with_the_frame() -> None:
    log = log_of(DerivedRun.of_records(tool_records()))
    async with hosted(log, 8) as (app, _):
        pane = app.pane
        assert pointed(pane) == ["["]
        assert [mark.word for mark in pane.marks] == ["trap"]
        pane.show(log, log.entry(9))
        assert pointed(pane) == ["d"]


async def test_read_is_said_with_its_size_time_and_frames() -> None:
    log = log_of(DerivedRun.of_records(tool_records()))
    async with hosted(log, 8) as (app, _):
        assert text_of(app.pane)[-1] == "read 8   255 byte   2.745 s   frames 7, 8"
        app.pane.show(log, log.entry(7))
        assert text_of(app.pane)[-1] == "read 7   14 byte   2.434 s"
    run = run_of([b"data: 1\n\n" * 9], is_over=False)
    run.add(Read(2.0, b"data: 2\n\n", 5))
    long = log_of(run)
    async with hosted(long, 3) as (app, _):
        assert text_of(app.pane)[-1] == "read 1   81 byte   1.000 s   frames 0-8"
        app.pane.show(long, long.entry(9))
        assert text_of(app.pane)[-1] == "read 2   9 byte (5 on the wire)   2.000 s   frame 9"


async def test_nothing_is_shown_without_a_row() -> None:
    log = log_of(run_of([b"data: 1\n\n"]))
    async with hosted(log) as (app, pilot):
        app.pane.show(None, None)
        await pilot.press("right", "down", "end", "left")
        assert (app.pane.row_count, app.pane.text, below(app.pane)) == (0, None, "")


async def test_rows_are_laid_for_the_width_there_is() -> None:
    log = log_of(run_of([b'data: {"a": "' + b"x" * 100 + b'"}\n\n']))
    async with hosted(log) as (app, pilot):
        before = app.pane.row_count
        await pilot.resize_terminal(30, 20)
        await pilot.pause()
        assert app.pane.row_count > before


async def test_a_frame_that_is_marked_is_scrolled_to_its_mark() -> None:
    members = ", ".join(f'"k{i}": {i}' for i in range(60))
    log = log_of(run_of([f'data: {{{members}, "choices": []}}\n\n'.encode()], dialect="openai-chat"))
    async with hosted(log) as (app, pilot):
        await pilot.pause()
        seen = [app.pane.render_line(y).text for y in range(app.pane.size.height)]
        assert any("▲▲" in row for row in seen)
