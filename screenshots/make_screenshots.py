"""Draws the pictures of the README from shipped recordings: `make screenshots`. No network, no clock, no terminal.

A picture is the app itself on a recording, so the same sources give the same bytes. A further one is a coroutine
function of the app and its pilot, and a line in PICTURES.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from textual.pilot import Pilot

from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.capture import CaptureHeader, Record
from tui.core.capture_codec import decode_line
from tui.panes.frames_table import FramesTable
from tui.panes.prompt_bar import PromptArea
from tui.panes.status_line import StatusLine
from tui.screens.compare_screen import CompareScreen
from tui.screens.live_screen import LiveScreen
from tui.screens.race_runs import Race
from tui.screens.race_screen import Judgement, RaceScreen
from tui.screens.run_controller import ActiveRun
from tui.screens.svg_picture import svg_of
from tui.screens.wire_screen import WireScreen

FOLDER = Path(__file__).resolve().parent
DEMOS = FOLDER.parent / "tui" / "gateway" / "demo"
PATIENCE_S = 30.0

Arrange = Callable[[StreamscopeApp, Pilot[None]], Awaitable[None]]
"""Brings the app, which already shows the recording, into the state of the picture."""


class Picture(NamedTuple):
    """A recording up to a moment of its clock (None: to its end), the size, and how the app gets there."""

    recording: str
    until_s: float | None
    size: tuple[int, int]
    arrange: Arrange


async def live_text(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    """The Live screen with what has come, the focus on the text."""
    header = app.screen.query_one("#header", StatusLine)
    await until(pilot, lambda: "STREAMING" in header.plain or "COMPLETED" in header.plain)
    await pilot.press("tab")


async def compare_lanes(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    """The same run under four buffer modes."""
    await live_text(app, pilot)
    await pilot.press("c")
    await until(pilot, lambda: isinstance(app.screen, CompareScreen))
    await until(pilot, lambda: len(app.comparison.prices()) == len(app.comparison.lanes))
    await pilot.pause(0.5)


async def race_ended(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    """Three lanes that were recorded at once: the provider, and a gateway behind a proxy that holds answers back."""
    lanes = []
    for name in RACE:
        records = records_in(FOLDER / "race" / f"{name.partition(' ')[0].lower()}.jsonl")
        run = ActiveRun(None, app.endpoint.plan(""), 0.0, "sentence", None)
        for record in records:
            run.take(record)
        lanes.append((name, run))
    await app.push_screen(RaceScreen(Race.of_runs(app.controller, lanes)))
    judgement = app.screen.query_one(Judgement)
    await until(pilot, lambda: judgement.row_count > 2)
    await pilot.pause(0.5)


async def wire_frames(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    """Every frame of the same run, the cursor on the last trap."""
    await live_text(app, pilot)
    await pilot.press("w")
    await until(pilot, lambda: isinstance(app.screen, WireScreen))
    table = app.screen.query_one(FramesTable)
    await until(pilot, lambda: table.selected_row == 0)
    await pilot.press("]")
    await until(pilot, lambda: table.selected_row != 0)
    await pilot.pause(0.5)


RACE = ("direct provider", "SSE gateway", "WS gateway")
PICTURES: dict[str, Picture] = {
    "race": Picture("markdown", None, (96, 22), race_ended),
    "live": Picture("code", 1.2, (120, 40), live_text),
    "finished": Picture("markdown", None, (120, 40), live_text),
    "compare": Picture("markdown", 1.5, (120, 40), compare_lanes),
    "wire": Picture("markdown", None, (120, 40), wire_frames),
    "narrow": Picture("markdown", None, (80, 24), live_text),
}


class HeldClock:
    """The app's clock, standing still: at 0 when the run is asked for, then at the moment of the picture."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Lets the app work until a condition holds. Raises TimeoutError when it never does."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await pilot.pause(0.01)


def records_of(recording: str, until_s: float | None) -> list[Record]:
    """The records of a shipped recording up to a moment, its header first."""
    header, *rest = records_in(DEMOS / f"{recording}.jsonl")
    return [header, *(record for record in rest if until_s is None or moment_of(record) <= until_s)]


def records_in(path: Path) -> list[Record]:
    """All records of a file."""
    return [decode_line(line)[0] for line in path.read_text(encoding="utf-8").splitlines()]


def demo_models() -> list[dict[str, str]]:
    """The demos as the demo gateway lists them."""
    listed = json.loads((DEMOS / "index.json").read_text(encoding="utf-8"))
    return [{"id": demo["name"], "prompt": demo["prompt"], "shows": demo["shows"]} for demo in listed]


def moment_of(record: Record) -> float:
    """When a record came, in seconds of its run; 0 for the header, which has no time."""
    return 0.0 if isinstance(record, CaptureHeader) else record.at


async def draw(picture: Picture) -> str:
    """The picture as SVG, the same text for the same sources."""
    records = records_of(picture.recording, picture.until_s)
    app, clock = StreamscopeApp(Settings(model=f"demo/{picture.recording}"), records=records), HeldClock()
    app.controller.clock = clock
    app.endpoint.take_models({"body": {"data": demo_models()}})
    async with app.run_test(size=picture.size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LiveScreen))
        clock.now = moment_of(records[-1])
        app.screen.query_one(PromptArea).load_text(app.endpoint.demo_prompts[app.endpoint.model])
        await picture.arrange(app, pilot)
        await pilot.pause()
        return svg_of(app)


async def main(names: list[str]) -> int:
    """Draws the named pictures, or all; gives the exit code."""
    unknown = sorted(set(names) - set(PICTURES))
    if unknown:
        print(f"no picture {', '.join(unknown)}: there are {', '.join(PICTURES)}", file=sys.stderr)
        return 2
    for name in names or PICTURES:
        path = FOLDER / f"{name}.svg"
        path.write_text(await draw(PICTURES[name]), encoding="utf-8")
        print(f"{path.relative_to(FOLDER.parent)}  {path.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as settings_folder:  # the user's themes and settings stay out of the pictures
        os.environ["XDG_CONFIG_HOME"] = settings_folder
        sys.exit(asyncio.run(main(sys.argv[1:])))
