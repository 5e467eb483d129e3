from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.gateway.running_gateway import (
    HELLO,
    decode_events,
    events_of,
    gateway_settings,
    read_events,
    running_gateway,
)
from tests.gateway.scripted_upstream import Exchange, Script, ScriptedUpstream, for_ever, three_words_then_silence
from tui.core.chunks import Outcome
from tui.core.wire.response_decoder import ResponseDecoder
from tui.core.wire.sse_codec import SSEDecoder

TERMINALS = {"done", "error", "cancelled"}
WORDS = ("Grüße", " aus", " 東京", " 👋", "\n\n", 'a "b"', " end.")


async def seven_words(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.event({"role": "assistant", "content": None})
    await exchange.tokens(*WORDS)
    await exchange.finish()


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


async def test_a_stream_has_typed_events_dense_ids_and_one_proven_end() -> None:
    async with ScriptedUpstream(seven_words) as upstream, running_gateway(gateway_settings(upstream.url)) as server:
        events = await read_events(server)
        assert json.loads(upstream.requests[0].body)["messages"] == HELLO["messages"]
    generations = {event.id.rpartition(":")[0] for event in events}
    assert len(generations) == 1
    assert len(generations.pop()) == 32
    assert [int(event.id.rpartition(":")[2]) for event in events] == list(range(len(events)))
    assert [event.name for event in events[:-1]] == ["chunk"] * (len(events) - 1)
    chunks = [event.data for event in events[:-1]]
    assert "".join(chunk["content"] for chunk in chunks) == "".join(WORDS)
    assert [chunk["index"] for chunk in chunks] == list(range(len(chunks)))
    assert chunks[-1]["finish_reason"] == "stop"
    assert events[-1].name == "done"
    assert events[-1].data == {
        "done": True,
        "finish_reason": "stop",
        "usage": None,
        "count": len(chunks),
        "sha256": sha256("".join(WORDS)),
    }


async def test_the_head_tells_proxies_to_keep_out() -> None:
    async with (
        ScriptedUpstream(seven_words) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        response = await client.post("/v1/stream", json=HELLO)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-cache, no-transform"
    assert response.headers["x-accel-buffering"] == "no"
    assert response.headers["x-streamscope-generation"] == decode_events(response.content)[0].id.rpartition(":")[0]
    assert "content-encoding" not in response.headers


async def test_the_bare_list_of_the_first_gateway_is_taken() -> None:
    async with ScriptedUpstream(seven_words) as upstream, running_gateway(gateway_settings(upstream.url)) as server:
        events = await read_events(server, body=HELLO["messages"])
        assert events[-1].name == "done"
        assert json.loads(upstream.requests[0].body)["messages"] == HELLO["messages"]


async def test_tools_reasoning_and_usage_pass_through() -> None:
    async def tools(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.event({"role": "assistant", "content": None, "reasoning_content": "hm"})
        call = {"index": 0, "id": "t1", "type": "function", "function": {"name": "look", "arguments": '{"q":'}}
        await exchange.event({"tool_calls": [call]})
        await exchange.event({"tool_calls": [{"index": 0, "function": {"arguments": "1}"}}]})
        await exchange.event({}, "tool_calls")
        usage = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
        last = {"id": "c1", "object": "chat.completion.chunk", "model": "m", "choices": [], "usage": usage}
        await exchange.send(f"data: {json.dumps(last)}\n\ndata: [DONE]\n\n".encode())

    async with ScriptedUpstream(tools) as upstream, running_gateway(gateway_settings(upstream.url)) as server:
        events = await read_events(server)
    body = b"".join(
        f"event: {event.name}\nid: {event.id}\ndata: {json.dumps(event.data)}\n\n".encode() for event in events
    )
    decoder = ResponseDecoder("gateway", headers={"content-type": "text/event-stream"})
    decoder.feed(body)
    result = decoder.finish()
    assert result.outcome is Outcome.COMPLETED
    assert result.reasoning == "hm"
    assert [(call.name, call.arguments) for call in result.tool_calls] == [("look", '{"q":1}')]
    assert result.finish_reason == "tool_calls"
    assert result.usage is not None
    assert (result.usage.input, result.usage.output, result.usage.total) == (3, 4, 7)
    assert events[-1].data["usage"]["total_tokens"] == 7


async def test_resuming_after_any_event_gives_the_exact_rest_and_asks_upstream_once() -> None:
    async with ScriptedUpstream(seven_words) as upstream, running_gateway(gateway_settings(upstream.url)) as server:
        whole = await read_events(server)
        for position, event in enumerate(whole):
            rest = await read_events(server, body=None, Last_Event_ID=event.id)
            assert rest == whole[position + 1 :]
        beginning = whole[0].id.replace(":0", ":-1")
        assert await read_events(server, body=None, Last_Event_ID=beginning) == whole
        assert len(upstream.requests) == 1


async def test_what_the_log_had_to_drop_is_410_and_the_readers_miss_nothing() -> None:
    async def many(exchange: Exchange) -> None:
        await exchange.head()
        for number in range(6_000):
            await exchange.tokens(f"{number} ")
        await exchange.finish()

    async with (
        ScriptedUpstream(many) as upstream,
        running_gateway(gateway_settings(upstream.url, log_events=3_000)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        whole = await read_events(server)
        assert "".join(event.data.get("content", "") for event in whole) == "".join(f"{n} " for n in range(6_000))
        assert whole[-1].data["count"] == len(whole) - 1
        too_old = await client.post("/v1/stream", headers={"Last-Event-ID": whole[5].id})
        assert (too_old.status_code, too_old.json()["error"]["code"]) == (410, "resume_expired")
        assert "too old" in too_old.json()["error"]["message"]
        assert await read_events(server, body=None, Last_Event_ID=whole[-20].id) == whole[-19:]


@pytest.mark.parametrize("cursor", ["{gen}:99", "{other}:0", "nonsense", "{gen}:", "{gen}:-2", "-1", "{gen}:1²"])
async def test_a_cursor_that_is_unknown_is_410_and_never_a_gap(cursor: str) -> None:
    async with (
        ScriptedUpstream(seven_words) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        generation = (await read_events(server))[0].id.rpartition(":")[0]
        header = cursor.format(gen=generation, other="0" * 32).encode("utf-8")
        response = await client.post("/v1/stream", json=HELLO, headers={b"Last-Event-ID": header})
        assert response.status_code == 410
        assert response.json()["error"]["code"] == "resume_expired"
        assert len(upstream.requests) == 1


async def test_finished_answers_are_forgotten_after_their_time() -> None:
    settings = {"retained_s": 0.0}
    async with (
        ScriptedUpstream(seven_words) as upstream,
        running_gateway(gateway_settings(upstream.url, **settings)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        last = (await read_events(server))[-1].id
        assert (await client.post("/v1/stream", headers={"Last-Event-ID": last})).status_code == 410


@pytest.mark.parametrize("limits", [{"retained_count": 2}, {"retained_bytes": 3_000}])
async def test_finished_answers_are_bounded_in_number_and_size(limits: dict[str, Any]) -> None:
    async with (
        ScriptedUpstream(seven_words) as upstream,
        running_gateway(gateway_settings(upstream.url, **limits)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        ids = [(await read_events(server))[-1].id for _ in range(4)]
        statuses = [(await client.post("/v1/stream", headers={"Last-Event-ID": i})).status_code for i in ids]
    assert statuses[0] == 410
    assert statuses[-1] == 200
    assert statuses == sorted(statuses, reverse=True)


async def test_a_client_that_leaves_closes_the_upstream_at_once() -> None:
    async with (
        ScriptedUpstream(three_words_then_silence) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        for count in range(1, 6):
            async with client.stream("POST", "/v1/stream", json=HELLO) as response:
                events = events_of(response)
                texts = [(await anext(events)).data["content"] for _ in range(3)]
            assert texts == ["one", " two", " three"]
            await upstream.wait_for_hang_ups(count, within_s=0.5)
        assert upstream.open_count == 0


@pytest.mark.parametrize("path", ["/v1/stream", "/v1/stream/raw", "/v1/stream/buffered", "/v1/stream/json"])
async def test_a_client_that_leaves_a_silent_upstream_closes_it_on_every_route(path: str) -> None:
    async def silent(exchange: Exchange) -> None:
        await exchange.head()
        await for_ever()

    async with (
        ScriptedUpstream(silent) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        async with client.stream("POST", path, json=HELLO) as response:
            assert response.status_code == 200
            await upstream.wait_for_requests(1)
        await upstream.wait_for_hang_ups(1, within_s=0.5)


async def test_delete_stops_the_upstream_and_the_reader_gets_cancelled() -> None:
    async with (
        ScriptedUpstream(three_words_then_silence) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
        client.stream("POST", "/v1/stream", json=HELLO) as response,
    ):
        events = events_of(response)
        texts = [(await anext(events)).data["content"] for _ in range(3)]
        generation = response.headers["x-streamscope-generation"]
        stopped = await client.delete(f"/v1/stream/{generation}")
        rest = [event async for event in events]
        await upstream.wait_for_hang_ups(1, within_s=0.5)
        proof = {"count": 3, "sha256": sha256("".join(texts))}
        assert stopped.json() == {"gen": generation, "state": "cancelled", **proof}
        assert [(event.name, event.data) for event in rest] == [("cancelled", proof)]
        assert (await client.delete(f"/v1/stream/{generation}")).json()["state"] == "cancelled"
        assert (await client.delete("/v1/stream/unknown")).status_code == 410


async def test_with_a_grace_time_a_cut_reader_goes_on_without_loss() -> None:
    go_on = asyncio.Event()

    async def two_halves(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.tokens("one", " two")
        await go_on.wait()
        await exchange.tokens(" three", " four")
        await exchange.finish()

    async with (
        ScriptedUpstream(two_halves) as upstream,
        running_gateway(gateway_settings(upstream.url, resume_grace_s=10.0)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        async with client.stream("POST", "/v1/stream", json=HELLO) as response:
            first = await anext(events_of(response))
        go_on.set()
        rest = await read_events(server, body=None, Last_Event_ID=first.id)
        text = "".join(event.data["content"] for event in (first, *rest[:-1]))
        assert text == "one two three four"
        assert rest[-1].data["sha256"] == sha256(text)
        assert (upstream.hang_ups, len(upstream.requests)) == (0, 1)


async def test_when_the_grace_time_is_over_the_upstream_is_closed() -> None:
    async with (
        ScriptedUpstream(three_words_then_silence) as upstream,
        running_gateway(gateway_settings(upstream.url, resume_grace_s=0.2)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        async with client.stream("POST", "/v1/stream", json=HELLO) as response:
            last = [await anext(events_of(response))][-1]
        assert upstream.hang_ups == 0
        await upstream.wait_for_hang_ups(1)
        rest = await read_events(server, body=None, Last_Event_ID=last.id)
        assert [event.name for event in rest][-1] == "cancelled"


async def test_two_readers_of_one_answer_and_only_the_last_to_leave_stops_it() -> None:
    async with (
        ScriptedUpstream(three_words_then_silence) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        async with client.stream("POST", "/v1/stream", json=HELLO) as first:
            event = await anext(events_of(first))
            headers = {"Last-Event-ID": event.id}
            async with client.stream("POST", "/v1/stream", headers=headers) as second:
                assert (await anext(events_of(second))).data["content"] == " two"
            assert upstream.hang_ups == 0
        await upstream.wait_for_hang_ups(1)


FAULTS: dict[str, tuple[Script, str, str, int | None]] = {}


def fault(kind: str, outcome: str, status: int | None = None) -> Callable[[Script], Script]:
    def keep(script: Script) -> Script:
        FAULTS[script.__name__] = (script, kind, outcome, status)
        return script

    return keep


@fault("no_terminal", "incomplete")
async def clean_end(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.tokens("one", " two")


@fault("truncated", "incomplete")
async def cut_in_a_chunk(exchange: Exchange) -> None:
    await exchange.head(Transfer_Encoding="chunked")
    data = b'data: {"choices":[{"index":0,"delta":{"content":"one two"}}]}\n\n'
    await exchange.send(f"{len(data):x}\r\n".encode() + data + b"\r\nff\r\ndata: ")


@fault("server_error", "failed")
async def error_in_band(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.tokens("one", " two")
    await exchange.send(b'data: {"error":{"message":"upstream exploded","type":"overloaded"}}\n\n')


@fault("http_404", "failed", 404)
async def no_such_model(exchange: Exchange) -> None:
    await exchange.head(404, "application/json")
    await exchange.send(b'{"error":{"message":"no such model","type":"not_found"}}')


@fault("http_429", "failed", 429)
async def too_many_requests(exchange: Exchange) -> None:
    await exchange.head(429, "application/json", Retry_After="7")
    await exchange.send(b'{"error":{"message":"slow down"}}')


@fault("content_type", "failed")
async def a_login_page(exchange: Exchange) -> None:
    await exchange.head(content_type="text/html")
    await exchange.send(b"<html><h1>Sign in</h1></html>")


@fault("disconnected", "failed")
async def hang_up_before_the_head(exchange: Exchange) -> None:
    exchange.writer.close()


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_of_the_upstream_is_one_error_event_and_the_text_stays(name: str) -> None:
    script, kind, outcome, status = FAULTS[name]
    async with ScriptedUpstream(script) as upstream, running_gateway(gateway_settings(upstream.url)) as server:
        async with asyncio.timeout(5):
            events = await read_events(server)
        assert len(upstream.requests) == 1, "the gateway never retries"
        assert upstream.address not in json.dumps([event.data for event in events])
    assert [event.name for event in events if event.name in TERMINALS] == ["error"]
    assert events[-1].name == "error"
    text = "".join(event.data["content"] for event in events[:-1])
    assert text in ("", "one two")
    data = events[-1].data
    assert (data["kind"], data["outcome"]) == (kind, outcome)
    assert set(data) == {
        "message", "type", "code", "kind", "outcome", "status", "retry_after", "count", "sha256",
    }  # fmt: skip
    assert (data["count"], data["sha256"]) == (len(events) - 1, sha256(text))
    if status is not None:
        assert data["status"] == status
    if kind == "http_429":
        assert data["retry_after"] == 7
    if kind == "server_error":
        assert data["message"] == "upstream exploded"


async def test_a_refused_upstream_is_an_event_that_says_so_and_names_no_address() -> None:
    async with ScriptedUpstream(seven_words) as upstream:
        url, address = upstream.url, upstream.address
    async with running_gateway(gateway_settings(url)) as server:
        events = await read_events(server)
    assert [event.name for event in events] == ["error"]
    assert (events[0].data["kind"], events[0].data["outcome"]) == ("connect", "failed")
    assert "refused" in events[0].data["message"]
    assert address not in json.dumps(events[0].data)


async def test_a_key_that_the_upstream_echoes_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-CANARY-123456")

    async def refuse(exchange: Exchange) -> None:
        await exchange.head(400, "application/json")
        await exchange.send(
            b'{"error":{"message":"bad: sk-CANARY-123456 at ' + exchange.headers["host"].encode() + b'"}}'
        )

    async with ScriptedUpstream(refuse) as upstream, running_gateway(gateway_settings(upstream.url)) as server:
        events = await read_events(server)
        assert upstream.requests[0].headers["authorization"] == "Bearer sk-CANARY-123456"
        shown = json.dumps(events[0].data)
        assert "CANARY" not in shown
        assert upstream.address not in shown
        assert events[0].data["message"].startswith("bad: ")


async def test_an_answer_longer_than_allowed_ends_with_too_large() -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.head()
        while True:
            await exchange.tokens("word ")

    async with (
        ScriptedUpstream(endless) as upstream,
        running_gateway(gateway_settings(upstream.url, stream_bytes=2_000)) as server,
    ):
        events = await read_events(server)
        await upstream.wait_for_hang_ups(1)
    count = len(events) - 1
    assert 20 < count < 40
    assert [event.name for event in events] == ["chunk"] * count + ["error"]
    assert (events[-1].data["kind"], events[-1].data["outcome"]) == ("too_large", "incomplete")
    assert (events[-1].data["count"], events[-1].data["sha256"]) == (count, sha256("word " * count))


async def test_an_answer_that_takes_too_long_ends_with_timeout() -> None:
    async with (
        ScriptedUpstream(three_words_then_silence) as upstream,
        running_gateway(gateway_settings(upstream.url, generation_s=0.3)) as server,
    ):
        events = await read_events(server)
        await upstream.wait_for_hang_ups(1)
    assert [event.name for event in events] == ["chunk"] * 3 + ["error"]
    assert events[-1].data["kind"] == "timeout"


async def test_silence_brings_keep_alive_comments() -> None:
    async with (
        ScriptedUpstream(three_words_then_silence) as upstream,
        running_gateway(gateway_settings(upstream.url, keep_alive_s=0.05)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
        client.stream("POST", "/v1/stream", json=HELLO) as response,
    ):
        received = b""
        async with asyncio.timeout(5):
            async for piece in response.aiter_raw():
                received += piece
                if received.count(b": keep-alive\n\n") == 2:
                    break
    assert len(decode_events(received)) == 3


async def test_raw_gives_the_pieces() -> None:
    async with ScriptedUpstream(seven_words) as upstream, running_gateway(gateway_settings(upstream.url)) as server:
        events = await read_events(server, "/v1/stream/raw")
    assert [event.name for event in events] == [None] * len(events)
    assert [event.data for event in events] == [*({"content": word} for word in WORDS), {"done": True}]


@pytest.mark.parametrize(
    ("buffer_type", "items"),
    [
        ("word", None),
        ("sentence", ["Hello there.  ", "Bye\n", "now."]),
        ("line", ["Hello there.  Bye\n", "now."]),
        (None, None),
    ],
)
async def test_buffered_gives_lossless_segments(buffer_type: str | None, items: list[str] | None) -> None:
    async def speak(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.tokens("Hel", "lo the", "re.  B", "ye\nno", "w.")
        await exchange.finish()

    async with ScriptedUpstream(speak) as upstream, running_gateway(gateway_settings(upstream.url)) as server:
        body = {**HELLO, "buffer_type": buffer_type} if buffer_type else HELLO
        events = await read_events(server, "/v1/stream/buffered", body)
    assert events[-1].data == {"done": True}
    got = [event.data["item"] for event in events[:-1]]
    assert "".join(got) == "Hello there.  Bye\nnow."
    if buffer_type == "line":
        assert got == items
    if buffer_type in ("word", None):
        assert len(got) == 4


@pytest.mark.parametrize(
    "value",
    [
        '{"a":1e999}',
        '{"a":' + "[" * 5_000 + "]" * 5_000 + "}",
        '{"a":' + "9" * 5_000 + "}",
        '{"kaffee":\n\t"☕ 👋",\r\n"u":"\\u00e9\\ud83d"}',
    ],
)
async def test_json_values_go_out_as_they_were_written(value: str) -> None:
    async def speak(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.tokens("first ", *(value[i : i + 700] for i in range(0, len(value), 700)), " end")
        await exchange.finish()

    async with (
        ScriptedUpstream(speak) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        data = [event.data for event in SSEDecoder().feed((await client.post("/v1/stream/json", json=HELLO)).content)]
    assert data[1:] == ['{"done":true}']
    assert data[0].startswith('{"object":')
    assert data[0].isascii()
    written = data[0].removeprefix('{"object":').removesuffix("}")
    assert "\n" not in written
    if "kaffee" in value:
        assert json.loads(written) == json.loads(value)
    else:
        assert written == value


async def test_json_gives_the_values_in_the_text() -> None:
    async def speak(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.tokens('Here: {"a"', ':[1,2]} and {"b":', '"}"}', " end")
        await exchange.finish()

    async with ScriptedUpstream(speak) as upstream, running_gateway(gateway_settings(upstream.url)) as server:
        events = await read_events(server, "/v1/stream/json")
    assert [event.data for event in events] == [{"object": {"a": [1, 2]}}, {"object": {"b": "}"}}, {"done": True}]


@pytest.mark.parametrize("path", ["/v1/stream/raw", "/v1/stream/buffered", "/v1/stream/json"])
async def test_the_other_shapes_end_a_failure_with_an_error_and_no_done(path: str) -> None:
    async with ScriptedUpstream(clean_end) as upstream, running_gateway(gateway_settings(upstream.url)) as server:
        events = await read_events(server, path)
    assert events[-1].data["error"]["kind"] == "no_terminal"
    assert not any("done" in event.data for event in events)
    if path.endswith("buffered"):
        assert "".join(event.data["item"] for event in events[:-1]) == "one two"


async def test_too_many_answers_at_a_time_are_503_until_one_ends() -> None:
    async with (
        ScriptedUpstream(three_words_then_silence) as upstream,
        running_gateway(gateway_settings(upstream.url, stream_count=2)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        async with (
            client.stream("POST", "/v1/stream", json=HELLO) as first,
            client.stream("POST", "/v1/chat/completions", json={**HELLO, "stream": True}) as second,
        ):
            await anext(events_of(first))
            await anext(second.aiter_raw())
            for path in ("/v1/stream", "/v1/chat/completions"):
                refused = await client.post(path, json=HELLO)
                assert refused.status_code == 503
                assert int(refused.headers["retry-after"]) >= 1
                assert refused.json()["error"]["code"] == "too_many_streams"
        await upstream.wait_for_hang_ups(2)
        async with client.stream("POST", "/v1/stream", json=HELLO) as third:
            assert third.status_code == 200
            assert (await anext(events_of(third))).data["content"] == "one"


async def test_a_reader_that_takes_nothing_is_cut_off_and_the_upstream_closed() -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.head()
        while True:
            await exchange.tokens("word " * 2_000)

    async with (
        ScriptedUpstream(endless) as upstream,
        running_gateway(gateway_settings(upstream.url, send_s=0.3, stream_bytes=500_000_000)) as server,
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(server.url).port, limit=2**10)
        body = json.dumps(HELLO).encode()
        head = f"Host: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(b"POST /v1/stream HTTP/1.1\r\n" + head.encode() + body)
        await upstream.wait_for_hang_ups(1, within_s=10)
        assert reader is not None
        writer.close()
