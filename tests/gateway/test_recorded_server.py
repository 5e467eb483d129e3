"""A capture served to clients: its own bytes and reads at its own path, the same answer over every other route."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from openai import AsyncOpenAI
from websockets.asyncio.client import connect

from tests.core.made_runs import DONE, FINISH, delta, run_of
from tests.gateway.running_gateway import HELLO, decode_events, gateway_settings
from tui.captures.open_capture import read_capture
from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome, StreamProblem
from tui.core.derived_run import DerivedRun
from tui.core.request import RunPlan, StreamRequest, TransportName
from tui.gateway.recorded_exchange import RecordedExchange
from tui.gateway.recorded_routes import RecordedRoutes
from tui.gateway.replay_upstream import ReplayUpstream
from tui.gateway.server import GatewayServer, bind, create_app
from tui.transports.run_stream import StreamRun

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
INSTANT = float("inf")
GATEWAY_EVENTS = (
    'event: chunk\nid: g:0\ndata: {"content":"Hi","finish_reason":null,"index":0}\n\n',
    'event: chunk\nid: g:1\ndata: {"content":" there","finish_reason":null,"index":1}\n\n',
    'event: done\nid: g:2\ndata: {"done":true,"finish_reason":"stop","usage":null}\n\n',
)


@asynccontextmanager
async def serving(run: DerivedRun, speed: float = INSTANT) -> AsyncIterator[GatewayServer]:
    settings = gateway_settings()
    app = create_app(settings, ReplayUpstream(run, speed, 30.0), RecordedExchange(run, speed))
    server = GatewayServer(app, settings)
    with bind(settings) as listener:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve(sockets=[listener]))
            assert await asyncio.to_thread(server.listening.wait, 10)
            try:
                yield server
            finally:
                server.should_exit = True


def recorded(name: str) -> DerivedRun:
    return DerivedRun.of_records(read_capture(CAPTURES / f"{name}.jsonl")[0])


def gateway_run(transport: str, problem: StreamProblem | None = None) -> DerivedRun:
    """A run of the gateway's dialect, as events or as messages."""
    records: list[Record] = [CaptureHeader(transport, "http://h", {"model": "m"}), Marker("sent", 0.1)]
    if transport == "ws":
        messages = [
            {"type": "start", "data": {"gen": "g"}},
            {"type": "chunk", "data": {"content": "Hi", "finish_reason": None, "index": 0, "seq": 0}},
            {"type": "chunk", "data": {"content": " there", "finish_reason": None, "index": 1, "seq": 1}},
            {"type": "done", "data": {"done": True, "finish_reason": "stop", "usage": None, "seq": 2}},
        ]
        records += [ResponseHead(101, (), 0.1), *(Read(0.2 + i / 10, json.dumps(m)) for i, m in enumerate(messages))]
    else:
        records.append(ResponseHead(200, (("content-type", "text/event-stream"), ("x-kept", "yes")), 0.15))
        records += [Read(0.2 + i / 10, event.encode()) for i, event in enumerate(GATEWAY_EVENTS)]
    if problem is not None:
        return DerivedRun.of_records([*records[:-1], CaptureEnd(0.6, Outcome.INCOMPLETE, problem)])
    return DerivedRun.of_records([*records, CaptureEnd(0.6, Outcome.COMPLETED)])


async def rerun(server: GatewayServer, transport: str) -> tuple[list[Record], DerivedRun]:
    """What a run over a transport records of it."""
    records: list[Record] = []
    plan = RunPlan(
        TransportName(transport), server.url, StreamRequest.of_prompt("hi"), is_gateway=transport != "direct"
    )
    async with asyncio.timeout(20):
        await StreamRun(plan, records.append, environ={}).run()
    return records, DerivedRun.of_records(records)


@pytest.mark.parametrize("name", ["smol-code", "llmock-tool", "smol-truncated"])
async def test_the_recorded_bytes_come_as_they_were(name: str) -> None:
    run = recorded(name)
    async with serving(run) as server:
        records, again = await rerun(server, "direct")
    body = b"".join(bytes(r.data) for r in records if isinstance(r, Read) and isinstance(r.data, bytes))
    assert body == run.capture.bytes_between(0, run.capture.byte_count)
    assert again.result is not None
    assert run.result is not None
    assert (again.outcome, again.result.content) == (run.outcome, run.result.content)
    assert [call.arguments for call in again.result.tool_calls] == [call.arguments for call in run.result.tool_calls]


async def test_each_recorded_read_is_one_write_and_none_is_early() -> None:
    """Told by what is handed to the socket: a client that is late would read several at once."""
    reads = [(5.0 * i + 10, delta(content=f"word{i} ") * (1 + i % 3)) for i in range(8)]
    run = run_of([*reads, (60, FINISH), (65, DONE)])
    sent: list[tuple[float, bytes]] = []
    loop = asyncio.get_running_loop()
    gone = asyncio.Event()

    async def receive() -> dict[str, str]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body" and message["body"]:
            sent.append((loop.time(), message["body"]))

    routes = RecordedRoutes(create_app(gateway_settings()), RecordedExchange(run, 1.0))
    began = loop.time()
    await routes({"type": "http", "method": "POST", "path": "/v1/chat/completions"}, receive, send)
    kept = [(record.at, record.data) for record in run.capture.records() if isinstance(record, Read)]
    assert [data for _, data in sent] == [data for _, data in kept]
    assert all(at - began >= due - 0.001 for (at, _), (due, _) in zip(sent, kept, strict=True))


@pytest.mark.parametrize("name", ["smol-code", "smol-json"])
@pytest.mark.parametrize("transport", ["sse", "ws"])
async def test_a_chat_recording_is_a_gateway_too(name: str, transport: str) -> None:
    run = recorded(name)
    async with serving(run) as server:
        _, again = await rerun(server, transport)
    assert again.result is not None
    assert run.result is not None
    assert (again.outcome, again.result.content) == (Outcome.COMPLETED, run.result.content)


@pytest.mark.parametrize("recorded_as", ["sse", "ws"])
@pytest.mark.parametrize("asked_over", ["direct", "sse", "ws"])
async def test_a_recording_of_a_gateway_is_served_over_every_transport(recorded_as: str, asked_over: str) -> None:
    async with serving(gateway_run(recorded_as)) as server:
        _, again = await rerun(server, asked_over)
    assert again.result is not None
    assert (again.outcome, again.result.content) == (Outcome.COMPLETED, "Hi there")


async def test_the_events_of_a_gateway_keep_their_ids_and_headers() -> None:
    async with serving(gateway_run("sse")) as server, httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        response = await client.post("/v1/stream", json=HELLO)
    assert response.headers["x-kept"] == "yes"
    assert response.text == "".join(GATEWAY_EVENTS)
    assert [event.id for event in decode_events(response.content)] == ["g:0", "g:1", "g:2"]


async def test_an_openai_client_reads_it_streamed_and_whole() -> None:
    async with serving(gateway_run("ws")) as server:
        client = AsyncOpenAI(base_url=f"{server.url}/v1", api_key="none")
        async with client:
            stream = await client.chat.completions.create(
                model="m", messages=[{"role": "user", "content": "hi"}], stream=True
            )
            pieces = [chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices]
            whole = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}])
            models = await client.models.list()
    assert "".join(pieces) == whole.choices[0].message.content == "Hi there"
    assert whole.choices[0].finish_reason == "stop"
    assert [model.id for model in models.data] == ["m"]


async def test_messages_are_sent_as_they_were_and_the_connection_is_closed() -> None:
    run = gateway_run("ws")
    async with serving(run) as server, connect(server.url.replace("http", "ws") + "/v1/ws/stream", proxy=None) as link:
        await link.send('{"type":"complete","data":{}}')
        got = [message async for message in link]
    assert got == [record.data for record in run.capture.records() if isinstance(record, Read)]


@pytest.mark.parametrize("transport", ["sse", "ws"])
async def test_a_cut_recording_is_cut_again(transport: str) -> None:
    async with serving(gateway_run(transport, StreamProblem.of("reset", "gone"))) as server:
        _, again = await rerun(server, transport)
    assert again.outcome is Outcome.INCOMPLETE
    assert again.result is not None
    assert again.result.content == "Hi there"


async def test_the_responses_of_a_retry_come_one_after_the_other() -> None:
    refusal: list[Record] = [
        Marker("sent", 0.0),
        ResponseHead(429, (("retry-after", "0"),), 0.1),
        Read(0.1, b'{"error":{"message":"wait"}}'),
    ]
    body = "".join([delta(content="Hi"), FINISH, DONE]).encode()
    success: list[Record] = [
        Marker("sent", 0.5),
        ResponseHead(200, (("content-type", "text/event-stream"),), 0.6),
        Read(0.7, body),
    ]
    records: list[Record] = [
        CaptureHeader("direct", "http://h/v1", {}),
        *refusal,
        *success,
        CaptureEnd(0.8, Outcome.COMPLETED, attempts=2),
    ]
    async with serving(DerivedRun.of_records(records)) as server:
        async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
            answers = [await client.post("/v1/chat/completions", json=HELLO) for _ in range(3)]
        _, over_gateway = await rerun(server, "sse")
    assert [answer.status_code for answer in answers] == [429, 200, 429]
    assert answers[0].headers["retry-after"] == "0"
    assert over_gateway.outcome is Outcome.COMPLETED


async def test_a_page_of_another_site_gets_nothing() -> None:
    page = {"Origin": "https://evil.example"}
    async with (
        serving(recorded("smol-code")) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        response = await client.post("/v1/chat/completions", json=HELLO, headers=page)
    assert response.status_code == 403
    assert "reverse" not in response.text
