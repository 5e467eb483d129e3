"""Resuming after a cut at every byte of a response: the exact text, nothing twice, one upstream request.

The clients are the app's own transports against the real gateway, through a proxy that cuts. The whole matrix is
slow; a part of it runs with every test.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.gateway.cutting_proxy import CuttingProxy
from tests.gateway.running_gateway import decode_events, gateway_settings, running_gateway
from tests.gateway.scripted_upstream import Exchange, ScriptedUpstream
from tui.core.capture import Marker, Record, ResponseHead
from tui.core.chunks import Outcome, StreamResult
from tui.core.derived_run import DerivedRun
from tui.core.request import Clocks, RunPlan, StreamRequest, TransportName
from tui.transports.run_stream import StreamRun

WORDS = ("Grüße ", "aus ", "東京, ", "👋🏽 ", "e\u0301 ", "end.")
TEXT = "".join(WORDS)
AT_ONCE = 40
STEP = 29


async def six_words(exchange: Exchange) -> None:
    await exchange.head()
    for word in WORDS:
        await exchange.tokens(word)
        await asyncio.sleep(0)
    await exchange.finish()


async def run_through(url: str, transport: str, *, resume: bool) -> tuple[StreamResult, list[Record]]:
    records: list[Record] = []
    plan = RunPlan(
        TransportName(transport), url, StreamRequest.of_prompt("hi"), clocks=Clocks(5, 10, 10), resume=resume
    )
    async with asyncio.timeout(60):
        return await StreamRun(plan, records.append, environ={}).run(), records


def seams(records: Iterable[Record]) -> list[str]:
    return [record.text for record in records if isinstance(record, Marker) and record.name == "seam"]


async def body_size(url: str, transport: str) -> int:
    """How many bytes the body of one whole answer has on the wire."""
    async with CuttingProxy(url, 1_000_000, "fin") as proxy:
        result, _ = await run_through(proxy.url, transport, resume=False)
        assert result.outcome is Outcome.COMPLETED
        return proxy.body_bytes


async def at_every(cuts: Iterable[int], try_one: Callable[[int], Awaitable[None]]) -> None:
    """Tries each cut, some at the same time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(cut: int) -> None:
        async with gate:
            await try_one(cut)

    async with asyncio.TaskGroup() as tasks:
        for cut in cuts:
            tasks.create_task(one(cut))


async def resume_after_each_cut(transport: str, how: str, step: int) -> None:
    async with (
        ScriptedUpstream(six_words) as upstream,
        running_gateway(gateway_settings(upstream.url, resume_grace_s=30.0)) as server,
    ):
        size = await body_size(server.url, transport)
        assert size > 900

        async def try_one(cut: int) -> None:
            async with CuttingProxy(server.url, cut, how) as proxy:
                result, records = await run_through(proxy.url, transport, resume=True)
                assert (result.outcome, result.content, result.problem) == (Outcome.COMPLETED, TEXT, None), cut
                derived = DerivedRun.of_records(records)
                assert derived.result is not None
                assert (derived.result.content, derived.outcome) == (TEXT, Outcome.COMPLETED), cut
                assert proxy.connections <= 2
                if proxy.connections == 2:
                    assert len(seams(records)) == 1, cut
                    assert seams(records)[0].endswith(", 0 lost")

        cuts = range(0, size, step)
        await at_every(cuts, try_one)
        assert len(upstream.requests) == len(cuts) + 1, "the prompt went out once an answer"
        assert upstream.hang_ups == 0


async def go_on_elsewhere(first: str, how: str, step: int) -> None:
    """A run that is cut on one transport, and a plain client that goes on over the other."""
    async with (
        ScriptedUpstream(six_words) as upstream,
        running_gateway(gateway_settings(upstream.url, resume_grace_s=30.0)) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=30) as client,
    ):
        size = await body_size(server.url, first)

        async def try_one(cut: int) -> None:
            async with CuttingProxy(server.url, cut, how) as proxy:
                result, records = await run_through(proxy.url, first, resume=False)
            derived = DerivedRun.of_records(records)
            assert derived.decoder is not None
            if result.outcome is Outcome.COMPLETED:
                return
            head = next(record for record in records if isinstance(record, ResponseHead))
            generation = head.header("x-streamscope-generation")
            last = -1 if derived.decoder.last_seq is None else derived.decoder.last_seq
            rest = await (
                rest_over_ws(server.url, generation, last)
                if first == "sse"
                else rest_over_sse(client, generation, last)
            )
            assert result.content + rest == TEXT, cut

        cuts = range(0, size, step)
        await at_every(cuts, try_one)
        assert len(upstream.requests) == len(cuts) + 1


async def rest_over_sse(client: httpx.AsyncClient, generation: str | None, last: int) -> str:
    response = await client.post("/v1/stream", headers={"Last-Event-ID": f"{generation}:{last}"})
    assert response.status_code == 200
    events = decode_events(response.content)
    assert [int(event.id.rpartition(":")[2]) for event in events] == list(range(last + 1, last + 1 + len(events)))
    assert events[-1].name == "done"
    return "".join(event.data.get("content", "") for event in events)


async def rest_over_ws(url: str, generation: str | None, last: int) -> str:
    text = ""
    async with connect(url.replace("http", "ws", 1) + "/v1/ws/stream", proxy=None) as connection:
        await connection.send(json.dumps({"type": "resume", "data": {"gen": generation, "after": last}}))
        async for message in connection:
            event = json.loads(message)
            text += event["data"].get("content", "")
            if event["type"] != "start":
                last += 1
                assert event["data"]["seq"] == last
            if event["type"] == "done":
                break
    return text


@pytest.mark.parametrize("how", ["rst", "fin"])
@pytest.mark.parametrize("transport", ["sse", "ws"])
async def test_the_answer_is_whole_after_a_cut_at_many_bytes(transport: str, how: str) -> None:
    await resume_after_each_cut(transport, how, STEP)


@pytest.mark.parametrize("how", ["rst", "fin"])
@pytest.mark.parametrize("first", ["sse", "ws"])
async def test_an_answer_that_was_cut_goes_on_over_the_other_transport(first: str, how: str) -> None:
    await go_on_elsewhere(first, how, STEP)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("how", ["rst", "fin"])
@pytest.mark.parametrize("transport", ["sse", "ws"])
async def test_the_answer_is_whole_after_a_cut_at_every_byte(transport: str, how: str) -> None:
    await resume_after_each_cut(transport, how, 1)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("how", ["rst", "fin"])
@pytest.mark.parametrize("first", ["sse", "ws"])
async def test_an_answer_that_was_cut_at_every_byte_goes_on_over_the_other_transport(first: str, how: str) -> None:
    await go_on_elsewhere(first, how, 1)
