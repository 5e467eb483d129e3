"""The table of frames: what its rows say, that it stays small, and how the cursor and a range move in it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.core.wire_view.test_wire_log import log_of, run_of
from tests.core.wire_view.tool_run import tool_records
from tests.panes.pane_host import screen_of
from tui.core.derived_run import DerivedRun
from tui.core.wire_view.filtered_rows import FilteredRows
from tui.core.wire_view.frame_filter import FrameFilter
from tui.core.wire_view.gap_scale import GapScale
from tui.core.wire_view.wire_log import WireLog
from tui.panes.frames_table import CLOCK, SINCE_START, FramesTable, FramesView, milliseconds
from tui.panes.virtual_table import VirtualTable


class TableHost(App[None]):
    """A table alone, with what it said."""

    def __init__(self) -> None:
        super().__init__()
        self.table = FramesTable(id="frames")
        self.said: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.table

    @on(VirtualTable.Moved)
    def _moved(self) -> None:
        self.said.append("moved")

    @on(FramesTable.CopyAsked)
    def _copy(self) -> None:
        self.said.append("copy")

    @on(FramesTable.PlaceAsked)
    def _place(self) -> None:
        self.said.append("place")


@asynccontextmanager
async def hosted(size: tuple[int, int] = (72, 14)) -> AsyncIterator[tuple[TableHost, Pilot[None]]]:
    app = TableHost()
    async with app.run_test(size=size) as pilot:
        app.table.focus()
        await pilot.pause()
        yield app, pilot


def selection(table: FramesTable) -> tuple[int | None, list[int]]:
    return table.selected_row, table.selected_run_rows


def tool_log() -> WireLog:
    return log_of(DerivedRun.of_records(tool_records()))


def view_of(log: WireLog, words: str = "", **how: object) -> FramesView:
    rows = FilteredRows(log, FrameFilter.parse(words))
    rows.advance(10_000)
    return FramesView(rows, log.count, GapScale(0.025, 0.25), frozenset({6}), is_over=True, **how)  # type: ignore[arg-type]


def many_frames(count: int) -> WireLog:
    event = b'data: {"choices":[{"delta":{"content":"abc "}}]}\n\n'
    return log_of(run_of([event * 50] * (count // 50), is_over=False))


async def test_the_table_of_the_drawing() -> None:
    async with hosted() as (app, pilot):
        app.table.show(view_of(tool_log()))
        await pilot.pause()
        assert screen_of(app.table)[:11] == [
            "   #  +gap ms ▏gap        read  byte  kind       preview",
            "▸  0      312 ██████████     1   214  role       assistant  con…  ◄ trap",
            "   1        0 ▏            ┆ 1   247  tool 0     get_weather  id call_7",
            '   2       24 █              2   198  tool 0     +"{\\"city\\":\\""',
            '   3       25 █              3   196  tool 0     +"Par"',
            '   4       23 ▉              4   199  tool 0     +"is \\ud83c"',
            '   5       26 █▏             5   202  tool 0     +"\\udf27\\",\\"d…  ◄ trap',
            '   6      904 ██████████!    6   195  tool 0     +"\\":3}"  VALID  ◄ trap',
            "   :    1 120                7    14  comment    keep-alive",
            "   7      311 ██████████     8   241  usage      in 71  out 24  ◄ trap",
            "   8        0 ▏            ┆ 8    14  end        [DONE]",
        ]


async def test_other_times_and_no_times() -> None:
    started = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
    async with hosted() as (app, pilot):
        app.table.show(view_of(tool_log(), time_mode=SINCE_START))
        await pilot.pause()
        assert "     0.312 " in screen_of(app.table)[1]
        app.table.show(view_of(tool_log(), time_mode=CLOCK, started=started))
        await pilot.pause()
        assert "10:00:00.312" in screen_of(app.table)[1]
        app.table.show(view_of(tool_log(), has_times=False))
        await pilot.pause()
        assert "█" not in "".join(screen_of(app.table))
        assert screen_of(app.table)[1].split()[:3] == ["▸", "0", "-"]


async def test_no_reads() -> None:
    async with hosted() as (app, pilot):
        app.table.show(view_of(tool_log(), has_reads=False, shows_reads=True))
        await pilot.pause()
        assert screen_of(app.table)[2].split()[3:5] == ["-", "247"]
        assert not app.table.is_band(2)


async def test_narrow_table_leaves_the_bars_out() -> None:
    async with hosted((50, 14)) as (app, pilot):
        app.table.show(view_of(tool_log()))
        await pilot.pause()
        assert "gap        read" not in screen_of(app.table)[0]
        assert screen_of(app.table)[9].split()[:6] == ["7", "311", "8", "241", "usage", "in"]


async def test_rows_that_pass_a_filter_and_the_words_of_none() -> None:
    async with hosted() as (app, pilot):
        table = app.table
        table.set_hint("nothing matches")
        table.show(view_of(tool_log(), "trap"))
        await pilot.pause()
        assert (table.table_count, table.selected_row) == (4, 0)
        assert table.select_run_row(6)
        assert not table.select_run_row(7)
        assert table.selected_row == 8
        table.show(view_of(tool_log(), "kind:nothing"))
        await pilot.pause()
        assert screen_of(table)[0].strip() == "nothing matches"
        assert selection(table) == (None, [])
        assert not table.select_run_row(3)


async def test_cursor_range_and_what_is_asked() -> None:
    async with hosted() as (app, pilot):
        table = app.table
        table.show(view_of(tool_log()))
        await pilot.pause()
        await pilot.press("down", "down")
        assert table.selected_run_rows == [2]
        await pilot.press("shift+down", "shift+down")
        assert table.selected_run_rows == [2, 3, 4]
        await pilot.press("shift+up", "shift+up", "shift+up")
        assert table.selected_run_rows == [1, 2]
        await pilot.press("down")
        assert table.selected_run_rows == [2]
        app.said.clear()
        await pilot.press("y", "enter", "end")
        assert app.said == ["copy", "place", "moved"]
        assert table.selected_row == 9
        await pilot.click(table, offset=(5, 4))
        assert table.selected_row == 3


async def test_cursor_follows_a_run_that_grows_until_it_is_moved() -> None:
    run = run_of([b"data: 1\n\n"] * 30, is_over=False)
    log = log_of(run)
    async with hosted() as (app, pilot):
        table = app.table
        rows = FilteredRows(log)

        def show() -> None:
            log.advance()
            table.show(FramesView(rows, log.count))

        show()
        await pilot.pause()
        assert table.selected_row == 29
        for _ in range(5):
            run.add(run.capture.read(0))
        show()
        await pilot.pause()
        assert table.selected_row == 34
        await pilot.press("up")
        run.add(run.capture.read(0))
        show()
        await pilot.pause()
        assert (table.selected_row, table.table_count) == (33, 36)


async def test_rows_at_a_time_are_a_prefix() -> None:
    log = tool_log()
    async with hosted() as (app, pilot):
        app.table.show(FramesView(FilteredRows(log), log.rows_until(3)))
        await pilot.pause()
        assert app.table.table_count == 4


async def test_reads_have_bands_when_they_are_asked_for() -> None:
    async with hosted() as (app, _):
        app.table.show(view_of(tool_log(), shows_reads=True))
        assert [app.table.is_band(row) for row in range(5)] == [False, False, True, False, True]
        app.table.show(view_of(tool_log()))
        assert not app.table.is_band(2)


def calls_of_a_frame(app: TableHost, log: WireLog) -> int:
    """How many calls one frame of a growing table makes: 20 rows more, read, shown, drawn."""
    table, calls = app.table, 0

    def count(_frame: object, what: str, _arg: object) -> None:
        nonlocal calls
        calls += what == "call"

    log.run.add(log.run.capture.read(0))
    rows = FilteredRows(log)
    table.show(FramesView(rows, log.count))
    sys.setprofile(count)
    try:
        log.run.add(log.run.capture.read(0))
        while not log.advance():
            pass
        table.show(FramesView(rows, log.count))
        for y in range(table.size.height):
            table.render_line(y)
    finally:
        sys.setprofile(None)
    return calls


async def test_a_frame_costs_no_more_in_a_long_run() -> None:
    async with hosted((120, 40)) as (app, pilot):
        few, many = many_frames(500), many_frames(40_000)
        for log in (few, many):
            app.table.show(FramesView(FilteredRows(log), log.count))
            await pilot.pause()
        costs = [calls_of_a_frame(app, log) for log in (few, many)]
        assert costs[1] <= 1.25 * costs[0], costs


def test_milliseconds_are_short() -> None:
    assert [milliseconds(s) for s in (0, 0.00001, 0.0003, 0.0094, 0.024, 1.12, 12.3456)] == [
        "0",
        "0",
        "0.3",
        "9.4",
        "24",
        "1 120",
        "12 346",
    ]
