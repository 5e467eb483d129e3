from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from tests.gateway.running_gateway import HELLO, gateway_settings, read_events, running_gateway
from tests.gateway.scripted_upstream import Exchange, Script, ScriptedUpstream, for_ever
from tui.gateway.server import GatewayServer

TERMINALS = {"done", "error", "cancelled"}
COMPLETE = {"type": "complete", "data": HELLO}


async def four_words(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.tokens("ein", " Wörtchen", " \ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "!")
    await exchange.finish()


async def two_words_then_silence(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.tokens("one", " two")
    await for_ever()


@asynccontextmanager
async def connected(server: GatewayServer, name: str = "127.0.0.1", **options: Any) -> AsyncIterator[ClientConnection]:
    port = urlsplit(server.url).port
    url = f"ws://{name}:{port}/v1/ws/stream"
    async with connect(url, host="127.0.0.1", port=port, proxy=None, close_timeout=2, **options) as connection:
        yield connection


@asynccontextmanager
async def conversation(script: Script, **members: Any) -> AsyncIterator[tuple[ClientConnection, ScriptedUpstream]]:
    async with (
        ScriptedUpstream(script) as upstream,
        running_gateway(gateway_settings(upstream.url, **members)) as server,
        connected(server) as connection,
    ):
        yield connection, upstream


async def send(connection: ClientConnection, message: Any) -> None:
    await connection.send(json.dumps(message))


async def receive(connection: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(5):
        message: dict[str, Any] = json.loads(await connection.recv())
    return message


async def receive_answer(connection: ClientConnection) -> list[dict[str, Any]]:
    messages = [await receive(connection)]
    while messages[-1]["type"] not in TERMINALS:
        messages.append(await receive(connection))
    return messages


def text_of(messages: list[dict[str, Any]]) -> str:
    return "".join(message["data"]["content"] for message in messages if message["type"] == "chunk")


def is_complaint(message: dict[str, Any]) -> bool:
    data = message["data"]
    return message["type"] == "error" and data["kind"] == "protocol" and data["outcome"] is None and "seq" not in data


async def test_an_answer_starts_with_its_id_and_ends_with_its_proof() -> None:
    async with conversation(four_words) as (connection, _):
        await send(connection, COMPLETE)
        start, *events = await receive_answer(connection)
    assert start["type"] == "start"
    assert len(start["data"]["gen"]) == 32
    assert [event["data"]["seq"] for event in events] == list(range(len(events)))
    assert text_of(events) == "ein Wörtchen 😀!"
    assert events[-1]["type"] == "done"
    digest = hashlib.sha256("ein Wörtchen 😀!".encode()).hexdigest()
    assert (events[-1]["data"]["count"], events[-1]["data"]["sha256"]) == (len(events) - 1, digest)


async def test_several_answers_follow_one_another_on_one_connection() -> None:
    async with conversation(four_words) as (connection, upstream):
        starts = []
        for _ in range(3):
            await send(connection, COMPLETE)
            answer = await receive_answer(connection)
            starts.append(answer[0]["data"]["gen"])
            assert text_of(answer) == "ein Wörtchen 😀!"
        assert len(set(starts)) == 3
        assert len(upstream.requests) == 3


@pytest.mark.parametrize("data", [None, {}, "absent"])
async def test_cancel_is_read_while_streaming_and_closes_the_upstream(data: Any) -> None:
    async with conversation(two_words_then_silence) as (connection, upstream):
        for count in (1, 2):
            await send(connection, COMPLETE)
            assert [(await receive(connection))["type"] for _ in range(3)] == ["start", "chunk", "chunk"]
            await send(connection, {"type": "cancel"} if data == "absent" else {"type": "cancel", "data": data})
            last = await receive(connection)
            assert last["type"] == "cancelled"
            assert last["data"] == {"count": 2, "sha256": hashlib.sha256(b"one two").hexdigest(), "seq": 2}
            await upstream.wait_for_hang_ups(count, within_s=0.5)


async def test_a_cancel_that_names_another_answer_or_none_runs_changes_nothing() -> None:
    async with conversation(four_words) as (connection, _):
        await send(connection, {"type": "cancel"})
        await send(connection, COMPLETE)
        await send(connection, {"type": "cancel", "data": {"gen": "another"}})
        assert (await receive_answer(connection))[-1]["type"] == "done"
        await send(connection, {"type": "cancel"})
        await send(connection, COMPLETE)
        assert (await receive_answer(connection))[-1]["type"] == "done"


JUNK: list[str | bytes] = [
    "x",
    "",
    "[]",
    "null",
    "{}",
    '{"type":7}',
    '{"type":"nonsense"}',
    '{"type":"chunk","data":{"content":"x"}}',
    '{"type":"complete"}',
    '{"type":"complete","data":[]}',
    '{"type":"complete","data":{"messages":[]}}',
    '{"type":"complete","data":{"messages":[{"role":"user"}]}}',
    '{"type":"complete","data":{"messages":[{"role":"user","content":"x"}],"base_url":"http://10.0.0.1"}}',
    '{"type":"complete","data":{"messages":[{"role":"user","content":"x"}],"max_tokens":0}}',
    '{"type":"cancel","data":{"x":1}}',
    '{"type":"resume","data":{"gen":"x"}}',
    '{"type":"resume","data":{"gen":"x","after":-2}}',
    "[" * 100_000,
    b"\x00\x01",
]


async def test_junk_brings_a_complaint_each_and_the_connection_stays_usable() -> None:
    async with conversation(four_words) as (connection, upstream):
        for junk in JUNK:
            await connection.send(junk)
            complaint = await receive(connection)
            assert is_complaint(complaint), junk
            assert complaint["data"]["message"]
        assert upstream.requests == []
        await send(connection, COMPLETE)
        assert (await receive_answer(connection))[-1]["type"] == "done"


async def test_two_completes_at_once_are_refused_and_the_first_goes_on() -> None:
    go_on = asyncio.Event()

    async def waits(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.tokens("one")
        await go_on.wait()
        await exchange.tokens(" two")
        await exchange.finish()

    async with conversation(waits) as (connection, upstream):
        await send(connection, COMPLETE)
        first = [await receive(connection) for _ in range(2)]
        await send(connection, COMPLETE)
        complaint = await receive(connection)
        assert is_complaint(complaint)
        assert complaint["data"]["code"] == "busy"
        go_on.set()
        rest = await receive_answer(connection)
        assert text_of(first + rest) == "one two"
        assert rest[-1]["type"] == "done"
        assert len(upstream.requests) == 1


async def test_a_client_that_leaves_closes_the_upstream_even_when_it_is_silent() -> None:
    async with (
        ScriptedUpstream(two_words_then_silence) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
    ):
        async with connected(server) as connection:
            await send(connection, COMPLETE)
            await upstream.wait_for_requests(1)
        await upstream.wait_for_hang_ups(1, within_s=0.5)
        async with connected(server) as connection:
            await send(connection, COMPLETE)
            await upstream.wait_for_requests(2)
            connection.transport.abort()
            await upstream.wait_for_hang_ups(2, within_s=0.5)


async def test_resume_gives_the_exact_rest_after_every_event_also_across_transports() -> None:
    async with ScriptedUpstream(four_words) as upstream, running_gateway(gateway_settings(upstream.url)) as server:
        events = await read_events(server)
        generation = events[0].id.rpartition(":")[0]
        async with connected(server) as connection:
            for after in range(-1, len(events)):
                await send(connection, {"type": "resume", "data": {"gen": generation, "after": after}})
                assert await receive(connection) == {"type": "start", "data": {"gen": generation}}
                if after + 1 < len(events):
                    rest = await receive_answer(connection)
                    assert [(message["type"], message["data"]) for message in rest] == [
                        (event.name, {**event.data, "seq": seq}) for seq, event in enumerate(events) if seq > after
                    ]
        assert len(upstream.requests) == 1


@pytest.mark.parametrize("after", [0, 99])
async def test_resuming_what_is_unknown_or_was_never_sent_is_resume_expired(after: int) -> None:
    async with ScriptedUpstream(four_words) as upstream, running_gateway(gateway_settings(upstream.url)) as server:
        generation = (await read_events(server))[0].id.rpartition(":")[0] if after else "0" * 32
        async with connected(server) as connection:
            await send(connection, {"type": "resume", "data": {"gen": generation, "after": after}})
            message = await receive(connection)
            assert (message["type"], message["data"]["kind"]) == ("error", "resume_expired")
            assert (message["data"]["outcome"], message["data"]["status"]) == ("failed", 410)
            await send(connection, COMPLETE)
            assert (await receive_answer(connection))[-1]["type"] == "done"


async def test_an_upstream_fault_is_the_one_terminal_event() -> None:
    async def cut(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.tokens("one", " two")

    async with conversation(cut) as (connection, _):
        for _ in range(2):
            await send(connection, COMPLETE)
            answer = await receive_answer(connection)
            assert text_of(answer) == "one two"
            assert answer[-1]["data"]["kind"] == "no_terminal"
            assert answer[-1]["data"]["outcome"] == "incomplete"


async def test_too_many_answers_at_a_time_close_with_1013() -> None:
    async with conversation(two_words_then_silence, stream_count=0) as (connection, _):
        await send(connection, COMPLETE)
        message = await receive(connection)
        assert message["data"]["kind"] == "try_again_later"
        assert message["data"]["retry_after"] >= 1
        with pytest.raises(ConnectionClosedError) as closed:
            await receive(connection)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1013


async def test_a_client_that_never_says_anything_is_closed() -> None:
    async with conversation(four_words, first_message_s=0.1) as (connection, _):
        with pytest.raises(ConnectionClosedError) as closed:
            await receive(connection)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008


async def test_shutdown_ends_the_answer_with_an_error_and_1012() -> None:
    async with (
        ScriptedUpstream(two_words_then_silence) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        connected(server) as connection,
    ):
        await send(connection, COMPLETE)
        await receive(connection)
        server.should_exit = True
        answer = await receive_answer(connection)
        assert (answer[-1]["type"], answer[-1]["data"]["kind"]) == ("error", "server_going_away")
        with pytest.raises(ConnectionClosedError) as closed:
            await receive(connection)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        await upstream.wait_for_hang_ups(1)


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"name": "evil.example"}, 421),
    ],
)
async def test_strangers_are_refused_before_the_handshake(options: dict[str, Any], status: int) -> None:
    async with running_gateway(gateway_settings()) as server:
        with pytest.raises(InvalidStatus) as refused:
            async with connected(server, **options):
                pass
    assert refused.value.response.status_code == status
    assert json.loads(refused.value.response.body or b"")["error"]["code"]


async def test_a_message_over_the_limit_is_1009() -> None:
    async with conversation(four_words, body_bytes=1000) as (connection, _):
        await connection.send(" " * 2000)
        with pytest.raises(ConnectionClosedError) as closed:
            await receive(connection)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


async def test_a_reader_that_takes_nothing_is_cut_off_and_the_upstream_closed() -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.head()
        while True:
            await exchange.tokens("word " * 2_000)

    async with (
        ScriptedUpstream(endless) as upstream,
        running_gateway(gateway_settings(upstream.url, send_s=0.3, log_bytes=500_000_000)) as server,
        connected(server, max_queue=1, max_size=None) as connection,
    ):
        await send(connection, COMPLETE)
        await upstream.wait_for_hang_ups(1, within_s=10)
        connection.transport.abort()


async def test_the_next_complete_may_come_at_once_and_leaving_then_closes_the_upstream() -> None:
    served = 0

    async def first_whole_then_silent(exchange: Exchange) -> None:
        nonlocal served
        served += 1
        await exchange.head()
        await exchange.tokens("one")
        await (exchange.finish() if served < 20 else for_ever())

    async with (
        ScriptedUpstream(first_whole_then_silent) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        connected(server) as connection,
    ):
        for _ in range(19):
            await send(connection, COMPLETE)
            assert (await receive_answer(connection))[-1]["type"] == "done"
        await send(connection, COMPLETE)
        await upstream.wait_for_requests(20)
        connection.transport.abort()
        await upstream.wait_for_hang_ups(1, within_s=0.5)
