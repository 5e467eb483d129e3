"""A screen of the app as SVG: of the app that runs, or of one that is run for it without a terminal."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, Final

from textual.app import App
from textual.pilot import Pilot

from tui.errors import CaptureError

if TYPE_CHECKING:
    from tui.app import StreamscopeApp

_FONTS: Final = "font-family: DejaVu Sans Mono, Menlo, Consolas, monospace"
_LOOK_EVERY_S: Final = 0.1
_SAME_LOOKS: Final = 4


def svg_of(app: App[Any]) -> str:
    """The screen as it is now; the same screen gives the same text, and a viewer has nothing to fetch."""
    svg = app.export_screenshot(title="streamscope")
    svg = re.sub(r"\s*@font-face \{[^}]*\}", "", svg)
    return re.sub(r"terminal-\d+", "terminal", svg).replace("font-family: Fira Code, monospace", _FONTS)


async def draw_recording(app: StreamscopeApp, screen: str, size: tuple[int, int]) -> str:
    """The picture of an app on a recording: its `live` or its `wire` screen. Raises CaptureError when none came."""
    drawn: list[str] = []

    async def arrange(pilot: Pilot[Any]) -> None:
        await _until_settled(app, pilot)
        app.show_live()
        if screen == "wire":
            app.live.show_wire()
        await _until_settled(app, pilot)
        drawn.append(svg_of(app))
        app.exit()

    await app.run_async(headless=True, size=size, auto_pilot=arrange)
    if not drawn:
        raise CaptureError("The screen could not be drawn.")
    return drawn[0]


async def _until_settled(app: StreamscopeApp, pilot: Pilot[Any]) -> None:
    """Until the recording is read and the screen has not changed for a while."""
    before, looks = "", 0
    while looks < _SAME_LOOKS:
        await asyncio.sleep(_LOOK_EVERY_S)
        await pilot.pause()
        run = app.controller.run
        now = svg_of(app) if run is not None and run.is_over else ""
        looks = looks + 1 if now and now == before else 0
        before = now
