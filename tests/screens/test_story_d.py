"""Story d of the screens: a tool-call stream breaks my parser, and I have a curl log."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from textual.widgets import OptionList

from tests.core.wire_view.tool_run import CALL, END, PIECES, ROLE, tool_records
from tests.screens.app_driver import line_text, pane_text, running_app, until
from tests.screens.test_compare_screen import toasts
from tests.screens.test_open_recording import words_of
from tests.screens.test_open_screen import files_in
from tui.captures.open_capture import open_capture
from tui.config import Settings
from tui.core.capture import Read
from tui.panes.frames_table import FramesTable
from tui.screens.pick_screen import PickScreen
from tui.screens.wire_screen import WireScreen

BODY = b"".join(r.data for r in tool_records() if isinstance(r, Read) and isinstance(r.data, bytes))
CUT = b"".join((ROLE, CALL, *PIECES[:3], END))


async def test_story_d(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_bytes(BODY)
    async with running_app(Settings(), records=open_capture(log)) as (app, pilot):
        app.folder = tmp_path
        await until(pilot, lambda: isinstance(app.screen, WireScreen) and bool(line_text(app, "footer")))
        table = app.screen.query_one(FramesTable)
        await until(pilot, lambda: table.selected_row == 5)
        assert "NO TIMES in this file" in line_text(app, "header")
        assert pane_text(app, "frames").splitlines()[6].split()[:6] == ["▸", "5", "-", "-", "202", "tool"]
        await until(pilot, lambda: r"trap: a \u pair is split" in words_of(app, "detail"))
        await until(pilot, lambda: "▲" in pane_text(app, "detail"))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: table.selected_row == 6)
        await pilot.press("v", "v")
        await until(pilot, lambda: "64 61 74 61 3a 20" in pane_text(app, "detail"))
        assert "Network reads are not known in this file." in words_of(app, "detail")
        await pilot.press("3")
        await until(pilot, lambda: app.screen is app.live and "VALID at frame 6" in words_of(app, "extracts"))
        assert "tool 0 get_weather arguments VALID at frame 6" in words_of(app, "extracts")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WireScreen))
        landed = app.screen.query_one(FramesTable)
        await until(pilot, lambda: landed.selected_row == 6)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        choices = app.screen.query_one(OptionList)
        await pilot.press("end")
        assert str(choices.get_option_at_index(choices.highlighted or 0).prompt).startswith("pytest fixture")
        await pilot.press("enter")
        await until(pilot, lambda: any(".py, " in text for text in toasts(app)))
    module = next(path for path in files_in(tmp_path) if path.suffix == ".py")
    assert module.name.startswith("test_")
    assert b"".join(data for _, data in reads_of(module)) == BODY


def reads_of(module: Path) -> list[tuple[float, bytes]]:
    """The READS of an exported module: what each network read brought, and when."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    (value,) = [n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "READS"]
    found: list[tuple[float, bytes]] = ast.literal_eval(value)
    return found


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_arguments_that_never_end_say_where_and_why(tmp_path: Path, size: tuple[int, int]) -> None:
    log = tmp_path / "log.txt"
    log.write_bytes(CUT)
    async with running_app(Settings(), records=open_capture(log), size=size) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, WireScreen) and bool(line_text(app, "footer")))
        await pilot.press("3")
        await until(pilot, lambda: app.screen is app.live and app.live.focused_pane == "extracts")
        await pilot.press("g")  # the heading of the call, which is cut elsewhere than under the cursor
        said = "arguments NOT VALID at char 16: ended inside a string"
        await until(pilot, lambda: said in words_of(app, "extracts"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WireScreen))
