"""What a person does to hold, play and move the view, with what every screen says of it; and an answer to hold."""

from __future__ import annotations

import asyncio

from textual.pilot import Pilot

from tests.screens.app_driver import line_text, until
from tests.transports.run_support import open_stream, send_end, send_tokens
from tests.transports.scripted_server import Peer
from tui.app import StreamscopeApp

BEGUN, WHOLE = 3, 8


class HeldAnswer:
    """A script of a far end: the tokens that are begun with, after `go_on` the whole answer, after `end` its end."""

    def __init__(self) -> None:
        self.go_on, self.end = asyncio.Event(), asyncio.Event()

    async def __call__(self, peer: Peer) -> None:
        await open_stream(peer, "sse")
        await send_tokens(peer, "sse", 0, BEGUN)
        await self.go_on.wait()
        await send_tokens(peer, "sse", BEGUN, WHOLE)
        await self.end.wait()
        await send_end(peer, "sse", WHOLE)


async def go_to(pilot: Pilot[None], place: str) -> None:
    """To a time, a frame or a share of the run."""
    await pilot.press("ctrl+g", *place, "enter")


async def hold(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    """Holds the view of an open run, and is told how to go on."""
    await pilot.press("space")
    await until(pilot, lambda: "VIEW HELD at" in line_text(app, "header"))
    assert "space go on" in line_text(app, "footer")


async def play_slower(app: StreamscopeApp, pilot: Pilot[None], steps: int, speed: str) -> None:
    """Plays a run that is over, so many steps slower than before."""
    await pilot.press(*["less_than_sign"] * steps, "space")
    await until(pilot, lambda: f"VIEW PLAYING {speed}" in line_text(app, "header"))


async def stop(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    """Stops where the view is."""
    await pilot.press("space")
    await until(pilot, lambda: "VIEW at " in line_text(app, "header"))


async def play_to_the_end(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    """Plays what is left at the greatest speed; at the end the view follows again."""
    await pilot.press(*["greater_than_sign"] * 9, "space")
    await until(pilot, lambda: "VIEW" not in line_text(app, "header"))
