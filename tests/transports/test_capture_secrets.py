"""No key ever reaches a capture: wherever it stands, whoever writes it there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transports.run_support import plan_of
from tests.transports.scripted_server import CHAT_DONE, Peer, Script, ScriptedServer, chat_event, ws_chunk, ws_done
from tui.captures.capture_writer import CaptureWriter
from tui.captures.open_capture import read_capture
from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome, StreamProblem
from tui.core.readers.safe_records import safe_headers, safe_request
from tui.core.request import ChatMessage, StreamRequest
from tui.transports.masked_emit import MaskedEmit
from tui.transports.run_stream import StreamRun

KEY, TOKEN, OWN, FILED = "sk-CANARY-key-1", "token-CANARY-2", 'own-CANARY"quoted/3', "filed-CANARY-4"
ENVIRON = {"OPENAI_API_KEY": KEY, "STREAMSCOPE_TOKEN": TOKEN, "OWN": OWN}
ALL = (KEY, TOKEN, OWN, FILED)


async def echo(peer: Peer) -> None:
    """A far end that repeats every key wherever it can."""
    await peer.read_request()
    await peer.head(x_echo=KEY, set_cookie="sid=CANARY-cookie", x_api_key="CANARY-theirs")
    for word in ALL:
        await peer.chunks(chat_event(f"your key is {word}!"))
    event = chat_event(f"and once more: {KEY}.")
    middle = event.index("CANARY") + 3
    for part in (event[:middle], event[middle:]):
        await peer.chunks(part)
        await peer.writer.drain()
    await peer.chunks(chat_event("", "stop"), CHAT_DONE)
    await peer.end()


async def refuse(peer: Peer) -> None:
    await peer.answer(401, json.dumps({"error": {"message": f"no: {KEY} {OWN} {TOKEN} {FILED}"}}).encode())


async def echo_messages(peer: Peer) -> None:
    await peer.accept_websocket()
    for index, word in enumerate(ALL):
        await peer.messages_out(ws_chunk(index, word))
    await peer.messages_out(ws_done(len(ALL)))
    await peer.close_websocket(1000, reason=TOKEN)


@pytest.mark.parametrize(("transport", "script"), [("direct", echo), ("direct", refuse), ("ws", echo_messages)])
async def test_no_key_is_in_the_file_whatever_the_far_end_says(tmp_path: Path, transport: str, script: Script) -> None:
    path, token_file = tmp_path / "run.jsonl", tmp_path / "key"
    token_file.write_text(FILED)
    token_file.chmod(0o600)
    request = StreamRequest((ChatMessage("user", f"is {KEY} my key?"),), model=f"m-{OWN}")
    async with ScriptedServer(script) as far:
        url = far.url.replace("http://", "http://name:CANARY-password@") + "?api_key=CANARY-query"
        plan = plan_of(transport, url, header_env=(("x-own", "OWN"),), token_file=str(token_file))
        plan = type(plan).from_json({**plan.to_json(), "request": request.to_body()})
        with CaptureWriter(path) as writer:
            result = await StreamRun(plan, writer.add, environ=ENVIRON).run()
    assert b"CANARY" not in path.read_bytes()
    records, notes = read_capture(path)
    assert notes == []
    assert isinstance(records[-1], CaptureEnd)
    assert records[-1].outcome is result.outcome
    if script is echo:
        body = b"".join(r.data for r in records if isinstance(r, Read) and isinstance(r.data, bytes)).decode()
        assert f"your key is {'*' * len(KEY)}!" in body
        assert f"and once more: {'*' * len(KEY)}." in body


@pytest.mark.parametrize("field", ["url", "request", "header", "marker", "read", "message", "problem"])
def test_a_key_in_any_field_of_any_record_is_hidden(field: str) -> None:
    word = f"a {KEY} b"
    records: list[Record] = [
        CaptureHeader("sse", word, {"messages": [{"role": word, "content": word}], word: [1, word]}),
        ResponseHead(200, (("x-echo", word), ("x-other", "b")), 0.0),
        Marker("retrying", 0.0, word),
        Read(0.0, word.encode(), 30),
        Read(0.0, word, 30),
        CaptureEnd(0.0, Outcome.FAILED, StreamProblem.of("auth", word)),
    ]
    seen: list[Record] = []
    emit = MaskedEmit(seen.append, [KEY])
    for record in records:
        emit(record)
    assert len(seen) == len(records)
    assert "CANARY" not in repr(seen), field


@given(st.integers(0, 60), st.lists(st.integers(1, 9), min_size=1, max_size=40), st.booleans())
def test_a_key_in_any_pieces_is_hidden_and_nothing_else_changes(place: int, sizes: list[int], is_text: bool) -> None:
    text = "Some words before, sk-CAN is none, " * 2
    body = text[:place] + KEY + text[place:]
    seen: list[Record] = []
    emit = MaskedEmit(seen.append, [KEY, TOKEN])
    start, number = 0, 0
    while start < len(body):
        piece = body[start : start + sizes[number % len(sizes)]]
        emit(Read(float(number), piece if is_text else piece.encode(), 7))
        start, number = start + len(piece), number + 1
    emit(CaptureEnd(9.0, Outcome.COMPLETED))
    reads = [record for record in seen if isinstance(record, Read)]
    joined = "".join(read.data if isinstance(read.data, str) else read.data.decode() for read in reads)
    assert joined == text[:place] + "*" * len(KEY) + text[place:]
    assert [read.at for read in reads] == [float(index) for index in range(number)]
    assert isinstance(seen[-1], CaptureEnd)


def test_half_a_key_at_the_very_end_is_hidden_too() -> None:
    seen: list[Record] = []
    emit = MaskedEmit(seen.append, [KEY])
    emit(Read(0.0, b"cut in the middle: " + KEY[:12].encode()))
    emit(CaptureEnd(1.0, Outcome.INCOMPLETE))
    assert seen[0] == Read(0.0, b"cut in the middle: " + b"*" * 12)


def test_without_keys_reads_pass_as_they_are() -> None:
    seen: list[Record] = []
    read = Read(0.0, b"data")
    MaskedEmit(seen.append, [])(read)
    assert seen[0] is read


def test_a_request_keeps_what_is_allowed_and_nothing_else() -> None:
    body = {"model": "m", "messages": [], "max_tokens": 3, "api_key": "CANARY", "user": "me", "metadata": {}}
    assert safe_request(json.dumps(body)) == {"model": "m", "messages": [], "max_tokens": 3}
    assert safe_request("no json") == safe_request([1]) == safe_request(None) == {}


@pytest.mark.parametrize(
    "name",
    [
        "Set-Cookie",
        "Authorization",
        "x-api-key",
        "Proxy-Authenticate",
        "X-Amz-Security-Token",
        "x-csrf-token",
        "x-auth",
    ],
)
def test_response_headers_that_are_keys_by_name_have_no_value(name: str) -> None:
    assert safe_headers([(name, "CANARY")]) == ((name.lower(), "(hidden)"),)


@pytest.mark.parametrize(
    "name", ["x-ratelimit-remaining-tokens", "content-type", "via", "x-request-id", "server-timing"]
)
def test_response_headers_that_explain_a_stream_keep_theirs(name: str) -> None:
    assert safe_headers([(name, "value")]) == ((name, "value"),)
