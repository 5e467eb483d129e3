"""Playback on the Compare screen: lanes, clock and lamp show one moment; the price stays the whole run's."""

from __future__ import annotations

from tests.screens.app_driver import line_text, pane_text, running_app, until
from tests.screens.playback_steps import HeldAnswer, go_to, hold, play_to_the_end
from tests.screens.test_compare_screen import comparing, playback_count, row_of, row_styles, stalled_records
from tests.transports.scripted_server import ScriptedServer
from tui.config import Settings
from tui.core.capture import CaptureHeader
from tui.core.text.buffers import make_buffer
from tui.screens.compare_screen import CompareScreen


def released(mode: str, pieces: list[str]) -> int:
    """How many characters a buffer gives out for these pieces."""
    buffer = make_buffer(mode)
    return sum(len(unit) for piece in pieces for unit in buffer.add(piece))


async def test_every_lane_shows_what_it_had_released_and_held_at_the_moment() -> None:
    async with comparing(stalled_records()) as (app, pilot, screen):
        price = pane_text(app, "price")
        await go_to(pilot, "0.6s")
        await until(pilot, lambda: "VIEW at 0.60 s" in line_text(app, "header"))
        run = app.controller.derived
        assert run is not None
        pieces = [run.pipeline.content.piece(index)[0] for index in range(run.pipeline.content.count_until(0.6))]
        came = sum(map(len, pieces))
        for place, mode in enumerate(("raw", "word", "sentence", "line")):
            count = released(mode, pieces)
            assert playback_count(app, f"lane-{place}") == count
            shown = pane_text(app, f"lane-{place}").partition("▒")[0].replace("\n", "")
            assert shown == "".join(pieces)[:count].replace("\n", "")
            if came - count >= 10:
                assert f"▒ {came - count} char held for 0." in pane_text(app, f"lane-{place}")
        scale = row_of(app, "bars", "one clock")
        assert "▼0.60 s" in scale
        cursor = pane_text(app, "bars").splitlines()[0].index("▼")
        raw = next(row for row in pane_text(app, "bars").splitlines() if row.startswith(" A raw"))
        assert raw[cursor + 1 :].strip()  # the whole run is drawn, what is past the cursor dim
        assert "raster--past" in row_styles(screen, "bars", "A raw")
        assert pane_text(app, "price") == price
        await pilot.press("full_stop")
        await until(pilot, lambda: playback_count(app, "lane-0") > came)
        await pilot.press("comma", "comma")
        await until(pilot, lambda: playback_count(app, "lane-0") < came)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: playback_count(app, "lane-0") < came - 1)


async def test_the_end_is_seen_again_after_going_back() -> None:
    async with comparing(stalled_records()) as (app, pilot, _):
        whole = [pane_text(app, f"lane-{place}") for place in range(4)]
        await go_to(pilot, "10%")
        await until(pilot, lambda: [pane_text(app, f"lane-{place}") for place in range(4)] != whole)
        await play_to_the_end(app, pilot)
        assert [pane_text(app, f"lane-{place}") for place in range(4)] == whole
        assert "▼" not in pane_text(app, "bars")


async def test_a_file_without_times_is_stepped_by_its_frames() -> None:
    _, *rest = stalled_records(has_times=False)
    header = CaptureHeader("sse", "http://127.0.0.1", {}, has_times=False)
    async with comparing([header, *rest]) as (app, pilot, _):
        await go_to(pilot, "#4")
        await until(pilot, lambda: "VIEW at frame 5" in line_text(app, "header"))
        assert "▼frame 5" in row_of(app, "bars", "one clock")
        assert pane_text(app, "lane-0") == "Use a short loop. Each"


async def test_space_holds_the_lanes_while_the_stream_goes_on() -> None:
    answer = HeldAnswer()
    async with ScriptedServer(answer) as far, running_app(Settings(url=far.url)) as (app, pilot):
        app.send_prompt("hold")
        await app.push_screen(CompareScreen())
        await until(pilot, lambda: "A raw" in pane_text(app, "price") and playback_count(app, "lane-0") > 0)
        await hold(app, pilot)
        held, count = pane_text(app, "lane-0"), playback_count(app, "lane-0")
        answer.go_on.set()
        run = app.controller.derived
        assert run is not None
        await until(pilot, lambda: run.pipeline.content.length > count)
        await until(pilot, lambda: "STREAMING" in line_text(app, "header"))
        assert pane_text(app, "lane-0") == held
        await pilot.press("space")
        await until(pilot, lambda: playback_count(app, "lane-0") > count)
        answer.end.set()
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
