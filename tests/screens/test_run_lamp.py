"""The words of the run lamp, as the screens' plan has them."""

from __future__ import annotations

import json

import pytest

from tests.transports.scripted_server import CHAT_DONE, chat_event, gateway_event
from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome, StreamProblem
from tui.core.derived_run import DerivedRun
from tui.screens.run_lamp import connecting_lamp, lamp_of

HEAD = ResponseHead(200, (("content-type", "text/event-stream"),), 0.2)


def run_of(*records: Record) -> DerivedRun:
    return DerivedRun.of_records([CaptureHeader("sse", "http://far", {}), *records])


def read(at: float, *events: str) -> Read:
    return Read(at, "".join(events).encode())


def delta(**members: object) -> str:
    choice = {"index": 0, "delta": members, "finish_reason": None}
    return f"data: {json.dumps({'object': 'chat.completion.chunk', 'choices': [choice]})}\n\n"


def lamp(*records: Record, now: float = 1.0, is_cancelling: bool = False) -> str:
    return lamp_of(run_of(*records), now, "far:1", is_cancelling=is_cancelling).text


STEADY = [read(0.3 + 0.01 * index, chat_event("x")) for index in range(12)]
SENT = Marker("sent", 0.1)


def test_idle_and_connecting() -> None:
    assert lamp_of(None, 0.0, "").text == "○ IDLE"
    assert lamp(now=0.12) == "◌ CONNECTING 0.12 s  far:1"
    assert lamp(Marker("connecting", 0.0), now=0.12) == "◌ CONNECTING 0.12 s  far:1"
    assert connecting_lamp(-1.0, "user:CANARY@far:1").text == "◌ CONNECTING 0.00 s  far:1"


def test_waiting_counts_from_the_request() -> None:
    assert lamp(SENT, now=0.52) == "◌ WAITING 0.42 s  for the first token"
    assert lamp(SENT, HEAD, now=0.52) == "◌ WAITING 0.42 s  for the first token"


def test_retrying_before_the_first_token() -> None:
    text = "2 of 3 in 4.0 s (429)"
    assert lamp(SENT, Marker("retrying", 0.3, text), now=0.3) == f"◌ RETRYING {text}"
    assert lamp(SENT, Marker("retrying", 0.3, text), now=1.8) == "◌ RETRYING 2 of 3 in 2.5 s (429)"
    assert lamp(SENT, Marker("retrying", 0.3, text), now=9.0) == "◌ RETRYING 2 of 3 in 0.0 s (429)"
    assert lamp(SENT, Marker("retrying", 0.3, text), Marker("connecting", 4.3), now=4.4).startswith("◌ CONNECTING")


def test_thinking_counts_its_characters_until_something_else_comes() -> None:
    thinking = read(0.5, delta(reasoning_content="x" * 12))
    assert lamp(SENT, HEAD, thinking, now=2.3) == "● THINKING 1.8 s  12 char"
    call = read(0.6, delta(tool_calls=[{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{"}}]))
    assert lamp(SENT, HEAD, call, now=1.0).startswith("● STREAMING")
    assert lamp(SENT, HEAD, thinking, read(0.6, chat_event("x")), now=1.0).startswith("● STREAMING")


def test_streaming_then_stalled_then_keep_alive_only() -> None:
    last = STEADY[-1].at
    assert lamp(SENT, HEAD, *STEADY, now=last + 0.05).startswith(f"● STREAMING {last + 0.05:.2f} s")
    assert lamp(SENT, HEAD, *STEADY, now=last + 0.5) == f"● STALLED 0.50 s  last text at {last:.2f} s"
    ping = Read(last + 5.0, b": ping\n\n")
    assert lamp(SENT, HEAD, *STEADY, ping, now=last + 6.2) == "◌ KEEP-ALIVE ONLY 6.2 s"


def test_a_connection_after_the_first_text_is_a_resumption() -> None:
    text: list[Record] = [SENT, HEAD, read(0.3, gateway_event(40, "a"), gateway_event(41, "b"))]
    retrying = Marker("retrying", 0.5, "1 of 3 in 0.5 s (resume)")
    assert lamp(*text, retrying, now=0.5) == "◌ RETRYING 1 of 3 in 0.5 s (resume)"
    assert lamp(*text, retrying, now=0.7) == "◌ RETRYING 1 of 3 in 0.3 s (resume)"
    again: list[Record] = [retrying, Marker("connecting", 0.9, attempt=2)]
    assert lamp(*text, *again) == "◌ RESUMING after seq 41"
    assert lamp(*text, *again, read(1.0, gateway_event(42, "c")), now=1.1).startswith("● STREAMING")


def test_cancelling_covers_every_open_state_and_no_ended_one() -> None:
    states: list[list[Record]] = [[], [SENT], [SENT, HEAD, *STEADY]]
    for records in states:
        assert lamp(*records, is_cancelling=True) == "◌ CANCELLING"
    assert lamp(CaptureEnd(1.0, Outcome.CANCELLED), is_cancelling=True).startswith("■ CANCELLED")


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (CaptureEnd(2.41, Outcome.CANCELLED), "■ CANCELLED at 2.41 s  text kept: 12 char"),
        (CaptureEnd(2.41, Outcome.INCOMPLETE, StreamProblem.of("reset", "")), "◐ INCOMPLETE  text kept: 12 char"),
        (CaptureEnd(2.41, Outcome.FAILED, StreamProblem.of("auth", "")), "✗ FAILED  auth"),
    ],
)
def test_ends_say_what_was_kept(end: CaptureEnd, words: str) -> None:
    assert lamp(SENT, HEAD, *STEADY, end, now=9.0) == words


@pytest.mark.parametrize(
    ("tail", "words"),
    [
        (chat_event("", "stop") + CHAT_DONE, "✓ COMPLETED 3.68 s  stop"),
        (chat_event("", "length") + CHAT_DONE, "✓ COMPLETED 3.68 s  stopped: length"),
        (chat_event("", "stop"), "✓ COMPLETED  1 remark: "),
    ],
)
def test_completed_names_reason_or_remark(tail: str, words: str) -> None:
    shown = lamp(SENT, HEAD, *STEADY, read(3.6, tail), CaptureEnd(3.68, Outcome.COMPLETED))
    assert shown.startswith(words)
    if not words.endswith(" "):
        assert shown == words
