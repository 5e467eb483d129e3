"""The Wire screen by its keys, on captures and over a real probe."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.core.made_runs import DONE, FINISH, delta
from tests.core.wire_view.tool_run import END, tool_records
from tests.screens.app_driver import demo_records, line_text, pane_text, running_app, until
from tests.transports.scripted_server import Peer, ScriptedServer, gateway_done, gateway_event
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.capture import CaptureEnd, CaptureHeader, Read, Record, ResponseHead
from tui.core.chunks import Outcome, StreamProblem
from tui.panes.frame_detail import FrameDetail
from tui.panes.frames_table import FramesTable
from tui.panes.head_line import HeadLine
from tui.panes.raster_pane import RasterPane
from tui.panes.text_pane import TextPane
from tui.screens.ask_screen import LineInput
from tui.screens.compare_screen import CompareScreen
from tui.screens.head_screen import HeadScreen
from tui.screens.live_screen import LiveScreen
from tui.screens.oddities_screen import OdditiesScreen
from tui.screens.pick_screen import PickScreen
from tui.screens.wire_screen import WireScreen
from tui.screens.wire_words import COPIES

NOWHERE = Settings(url="http://127.0.0.1:9")  # nothing is sent there: these tests look at captures


@asynccontextmanager
async def on_wire(
    records: list[Record] | None = None, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[StreamscopeApp, Pilot[None]]]:
    """The app on a capture, the Wire screen open and drawn."""
    async with running_app(NOWHERE, records=tool_records() if records is None else records, size=size) as (app, pilot):
        await pilot.press("escape", "w")
        await until(pilot, lambda: isinstance(app.screen, WireScreen) and "problems" in line_text(app, "footer"))
        await pilot.pause()
        yield app, pilot


def table(app: StreamscopeApp) -> FramesTable:
    return app.screen.query_one(FramesTable)


def detail(app: StreamscopeApp) -> FrameDetail:
    return app.screen.query_one(FrameDetail)


def frame(app: StreamscopeApp) -> str:
    """The name of the row under the cursor, as the title of the detail has it."""
    title: tuple[str, str] = getattr(detail(app), "shown_title", ("", ""))  # none before the first drawing
    return title[0].partition("  v ")[0]


def title(app: StreamscopeApp, pane: str) -> str:
    shown: tuple[str, str] = app.screen.query_one(f"#{pane}").shown_title  # type: ignore[attr-defined]
    return " ".join(shown[0].replace("─", " ").split())


def focus(app: StreamscopeApp) -> Any:
    return app.focused


def squeezed(app: StreamscopeApp, pane: str) -> str:
    """The text of a pane however it was wrapped."""
    return " ".join(pane_text(app, pane).split())


def shown_run(app: StreamscopeApp) -> Any:
    view = table(app).view
    return view.rows.log.run if view is not None else None


def toasts(app: StreamscopeApp) -> list[str]:
    return [note.message for note in app._notifications]  # noqa: SLF001  Textual shows no other


async def type_filter(app: StreamscopeApp, pilot: Pilot[None], words: str) -> None:
    await pilot.press("f")
    await until(pilot, lambda: isinstance(focus(app), LineInput))
    app.screen.query_one("#filter", LineInput).value = words
    await pilot.press("enter")
    await pilot.pause()


async def test_what_the_screen_shows_of_the_run_of_the_drawing() -> None:
    async with on_wire() as (app, pilot):
        assert line_text(app, "header").startswith(
            "streamscope  Wire   direct  http://127.0.0.1:8080/v1  dialect openai-chat"
        )
        assert line_text(app, "header").endswith("traps 4")
        assert "✓ COMPLETED" in line_text(app, "header")
        head = "".join(span.text for span in app.screen.query_one(HeadLine).row_spans(0))
        assert head == (
            " head  200  text/event-stream  via 1.1 nginx ◄ a proxy  x-accel-buffering no ✓  content-encoding - ✓"
        )
        assert title(app, "frames") == "frames f no filter 10 of 10"
        assert table(app).selected_row == 0
        await pilot.press("end", "up")
        await pilot.pause()
        assert title(app, "detail") == "frame 7 v raw·JSON·hex byte 1465..1705"
        shown = pane_text(app, "detail")
        assert '"choices": [],' in shown
        assert "▲▲" in shown
        assert "trap: the list choices is empty" in shown
        assert "read 8   255 byte   2.745 s   frames 7, 8" in shown
        assert line_text(app, "wire-time") == "t 2.75 s  frame 7/9"
        assert "problems 7" in line_text(app, "footer")
        assert "!" in "".join(span.text for span in app.screen.query_one(RasterPane).row_spans(0))


async def test_story_d_my_tool_call_stream_breaks_my_parser() -> None:
    async with on_wire() as (app, pilot):
        # cursor on the first (trap or problem); ] next
        await until(pilot, lambda: frame(app) == "frame 0")
        assert "trap: a delta with a role and no text" in pane_text(app, "detail")
        await pilot.press("]")
        await until(pilot, lambda: frame(app) == "frame 5")
        # detail shows caret and sentence
        shown = pane_text(app, "detail")
        assert "▲▲▲▲▲▲" in shown
        assert r"trap: a \u pair is split over two chunks" in " ".join(shown.split())
        # v hex
        await pilot.press("v", "v")
        await until(pilot, lambda: detail(app).view == "hex")
        assert "64 61 74 61 3a 20" in pane_text(app, "detail")
        assert "▲▲ ▲▲" in pane_text(app, "detail")
        # 3 extracts: tool 0 get_weather  arguments VALID at frame 6
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, LiveScreen))
        await until(pilot, lambda: "VALID at frame 6" in pane_text(app, "extracts"))
        assert "tool 0 get_weather" in squeezed(app, "extracts")
        # Enter back to the frame
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WireScreen))
        await until(pilot, lambda: frame(app) == "frame 6")


async def test_marks_are_gone_through_both_ways_and_end_with_a_word() -> None:
    async with on_wire() as (app, pilot):
        seen = []
        for _ in range(3):
            await pilot.press("]")
            await pilot.pause()
            seen.append(frame(app))
        assert seen == ["frame 5", "frame 6", "frame 7"]
        await pilot.press("]")
        await until(pilot, lambda: toasts(app) == ["No trap, problem or stall after this row."])
        await pilot.press("[", "[")
        await until(pilot, lambda: frame(app) == "frame 5")


async def test_times_are_gap_since_start_and_clock() -> None:
    async with on_wire() as (app, pilot):
        rows = []
        for _ in range(4):
            rows.append(pane_text(app, "frames").splitlines()[:7])
            await pilot.press("a")
            await pilot.pause()
        assert "+gap ms" in rows[0][0]
        assert "  312 " in rows[0][1]
        assert "at s" in rows[1][0]
        assert " 0.312 " in rows[1][1]
        assert "clock" in rows[2][0]
        assert ":00.312 " in rows[2][1]
        assert rows[3] == rows[0]


async def test_filter_words_leave_rows_and_esc_in_the_bar_clears_them() -> None:
    async with on_wire() as (app, pilot):
        await type_filter(app, pilot, "kind:tool gap>500ms")
        await until(pilot, lambda: title(app, "frames") == "frames f kind:tool gap>500ms 1 of 10")
        assert frame(app) == "frame 6"
        assert focus(app) is table(app)
        await type_filter(app, pilot, "gap>2s")
        await until(pilot, lambda: "0 of 10 frames match gap>2s." in pane_text(app, "frames"))
        assert "f changes it, esc in the bar clears it." in squeezed(app, "frames")
        await pilot.press("f")
        await until(pilot, lambda: isinstance(focus(app), LineInput))
        assert app.screen.query_one("#filter", LineInput).value == "gap>2s"
        await pilot.press("escape")
        await until(pilot, lambda: title(app, "frames") == "frames f no filter 10 of 10")
        assert focus(app) is table(app)


async def test_a_wrong_filter_says_what_is_wrong_and_stays_open() -> None:
    async with on_wire() as (app, pilot):
        await pilot.press("f")
        await until(pilot, lambda: isinstance(focus(app), LineInput))
        assert "kind:tool" in line_text(app, "filter-note")
        await pilot.press(*"gap", "greater_than_sign", "x", "enter")
        await until(pilot, lambda: "gap needs a number, as gap>500ms" in line_text(app, "filter-note"))
        assert isinstance(focus(app), LineInput)
        assert table(app).table_count == 10


async def test_a_filter_that_runs_away_is_taken_away() -> None:
    *records, end = tool_records()
    records += [Read(2.75, b"data: " + b"a" * 4000 + b"\n\n"), end]
    async with on_wire(records) as (app, pilot):
        await type_filter(app, pilot, "/(a+)+$/")
        await until(pilot, lambda: any("took longer" in toast for toast in toasts(app)))
        await until(pilot, lambda: title(app, "frames").startswith("frames f no filter 11 of 11"))


async def test_a_mark_that_a_filter_hides_takes_the_filter_away() -> None:
    async with on_wire() as (app, pilot):
        await type_filter(app, pilot, "kind:comment")
        await until(pilot, lambda: frame(app) == "row 7")
        await pilot.press("]")
        await until(pilot, lambda: frame(app) == "frame 7")
        assert title(app, "frames") == "frames f no filter 10 of 10"


async def test_copies_of_a_frame_a_range_and_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    async with on_wire() as (app, pilot):
        monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
        await pilot.press("end", "y")
        assert copied.pop() == "[DONE]"
        assert toasts(app)[-1] == "Copied 6 characters (frame 8)."
        await pilot.press("shift+up", "shift+up", "y")
        assert copied.pop().splitlines()[0] == ": keep-alive"
        assert toasts(app)[-1].endswith("(frame 7-8).")
        for form, begin in (("raw", ": keep-alive\n\ndata: {"), ("jsonl", '{"frame": null, '), ("curl", "curl -N '")):
            await pilot.press("Y")
            await until(pilot, lambda: isinstance(app.screen, PickScreen))
            options = app.screen.query_one(OptionList)
            options.highlighted = [name for name, _ in COPIES].index(form)
            await pilot.press("enter")
            await until(pilot, lambda: len(copied) == 1)
            text = copied.pop()
            assert text.startswith(begin)
            assert text.endswith(END.decode()) == (form == "raw")
            await until(pilot, lambda: isinstance(app.screen, WireScreen))
        assert toasts(app)[-1].endswith("of the request.")
        await pilot.press("tab", "y")
        assert copied.pop() == "[DONE]" or copied == []


async def test_enter_goes_to_the_place_in_the_text_and_back() -> None:
    async with on_wire(demo_records("markdown")) as (app, pilot):
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, LiveScreen))
        pane = app.screen.query_one(TextPane)
        await until(pilot, lambda: focus(app) is pane)
        assert marked(app) == " Python"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WireScreen))
        await until(pilot, lambda: frame(app) == "frame 2")
        await pilot.press("home", "enter")
        await until(pilot, lambda: toasts(app) == ["This row has no text of its own: it stands nowhere on Live."])
        assert isinstance(app.screen, WireScreen)


def marked(app: StreamscopeApp) -> str:
    """What is marked in the text on Live."""
    pane = app.live.query_one(TextPane)
    spans = [span for row in range(pane.row_count) for span in pane.row_spans(row)]
    return "".join(span.text for span in spans if span.style == "text--found")


async def test_tool_frame_goes_to_its_piece_and_the_first_one_to_the_heading_and_back() -> None:
    async with on_wire() as (app, pilot):
        for row, text in ((1, "▏tool 0 get_weather"), (3, "Par")):
            table(app).select(row)
            await pilot.press("enter")
            await until(pilot, lambda: app.screen is app.live)
            assert marked(app).strip() == text
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, WireScreen))
        await until(pilot, lambda: frame(app) == "frame 3")


async def test_thinking_goes_to_its_place_and_back() -> None:
    records = clean_records()
    records[2:2] = [Read(0.15 + i / 100, delta(reasoning_content=f"hm {i} ").encode()) for i in range(3)]
    async with on_wire(records) as (app, pilot):
        table(app).select(1)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.live)
        assert marked(app) == "hm 1 "
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WireScreen))
        await until(pilot, lambda: frame(app) == "frame 1")


async def test_the_text_goes_to_the_frame_of_the_last_line_when_nothing_is_marked() -> None:
    records: list[Record] = [
        CaptureHeader("sse", "http://127.0.0.1", {}, clock=0.0),
        ResponseHead(200, (("content-type", "text/event-stream"),), 0.1),
    ]
    records += [Read(0.2 + i / 10, delta(content=f"line {i}\n").encode()) for i in range(8)]
    async with running_app(NOWHERE, records=records) as (app, pilot):
        await until(pilot, lambda: "line 7" in pane_text(app, "text"))
        await pilot.press("escape", "escape")
        app.screen.query_one(TextPane).focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WireScreen))
        await until(pilot, lambda: frame(app) == "frame 7")


async def test_reads_and_views_and_zoom_and_panes() -> None:
    async with on_wire() as (app, pilot):
        await pilot.press("|")
        assert table(app).is_band(2)
        assert detail(app).shows_joints
        await pilot.press("|", "z")
        await pilot.pause()
        assert not detail(app).display
        await pilot.press("z", "tab", "z")
        await pilot.pause()
        assert (table(app).display, focus(app)) == (False, detail(app))
        await pilot.press("z", "shift+tab", "shift+tab")
        assert focus(app) is app.screen.query_one(HeadLine)
        await pilot.press("tab")
        assert focus(app) is table(app)


async def test_head_says_what_its_headers_mean() -> None:
    async with on_wire() as (app, pilot):
        await pilot.press("shift+tab", "enter")
        await until(pilot, lambda: isinstance(app.screen, HeadScreen) and "via" in pane_text(app, "heads"))
        shown = pane_text(app, "heads")
        assert "status 200" in shown
        assert "◄ via: 1.1 nginx" in shown
        assert "each of them may buffer" in " ".join(shown.split())
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WireScreen))


async def test_problems_are_listed_and_enter_goes_to_the_frame() -> None:
    async with on_wire() as (app, pilot):
        await pilot.press("!")
        await until(pilot, lambda: isinstance(app.screen, OdditiesScreen) and "trap" in pane_text(app, "oddities"))
        shown = squeezed(app, "oddities")
        assert "stall frame 5 tool arguments stalled 0.90 s after" in shown
        assert "Skip such a chunk (often it brings usage)" in shown
        await pilot.press("end", "k", "enter")
        await until(pilot, lambda: isinstance(app.screen, WireScreen))
        await until(pilot, lambda: frame(app) == "frame 7")
        await pilot.press("!", "home", "enter")  # a comment line: a row without a number
        await until(pilot, lambda: isinstance(app.screen, WireScreen) and frame(app) == "row 7")


async def test_problems_on_live_are_counted_in_the_footer() -> None:
    async with running_app(NOWHERE, records=tool_records()) as (app, pilot):
        await pilot.press("escape")
        await until(pilot, lambda: "problems 7" in line_text(app, "footer"))
        await pilot.press("!")
        await until(pilot, lambda: isinstance(app.screen, OdditiesScreen) and "trap" in pane_text(app, "oddities"))
        await pilot.click("#oddities", offset=(30, 3))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WireScreen))
        await until(pilot, lambda: frame(app) == "frame 0")


def clean_records(*, end: CaptureEnd | None = None) -> list[Record]:
    head = ResponseHead(200, (("content-type", "text/event-stream"),), 0.1)
    body = [delta(content="x"), delta(content="y"), FINISH, DONE]
    reads = [Read(0.2 + i / 100, text.encode()) for i, text in enumerate(body)]
    end = end or CaptureEnd(0.3, Outcome.COMPLETED)
    return [CaptureHeader("sse", "http://127.0.0.1", {}, clock=0.0), head, *reads, end]


async def test_nothing_odd_is_said_with_its_proof() -> None:
    async with running_app(NOWHERE, records=clean_records()) as (app, pilot):
        await pilot.press("escape")
        await until(pilot, lambda: "problems 0" in line_text(app, "footer"))
        await pilot.press("!")
        said = "Nothing odd: 4 frames, 4 reads, proven end ([DONE])."
        await until(pilot, lambda: isinstance(app.screen, OdditiesScreen) and said in pane_text(app, "oddities"))
        await pilot.press("enter", "down", "q")
        await until(pilot, lambda: isinstance(app.screen, LiveScreen))


async def test_a_problem_is_marked_in_its_row() -> None:
    problem = StreamProblem.of("bad_json", "frame 2 is not JSON")
    records = clean_records(end=CaptureEnd(0.3, Outcome.FAILED, problem))
    records[4] = Read(0.22, b'data: {"choices": [x]}\n\n')
    async with on_wire(records) as (app, pilot):
        assert "◄ problem" in pane_text(app, "frames").splitlines()[3]
        await pilot.press("!")
        await until(pilot, lambda: isinstance(app.screen, OdditiesScreen) and "bad_json" in pane_text(app, "oddities"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WireScreen) and frame(app) == "frame 2")
        shown = pane_text(app, "detail")
        assert "this is no JSON: Expecting value at char 13" in " ".join(shown.split())
        assert "▲" in shown


async def test_screens_lead_to_each_other() -> None:
    async with on_wire() as (app, pilot):
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, WireScreen))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, LiveScreen))
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, WireScreen))
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, LiveScreen))
        assert len(app.screen_stack) == 1


async def test_nothing_has_run() -> None:
    async with running_app(NOWHERE) as (app, pilot):
        await pilot.press("escape", "w")
        await until(pilot, lambda: isinstance(app.screen, WireScreen) and bool(line_text(app, "footer")))
        words = "No frames. They appear here as they are read, also the ones that carry no text."
        await until(pilot, lambda: words in squeezed(app, "frames"))
        await pilot.press("down", "enter", "y", "]", "a", "v", "|", "shift+down", "f")
        await until(pilot, lambda: isinstance(focus(app), LineInput))
        await pilot.press("escape", "!")
        await until(pilot, lambda: isinstance(app.screen, OdditiesScreen))
        await until(pilot, lambda: "Nothing has come yet" in pane_text(app, "oddities"))


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (39, 9)])
async def test_small_screens(size: tuple[int, int]) -> None:
    async with running_app(NOWHERE, records=tool_records(), size=size) as (app, pilot):
        await pilot.press("escape", "w")
        await until(pilot, lambda: isinstance(app.screen, WireScreen) and bool(line_text(app, "footer")))
        await pilot.pause()
        if size == (80, 24):
            assert table(app).region.bottom == detail(app).region.y
            assert table(app).scrollable_content_region.height >= 8
        elif size == (60, 16):
            assert (table(app).display, detail(app).display) == (True, False)
            await pilot.press("tab")
            await pilot.pause()
            assert (table(app).display, detail(app).display, focus(app)) == (False, True, detail(app))
            await pilot.press("tab", "tab")
            await pilot.pause()
            assert table(app).display
        else:
            assert "COMPLETED" in line_text(app, "header")
            assert not table(app).display or table(app).size.height == 0
            await pilot.resize_terminal(120, 40)
            await until(pilot, lambda: focus(app) is table(app))


async def play_slowly(peer: Peer) -> None:
    request = await peer.read_request()
    if request.line.startswith("GET"):
        await peer.head(404, "0")
        return
    await peer.head()
    await peer.chunks(gateway_event(0, "One "), gateway_event(1, "two "))
    await peer.chunks(": ping\n\n")
    await peer.wait_gone()


async def test_while_streaming_rows_come_and_esc_cancels() -> None:
    async with ScriptedServer(play_slowly) as far, running_app(Settings(url=far.url)) as (app, pilot):
        app.send_prompt("go")
        await until(pilot, lambda: app.controller.derived is not None)
        await app.push_screen(WireScreen())
        await until(pilot, lambda: "ping" in pane_text(app, "frames"))
        await until(pilot, lambda: table(app).selected_row == 2)
        assert line_text(app, "footer").startswith("x cancel")
        await pilot.press("f")
        await until(pilot, lambda: isinstance(focus(app), LineInput))
        await pilot.press("escape")
        assert app.controller.is_streaming
        await pilot.press("escape")
        await until(pilot, lambda: not app.controller.is_streaming)
        await until(pilot, lambda: "CANCELLED" in line_text(app, "header"))


async def play_answer(peer: Peer) -> None:
    request = await peer.read_request()
    if request.line.startswith("GET"):
        await peer.head(404, "0")
        return
    await peer.head()
    await peer.chunks(gateway_event(0, "One "), gateway_done(1))
    await peer.end()


async def test_another_run_takes_the_place_of_the_one_that_is_shown() -> None:
    async with ScriptedServer(play_answer) as far, running_app(Settings(url=far.url)) as (app, pilot):
        app.send_prompt("go")
        await until(pilot, lambda: app.controller.run is not None and app.controller.run.is_over)
        await app.push_screen(WireScreen())
        await until(pilot, lambda: table(app).table_count == 2)
        first = app.controller.run
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.controller.run is not first and app.controller.derived is not None)
        await until(pilot, lambda: app.controller.run is not None and app.controller.run.is_over)
        await until(pilot, lambda: shown_run(app) is app.controller.derived)


async def test_nothing_untrusted_reaches_the_screen_raw() -> None:
    evil = "\x1b[2J\x9b31m\u202e[bold]"
    headers = (("content-type", "text/event-stream"), ("via", evil))
    records: list[Record] = [
        CaptureHeader("sse", f"http://127.0.0.1/{evil}", {}, clock=0.0),
        ResponseHead(200, headers, 0.1),
    ]
    records.append(Read(0.2, f"event: {evil}\ndata: {evil}\n\n: {evil}\n\n{evil}\n\n".encode()))
    records.append(CaptureEnd(0.3, Outcome.FAILED, StreamProblem.of("bad_json", evil)))
    async with on_wire(records) as (app, pilot):
        for keys in (["v"], ["v"], ["down"], ["down"], ["!"], ["escape", "shift+tab", "enter"]):
            await pilot.press(*keys)
            await pilot.pause()
            shown = app.export_screenshot()
            assert not any(char in shown for char in ("\x1b", "\x9b", "\u202e"))


async def test_palette_has_the_commands_of_the_screen() -> None:
    async with on_wire() as (app, pilot):
        screen = app.screen
        assert isinstance(screen, WireScreen)
        commands = {command.title: command.callback for command in screen.commands()}
        assert {"wire: filter", "wire: only events", "wire: hide keep-alives", "traps: list"} <= set(commands)
        commands["wire: only events"]()
        await until(pilot, lambda: title(app, "frames") == "frames f frame>=0 9 of 10")
        commands["wire: hide keep-alives"]()
        await until(pilot, lambda: title(app, "frames").endswith("9 of 10"))


async def test_find_goes_through_the_bytes_of_all_rows() -> None:
    async with on_wire() as (app, pilot):
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(focus(app), LineInput))
        focus(app).value = 'finish_reason": x'
        await until(pilot, lambda: line_text(app, "find-count") == "not found")
        focus(app).value = "keep-alive"
        await until(pilot, lambda: line_text(app, "find-count") == "1 of 1")
        assert frame(app) == "row 7"
        focus(app).value = "completion_tokens"  # stands in no preview
        await until(pilot, lambda: frame(app) == "frame 7")
        focus(app).value = "tool 0"
        await until(pilot, lambda: line_text(app, "find-count") == "1 of 6")
        await pilot.press("enter", "n")
        await until(pilot, lambda: line_text(app, "find-count") == "2 of 6")
        assert focus(app) is table(app)
        await type_filter(app, pilot, "gap>20")  # the rows have other places now
        await until(pilot, lambda: line_text(app, "find-count").endswith("of 5"))
        await pilot.press("escape")
        await until(pilot, lambda: not app.screen.query("#find-bar"))
        assert title(app, "frames").startswith("frames f gap>20")
