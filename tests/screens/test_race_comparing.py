"""Long texts on the race screen: what it says while it lays them over one another, and that they are read in time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.app_driver import pane_text, running_app, until
from tests.screens.test_compare_screen import NOWHERE, stalled_records
from tui.app import StreamscopeApp
from tui.core.capture import Record
from tui.core.capture_codec import encode_record
from tui.screens import lanes_screen, race_drawing
from tui.screens.race_lanes import LaneEntry
from tui.screens.race_runs import Race
from tui.screens.race_screen import RaceScreen
from tui.screens.run_controller import ActiveRun

PIECES = 5000  # more than are compared at once


def captured(app: StreamscopeApp, records: list[Record]) -> ActiveRun:
    """A run that was captured before."""
    run = ActiveRun(None, app.endpoint.plan(""), 0.0, "word", None)
    for record in records:
        run.take(record)
    return run


def notes(app: StreamscopeApp) -> str:
    """What stands under the lanes, without its line ends."""
    return " ".join(pane_text(app, "judgement").split())


async def test_how_far_comparing_is_stands_in_place_of_the_verdict_until_all_is_compared_or_it_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records = stalled_records(text=[f"{number:04}" for number in range(PIECES)])
    async with running_app(NOWHERE) as (app, pilot):
        screen = RaceScreen(Race.of_runs(app.controller, [(name, captured(app, records)) for name in ("one", "two")]))
        await app.push_screen(screen)
        await until(pilot, lambda: "►" in pane_text(app, "judgement") and str(PIECES - 1) in pane_text(app, "racer-1"))
        verdict = notes(app)
        # From here on a frame has time for one portion, and no frame comes but those that are asked for.
        monkeypatch.setattr(race_drawing, "_WORK_S", -1.0)
        screen.action_next_view()
        assert notes(app) == "► comparing the texts: 0 %. v stops it."
        assert "one clock" in pane_text(app, "rows")
        screen.draw_slow()
        assert notes(app) == "► comparing the texts: 41 %. v stops it."
        screen.action_next_view()
        assert notes(app) == verdict
        screen.action_next_view()
        assert notes(app) == "► comparing the texts: 82 %. v stops it."
        screen.draw_slow()
        assert notes(app).startswith("A one and B two: Same text, 24999 characters.")
        assert "one text" in pane_text(app, "rows")
        screen.action_next_view()
        assert notes(app) == verdict


async def test_a_capture_is_read_on_at_every_tick_also_where_no_frame_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text("".join(map(encode_record, stalled_records(text=[str(number) for number in range(PIECES)]))))
    for module, name in ((race_drawing, "_WORK_S"), (lanes_screen, "_WORK_S"), (lanes_screen, "_CATCHING_UP_S")):
        monkeypatch.setattr(module, name, -1.0)  # one portion a time
    async with running_app(NOWHERE) as (app, pilot):
        entry = LaneEntry(app.endpoint, "sse", "captured", capture=path)
        screen = RaceScreen(Race(app.controller, app.endpoint, [("A", entry)], ""))
        await app.push_screen(screen)
        await until(pilot, lambda: screen.race.lanes[0].derived is not None)
        run = screen.race.lanes[0].derived
        assert run is not None
        for _ in range(3):
            before = run.frame_count
            screen._tick()  # noqa: SLF001  else it comes when the clock says
            assert run.frame_count > before
        screen.race.close()
