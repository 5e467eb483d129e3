from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx
import openai
import pytest

from tests.gateway.running_gateway import HELLO, gateway_settings, running_gateway
from tests.gateway.scripted_upstream import Exchange, ScriptedUpstream, for_ever
from tui.gateway.demo_recordings import demo_capture, demo_recordings
from tui.gateway.server import GatewayServer

STREAMED = {**HELLO, "stream": True}


def sdk(server: GatewayServer) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key="unused", max_retries=0)


def client_of(server: GatewayServer) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=10)


async def test_the_openai_sdk_streams_a_demo() -> None:
    async with running_gateway(gateway_settings()) as server, sdk(server) as client:
        began = time.monotonic()
        stream = await client.chat.completions.create(
            model="demo/markdown", messages=[{"role": "user", "content": "hello"}], stream=True
        )
        chunks = [chunk async for chunk in stream]
        took_s = time.monotonic() - began
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert "```python" in text
    assert "\n* " in text
    assert {chunk.model for chunk in chunks} == {"demo/markdown"}
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens > 0
    end = demo_capture(demo_recordings()["demo/markdown"]).last_at
    assert took_s >= end * 0.9


async def test_the_openai_sdk_gets_a_demo_as_one_object() -> None:
    async with running_gateway(gateway_settings()) as server, sdk(server) as client:
        whole = await client.chat.completions.create(model="demo/code", messages=[{"role": "user", "content": "hello"}])
        models = await client.models.list()
        with pytest.raises(openai.NotFoundError, match="demo/markdown"):
            await client.chat.completions.create(model="gpt-x", messages=[{"role": "user", "content": "hello"}])
    assert whole.object == "chat.completion"
    assert whole.model == "demo/code"
    assert whole.choices[0].finish_reason == "stop"
    assert "```javascript" in (whole.choices[0].message.content or "")
    assert whole.usage is not None
    assert [model.id for model in models.data if model.id != "local"] == list(demo_recordings())


async def test_a_demo_streams_the_recorded_bytes() -> None:
    async with running_gateway(gateway_settings()) as server, client_of(server) as client:
        response = await client.post("/v1/chat/completions", json={**STREAMED, "model": "demo/truncated"})
    capture = demo_capture(demo_recordings()["demo/truncated"])
    reads = [capture.read(index).data for index in range(capture.read_count)]
    assert response.content == b"".join(data for data in reads if isinstance(data, bytes))
    assert response.headers["content-type"].startswith("text/event-stream")


async def test_a_truncated_demo_is_no_whole_completion() -> None:
    async with running_gateway(gateway_settings()) as server, client_of(server) as client:
        response = await client.post("/v1/chat/completions", json={**HELLO, "model": "demo/truncated"})
    assert response.status_code == 502
    assert response.json()["error"]["code"] == "upstream_incomplete"


async def test_a_completion_is_relayed_byte_for_byte_in_both_directions() -> None:
    raw = b'{ "messages": [{"role":"user","content":"h\\u00e9"}], "n":2,"tools":[{}],\n"stream":true , "logprobs":true}'
    answer = b': odd\r\ndata:{"choices":[]}\r\n\r\ndata: \xff\n\nerror: {"x":1}\n\ndata: [DONE]\n\n'

    async def script(exchange: Exchange) -> None:
        await exchange.head(
            Server="secret-server", X_Request_Id="r1", X_RateLimit_Remaining="9", Set_Cookie="a=b", X_Upstream="u"
        )
        await exchange.send(answer)

    async with (
        ScriptedUpstream(script) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        client_of(server) as client,
    ):
        headers = {
            "Content-Type": "application/json",
            "Authorization": "Bearer client-key",
            "X-Mine": "1",
            "X-Request-Id": "mine-7",
            "OpenAI-Beta": "assistants=v2",
        }
        response = await client.post("/v1/chat/completions", content=raw, headers=headers)
    request = upstream.requests[0]
    assert (request.method, request.path, request.body) == ("POST", "/v1/chat/completions", raw)
    assert "client-key" not in str(request.headers)
    assert "x-mine" not in request.headers
    assert (request.headers["x-request-id"], request.headers["openai-beta"]) == ("mine-7", "assistants=v2")
    assert response.content == answer
    assert response.headers["x-request-id"] == "r1"
    assert response.headers["x-ratelimit-remaining"] == "9"
    assert not {"server", "set-cookie", "x-upstream"} & set(response.headers)


async def test_a_key_that_an_accepted_stream_echoes_does_not_reach_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-CANARY-123456")
    event = b'data: {"error":{"message":"wrong key sk-CANARY-123456"}}\n\n'

    async def echo(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.send(event[:40])
        await asyncio.sleep(0.02)
        await exchange.send(event[40:])

    async with (
        ScriptedUpstream(echo) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        client_of(server) as client,
    ):
        response = await client.post("/v1/chat/completions", json=STREAMED)
    assert response.content == event.replace(b"sk-CANARY-123456", b"*" * 16)


COMPLETION = {
    "id": "c1",
    "object": "chat.completion",
    "choices": [
        {
            "index": index,
            "message": {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "t", "type": "function", "function": {"name": "look", "arguments": "{}"}}],
            },
            "logprobs": {"content": [{"token": "a", "logprob": -0.1, "bytes": [97], "top_logprobs": []}]},
            "finish_reason": "tool_calls",
        }
        for index in range(2)
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
    "x_of_this_provider": [1, {"a": None}],
}


async def test_a_whole_completion_keeps_tools_choices_logprobs_usage_and_what_nobody_knows() -> None:
    answer = json.dumps(COMPLETION, indent=1).encode()

    async def script(exchange: Exchange) -> None:
        await exchange.head(200, "application/json", OpenAI_Processing_Ms="12")
        await exchange.send(answer)

    async with (
        ScriptedUpstream(script) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        client_of(server) as client,
    ):
        tools = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]
        asked = {**HELLO, "n": 2, "tools": tools, "logprobs": True, "top_logprobs": 0, "x_further": {"a": 1}}
        response = await client.post("/v1/chat/completions", json=asked)
    assert response.content == answer
    assert response.headers["openai-processing-ms"] == "12"
    assert json.loads(upstream.requests[0].body) == asked


@pytest.mark.parametrize("stream", [True, False])
async def test_status_and_retry_after_are_passed_on_and_nothing_is_retried(stream: bool) -> None:
    async def busy(exchange: Exchange) -> None:
        await exchange.head(429, "application/json", Retry_After="7")
        await exchange.send(b'{"error":{"message":"slow down","type":"rate"}}')

    async with (
        ScriptedUpstream(busy) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        sdk(server) as client,
    ):
        with pytest.raises(openai.RateLimitError) as refused:
            await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}], stream=stream)
        assert refused.value.response.headers["retry-after"] == "7"
        assert refused.value.body == {"message": "slow down", "type": "rate"}
        assert len(upstream.requests) == 1


async def test_an_error_that_echoes_key_and_address_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-CANARY-123456")

    async def echo(exchange: Exchange) -> None:
        await exchange.head(401, "application/json")
        message = f"{exchange.headers['authorization']} at {exchange.headers['host']}"
        await exchange.send(json.dumps({"error": {"message": message}}).encode())

    async with (
        ScriptedUpstream(echo) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        client_of(server) as client,
    ):
        response = await client.post("/v1/chat/completions", json=STREAMED)
        assert upstream.requests[0].headers["authorization"] == "Bearer sk-CANARY-123456"
        assert response.status_code == 401
        assert "CANARY" not in response.text
        assert upstream.address not in response.text


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/models"])
async def test_an_upstream_that_is_down_is_502_without_its_address(path: str) -> None:
    async with ScriptedUpstream(for_ever_after_head) as upstream:
        url, address = upstream.url, upstream.address
    async with running_gateway(gateway_settings(url)) as server, client_of(server) as client:
        response = await (client.get(path) if path.endswith("models") else client.post(path, json=STREAMED))
    assert response.status_code == 502
    assert response.json()["error"]["code"] == "upstream_connect"
    assert address not in response.text


async def for_ever_after_head(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.tokens("one")
    await for_ever()


async def for_ever_before_head(_exchange: Exchange) -> None:
    await for_ever()


async def test_a_client_that_leaves_mid_stream_closes_the_upstream() -> None:
    async with (
        ScriptedUpstream(for_ever_after_head) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        client_of(server) as client,
    ):
        async with client.stream("POST", "/v1/chat/completions", json=STREAMED) as response:
            await anext(response.aiter_raw())
        await upstream.wait_for_hang_ups(1, within_s=0.5)


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_leaves_before_the_head_closes_the_upstream(stream: bool) -> None:
    async with (
        ScriptedUpstream(for_ever_before_head) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        client_of(server) as client,
    ):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await client.post("/v1/chat/completions", json={**HELLO, "stream": stream})
        await upstream.wait_for_hang_ups(1, within_s=0.5)


async def test_a_cut_stays_a_cut() -> None:
    async def cut(exchange: Exchange) -> None:
        await exchange.head(Transfer_Encoding="chunked")
        await exchange.send(b"a\r\ndata: {}\n\n\r\nff\r\nda")

    async with (
        ScriptedUpstream(cut) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        client_of(server) as client,
    ):
        received = b""
        with pytest.raises(httpx.RemoteProtocolError):  # noqa: PT012  what came before the cut counts too
            async with client.stream("POST", "/v1/chat/completions", json=STREAMED) as response:
                async for piece in response.aiter_raw():
                    received += piece
        assert received.startswith(b"data: {}\n\n")


async def test_a_redirect_is_not_followed_and_not_shown() -> None:
    async def redirect(exchange: Exchange) -> None:
        await exchange.head(307, Location="http://127.0.0.1:9/elsewhere")

    async with (
        ScriptedUpstream(redirect) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        client_of(server) as client,
    ):
        response = await client.post("/v1/chat/completions", json=STREAMED)
    assert response.status_code == 502
    assert response.json()["error"]["code"] == "upstream_redirect"
    assert "location" not in response.headers


BAD_COMPLETIONS: list[Any] = [
    [],
    "x",
    {},
    {"messages": []},
    {"messages": "x"},
    {**HELLO, "n": 100},
    {**HELLO, "n": 0},
    {**HELLO, "n": True},
    {**HELLO, "max_tokens": 10**9},
    {**HELLO, "max_completion_tokens": 10**9},
    {**HELLO, "stream": "yes"},
    {"messages": HELLO["messages"] * 300},
]


async def test_completions_beyond_the_limits_are_typed_errors_and_reach_no_upstream() -> None:
    deep: Any = "x"
    for _ in range(100):
        deep = [deep]
    async with (
        ScriptedUpstream(for_ever_after_head) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        client_of(server) as client,
    ):
        for body in [*BAD_COMPLETIONS, {**HELLO, "tools": deep}]:
            response = await client.post("/v1/chat/completions", json=body)
            assert response.status_code == 422, body
            assert set(response.json()["error"]) == {"message", "type", "code"}
        assert upstream.requests == []


async def test_models_of_the_demo_say_what_they_are() -> None:
    async with running_gateway(gateway_settings()) as server, client_of(server) as client:
        entries = (await client.get("/v1/models")).json()["data"]
    assert entries[0]["id"] == "demo/markdown"
    for entry in entries:
        if entry["id"] == "local":  # listed where its packages are installed, and recorded nowhere
            continue
        assert entry["prompt"]
        assert entry["shows"]
        assert entry["label"]


async def test_models_of_an_upstream_are_passed_on() -> None:
    listing = b'{"object":"list","data":[{"id":"m1","object":"model"}]}'

    async def models(exchange: Exchange) -> None:
        await exchange.head(200, "application/json")
        await exchange.send(listing)

    async with (
        ScriptedUpstream(models) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        client_of(server) as client,
    ):
        response = await client.get("/v1/models")
    assert response.content == listing
    assert (upstream.requests[0].method, upstream.requests[0].path) == ("GET", "/v1/models")
