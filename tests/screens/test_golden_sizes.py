"""The screens at the sizes that a review looks at: all panes, tabs, one pane, the last line."""

from __future__ import annotations

import pytest

from tests.core.wire_view.tool_run import tool_records
from tests.screens.app_driver import demo_records, running_app, until
from tests.screens.golden_screens import check_golden
from tests.screens.test_compare_screen import stalled_records
from tests.screens.test_live_screen import NOWHERE
from tui.panes.frames_table import FramesTable
from tui.screens.wire_screen import WireScreen

SIZES = pytest.mark.parametrize("size", [(60, 18), (30, 6), (240, 40)], ids=lambda size: f"{size[0]}x{size[1]}")


@SIZES
async def test_live(size: tuple[int, int]) -> None:
    async with running_app(NOWHERE, records=demo_records("markdown"), size=size) as (app, pilot):
        await pilot.press("escape")
        await check_golden(app, pilot, f"live-{size[0]}x{size[1]}")


async def test_arrivals_alone() -> None:
    async with running_app(NOWHERE, records=stalled_records(), size=(60, 18)) as (app, pilot):
        await pilot.press("escape", "5")
        await check_golden(app, pilot, "live-arrivals-60x18")


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 16)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_wire(size: tuple[int, int]) -> None:
    async with running_app(NOWHERE, records=tool_records(), size=size) as (app, pilot):
        await pilot.press("escape", "w")
        await until(pilot, lambda: isinstance(app.screen, WireScreen))
        table = app.screen.query_one(FramesTable)
        await until(pilot, lambda: table.table_count == 10)
        await pilot.press("end", "up")
        await check_golden(app, pilot, f"wire-{size[0]}x{size[1]}")
