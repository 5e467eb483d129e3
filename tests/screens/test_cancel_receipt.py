"""The receipt of a cancel: every line of it, over each transport, and what nobody can know."""

from __future__ import annotations

import re

import pytest

from tests.gateway.running_gateway import gateway_settings, running_gateway
from tests.screens.app_driver import pane_text, running_app, until
from tests.screens.test_live_screen import play_without_end, send
from tests.transports.scripted_server import ScriptedServer, gateway_event
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome
from tui.core.request import RunPlan, StreamRequest, TransportName
from tui.panes.note_rows import Note
from tui.panes.stats_pane import StatsPane
from tui.screens.cancel_receipt import cancel_receipt, upstream_words
from tui.screens.run_controller import ActiveRun

URL = "http://127.0.0.1:9"
SENT, HEAD = Marker("sent", 0.0), ResponseHead(200, (("content-type", "text/event-stream"),), 0.1)
TEXT = Read(0.2, (gateway_event(0, "kept ") + gateway_event(1, "text")).encode())
KEY_AT = 2.0


def cancelled(*records: Record, transport: str = "sse", key_at: float | None = KEY_AT) -> ActiveRun:
    plan = RunPlan(TransportName(transport), URL, StreamRequest.of_prompt("hello"))
    run = ActiveRun(1, plan, 0.0, "sentence", None)
    for record in (CaptureHeader(transport, URL, {}, clock=0.0), *records):
        run.take(record)
    run.cancel_key_at = key_at
    return run


def receipt(run: ActiveRun, saved_by: str = "") -> dict[str, str]:
    """The lines by their labels; the first one has none."""
    return {note.label: " ".join(note.text.split()) for note in cancel_receipt(run, saved_by)}


def test_every_line_over_sse() -> None:
    after = Read(2.02, gateway_event(2, "!").encode())
    run = cancelled(SENT, HEAD, TEXT, Marker("cancelling", 2.002), after, CaptureEnd(2.041, Outcome.CANCELLED))
    assert receipt(run, "ctrl+s") == {
        "": "Cancelled at 2.04 s. 10 characters, 3 frames kept; ctrl+s saves them.",
        "key to request": "2 ms closes the socket",
        "key to socket closed": f"41 ms {len(after.data)} bytes, 1 frame came after the key",
        "server answered": "SSE has no answer, the closed socket is the cancel",
        "upstream stopped": "the gateway is being asked",
        "tokens billed": "unknown, no usage was sent",
    }
    run.upstream_answer = "yes, says the gateway"
    assert receipt(run)["upstream stopped"] == "yes, says the gateway"
    assert receipt(run)[""].endswith("3 frames kept.")


def test_the_answer_over_websocket_is_told_and_not_counted_as_late() -> None:
    chunk = '{"type": "chunk", "data": {"content": "kept", "index": 0, "seq": 0}}'
    answer = '{"type": "cancelled", "data": {"count": 1, "sha256": "", "seq": 1}}'
    records: list[Record] = [SENT, ResponseHead(101, (), 0.1), Read(0.2, chunk), Marker("cancelling", 2.002)]
    end = CaptureEnd(2.05, Outcome.CANCELLED)
    told = receipt(cancelled(*records, Read(2.038, answer), end, transport="ws"))
    assert told["key to request"] == "2 ms ws: cancel sent"
    assert told["key to socket closed"] == "50 ms 0 bytes, 0 frames came after the key"
    assert told["server answered"] == 'yes, "cancelled" after 38 ms'
    assert told["upstream stopped"] == "yes, says the gateway"
    silent = receipt(cancelled(*records, end, transport="ws"))
    assert silent["server answered"] == "none within 1 s"
    assert silent["upstream stopped"] != told["upstream stopped"]


def test_an_endpoint_that_is_no_gateway_cannot_be_asked_and_usage_is_what_is_billed() -> None:
    usage = b'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":63,"total_tokens":68}}\n\n'
    text = b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'
    run = cancelled(SENT, HEAD, Read(0.2, text + usage), CaptureEnd(2.1, Outcome.CANCELLED), transport="direct")
    assert receipt(run)["upstream stopped"] == "unknown, this endpoint cannot be asked"
    assert receipt(run)["tokens billed"] == "63, from usage"
    assert receipt(run)["key to request"] == "unknown, the probe did not say"


def test_before_the_request_there_is_nothing_to_account_for() -> None:
    run = cancelled(Marker("connecting", 0.0), CaptureEnd(0.5, Outcome.CANCELLED))
    assert cancel_receipt(run) == [Note("Cancelled at 0.50 s. Nothing was sent.")]


def test_a_cancel_of_somebody_else_is_told_and_not_timed() -> None:
    run = cancelled(SENT, HEAD, TEXT, CaptureEnd(2.1, Outcome.CANCELLED), key_at=None)
    assert not {"key to request", "key to socket closed"} & receipt(run).keys()
    run.recording = object()  # type: ignore[assignment]  # that there is one is all that is asked
    assert list(receipt(run)) == [""]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"status": 200, "body": {"gen": "g", "state": "cancelled"}}, "yes, says the gateway"),
        ({"status": 200, "body": {"gen": "g", "state": "cancelling"}}, "not yet, says the gateway"),
        ({"status": 200, "body": {"gen": "g", "state": "done"}}, "no need, the gateway had the whole answer"),
        ({"status": 200, "body": {"state": "[/x]"}}, "unknown, the gateway did not say"),
        ({"status": 200, "body": None}, "unknown, the gateway did not say"),
        ({"status": 410, "body": {}}, "unknown, the gateway no longer has it"),
        ({}, "unknown, the gateway did not say"),
    ],
)
def test_what_a_gateway_says_of_its_upstream(answer: dict[str, object], words: str) -> None:
    assert upstream_words(answer) == words


def drawn(app: StreamscopeApp) -> str:
    return " ".join(pane_text(app, "stats").split())


@pytest.mark.parametrize("transport", ["sse", "ws", "direct"])
async def test_a_gateway_is_asked_and_the_receipt_stands_whole_in_pane_4(transport: str) -> None:
    async with running_gateway(gateway_settings()) as gateway:
        settings = Settings(url=gateway.url, transport=transport, model="demo/steady", is_gateway=True)
        async with running_app(settings) as (app, pilot):
            await send(app, pilot)
            await until(pilot, lambda: app.controller.derived is not None and bool(app.controller.derived.chunks))
            await pilot.press("x")
            upstream = "unknown, this endpoint cannot be asked" if transport == "direct" else "yes, says the gateway"
            await until(pilot, lambda: f"upstream stopped {upstream}" in drawn(app))
            assert re.search(r"key to request \d+ ms", drawn(app))
            assert re.search(r"key to socket closed \d+ ms", drawn(app))
            assert ('server answered yes, "cancelled" after' in drawn(app)) == (transport == "ws")
            pane = app.screen.query_one(StatsPane)
            last = next(
                row for row in range(pane.row_count) if "tokens billed" in pane_text(app, "stats").split("\n")[row]
            )
            await until(pilot, lambda: last < pane.scrollable_content_region.height)
            assert pane.scroll_offset.y == 0


async def test_the_pane_is_as_small_as_before_with_the_next_run() -> None:
    async with ScriptedServer(play_without_end) as far, running_app(Settings(url=far.url)) as (app, pilot):
        pane = app.screen.query_one(StatsPane)
        height = pane.size.height
        for _ in range(2):
            await send(app, pilot)
            await until(pilot, lambda: app.controller.is_streaming and "kept" in pane_text(app, "text"))
            await until(pilot, lambda: pane.size.height == height)
            await pilot.press("x")
            await until(pilot, lambda: pane.size.height > height)
            await pilot.press("i")
