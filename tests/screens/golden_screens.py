"""Screens as text in `tests/data/golden`: what a person would see at a size, with a fixed recording and a fixed clock.

A screen that differs fails with the difference. After looking at it, `STREAMSCOPE_GOLDEN=write pytest ...` writes
the files anew; they are few, so that a reviewer can read them. Colours are not in them.
"""

from __future__ import annotations

import asyncio
import os
from difflib import unified_diff
from pathlib import Path

from textual.pilot import Pilot

from tui.app import StreamscopeApp

FOLDER = Path(__file__).resolve().parent.parent / "data" / "golden"
PATIENCE_S = 20.0
_STILL_FOR = 10  # looks in a row at the same picture, before it is written


def screen_text(app: StreamscopeApp) -> str:
    """The screen in front, row by row, without the blanks at the end of each."""
    strips = app.screen._compositor.render_strips()  # noqa: SLF001  Textual exports pictures, but no text
    return "".join("".join(segment.text for segment in strip).rstrip() + "\n" for strip in strips)


async def check_golden(app: StreamscopeApp, pilot: Pilot[None], name: str) -> None:
    """Waits until the screen is that of the file; fails with the difference when it never is."""
    path = FOLDER / f"{name}.txt"
    if os.environ.get("STREAMSCOPE_GOLDEN") == "write":
        FOLDER.mkdir(exist_ok=True)
        path.write_text(await _still(app, pilot), encoding="utf-8")
    expected = path.read_text(encoding="utf-8") if path.exists() else ""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while screen_text(app) != expected:
                await pilot.pause(0.02)
    except TimeoutError:
        lines = unified_diff(expected.splitlines(), screen_text(app).splitlines(), str(path), "the screen", lineterm="")
        raise AssertionError("\n".join(["the screen is not that of the file", *lines])) from None


async def _still(app: StreamscopeApp, pilot: Pilot[None]) -> str:
    """The screen once it does not change any more."""
    shown, same = screen_text(app), 0
    async with asyncio.timeout(PATIENCE_S):
        while same < _STILL_FOR:
            await pilot.pause(0.05)
            before, shown = shown, screen_text(app)
            same = same + 1 if shown == before else 0
    return shown
