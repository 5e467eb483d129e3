"""Cancelling from any state, once, twice, and while the answer ends; what the far end sees of it, and how soon."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable
from typing import Any

import openai
import pytest

from tests.faults import judgement
from tests.faults.fault_cases import WIRES
from tests.faults.fault_server import FaultServer
from tests.faults.watch import watched
from tests.gateway.running_gateway import gateway_settings, running_gateway
from tui.core.capture import Marker, Read, Record
from tui.core.chunks import Outcome, StreamChunk, StreamResult
from tui.core.request import Clocks, RunPlan, StreamRequest, TransportName
from tui.transports.direct import DirectTransport
from tui.transports.run_stream import FORGET_S, StreamRun
from tui.transports.sse import SSETransport
from tui.transports.websocket import WebSocketTransport

LOADED = (openai, DirectTransport, SSETransport, WebSocketTransport)  # before a clock runs
ALL = pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
TWICE = pytest.mark.parametrize("times", [1, pytest.param(2, marks=pytest.mark.slow)])
RACES = 200
_CONNECTED_S = 0.2  # after it the far end has the request and says nothing
CANCELS = 1000 if os.environ.get("STREAMSCOPE_NIGHTLY") else 200
DIRECT_S, GATEWAY_S = 0.25, 0.5
Note = Callable[[str, object], None]

TOKENS: dict[str, Any] = {"op": "tokens", "n": 3}
SILENCE: dict[str, Any] = {"op": "stall", "ms": 20_000}
ENDLESS: list[dict[str, Any]] = [{"op": "open"}, {"op": "tokens", "n": 100_000, "gap_ms": 5, "obey_cancel": True}]
GOODBYE: dict[str, list[dict[str, Any]]] = {
    "ws": [{"op": "body", "text": '{"type":"cancelled","data":{"count":3,"seq":3}}'}]
}
REFUSED: list[dict[str, Any]] = [
    {"op": "request"},
    {"op": "head", "status": 429, "headers": {"retry-after": "20"}},
    {"op": "end"},
]
HALF = {"openai": 'data: {"choices":[{"delta":', "sse": 'id: fault:3\nevent: chunk\ndata: {"con'}
BROKEN: list[dict[str, Any]] = [{"op": "open"}, TOKENS, {"op": "sleep", "ms": 30}, {"op": "reset"}]

# Where a run is when it is cancelled: the script of the far end, and the last thing that the run has done.
STATES: dict[str, tuple[list[list[dict[str, Any]]], str, str]] = {
    "connecting": ([[SILENCE]], "connecting", ""),
    "waiting for the head": ([[{"op": "request"}, SILENCE]], "connected", ""),
    "waiting for a token": ([[{"op": "open"}, SILENCE]], "ResponseHead", ""),
    "between tokens": ([[{"op": "open"}, TOKENS, SILENCE]], "token", "tok0 tok1 tok2 "),
    "retrying": ([REFUSED], "retrying", ""),
    "resuming": ([BROKEN, [{"op": "request"}, SILENCE]], "connected again", "tok0 tok1 tok2 "),
}
UNSEEN = {"connecting", "retrying"}
"""No connection stands, so there is nothing to see but that none comes."""


def script(connections: list[list[dict[str, Any]]]) -> dict[str, Any]:
    return {"listen": "tcp", "connections": connections}


class Cancelled:
    """A run that is cancelled as soon as it has done something, some times."""

    def __init__(self, transport: str, url: str, at: str, times: int, **options: Any) -> None:
        clocks = Clocks(20, 20, 20)
        where = f"{url}/v1" if transport == "direct" else url
        plan = RunPlan(TransportName(transport), where, StreamRequest.of_prompt("hi"), clocks=clocks, **options)
        self.records: list[Record] = []
        self.run = StreamRun(plan, self._take, on_chunks=self._count, environ={})
        self.asked_at = 0.0
        self._at = at
        self._times = times
        self._connections = 0

    async def finish(self) -> StreamResult:
        async with asyncio.timeout(10):
            result = await self.run.run()
        self.run.cancel()  # once more, when all is over
        assert judgement.states_short(self.records) + judgement.replays_alike(self.records, result) == []
        return result

    def cancel(self) -> None:
        self.asked_at = self.asked_at or asyncio.get_running_loop().time()
        for _ in range(self._times):
            self.run.cancel()

    def _take(self, record: Record) -> None:
        self.records.append(record)
        done = record.name if isinstance(record, Marker) else type(record).__name__
        self._connections += done == "connecting"
        delayed = {"connected": 1, "connected again": 2}.get(self._at)
        if done == "connecting" and delayed == self._connections:
            asyncio.get_running_loop().call_later(_CONNECTED_S, self.cancel)
        elif done == self._at:
            self._soon()

    def _count(self, chunks: list[StreamChunk]) -> None:
        if self._at == "token" and any("tok2" in chunk.content for chunk in chunks):
            self._soon()

    def _soon(self) -> None:
        asyncio.get_running_loop().call_soon(self.cancel)


@TWICE
@ALL
@pytest.mark.parametrize("state", STATES)
async def test_a_cancel_in_any_state_is_one_outcome_and_the_far_end_sees_it(
    state: str, transport: str, times: int
) -> None:
    connections, at, text = STATES[state]
    if state == "resuming" and transport == "direct":
        pytest.skip("a chat completion cannot be resumed")
    if state == "retrying" and transport == "ws":
        connections = [[{"op": "request"}, {"op": "ws_accept", "bad": "status:429"}, {"op": "close"}]]
    options = {"retries": 2} if state == "retrying" else {"resume": True} if state == "resuming" else {}
    listen = "backlog" if state == "connecting" else "tcp"
    async with watched() as watch, FaultServer(script(connections) | {"listen": listen}, WIRES[transport]) as far:
        cancelled = Cancelled(transport, far.url, at, times, **options)
        result = await cancelled.finish()
        if state in UNSEEN:
            assert far.connections <= 1
        else:
            assert await seen(far, cancelled.asked_at) <= DIRECT_S + (FORGET_S if state == "resuming" else 0)
    assert (result.outcome, result.content, result.problem) == (Outcome.CANCELLED, text, None)
    assert watch.left + watch.complaints == []


@pytest.mark.parametrize("transport", ["direct", "sse"])
async def test_a_cancel_in_the_middle_of_an_event_keeps_what_was_whole(transport: str) -> None:
    wire = WIRES[transport]
    steps: list[dict[str, Any]] = [{"op": "open"}, TOKENS, {"op": "body", "text": HALF[wire]}, SILENCE]
    async with FaultServer(script([steps]), wire) as far:
        cancelled = Cancelled(transport, far.url, "Read", 1)
        cancelled.records = Watching(cancelled, HALF[wire])
        result = await cancelled.finish()
    assert (result.outcome, result.content) == (Outcome.CANCELLED, "tok0 tok1 tok2 ")


class Watching(list[Record]):
    """Records that cancel their run when certain bytes have come."""

    def __init__(self, cancelled: Cancelled, wanted: str) -> None:
        super().__init__()
        self._cancelled = cancelled
        self._wanted = wanted.encode()
        cancelled._at = "never"  # noqa: SLF001  here it is this list that says when

    def append(self, record: Record) -> None:
        super().append(record)
        data = b"".join(r.data for r in self if isinstance(r, Read) and isinstance(r.data, bytes))
        if self._wanted in data:
            asyncio.get_running_loop().call_soon(self._cancelled.cancel)


async def seen(far: FaultServer, asked_at: float) -> float:
    """Waits until the far end has seen the client leave, and gives how long that took."""
    return await far.until_seen(asked_at, "gone", "cancel") - asked_at


@pytest.mark.slow
@ALL
async def test_a_cancel_that_races_the_end_is_one_of_the_two(transport: str, record_property: Note) -> None:
    """With a pause of up to what a whole answer takes, so that some cancels win and some lose."""
    steps: list[dict[str, Any]] = [{"op": "open"}, {"op": "tokens", "n": 5}, {"op": "finale"}]
    dice, outcomes = random.Random(8), {Outcome.COMPLETED: 0, Outcome.CANCELLED: 0}
    loop = asyncio.get_running_loop()
    async with watched() as watch, FaultServer(script([steps]), WIRES[transport]) as far:
        usual_s = 0.02
        for _ in range(RACES):
            raced = Cancelled(transport, far.url, "never", 2)
            begin = loop.time()
            loop.call_later(dice.uniform(0, 1.3 * usual_s), raced.cancel)
            result = await raced.finish()
            outcomes[result.outcome] += 1
            assert "tok0 tok1 tok2 tok3 tok4 ".startswith(result.content)
            if result.outcome is Outcome.COMPLETED:
                assert result.content == "tok0 tok1 tok2 tok3 tok4 "
                usual_s = 0.9 * usual_s + 0.1 * (loop.time() - begin)
            else:
                usual_s *= 1.05
    record_property("reliability", ("cancels that race the end", transport, RACES, 0, 0, len(watch.left)))
    assert watch.left + watch.complaints == []
    assert min(outcomes.values()) >= RACES // 20, outcomes


@pytest.mark.slow
@pytest.mark.timeout(600)
@ALL
async def test_the_far_end_sees_a_cancel_in_a_quarter_of_a_second(transport: str, record_property: Note) -> None:
    times = []
    async with (
        watched() as watch,
        FaultServer(script([[*ENDLESS, *GOODBYE.get(transport, [])]]), WIRES[transport]) as far,
    ):
        for _ in range(CANCELS):
            far.log.clear()
            cancelled = Cancelled(transport, far.url, "token", 1)
            assert (await cancelled.finish()).outcome is Outcome.CANCELLED
            times.append(await seen(far, cancelled.asked_at))
    record_property("reliability", ("cancels, directly", transport, CANCELS, 0, 0, len(watch.left)))
    assert watch.left + watch.complaints == []
    assert sorted(times)[int(0.99 * CANCELS) - 1] <= DIRECT_S


@pytest.mark.slow
@pytest.mark.timeout(600)
@ALL
async def test_the_upstream_behind_a_gateway_sees_it_in_half_a_second(transport: str, record_property: Note) -> None:
    times = []
    async with (
        watched() as watch,
        FaultServer(script([ENDLESS]), "openai") as far,
        running_gateway(gateway_settings(f"{far.url}/v1")) as gateway,
    ):
        for _ in range(CANCELS):
            far.log.clear()
            cancelled = Cancelled(transport, gateway.url, "token", 1, is_gateway=True)
            assert (await cancelled.finish()).outcome is Outcome.CANCELLED
            times.append(await seen(far, cancelled.asked_at))
    record_property("reliability", ("cancels, through the gateway", transport, CANCELS, 0, 0, len(watch.left)))
    assert watch.left + watch.complaints == []
    assert sorted(times)[int(0.99 * CANCELS) - 1] <= GATEWAY_S
