"""`Y` on Live: what of the focused pane, and of its run, can be copied."""

from __future__ import annotations

import json

from textual.pilot import Pilot

from tests.screens.app_driver import demo_records, running_app, until
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.screens.pick_screen import PickScreen

NOWHERE = Settings(url="http://127.0.0.1:9")


async def chosen(app: StreamscopeApp, pilot: Pilot[None], keys: str) -> str:
    """What is on the clipboard after `Y`, some keys down the list, and enter."""
    before = len(app._notifications)  # noqa: SLF001  there is no other list of them
    await pilot.press("Y")
    await until(pilot, lambda: isinstance(app.screen, PickScreen))
    await pilot.press(*(["down"] * len(keys)), "enter")
    await until(pilot, lambda: app.screen is app.live and len(app._notifications) > before)  # noqa: SLF001  as above
    return app.clipboard


async def test_each_thing_of_the_menu_is_copied() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: app.live._drawing.is_settled)  # noqa: SLF001  nobody else knows
        run = app.controller.derived
        assert run is not None and run.decoder is not None  # noqa: PT018  for the types
        frames = run.decoder.frames
        await pilot.press("escape", "2", "g")
        unit = run.pipeline.segments.segment(0)
        content = run.pipeline.content
        came = range(content.frame_of(unit.first_chunk), content.frame_of(unit.last_chunk) + 1)
        assert len(came) > 1
        assert await chosen(app, pilot, "") == frames[came[0]].text
        assert await chosen(app, pilot, "d") == "\n".join(frames[frame].text for frame in came)
        assert await chosen(app, pilot, "dd") == content.text()
        lines = (await chosen(app, pilot, "ddd")).splitlines()
        assert [json.loads(line)["frame"] for line in lines] == list(came)
        assert (await chosen(app, pilot, "dddd")).startswith("curl -N ")
        assert "streamscope" in await chosen(app, pilot, "ddddd")


async def test_where_the_view_is_held_nothing_later_is_copied() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: app.live._drawing.is_settled)  # noqa: SLF001  nobody else knows
        run = app.controller.derived
        assert run is not None and run.decoder is not None  # noqa: PT018  for the types
        app.controller.playback.seek_frame(9)
        app.live.draw_slow()
        await pilot.press("escape", "5")
        assert await chosen(app, pilot, "") == run.decoder.frames[8].text
        assert await chosen(app, pilot, "d") == "\n".join(frame.text for frame in run.decoder.frames[:9])
        text = await chosen(app, pilot, "dd")
        assert text == run.pipeline.content.text()[: len(text)] != run.pipeline.content.text()


async def test_without_a_run_it_says_so() -> None:
    async with running_app(NOWHERE) as (app, pilot):
        await pilot.press("escape", "Y")
        await until(pilot, lambda: any("nothing to copy" in notice.message for notice in app._notifications))  # noqa: SLF001  as above
