"""The Compare screen by its keys, on captures and over a real probe."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from tests.core.made_runs import DONE, FINISH, delta
from tests.screens.app_driver import demo_records, line_text, pane_text, running_app, shown_title, until
from tests.screens.playback_steps import play_slower, stop
from tests.transports.scripted_server import Peer, ScriptedServer, gateway_done, gateway_event
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome
from tui.core.comparison import Comparison
from tui.panes.lane_pane import LanePane
from tui.panes.line_view import LineView
from tui.screens.ask_screen import AskScreen
from tui.screens.compare_screen import CompareScreen
from tui.screens.help_screen import HelpScreen
from tui.screens.live_screen import LiveScreen
from tui.screens.pick_screen import PickScreen

NOWHERE = Settings(url="http://127.0.0.1:9")  # nothing is sent there: these tests look at captures
ANSWER = "Use a short loop. Each failed try waits twice as long as the last, then raise the error.\nThat is all.\n"
WORDS = ANSWER.split(" ")
STALLED_WORD = "raise"


def stalled_records(*, has_times: bool = True, text: list[str] | None = None) -> list[Record]:
    """An answer of one word every 30 ms from 0.31 s on, with 0.90 s of silence after "raise"."""
    at, found = 0.31, []
    records: list[Record] = [CaptureHeader("sse", "http://127.0.0.1", {}, clock=0.0)]
    if has_times:
        records.append(Marker("sent", 0.0))
    for word in text or WORDS:
        found.append((at, delta(content=word if word == (text or WORDS)[0] else f" {word}")))
        at += 0.90 if word == STALLED_WORD else 0.03
    records.append(ResponseHead(200, (("content-type", "text/event-stream"),), 0.01 if has_times else 0.0))
    records += [
        Read(moment if has_times else 0.0, event.encode()) for moment, event in [*found, (at, FINISH), (at, DONE)]
    ]
    return [*records, CaptureEnd(at if has_times else 0.0, Outcome.COMPLETED)]


@asynccontextmanager
async def comparing(
    records: list[Record] | None = None,
    *,
    size: tuple[int, int] = (120, 40),
    settings: Settings = NOWHERE,
    comparison: Comparison | None = None,
) -> AsyncIterator[tuple[StreamscopeApp, Pilot[None], CompareScreen]]:
    """The app with the Compare screen open; without records nothing has run."""
    async with running_app(settings, records=records, size=size) as (app, pilot):
        screen = CompareScreen(comparison)
        await app.push_screen(screen)
        await until(pilot, lambda: bool(line_text(app, "footer")))
        if records is not None:
            await until(pilot, lambda: screen.query_one("#price", LineView).row_count > 1)
        yield app, pilot, screen


def row_of(app: StreamscopeApp, pane: str, start: str) -> str:
    """The row of a pane that begins like this."""
    return next(row for row in pane_text(app, pane).splitlines() if row.strip().startswith(start))


def playback_count(app: StreamscopeApp, lane: str) -> int:
    """How many characters a lane shows as released."""
    return int(shown_title(app, lane).split()[-1])


def modes(screen: CompareScreen) -> list[str]:
    return [lane.mode for lane in screen.comparison.lanes]


def shown_lanes(screen: CompareScreen) -> list[int]:
    """The places of the lanes whose text is on the screen."""
    is_open = screen.query_one("#compare-lanes").display
    return [place for place in range(4) if is_open and screen.query_one(f"#lane-{place}").display]


def row_styles(screen: CompareScreen, pane: str, start: str) -> set[str]:
    """The styles in a row of a pane."""
    view = screen.query_one(f"#{pane}", LineView)
    rows = [view.row_spans(row) for row in range(view.row_count)]
    found = next(spans for spans in rows if "".join(span.text for span in spans).strip().startswith(start))
    return {span.style for span in found if span.text.strip()}


async def pick(app: StreamscopeApp, pilot: Pilot[None], key: str, name: str) -> None:
    """Opens a list by its key and chooses a name from it."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, PickScreen))
    choices = app.screen.query_one(OptionList)
    names = [str(choices.get_option_at_index(place).prompt).split("  ")[0] for place in range(choices.option_count)]
    choices.highlighted = names.index(name)
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(app.screen, PickScreen))


def toasts(app: StreamscopeApp) -> list[str]:
    return [note.message for note in app._notifications]  # noqa: SLF001  Textual shows no other


async def play_answer(peer: Peer) -> None:
    request = await peer.read_request()
    if request.line.startswith("GET"):
        await peer.head(404, "0")
        return
    await peer.head()
    await peer.chunks(*[gateway_event(seq, f" {word}") for seq, word in enumerate(WORDS)], gateway_done(len(WORDS)))
    await peer.end()


async def play_paced(peer: Peer) -> None:
    """As `play_answer`, a word every 20 ms, so that there is something to play."""
    request = await peer.read_request()
    if request.line.startswith("GET"):
        await peer.head(404, "0")
        return
    await peer.head()
    for seq, word in enumerate(WORDS):
        await peer.chunks(gateway_event(seq, f" {word}"))
        await asyncio.sleep(0.02)
    await peer.chunks(gateway_done(len(WORDS)))
    await peer.end()


async def play_without_end(peer: Peer) -> None:
    request = await peer.read_request()
    if request.line.startswith("GET"):
        await peer.head(404, "0")
        return
    await peer.head()
    await peer.chunks(gateway_event(0, "One. Two"), gateway_event(1, " three"))
    await peer.wait_gone()


async def run_to_its_end(app: StreamscopeApp, pilot: Pilot[None], start: Callable[[], object]) -> None:
    before = app.controller.run
    start()
    await until(pilot, lambda: app.controller.run is not before)
    await until(pilot, lambda: app.controller.run is not None and app.controller.run.is_over)


async def test_story_b_which_buffer_mode_for_my_tts_or_ui() -> None:
    async with ScriptedServer(play_paced) as far, running_app(Settings(url=far.url)) as (app, pilot):
        await run_to_its_end(app, pilot, lambda: app.send_prompt("Which buffer?"))  # open or run
        screen = CompareScreen()
        await app.push_screen(screen)
        # gives raw, word, sentence, line over this capture
        await until(pilot, lambda: "D line" in pane_text(app, "price"))
        assert modes(screen) == ["raw", "word", "sentence", "line"]
        assert "4 buffer modes over one capture" in line_text(app, "header")
        for place in range(4):
            await until(pilot, lambda place=place: "That is all." in pane_text(app, f"lane-{place}"))  # type: ignore[misc]
        # V picks the reader (voice 15 char/s, reader 60 char/s, own number): starts and waits
        assert "reader 60 char/s" in row_of(app, "price", "the price")
        assert "starts 0." in row_of(app, "price", "C sentence")
        assert "waits" in row_of(app, "price", "C sentence")
        await pick(app, pilot, "V", "voice")
        await until(pilot, lambda: "reader 15 char/s" in pane_text(app, "price"))
        # With a voice as reader, the raw and word rows are grey: they are not speakable.
        for row, is_grey in (("A raw", True), ("B word", True), ("C sentence", False), ("D line", False)):
            styles = row_styles(screen, "price", row)
            assert (styles == {"price--muted"}) == is_grey
        await pick(app, pilot, "V", "own number")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        app.screen.query_one(Input).value = "30"
        await pilot.press("enter")
        await until(pilot, lambda: "reader 30 char/s" in pane_text(app, "price"))
        # space plays, < slows
        playback, whole = app.controller.playback, pane_text(app, "price")
        await play_slower(app, pilot, 2, "0.25x")
        await until(pilot, lambda: playback_count(app, "lane-0") > 0)
        await stop(app, pilot)
        assert "▼" in row_of(app, "bars", "one clock")
        assert pane_text(app, "price") == whole  # the price is that of the whole run
        await pilot.press(*["greater_than_sign"] * 9, "space")
        await until(pilot, lambda: playback.position is None)
        # ctrl+r adds runs: median and range from three on
        assert "1 run. ctrl+r adds a run of the same prompt; from 3 runs on" in pane_text(app, "notes")
        for count in (2, 3):
            await run_to_its_end(app, pilot, lambda: app.simulate_key("ctrl+r"))
            await until(pilot, lambda count=count: f"{count} runs" in pane_text(app, "notes"))  # type: ignore[misc]
        await until(pilot, lambda: pane_text(app, "price").count("range") == 4)
        assert "3 runs: the median, and under it the range." in pane_text(app, "notes")
        # e Markdown table
        await pilot.press("e")
        table = app.clipboard
        assert f"Copied {len(table)} characters." in toasts(app)
        lines = table.splitlines()
        assert "median and range of 3 runs" in lines[0]
        assert lines[2].startswith("| lane | first unit | after raw | hold p50 | hold max | units |")
        assert [line.split(" | ")[0] for line in lines[4:8]] == ["| A raw", "| B word", "| C sentence", "| D line"]
        assert {line.count("|") for line in lines[2:8]} == {10}


async def test_the_stall_is_marked_named_and_blamed() -> None:
    async with comparing(stalled_records()) as (app, _, screen):
        bars = pane_text(app, "bars")
        assert 'stall 0.90 s after "raise"' in bars
        assert "█ released   ░ held" in bars
        assert " 0.2  " in row_of(app, "bars", "one clock")
        raw, sentence = row_of(app, "bars", "A raw"), row_of(app, "bars", "C sentence")
        band = bars.splitlines()[-1].index("├"), bars.splitlines()[-1].index("┤")
        assert raw[slice(*band)].strip() == ""  # nothing came
        assert set(sentence[slice(*band)]) == {"░"}  # and text was held
        for lane in ("A raw", "B word", "C sentence", "D line"):
            assert any(style.endswith("stall") for style in row_styles(screen, "bars", lane)) or lane == "A raw"
        assert "0.31 s" in row_of(app, "price", "A raw")
        assert "0.90 s" in row_of(app, "price", "A raw")
        verdict = row_of(app, "notes", "►")
        assert "(the stall)" in verdict
        assert "sentence: first unit 0." in verdict


async def test_nothing_to_compare_says_what_to_do() -> None:
    async with comparing() as (app, pilot, _):
        words = (
            "Nothing to compare yet. Run something (enter) or open a capture (ctrl+o); "
            "every mode is then computed from it."
        )
        assert " ".join(pane_text(app, "nothing").split()) == words
        await pilot.press("e", "tab", "plus", "minus", "z", "z")
        assert not app.clipboard
        assert words in " ".join(pane_text(app, "nothing").split())


async def test_tab_moves_through_the_lanes_and_b_changes_the_focused_one() -> None:
    async with comparing(demo_records("markdown")) as (app, pilot, screen):
        for place in (0, 1, 2, 3, 0):
            assert app.focused is screen.query_one(f"#lane-{place}")
            await pilot.press("tab")
        await pilot.press("shift+tab")
        assert app.focused is screen.query_one("#lane-0")
        await pick(app, pilot, "b", "paragraph")
        assert modes(screen) == ["paragraph", "word", "sentence", "line"]
        await until(pilot, lambda: "A paragraph" in pane_text(app, "price"))
        assert "A paragraph" in screen.query_one("#lane-0", LanePane).shown_title
        # No lane is raw any more, so the arrivals stand before the lanes.
        assert row_of(app, "bars", "arrivals").strip()
        derived = app.controller.derived
        assert derived is not None
        assert screen.comparison.views[0].released_length == derived.pipeline.content.length


async def test_a_pattern_is_asked_for_and_a_wrong_one_is_explained() -> None:
    async with comparing(stalled_records()) as (app, pilot, screen):
        await pick(app, pilot, "b", "regex")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        app.screen.query_one(Input).value = "(["
        await pilot.press("enter")
        assert isinstance(app.screen, AskScreen)
        assert "position" in str(app.screen.query_one("#ask-hint").render())
        app.screen.query_one(Input).value = "[|] |[.]"
        await pilot.press("enter")
        await until(pilot, lambda: "A regex" in pane_text(app, "price"))
        assert screen.comparison.lanes[0].pattern == "[|] |[.]"
        assert "[|] |[.]" in screen.query_one("#lane-0", LanePane).shown_title
        await pilot.press("e")
        assert "| A regex [\\|] \\|[.] |" in app.clipboard
        await pick(app, pilot, "b", "regex")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        assert app.screen.query_one(Input).value == "[|] |[.]"
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        assert screen.comparison.lanes[0].pattern == "[|] |[.]"


async def test_plus_and_minus_add_and_remove_lanes_between_two_and_four() -> None:
    async with comparing(stalled_records()) as (app, pilot, screen):
        await pilot.press("plus")
        assert "Four lanes are the most." in toasts(app)
        await pilot.press("tab", "minus", "minus", "minus")
        assert "Two lanes are the least." in toasts(app)
        assert modes(screen) == ["raw", "line"]
        assert shown_lanes(screen) == [0, 1]
        await pilot.press("plus")
        assert modes(screen) == ["raw", "line", "word"]
        assert app.focused is screen.query_one("#lane-2")
        await until(pilot, lambda: pane_text(app, "price").splitlines()[-1].startswith(" C word"))
        assert "3 buffer modes" in line_text(app, "header")


async def test_z_gives_the_focused_lane_the_whole_width_and_back() -> None:
    async with comparing(stalled_records()) as (_, pilot, screen):
        await pilot.press("tab", "z")
        await until(pilot, lambda: screen.query_one("#lane-1").size.width > 100)
        assert shown_lanes(screen) == [1]
        await pilot.press("tab")
        assert shown_lanes(screen) == [2]
        await pilot.press("z")
        assert shown_lanes(screen) == [0, 1, 2, 3]


async def test_a_narrow_terminal_shows_bars_and_price_and_tab_opens_one_text() -> None:
    async with comparing(stalled_records(), size=(80, 24)) as (app, pilot, screen):
        assert shown_lanes(screen) == []
        for place in range(4):
            await pilot.press("tab")
            assert shown_lanes(screen) == [place]
            await until(pilot, lambda place=place: "That is all." in pane_text(app, f"lane-{place}"))  # type: ignore[misc]
        await pilot.press("tab")
        assert shown_lanes(screen) == []
        await pilot.press("shift+tab")
        assert shown_lanes(screen) == [3]
        await until(pilot, lambda: "reader 60 char/s" in pane_text(app, "notes"))
        for pane in ("bars", "price"):
            view = screen.query_one(f"#{pane}", LineView)
            await until(pilot, lambda view=view: view.size.height == view.row_count)  # type: ignore[misc]
            assert max(map(len, pane_text(app, pane).splitlines())) <= 80


async def test_q_l_and_f2_go_back_and_esc_does_not() -> None:
    for key in ("q", "l", "f2"):
        async with comparing(stalled_records()) as (app, pilot, screen):
            await pilot.press("escape")
            assert app.screen is screen
            await pilot.press(key)
            await until(pilot, lambda app=app: isinstance(app.screen, LiveScreen))  # type: ignore[misc]


async def test_help_tells_the_numbers_and_the_keys_of_this_screen() -> None:
    for key in ("question_mark", "f1"):
        async with comparing(stalled_records()) as (app, pilot, _):
            await pilot.press(key)
            await until(pilot, lambda app=app: isinstance(app.screen, HelpScreen))  # type: ignore[misc]
            await until(pilot, lambda app=app: "longest silence" in pane_text(app, "help"))  # type: ignore[misc]
            assert "lane.reader" in pane_text(app, "help")


async def test_a_run_that_goes_on_is_drawn_with_its_held_text_and_each_cancel_key_ends_it() -> None:
    async with (
        ScriptedServer(play_without_end) as far,
        comparing(settings=Settings(url=far.url)) as (app, pilot, screen),
    ):
        for key in ("x", "ctrl+c", "escape"):
            app.send_prompt("hello")
            await until(pilot, lambda: "One. Two three" in pane_text(app, "lane-0"))
            await until(pilot, lambda: "▒ 14 char held for" in pane_text(app, "lane-3"))
            assert pane_text(app, "lane-2").startswith("One.")
            assert "Two" not in pane_text(app, "lane-2")
            assert line_text(app, "footer").startswith("x cancel")
            await until(pilot, lambda: "▼" in pane_text(app, "bars"))
            await pilot.press(key)
            await until(pilot, lambda: "■ CANCELLED" in line_text(app, "header"))
            assert app.screen is screen
            await until(pilot, lambda: "Two three" in pane_text(app, "lane-2"))
            await until(pilot, lambda: "counts in no median" in pane_text(app, "notes"))
            assert "held" not in pane_text(app, "lane-3")
            assert screen.comparison.runs == []


async def test_the_same_comparison_can_be_shown_again() -> None:
    comparison = Comparison()
    async with comparing(stalled_records(), comparison=comparison) as (app, pilot, _):
        await pilot.press("minus", "q")
        await until(pilot, lambda: isinstance(app.screen, LiveScreen))
        await app.push_screen(CompareScreen(comparison))
        await until(pilot, lambda: "That is all." in pane_text(app, "lane-2"))
        assert "3 buffer modes" in line_text(app, "header")
        assert pane_text(app, "lane-0").startswith("Use a short loop.")


async def test_a_file_without_times_counts_chunks_and_says_so() -> None:
    async with comparing(stalled_records(has_times=False)) as (app, _, screen):
        assert "n/a: no times" in row_of(app, "price", "A raw")
        assert str(len(WORDS)) in row_of(app, "price", "A raw").split()
        assert "n/a: no times" in pane_text(app, "notes")
        assert "." not in row_of(app, "bars", "one clock")
        log = screen.comparison.views[2].log
        moments = {log.segment(place).emitted_at for place in range(log.count)}
        assert row_of(app, "bars", "C sentence").count("█") == len(moments) > 1
        assert "stall" not in pane_text(app, "bars")


async def test_an_answer_without_text_says_so() -> None:
    records = stalled_records()
    records = [*records[:3], Read(0.5, (FINISH + DONE).encode()), CaptureEnd(0.5, Outcome.COMPLETED)]
    async with comparing(records) as (app, pilot, _):
        await until(pilot, lambda: "no text" in pane_text(app, "lane-0").replace("\n", ""))
        assert row_of(app, "price", "A raw").split()[2:4] == ["-", "-"]


async def test_untrusted_text_is_inert_in_lanes_titles_bars_table_and_export() -> None:
    hostile = [
        "[bold]b[/]",
        "[@click=app.quit]",
        "\x1b]52;c;eA==\x07",
        "\x9b2J",
        "\u202e",
        "[/x]\x1b.",
        "a",
        STALLED_WORD,
    ]
    async with comparing(stalled_records(text=[*hostile, "\x1b[/]", "end."])) as (app, pilot, screen):
        await pick(app, pilot, "b", "regex")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        app.post_message(Paste("[/]\x1b|\u202e"))
        field = app.screen.query_one(Input)
        await until(pilot, lambda: bool(field.value))
        assert field.value == "[/]␛|\N{REPLACEMENT CHARACTER}"
        await pilot.press("enter")
        await until(pilot, lambda: "A regex" in pane_text(app, "price"))
        await pilot.press("e")
        drawn = [pane_text(app, name) for name in ("lane-0", "lane-1", "lane-2", "lane-3", "bars", "price", "notes")]
        for text in [*drawn, app.export_screenshot(), app.clipboard, *toasts(app)]:
            assert not set(text) & set("\x1b\x9b\x07\u202e")
        assert "[@click=app.quit]" in pane_text(app, "lane-1").replace("\n", "")
        assert app.screen is screen


async def test_a_settled_screen_draws_nothing_more() -> None:
    async with comparing(stalled_records()) as (_, pilot, screen):
        await until(pilot, lambda: screen._drawing.is_settled)  # noqa: SLF001  what an idle screen costs is not seen else
        rows = screen.query_one("#bars", LineView)
        before = rows.row_spans(1)
        await pilot.press("plus")
        assert rows.row_spans(1) is before
