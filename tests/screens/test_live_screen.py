"""The Live screen by its keys, over a real probe and a real far end."""

from __future__ import annotations

import time

from textual import events
from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.gateway.running_gateway import gateway_settings, running_gateway
from tests.screens.app_driver import demo_records, line_text, pane_text, running_app, shown_title, until
from tests.transports.scripted_server import (
    Peer,
    ScriptedServer,
    gateway_done,
    gateway_event,
)
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.chunks import Outcome
from tui.panes.prompt_bar import PromptArea
from tui.panes.text_pane import TextPane
from tui.screens.help_screen import HelpScreen
from tui.screens.pick_screen import PickScreen

ANSWER = ("One. Two three.\n", "```py\nx = 1\n```\n", 'And {"a": 1} too.')
NOWHERE = Settings(url="http://127.0.0.1:9")  # nothing is sent there: these tests look at captures


async def answer_questions(peer: Peer) -> bool:
    """Answers a GET with 404 and says so; else reads the request and opens the stream."""
    request = await peer.read_request()
    if request.line.startswith("GET"):
        await peer.head(404, "0")
        return True
    await peer.head()
    return False


async def play_sse(peer: Peer) -> None:
    if await answer_questions(peer):
        return
    events = [gateway_event(seq, text) for seq, text in enumerate(ANSWER)]
    await peer.chunks(*events, gateway_done(len(ANSWER)))
    await peer.end()


async def play_without_end(peer: Peer) -> None:
    if not await answer_questions(peer):
        await peer.chunks(gateway_event(0, "kept text"))
        await peer.wait_gone()


async def send(app: StreamscopeApp, pilot: Pilot[None], text: str = "hello") -> None:
    app.screen.query_one(PromptArea).load_text(text)
    await pilot.press("enter")


def outcome(app: StreamscopeApp) -> Outcome | None:
    derived = app.controller.derived
    return derived.outcome if derived is not None else None


async def finish(app: StreamscopeApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: app.controller.run is not None and app.controller.run.is_over)
    await until(pilot, lambda: any(sign in line_text(app, "header") for sign in "✓◐✗■"))


async def test_enter_sends_moves_the_focus_and_fills_all_four_panes() -> None:
    async with ScriptedServer(play_sse) as far, running_app(Settings(url=far.url)) as (app, pilot):
        await send(app, pilot)
        assert app.focused is not None
        assert app.focused.id == "text"
        await finish(app, pilot)
        assert outcome(app) is Outcome.COMPLETED
        assert "x = 1" in pane_text(app, "text")
        assert "Two three." in pane_text(app, "segments")
        assert "code py" in pane_text(app, "extracts")
        assert '"a": 1' in pane_text(app, "extracts")
        assert "TTFT" in pane_text(app, "stats")
        assert "✓ COMPLETED" in line_text(app, "header")
        assert shown_title(app, "extracts") == "3 extracts code 1 json 1 tools 0"


async def test_the_same_prompt_goes_over_all_transports_to_a_gateway() -> None:
    texts = set()
    async with running_gateway(gateway_settings()) as gateway:
        for transport in ("sse", "ws", "direct"):
            settings = Settings(url=gateway.url, transport=transport, model="demo/code", is_gateway=True)
            async with running_app(settings) as (app, pilot):
                await send(app, pilot)
                await finish(app, pilot)
                assert outcome(app) is Outcome.COMPLETED
                assert app.controller.derived is not None
                texts.add(app.controller.derived.pipeline.content.text())
                assert "code" in pane_text(app, "extracts")
    assert len(texts) == 1


async def test_each_cancel_key_stops_the_run_keeps_the_text_and_closes_the_socket() -> None:
    for key in ("x", "ctrl+c", "escape"):
        async with ScriptedServer(play_without_end) as far, running_app(Settings(url=far.url)) as (app, pilot):
            await send(app, pilot)
            await until(pilot, lambda app=app: "kept text" in pane_text(app, "text"))  # type: ignore[misc]
            assert line_text(app, "footer").startswith("x cancel")
            pressed = time.monotonic()
            await pilot.press(key)
            assert "CANCELLING" in line_text(app, "header") or "■ CANCELLED" in line_text(app, "header")
            assert time.monotonic() - pressed < 3.0
            await finish(app, pilot)
            assert outcome(app) is Outcome.CANCELLED
            assert "text kept: 9 char" in line_text(app, "header")
            assert "kept text" in pane_text(app, "text")
            assert "Cancelled at" in pane_text(app, "stats")


async def test_a_run_is_not_replaced_while_it_streams() -> None:
    async with ScriptedServer(play_without_end) as far, running_app(Settings(url=far.url)) as (app, pilot):
        await send(app, pilot)
        await until(pilot, lambda: "kept text" in pane_text(app, "text"))
        first = app.controller.run
        await pilot.press("i")
        await send(app, pilot, "another")
        assert app.controller.run is first
        assert app.screen.query_one(PromptArea).text == "another"
        await pilot.press("ctrl+c")
        await finish(app, pilot)


async def test_b_derives_the_units_anew_at_once() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("tab")
        derived = app.controller.derived
        assert derived is not None
        seen = {}
        for mode, title in (("line", "2 lines"), ("word", "2 words"), ("sentence", "2 sentences")):
            await pilot.press("b")
            segments = derived.pipeline.segments
            seen[mode] = segments.count
            assert shown_title(app, "segments").startswith(title)
            assert "".join(segments.segment(i).text for i in range(segments.count)) == derived.pipeline.content.text()
        assert seen["word"] > seen["line"]
        assert len(set(seen.values())) == 3


async def test_t_changes_the_transport_of_the_next_run_only() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await pilot.press("tab")
        assert "next: SSE" in line_text(app, "next")
        for word in ("WS", "direct", "SSE"):
            await pilot.press("t")
            assert f"next: {word}" in line_text(app, "next")


async def test_ctrl_r_sends_the_same_request_again() -> None:
    async with ScriptedServer(play_sse) as far, running_app(Settings(url=far.url)) as (app, pilot):
        await send(app, pilot, "the same words")
        await finish(app, pilot)
        first = app.controller.run
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.controller.run is not first)
        await finish(app, pilot)
        posts = [peer.request for peer in far.peers if peer.request and peer.request.line.startswith("POST")]
        assert [request.json() for request in posts] == [posts[0].json()] * 2
        assert posts[0].json()["messages"][-1]["content"] == "the same words"


async def test_ctrl_c_without_run_and_selection_says_how_to_quit() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await pilot.press("ctrl+c")
        assert any("ctrl+q quits" in note.message for note in app._notifications)  # noqa: SLF001  Textual shows no other


async def test_help_opens_for_the_focused_pane_and_esc_closes_it() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        for key, pane, word in (
            ("1", "text", "as it arrives"),
            ("2", "segments", "price of the mode"),
            ("4", "stats", "TTFT"),
        ):
            await pilot.press("tab", key)
            assert app.focused is not None
            assert app.focused.id == pane
            await pilot.press("question_mark")
            await until(pilot, lambda: isinstance(app.screen, HelpScreen))
            await until(pilot, lambda word=word: word in " ".join(pane_text(app, "help").split()))  # type: ignore[misc]
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(app.screen, HelpScreen))


async def test_esc_leaves_the_prompt_and_i_returns() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        prompt = app.screen.query_one(PromptArea)
        assert app.focused is prompt
        await pilot.press("escape")
        assert app.focused is not prompt
        await pilot.press("i")
        assert app.focused is prompt


async def test_letters_are_text_in_the_prompt_and_ctrl_j_is_a_new_line() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await pilot.press(*"xbt", "ctrl+j", "i")
        assert app.screen.query_one(PromptArea).text == "xbt\ni"
        assert "next: SSE" in line_text(app, "next")


async def test_pasted_newlines_and_controls_neither_send_nor_reach_the_terminal() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        from textual.events import Paste  # noqa: PLC0415  only here

        app.post_message(Paste("one\r\ntwo\x1b[2J"))
        prompt = app.screen.query_one(PromptArea)
        await until(pilot, lambda: bool(prompt.text))
        assert prompt.text == "one\ntwo␛[2J"


async def test_narrow_terminals_show_one_side_pane_at_a_time() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown"), size=(80, 24)) as (app, pilot):
        await pilot.press("tab")
        for key, pane in (("2", "segments"), ("3", "extracts"), ("4", "stats")):
            await pilot.press(key)
            shown = [name for name in ("segments", "extracts", "stats") if app.screen.query_one(f"#{name}").display]
            assert shown == [pane]
        assert "4 STATS" in line_text(app, "tabs")


async def test_untrusted_text_is_inert_in_every_pane() -> None:
    """Markup is drawn as it is, controls as signs; nothing crashes and no action runs."""
    hostile = '[bold]b[/bold] [@click=app.quit]q[/] [/] \x1b]52;c;eA==\x07 \x9b2J \u202e {"[/k]": "\x7f"} '

    async def play(peer: Peer) -> None:
        if not await answer_questions(peer):
            await peer.chunks(gateway_event(0, hostile), gateway_event(1, f"```[/x]\n{hostile}\n"), gateway_done(2))
            await peer.end()

    async with ScriptedServer(play) as far, running_app(Settings(url=far.url, model="[/m]\x1b")) as (app, pilot):
        await send(app, pilot, "[/p]")
        await finish(app, pilot)
        for pane in ("text", "segments", "extracts", "stats"):
            drawn = pane_text(app, pane)
            assert "\x1b" not in drawn
            assert "\x9b" not in drawn
            assert "\u202e" not in drawn
        assert "[@click=app.quit]" in pane_text(app, "text")
        assert "␛]52;c;eA==␇" in pane_text(app, "text")
        svg = app.export_screenshot()
        assert "\x1b" not in svg


async def test_every_failure_says_what_happened_and_leaves_the_app_usable() -> None:
    async def deny(peer: Peer) -> None:
        await peer.answer(401, b'{"error":{"message":"no such key"}}')

    async def page(peer: Peer) -> None:
        await peer.answer(200, b"<html><body>Sign in</body></html>", content_type="text/html")

    async def cut(peer: Peer) -> None:
        if not await answer_questions(peer):
            await peer.chunks(gateway_event(0, "before the cut"))

    for script, lamp, words in (
        (deny, "✗ FAILED  auth", "does not accept the key"),
        (page, "✗ FAILED  content_type", "text/html"),
        (cut, "◐ INCOMPLETE", "The stream was cut"),
    ):
        async with ScriptedServer(script) as far, running_app(Settings(url=far.url)) as (app, pilot):
            await send(app, pilot)
            await finish(app, pilot)
            assert lamp in line_text(app, "header")
            assert words in pane_text(app, "stats")
            await until(pilot, lambda app=app, words=words: words in pane_text(app, "text"))  # type: ignore[misc]
            if script is cut:
                assert pane_text(app, "text").startswith("before the cut")
            await pilot.press("t")
            assert "next: WS" in line_text(app, "next")


async def test_a_refused_connection_says_refused_and_where() -> None:
    async with ScriptedServer(play_sse) as far:
        url = far.url
    async with running_app(Settings(url=url)) as (app, pilot):
        await send(app, pilot)
        await finish(app, pilot)
        assert "✗ FAILED  connect" in line_text(app, "header")
        drawn = " ".join(pane_text(app, "stats").split())
        assert "refused" in drawn
        assert url.removeprefix("http://") in drawn


async def test_m_lists_the_models_of_the_endpoint() -> None:
    async def play(peer: Peer) -> None:
        await peer.answer(200, b'{"data":[{"id":"small","shows":"[/x] a"},{"id":"large"}]}')

    async with ScriptedServer(play) as far, running_app(Settings(url=far.url)) as (app, pilot):
        await until(pilot, lambda: bool(app.endpoint.models))
        await pilot.press("tab", "m")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        app.screen.query_one(OptionList).highlighted = 1
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, PickScreen))
        assert app.endpoint.model == "large"


async def test_v_draws_the_ended_answer_as_markdown_and_back() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await pilot.press("tab")
        await pilot.press("v")
        await until(pilot, lambda: bool(app.screen.query("#preview MarkdownFence")))
        assert not app.screen.query_one("#text").display
        await pilot.press("v")
        assert app.screen.query_one("#text").display
        assert not app.screen.query("#preview")


async def test_y_copies_the_text_and_says_how_much() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await pilot.press("tab", "1", "y")
        derived = app.controller.derived
        assert derived is not None
        assert app.clipboard == derived.pipeline.content.text()
        assert any("Copied 631 characters (frame 1-217)." in note.message for note in app._notifications)  # noqa: SLF001


async def test_joints_are_drawn_on_a_key_and_never_copied() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await pilot.press("tab", "1")
        plain = pane_text(app, "text")
        await pilot.press("vertical_line")
        await until(pilot, lambda: "|" in pane_text(app, "text"))
        assert pane_text(app, "text").replace("|", "").replace("┆", "").split() == plain.split()
        await pilot.press("y")
        assert "|" not in app.clipboard
        await pilot.press("vertical_line")
        assert pane_text(app, "text") == plain


async def test_z_gives_a_pane_the_whole_body_and_back() -> None:
    for size in ((120, 40), (80, 24)):
        async with running_app(NOWHERE, records=demo_records("markdown"), size=size) as (app, pilot):
            await pilot.press("tab", "3", "z")
            body = app.screen.query_one("#body").size
            await until(pilot, lambda app=app, body=body: app.screen.query_one("#extracts").outer_size == body)  # type: ignore[misc]
            assert not app.screen.query_one("#text").display
            await pilot.press("z")
            await until(pilot, lambda app=app: app.screen.query_one("#text").display)  # type: ignore[misc]


def follows(app: StreamscopeApp) -> bool:
    return app.screen.query_one(TextPane).is_following


async def test_the_view_follows_the_end_only_while_the_user_is_there() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown"), size=(80, 24)) as (app, pilot):
        pane = app.screen.query_one(TextPane)
        await pilot.press("tab", "1")
        await until(pilot, lambda: pane.max_scroll_y > 0 and pane.scroll_offset.y == pane.max_scroll_y)
        assert follows(app)
        await pilot.press("k")
        assert not follows(app)
        await pilot.press("G")
        assert follows(app)
        await pilot.press("g")
        assert pane.scroll_offset.y == 0
        assert not follows(app)
        await pilot.press("l")
        assert follows(app)
        assert pane.scroll_offset.y == pane.max_scroll_y


async def test_the_raster_and_the_verdict_tell_how_it_streamed() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "streams: 217 frames in 215 reads" in line_text(app, "verdict"))
        await until(pilot, lambda: "first token 0.29" in pane_text(app, "raster"))
        assert "217 frames" in pane_text(app, "raster")


async def test_a_backspace_typed_fast_deletes_what_stood_before_it() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        prompt = app.screen.query_one(PromptArea)
        for key in ("a", "b", "backspace", "c"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: "c" in prompt.text or not prompt.text)
        await pilot.pause()
        assert prompt.text == "ac"
