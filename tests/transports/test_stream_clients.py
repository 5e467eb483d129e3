"""The seed's three clients: chunks as they come, an end that says how it was, and no socket left behind."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import pytest

from tests.transports.run_support import ALL, after_tokens, cut, healthy, stall, tokens
from tests.transports.scripted_server import ScriptedServer
from tui.core.chunks import Outcome, StreamChunk
from tui.core.request import ChatMessage, Clocks
from tui.errors import UsageError
from tui.transports.chunk_iteration import StreamBrokenError
from tui.transports.direct import StreamingClient
from tui.transports.sse import SSEClient
from tui.transports.websocket import WebSocketStreamClient

MESSAGES = [{"role": "user", "content": "hi"}]
Stream = Callable[..., AsyncGenerator[StreamChunk, None]]


def stream_of(transport: str, url: str) -> Stream:
    if transport == "direct":
        return StreamingClient(url).stream_iter
    return SSEClient(url).stream if transport == "sse" else WebSocketStreamClient(url).stream_completion


@ALL
async def test_chunks_come_while_the_answer_is_open_and_the_end_is_silent_when_it_is_proved(transport: str) -> None:
    async with ScriptedServer(healthy(transport)) as server:
        chunks = [chunk async for chunk in stream_of(transport, server.url)(MESSAGES, max_tokens=9)]
    assert "".join(chunk.content for chunk in chunks) == tokens(5)
    peer = server.peers[0]
    body = peer.messages[0]["data"] if transport == "ws" else peer.request.json() if peer.request else {}
    assert (body["messages"], body["max_tokens"]) == (MESSAGES, 9)


@ALL
async def test_leaving_early_closes_the_far_end(transport: str) -> None:
    async with ScriptedServer(after_tokens(transport, stall)) as server:
        async with asyncio.timeout(5):
            async with aclosing(stream_of(transport, server.url)([ChatMessage("user", "hi")])) as stream:
                async for chunk in stream:
                    if chunk.content == "tok1 ":
                        break
    # the server's own exit waits for its script, which ends when the client has gone


@ALL
async def test_a_cut_raises_with_all_that_came(transport: str) -> None:
    seen: list[str] = []

    async def consume(url: str) -> None:
        async for chunk in stream_of(transport, url)(MESSAGES):
            seen.append(chunk.content)  # noqa: PERF401  what came before the fault must be kept

    async with ScriptedServer(after_tokens(transport, cut)) as server:
        with pytest.raises(StreamBrokenError) as caught:
            await consume(server.url)
    assert "".join(seen) == caught.value.result.content == tokens(3)
    assert caught.value.result.outcome is Outcome.INCOMPLETE


async def test_the_whole_result_is_data() -> None:
    async with ScriptedServer(healthy("direct"), after_tokens("direct", cut)) as server:
        client = StreamingClient(server.url, model="some-model", clocks=Clocks(5, 5, 5))
        whole = await client.stream(MESSAGES)
        broken = await client.stream(MESSAGES)
    assert (whole.outcome, whole.content, whole.finish_reason) == (Outcome.COMPLETED, tokens(5), "stop")
    assert (broken.outcome, broken.content) == (Outcome.INCOMPLETE, tokens(3))
    assert server.peers[0].request is not None
    assert server.peers[0].request.json()["model"] == "some-model"


async def test_the_key_comes_from_the_named_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-mine-mine")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other-other")
    async with ScriptedServer(healthy("direct")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        await StreamingClient(api_key_env="MY_KEY").stream(MESSAGES)
    assert server.peers[0].request is not None
    assert server.peers[0].request.headers["authorization"] == "Bearer sk-mine-mine"


async def test_disconnect_ends_what_is_streaming() -> None:
    seen: list[str] = []
    async with ScriptedServer(after_tokens("ws", stall)) as server:
        client = WebSocketStreamClient(server.url)
        await client.connect()

        async def consume() -> None:
            async for chunk in client.stream_completion(MESSAGES):
                seen.append(chunk.content)
                if len(seen) == 3:
                    came.set()

        came = asyncio.Event()
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            group.create_task(consume())
            await came.wait()
            await client.disconnect()
    assert "".join(seen) == tokens(3)


async def test_connect_refuses_an_address_that_is_no_gateway() -> None:
    with pytest.raises(UsageError):
        await WebSocketStreamClient("https://h/some/path").connect()
