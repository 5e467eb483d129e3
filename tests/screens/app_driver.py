"""Drives the app as a person would, and waits for what the screen says instead of for time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from tui.app import StreamscopeApp
from tui.captures.live_pipe import Records
from tui.config import Settings
from tui.core.capture import Record
from tui.core.capture_codec import decode_line
from tui.panes.line_view import LineView
from tui.panes.status_line import StatusLine
from tui.screens.live_screen import LiveScreen
from tui.state_folder import StateFolder

PATIENCE_S = 20.0
DEMOS = Path(__file__).resolve().parents[2] / "tui" / "gateway" / "demo"


def demo_records(name: str) -> list[Record]:
    """The records of a shipped recording."""
    lines = (DEMOS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [decode_line(line)[0] for line in lines]


@asynccontextmanager
async def running_app(
    settings: Settings,
    prompt: str | None = None,
    *,
    records: Records | None = None,
    size: tuple[int, int] = (120, 40),
    state: StateFolder | None = None,
    capture: str | None = None,
    folder: Path | None = None,
) -> AsyncIterator[tuple[StreamscopeApp, Pilot[None]]]:
    """The app in a terminal of the given size, its first screen drawn."""
    app = StreamscopeApp(settings, prompt, records=records, state=state, capture=capture, folder=folder)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: any(isinstance(screen, LiveScreen) for screen in app.screen_stack))
        yield app, pilot


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Lets the app work until the condition holds; raises TimeoutError when it never does."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await pilot.pause(0.01)


def pane_text(app: StreamscopeApp, pane: str) -> str:
    """All rows of a pane as they would be drawn."""
    view = app.screen.query_one(f"#{pane}", LineView)
    return "\n".join("".join(span.text for span in view.row_spans(row)) for row in range(view.row_count))


def line_text(app: StreamscopeApp, name: str) -> str:
    """What stands in the header, the footer, the tabs or beside the prompt."""
    return app.screen.query_one(f"#{name}", StatusLine).plain


def shown_title(app: StreamscopeApp, pane: str) -> str:
    """The title of a pane, its line of dashes left out."""
    return " ".join(getattr(app.screen.query_one(f"#{pane}"), "shown_title", "").replace("─", " ").split())
