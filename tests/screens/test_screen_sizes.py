"""The Live screen at every size: what is seen, what the keys do there, and what a resize leaves as it was."""

from __future__ import annotations

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot

from tests.long_matrix import first_of
from tests.screens.app_driver import demo_records, line_text, pane_text, running_app, until
from tests.screens.test_compare_screen import stalled_records
from tests.screens.test_live_screen import NOWHERE, play_without_end, send
from tests.transports.scripted_server import ScriptedServer
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.capture import Record
from tui.panes.line_view import LineView
from tui.panes.text_pane import TextPane
from tui.screens.help_screen import HelpScreen
from tui.screens.live_panes import PANES
from tui.screens.screen_sizes import Fit

SMALL = [(79, 24), (80, 23), (60, 18), (40, 10), (300, 20)]
TINY = [(39, 24), (80, 9), (20, 5), (10, 3), (3, 2), (1, 1)]
LINES = ("header", "panes", "tabs", "verdict", "prompt-row", "last", "footer")


def seen(app: StreamscopeApp, *names: str) -> list[str]:
    """Which of the widgets have a place on the screen."""
    shown = []
    for name in names:
        widget = app.screen.query_one(f"#{name}")
        if widget.region.area and app.screen.region.overlaps(widget.region):
            shown.append(name)
    return shown


async def settled(app: StreamscopeApp, pilot: Pilot[None], records: list[Record]) -> None:
    """The recording is shown to its end, and the focus is on the text."""
    assert records
    await until(pilot, lambda: "✓" in line_text(app, "header"))
    await pilot.press("escape")
    await pilot.pause()


@pytest.mark.parametrize(
    ("size", "names"),
    [
        ((240, 24), {"-wide", "-huge"}),
        ((300, 100), {"-wide", "-huge", "-tall"}),
        ((239, 40), {"-wide", "-tall"}),
        ((100, 24), {"-wide"}),
        ((99, 24), {"-narrow"}),
        ((300, 23), {"-wide", "-small"}),
        ((79, 60), {"-narrow", "-small", "-tall"}),
        ((40, 10), {"-narrow", "-small", "-low"}),
        ((39, 10), {"-narrow", "-tiny", "-low"}),
        ((200, 9), {"-wide", "-tiny", "-low"}),
    ],
)
def test_a_size_has_its_classes(size: tuple[int, int], names: set[str]) -> None:
    assert {name for name, is_set in Fit(*size).classes.items() if is_set} == names


@pytest.mark.parametrize("size", [(100, 24), (120, 40), (300, 100)])
async def test_a_wide_screen_shows_all_panes_at_once(size: tuple[int, int]) -> None:
    async with running_app(NOWHERE, records=demo_records("markdown"), size=size) as (app, pilot):
        await settled(app, pilot, demo_records("markdown"))
        assert seen(app, *PANES, *LINES) == [*PANES, "header", "verdict", "prompt-row", "footer"]


async def test_four_columns_and_four_rows_of_arrivals_fill_a_huge_screen() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown"), size=(300, 100)) as (app, pilot):
        await settled(app, pilot, demo_records("markdown"))
        columns = [app.screen.query_one(f"#{name}").region for name in PANES[:4]]
        assert len({column.y for column in columns}) == len({column.height for column in columns}) == 1
        assert [column.x for column in columns] == sorted({column.x for column in columns})
        assert sum(column.width for column in columns) == 300
        assert columns[0].height == 92, "all but header, arrivals, verdict, prompt and footer"
        raster = app.screen.query_one("#raster", LineView)
        await until(pilot, lambda: raster.size.height == raster.row_count == 4)
        rows = pane_text(app, "raster").splitlines()
        assert rows[2].count("█") > rows[0].count("█") > 0, "a column is as high as its share of the fullest"
        assert "most 2 a column" in rows[1]


async def test_panes_are_tabs_at_80x24_and_every_key_reaches_its_pane() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown"), size=(80, 24)) as (app, pilot):
        await settled(app, pilot, demo_records("markdown"))
        side = {"2": "segments", "3": "extracts", "4": "stats"}
        for key, name in side.items():
            await pilot.press(key)
            await until(pilot, lambda name=name: seen(app, *side.values()) == [name])  # type: ignore[misc]
            assert app.focused is app.screen.query_one(f"#{name}")
            assert seen(app, "text", "raster", *LINES) == [
                *("text", "raster", "header", "tabs", "verdict", "prompt-row", "footer"),
            ]
        await pilot.press("1")
        for name in (*PANES[1:], "prompt", *PANES):  # once around
            await pilot.press("tab")
            await until(pilot, lambda name=name: app.focused is app.screen.query_one(f"#{name}"))  # type: ignore[misc]
        await pilot.press("z")
        await until(pilot, lambda: app.screen.query_one("#raster").region.height > 10)
        assert seen(app, *PANES) == ["raster"], "z gives the arrivals the whole height too"


@pytest.mark.parametrize("size", first_of(SMALL, 2))
async def test_one_pane_at_a_time_on_a_small_screen(size: tuple[int, int]) -> None:
    async with running_app(NOWHERE, records=demo_records("markdown"), size=size) as (app, pilot):
        await settled(app, pilot, demo_records("markdown"))
        await until(pilot, lambda: seen(app, *PANES) == ["text"])
        assert "COMPLETED" in line_text(app, "header")
        for number, name in enumerate(PANES, 1):
            await pilot.press(str(number))
            await until(pilot, lambda name=name: seen(app, *PANES) == [name])  # type: ignore[misc]
            assert app.focused is app.screen.query_one(f"#{name}")
            label = line_text(app, "panes").split("  ")[number - 1]
            assert label == label.upper(), "the front one is named in capitals"
        await pilot.press("tab")
        await until(pilot, lambda: app.focused is app.screen.query_one("#prompt"))
        assert seen(app, *PANES) == ["raster"], "the prompt hides nothing"
        await pilot.press("tab", "shift+tab", "shift+tab")
        await until(pilot, lambda: app.focused is app.screen.query_one("#raster"))
        assert seen(app, "header", "panes", "prompt-row", "footer") == ["header", "panes", "prompt-row", "footer"]
        footer = app.screen.query_one("#footer").render_line(0).text
        assert "tab pane" in footer
        assert "? help" in footer


async def test_help_and_palette_are_usable_on_a_small_screen() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown"), size=(60, 18)) as (app, pilot):
        await settled(app, pilot, demo_records("markdown"))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        view = app.screen.query_one("#help", LineView)
        await until(pilot, lambda: view.row_count > view.size.height >= 10)
        await pilot.press("G")
        await until(pilot, lambda: view.scroll_y == view.max_scroll_y > 0)
        await pilot.press("escape", "ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press(*"zoom", "enter")
        await until(pilot, lambda: not isinstance(app.screen, CommandPalette))
        await until(pilot, lambda: app.screen.has_class("-zoomed"))
        assert seen(app, *PANES) == ["text"]


@pytest.mark.parametrize("size", first_of(TINY, 2))
async def test_lamp_last_line_and_cancel_on_a_tiny_screen(size: tuple[int, int]) -> None:
    async with ScriptedServer(play_without_end) as far, running_app(Settings(url=far.url), size=size) as (app, pilot):
        await send(app, pilot)
        await until(pilot, lambda: line_text(app, "header").startswith("●"))  # streams, or is silent already
        rows = [app.screen.query_one(f"#{name}").render_line(0).text for name in ("header", "last", "footer")]
        assert seen(app, *PANES, *LINES) == ["header", "last", "footer"][: size[1]]
        assert "●" in rows[0]
        assert "kept text"[-size[0] :] in rows[1]
        assert "x cancel"[: max(0, size[0] - 3)] in rows[2]
        await pilot.press("x")
        await until(pilot, lambda: "CANCELLED" in line_text(app, "header"))


async def test_what_is_typed_and_focused_outlives_a_tiny_screen() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown"), size=(120, 40)) as (app, pilot):
        await settled(app, pilot, demo_records("markdown"))
        for name in ("prompt", "extracts"):
            await pilot.press("i", "a") if name == "prompt" else await pilot.press("escape", "3")
            await pilot.resize_terminal(20, 5)
            await until(pilot, lambda: seen(app, *PANES, *LINES) == ["header", "last", "footer"])
            await pilot.resize_terminal(60, 18)
            await until(pilot, lambda name=name: app.focused is app.screen.query_one(f"#{name}"))  # type: ignore[misc]
        assert seen(app, *PANES) == ["extracts"]
        assert app.screen.query_one("#prompt").text == "a"  # type: ignore[attr-defined]


async def test_a_resize_keeps_the_place_in_the_text() -> None:
    text = [f"word{number}" for number in range(1500)]
    records = stalled_records(text=[*text, "raise"])
    async with running_app(NOWHERE, records=records, size=(120, 40)) as (app, pilot):
        await settled(app, pilot, records)
        pane = app.screen.query_one(TextPane)
        pane.scroll_to(y=60)
        await pilot.pause()
        first = pane.render_line(0).text.split()[0]
        assert not pane.is_following
        for size in ((80, 24), (300, 100), (60, 18), (20, 5), (100, 30), (47, 12), (120, 40)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            if size not in ((20, 5), (300, 100)):  # nothing to see, or so much that another row comes first
                await until(pilot, lambda: first in pane.render_line(0).text.split())
            assert not pane.is_following
        assert pane.render_line(0).text.split()[0] == first, "the same size again is the same picture"


async def test_a_resize_keeps_following_the_end() -> None:
    text = [f"word{number}" for number in range(1500)]
    records = stalled_records(text=[*text, "raise"])
    async with running_app(NOWHERE, records=records[:-400], size=(120, 40)) as (app, pilot):
        pane = app.screen.query_one(TextPane)
        await until(pilot, lambda: pane.is_following and pane.max_scroll_y > 0)
        for size in ((120, 20), (80, 24), (60, 12), (20, 5), (300, 100), (120, 40)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert pane.is_following
            if size not in ((20, 5), (300, 100)):  # nothing to see, or all of it
                await until(pilot, lambda: pane.scroll_y == pane.max_scroll_y > 0)
        run = app.controller.run
        assert run is not None
        for record in records[-400:]:
            run.take(record)
        await until(pilot, lambda: "✓" in line_text(app, "header"))
        await until(pilot, lambda: pane.scroll_y == pane.max_scroll_y > 0)
        assert pane.is_following
