"""The race by its keys, over a real probe and real gateways; one of them behind a hop that holds answers back."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.gateway.buffering_hop import BufferingHop
from tests.gateway.running_gateway import gateway_settings, running_gateway
from tests.gateway.scripted_upstream import Exchange, ScriptedUpstream, for_ever
from tests.screens.app_driver import demo_records, line_text, pane_text, running_app, shown_title, until
from tests.screens.golden_screens import screen_text
from tests.screens.playback_steps import hold, play_slower, play_to_the_end, stop
from tests.screens.test_compare_screen import toasts
from tests.screens.test_palette import choose, titles
from tui.app import StreamscopeApp
from tui.captures.open_capture import open_capture
from tui.config import Settings
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.screens.ask_screen import AskScreen
from tui.screens.pick_screen import PickScreen
from tui.screens.race_form import RaceForm
from tui.screens.race_screen import RaceScreen
from tui.screens.wire_screen import WireScreen

WORDS = 24
CAPTURES = Path(__file__).parents[1] / "data" / "captures"


async def paced(exchange: Exchange) -> None:
    """An answer of a word every 15 ms."""
    await exchange.head()
    for number in range(WORDS):
        await exchange.tokens(f"word{number} ")
        await asyncio.sleep(0.015)
    await exchange.finish()


async def endless(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.tokens("one ", "two ")
    await for_ever()


@asynccontextmanager
async def ended_race(
    settings: Settings,
) -> AsyncIterator[tuple[StreamscopeApp, Pilot[None], RaceScreen]]:
    """A race of the lanes that the form begins with, at its end."""
    async with running_app(settings) as (app, pilot):
        await pilot.press(*"Why", "escape", "R")
        await until(pilot, lambda: isinstance(app.screen, RaceForm))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RaceScreen))
        screen = app.screen
        assert isinstance(screen, RaceScreen)
        await until(pilot, lambda: "►" in pane_text(app, "judgement"))
        yield app, pilot, screen


async def pick(app: StreamscopeApp, pilot: Pilot[None], row: int) -> str:
    """Chooses a row of the list that is open, and gives its words."""
    await until(pilot, lambda: isinstance(app.screen, PickScreen))
    choices = app.screen.query_one(OptionList)
    choices.highlighted = row
    text = str(choices.get_option_at_index(row).prompt)
    await pilot.press("enter")
    return text


async def test_story_a_my_gateway_delivers_one_lump_who_buffers() -> None:
    async with (
        ScriptedUpstream(paced) as upstream,
        running_gateway(gateway_settings(upstream.url)) as gateway,
        BufferingHop(gateway.url) as hop,
        running_app(Settings(url=hop.url)) as (app, pilot),
    ):
        # streamscope --url https://gw.example.net, Enter, verdict line under the raster
        await pilot.press(*"Who buffers?", "enter")
        await until(pilot, lambda: "one lump: " in line_text(app, "verdict"))
        assert line_text(app, "verdict").endswith("R finds out where.")
        # R opens the lane form
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, RaceForm))
        form = app.screen
        assert isinstance(form, RaceForm)
        names = [None if entry is None else entry.name for entry in form.entries]
        assert names == ["SSE gateway", "WS gateway", None, "SSE identity"]
        assert "the hop behind it" in form.query_one("#lane-C").plain  # type: ignore[attr-defined]
        # + asks for the upstream URL or a profile
        await pilot.press("+")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        await pilot.press(*upstream.url, "enter")
        await until(pilot, lambda: app.screen is form)
        assert form.entries[2] is not None
        assert form.entries[2].name == "direct upstream"
        # a line says `sends 4 requests`
        assert 'sends 4 requests of "Who buffers?"' in str(form.query_one("#form-status").content)  # type: ignore[attr-defined]
        before = len(hop.requests), len(upstream.requests)
        await pilot.press("enter")
        # verdict
        await until(pilot, lambda: isinstance(app.screen, RaceScreen))
        await until(pilot, lambda: "► BUFFERED" in pane_text(app, "judgement"))
        sent = [request for request in hop.requests[before[0] :] if "/v1/" in request.splitlines()[0]]
        assert len(sent) == 3
        assert sum("accept-encoding: identity" in request.lower() for request in sent) == 1
        assert len(upstream.requests) - before[1] == 4
        asked = [run.capture.header.accept_encoding for run in app.screen.race.begun]  # type: ignore[attr-defined]
        assert asked == ["gzip, deflate", "identity", "gzip, deflate", "identity"]
        verdict = words(app)
        assert "BUFFERED between lane C and lane A. Direct upstream shows text at" in verdict
        assert "SSE through the gateway shows none for" in verdict
        assert 'WS through the same gateway streams, which points to the HTTP path: "via: 1.1 nginx"' in verdict
        assert "no X-Accel-Buffering" in verdict
        rows = pane_text(app, "rows").splitlines()
        lump = next(row for row in rows if row.startswith(" A SSE gateway"))
        rain = next(row for row in rows if row.startswith(" B WS gateway"))
        assert lump.count("▒") > 2 * rain.count("▒")
        assert lump.split("✓")[0].rstrip()[-1] == "█"
        assert [row.split()[-1] for row in rows if "✓" in row and "proven" not in row] == [
            "LUMP",
            "steady",
            "steady",
            "LUMP",
        ]
        # Enter on it: evidence rows, each with its frame
        await pilot.press("enter")
        chosen = await pick(app, pilot, 1)
        assert chosen.startswith("1 A frame ")
        assert "LUMP" in chosen
        await until(pilot, lambda: isinstance(app.screen, WireScreen))
        await until(pilot, lambda: "via 1.1 nginx" in pane_text(app, "head"))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, RaceScreen))
        # Y card
        await pilot.press("Y")
        await pick(app, pilot, 0)
        await until(pilot, lambda: bool(app.clipboard))
        card = app.clipboard.splitlines()
        assert len(card) <= 12
        assert max(map(len, card)) <= 80
        assert "127.0.0.1" not in app.clipboard
        assert card[0].startswith("A SSE gateway")
        assert any(line.startswith("► BUFFERED between lane C and lane A.") for line in card)


async def test_wire_bytes_per_character_and_replay_on_one_clock() -> None:
    async with (
        ScriptedUpstream(paced) as upstream,
        running_gateway(gateway_settings(upstream.url)) as gateway,
        ended_race(Settings(url=gateway.url)) as (app, pilot, screen),
    ):
        assert [lane.name for lane in screen.race.lanes] == ["SSE gateway", "WS gateway", "SSE identity"]
        row = pane_text(app, "judgement").splitlines()[0]
        assert row.strip().startswith("wire bytes per character   A ")
        assert "STREAMS. All 3 lanes show text from" in pane_text(app, "judgement")
        whole = pane_text(app, "racer-0")
        await play_slower(app, pilot, 2, "0.25x")
        await until(pilot, lambda: all(_chars(app, place) for place in range(3)))
        await stop(app, pilot)
        at = screen.race.cursor.position
        assert at is not None
        for lane, place in zip(screen.race.lanes, range(3), strict=True):
            run = lane.derived
            assert run is not None
            count = run.pipeline.content.count_until(at.at + (run.stats.sent_at or 0.0))
            assert _chars(app, place) == run.pipeline.content.end_of(count - 1)
        assert "▼" in pane_text(app, "rows").splitlines()[0]
        before = at.frames
        await pilot.press("full_stop")
        await until(pilot, lambda: screen.race.cursor.position != at)
        assert screen.race.cursor.position is not None
        assert screen.race.cursor.position.frames == before + 1
        await play_to_the_end(app, pilot)
        assert pane_text(app, "racer-0") == whole
        # at 80 columns rows and verdict; tab opens one text
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: not screen.query_one("#racers").display)
        await until(pilot, lambda: all(len(row) <= 80 for row in pane_text(app, "rows").splitlines()))
        await pilot.press("tab")
        await until(pilot, lambda: screen.query_one("#racers").display and "word23" in pane_text(app, "racer-0"))
        await pilot.press("shift+tab")
        await until(pilot, lambda: not screen.query_one("#racers").display)


def words(app: StreamscopeApp) -> str:
    """Wire bytes, verdict and receipts without their line ends."""
    return " ".join(pane_text(app, "judgement").split())


def _chars(app: StreamscopeApp, place: int) -> int:
    return int(shown_title(app, f"racer-{place}").split()[-1])


async def test_a_lane_that_fails_is_named_and_the_others_are_judged() -> None:
    async with ScriptedUpstream(only_chat) as provider, ended_race(Settings(url=provider.url)) as (app, _, screen):
        assert [lane.name for lane in screen.race.lanes] == [
            "direct provider",
            "SSE gateway",
            "WS gateway",
            "direct identity",
        ]
        verdict = words(app)
        assert "STREAMS. All 2 lanes show text" in verdict
        assert "B SSE gateway failed: not a streamscope gateway" in verdict
        assert "C WS gateway failed: not a streamscope gateway" in verdict
        assert "This is not a streamscope gateway" in " ".join(pane_text(app, "racer-1").split())
        assert "2 of 4 lanes completed" in line_text(app, "header")


async def only_chat(exchange: Exchange) -> None:
    """A provider: it knows no route of a gateway."""
    if exchange.path.endswith("/chat/completions"):
        await paced(exchange)
    else:
        await exchange.head(404, "application/json")
        await exchange.send(b'{"detail": "Not Found"}')


async def test_cancel_ends_every_lane_with_a_receipt_each_and_q_waits_for_that() -> None:
    async with (
        ScriptedUpstream(endless) as upstream,
        running_gateway(gateway_settings(upstream.url)) as gateway,
        running_app(Settings(url=gateway.url)) as (app, pilot),
    ):
        await pilot.press(*"Why", "escape", "R")
        await until(pilot, lambda: isinstance(app.screen, RaceForm))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RaceScreen))
        await until(pilot, lambda: all(_chars(app, place) == 8 for place in range(3)))
        assert line_text(app, "footer").startswith("x cancel")
        assert "3 of 3 lanes open" in line_text(app, "header")
        await hold(app, pilot)
        await pilot.press("space")
        await until(pilot, lambda: "VIEW" not in line_text(app, "header"))
        await pilot.press("q")
        assert isinstance(app.screen, RaceScreen)
        assert any("still open. x cancels its lanes" in text for text in toasts(app))
        await pilot.press("x")
        await until(pilot, lambda: "■ CANCELLED" in line_text(app, "header"))
        await upstream.wait_for_hang_ups(3)
        assert [lane.derived.outcome for lane in app.screen.race.lanes if lane.derived] == [Outcome.CANCELLED] * 3
        await until(pilot, lambda: words(app).count("upstream stopped: yes, says the gateway") == 3)
        assert words(app).count("key to socket closed") == 3
        await pilot.press("q")
        await until(pilot, lambda: app.screen is app.live)


async def test_ctrl_s_saves_every_lane_f8_the_screen_ctrl_r_races_again_and_the_form_keeps_its_lanes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with (
        ScriptedUpstream(paced) as upstream,
        running_gateway(gateway_settings(upstream.url)) as gateway,
        ended_race(Settings(url=gateway.url)) as (app, pilot, screen),
    ):
        await pilot.press("ctrl+s")
        await until(pilot, lambda: sum(text.startswith("Saved ") for text in toasts(app)) == 3)
        assert saved_transports(tmp_path) == ["sse", "sse", "ws"]
        await pilot.press("f8")
        await until(pilot, lambda: any("STREAMS." in picture for picture in pictures(tmp_path)))
        before = screen.race.lanes[0].run
        await pilot.press("ctrl+r")
        await until(pilot, lambda: screen.race.lanes[0].run is not before)
        await until(pilot, lambda: screen.race.is_over and "►" in pane_text(app, "judgement"))
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, RaceForm))
        await pilot.press("down", "down", "down", "-", "right", "enter")
        await until(pilot, lambda: app.screen is screen and len(screen.race.lanes) == 2)
        assert [lane.name for lane in screen.race.lanes] == ["SSE gateway", "WS gateway"]
        await until(pilot, lambda: screen.race.is_over)


async def test_without_a_prompt_it_says_so() -> None:
    async with running_app(Settings(url="http://127.0.0.1:9")) as (app, pilot):
        await pilot.press("escape", "R")
        await until(pilot, lambda: any("The prompt is empty." in text for text in toasts(app)))
        assert app.screen is app.live


async def test_captures_race_without_a_request_and_are_laid_over_one_another_by_their_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("smol-plain", "smol-code"):
        shutil.copy(CAPTURES / f"{name}.jsonl", tmp_path)
    async with running_app(Settings(url="http://127.0.0.1:9")) as (app, pilot):
        await pilot.press(*"Why", "escape", "R")
        await until(pilot, lambda: isinstance(app.screen, RaceForm))
        form = app.screen
        assert isinstance(form, RaceForm)
        await pilot.press("down", "down", "down", "-")
        for name in ("smol-plain", "smol-code"):
            await pilot.press("+")
            await until(pilot, lambda: isinstance(app.screen, AskScreen))
            await pilot.press(*f"{name}.jsonl", "enter")
            await until(pilot, lambda: app.screen is form)
        form.entries = form.entries[2:]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RaceScreen) and "►" in pane_text(app, "judgement"))
        assert [lane.name for lane in app.screen.race.lanes] == ["smol-plain", "smol-code"]  # type: ignore[attr-defined]
        assert not app.controller.lanes
        await pilot.press("v")
        await until(pilot, lambda: "one text" in pane_text(app, "rows"))
        assert "The texts part at char 0:" in words(app)
        assert "later at char 409, where the shorter text ends." in words(app)
        assert next(row for row in pane_text(app, "rows").splitlines() if "smol-code" in row).count("≠") == 1
        await pilot.press("v")
        await until(pilot, lambda: "one clock" in pane_text(app, "rows"))
        own = {title for title in titles(app) if title.startswith("race: ")}
        assert own == {f"race: {what}" for what in ("evidence", "by text", "copy as", "frames", "close")}
        await choose(app, pilot, "race: by text")
        await until(pilot, lambda: "one text" in pane_text(app, "rows"))
        await choose(app, pilot, "file: copy card")
        await until(pilot, lambda: app.clipboard.startswith("A smol-plain"))
        await choose(app, pilot, "race: close")
        await until(pilot, lambda: app.screen is app.live)


def saved_transports(folder: Path) -> list[str]:
    runs = [DerivedRun.of_records(open_capture(path)) for path in folder.glob("*.jsonl")]
    return sorted(run.capture.header.transport for run in runs)


def pictures(folder: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in folder.glob("*.svg")]


async def test_enter_on_the_arrivals_gives_the_verdict_on_a_single_run() -> None:
    async with running_app(Settings(url="http://127.0.0.1:9"), records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("escape", "5", "enter")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        choices = app.screen.query_one(OptionList)
        assert "STREAMS. A shows text from" in str(choices.get_option_at_index(0).prompt)
        assert await pick(app, pilot, 1)
        await until(pilot, lambda: isinstance(app.screen, WireScreen))


async def test_names_stand_for_the_hosts_of_all_lanes_before_an_audience() -> None:
    async with (
        ScriptedUpstream(only_chat) as provider,
        ended_race(Settings(url=provider.url, profile="lab")) as (app, pilot, screen),
    ):
        app.action_present()
        await pilot.pause()
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, RaceForm))
        assert "127.0.0.1" not in screen_text(app)
        assert screen.race.is_over
