"""The Compare screen where not all of it fits, and where there is room for more."""

from __future__ import annotations

import pytest

from tests.long_matrix import first_of
from tests.screens.app_driver import line_text, pane_text, until
from tests.screens.golden_screens import check_golden
from tests.screens.test_compare_screen import comparing, play_without_end, stalled_records
from tests.screens.test_screen_sizes import seen
from tests.transports.scripted_server import ScriptedServer
from tui.config import Settings
from tui.panes.line_view import LineView

LANES = ("lane-0", "lane-1", "lane-2", "lane-3")
PARTS = ("bars", "price", *LANES)


@pytest.mark.parametrize("size", first_of([(60, 12), (40, 10), (300, 12)]))
async def test_tab_goes_through_bars_price_and_lanes_on_a_small_screen(size: tuple[int, int]) -> None:
    async with comparing(stalled_records(), size=size) as (app, pilot, screen):
        await until(pilot, lambda: screen.is_split)
        for name in (*PARTS, "bars"):
            await until(pilot, lambda name=name: seen(app, *PARTS) == [name])  # type: ignore[misc]
            view = screen.query_one(f"#{name}", LineView)
            assert view.region.bottom < size[1], "the footer stands below"
            if name in ("bars", "price"):
                await until(pilot, lambda view=view: view.size.height == view.row_count)  # type: ignore[misc]
                assert max(len(row.rstrip()) for row in pane_text(app, name).splitlines()) <= size[0]
            else:
                await until(pilot, lambda name=name: "That is all." in pane_text(app, name))  # type: ignore[misc]
            await pilot.press("tab")
        await pilot.press("shift+tab", "shift+tab")
        await until(pilot, lambda: seen(app, *PARTS) == ["lane-3"])
        footer = screen.query_one("#footer").render_line(0).text
        assert "tab next" in footer
        assert "q back" in footer


async def test_bars_and_price_stay_together_where_they_fit() -> None:
    async with comparing(stalled_records(), size=(60, 20)) as (app, pilot, screen):
        await until(pilot, lambda: seen(app, *PARTS) == ["bars", "price"])
        assert not screen.is_split
        assert "silence" in pane_text(app, "price").splitlines()[0]
        assert "units" not in pane_text(app, "price").splitlines()[0], "left out, the least telling first"
        await pilot.press("tab")
        await until(pilot, lambda: "lane-0" in seen(app, *PARTS))


@pytest.mark.parametrize("size", first_of([(20, 5), (1, 1), (39, 24), (120, 9), (3, 2)], 2))
async def test_lamp_last_line_and_cancel_on_a_tiny_screen(size: tuple[int, int]) -> None:
    far = ScriptedServer(play_without_end)
    async with far, comparing(settings=Settings(url=far.url), size=size) as (app, pilot, screen):
        app.send_prompt("hello")
        await until(pilot, lambda: line_text(app, "header").startswith("●"))  # streams, or is silent already
        await until(pilot, lambda: "Two three"[-size[0] :] in line_text(app, "last"))
        lines = ("header", "last", "footer")
        await until(pilot, lambda: len(seen(app, *lines)) == min(3, size[1]))
        assert seen(app, *PARTS) == []
        assert "x cancel"[: max(0, size[0] - 3)] in screen.query_one("#footer").render_line(0).text
        await pilot.press("x")
        await until(pilot, lambda: "CANCELLED" in line_text(app, "header"))


async def test_a_resize_finds_its_way_back() -> None:
    async with comparing(stalled_records(), size=(120, 40)) as (app, pilot, screen):
        await pilot.press("tab")
        await until(pilot, lambda: app.focused is screen.query_one("#lane-1"))
        for size in ((60, 12), (20, 5), (80, 24), (1, 1), (300, 100)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await until(pilot, lambda: seen(app, *PARTS) == list(PARTS))
        await until(pilot, lambda: app.focused is screen.query_one("#lane-1"))
        lanes = [screen.query_one(f"#{name}").region for name in LANES]
        assert sum(lane.width for lane in lanes) == 300
        assert min(lane.height for lane in lanes) > 80
        await until(pilot, lambda: len(pane_text(app, "bars").splitlines()[0]) > 200)


async def test_a_small_screen_looks_as_reviewed() -> None:
    async with comparing(stalled_records(), size=(60, 12)) as (app, pilot, _):
        await check_golden(app, pilot, "compare-60x12")
        await pilot.press("tab", "tab", "tab", "tab")
        await check_golden(app, pilot, "compare-lane-60x12")


@pytest.mark.parametrize("width", [100, 118, 119])
async def test_the_wide_table_comes_when_all_of_it_fits(width: int) -> None:
    async with comparing(stalled_records(), size=(width, 30)) as (app, _, _screen):
        heading, *rows = pane_text(app, "price").splitlines()
        assert ("longest silence" in heading) is (width == 119)
        assert max(len(row.rstrip()) for row in rows) <= width
        assert ("reader 60 char/s" in heading) is not ("reader 60 char/s" in pane_text(app, "notes"))
