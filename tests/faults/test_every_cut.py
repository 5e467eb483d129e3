"""An answer that is cut: at each byte by a reset and by an end, at twenty places by silence. The prefix is kept.

What must have arrived is told here by the bytes that were sent, without the app's decoders. Cuts with a reconnection
to the gateway: tests/gateway/test_resume_every_cut.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import openai
import pytest

from tests.faults import judgement
from tests.faults.fault_cases import WIRES
from tests.faults.fault_link import Cut
from tests.faults.fault_server import FaultServer
from tests.faults.fault_wires import frame, said
from tui.core.capture import Read, Record
from tui.core.chunks import Outcome, StreamResult
from tui.core.request import Clocks, RunPlan, StreamRequest, TransportName
from tui.transports.run_stream import StreamRun

LOADED = (openai,)  # before a clock runs
AT_ONCE = 24
STALLS = 20
WORDS = tuple(f"{number} Grüße 東京 👋 " for number in range(11))
SCRIPT: dict[str, Any] = {
    "listen": "tcp",
    "connections": [[{"op": "open"}, *({"op": "token", "text": word} for word in WORDS), {"op": "finale"}]],
}
ALL = pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
PROOF = {"direct": "finish", "sse": "done", "ws": "done"}
"""With what an answer is proved: of a chat completion the finish reason of every choice is enough."""


def steps_on_the_wire(wire: str) -> list[tuple[str, int, int]]:
    """Each thing that is said, with the byte from which its data count and the byte behind its framing."""
    texts = [("start", ""), *(("token", word) for word in WORDS), ("finish", ""), ("done", "")]
    steps, at, seq = [], 0, 0
    for what, word in texts:
        data = said(wire, what, seq, {"text": word, "reason": "stop"}).encode()
        seq += what == "token"
        if not data:
            continue
        whole = frame(1, data) if wire == "ws" else b"%x\r\n%s\r\n" % (len(data), data)
        counts = at + len(whole) - (0 if wire == "ws" else 2)  # the framing behind a chunk says nothing new
        at += len(whole)
        steps.append((what, counts, at))
    return steps


def expected_at(wire: str, transport: str, cut: int) -> tuple[str, bool]:
    """The text that arrives before a cut, and whether the answer is proved."""
    steps = steps_on_the_wire(wire)
    arrived = sum(what == "token" and counts <= cut for what, counts, _ in steps)
    return "".join(WORDS[:arrived]), any(what == PROOF[transport] and counts <= cut for what, counts, _ in steps)


async def cut_run(transport: str, cut: Cut, idle_s: float) -> tuple[StreamResult, list[Record], FaultServer]:
    records: list[Record] = []
    async with FaultServer(SCRIPT, WIRES[transport], cut=cut) as far:
        url = f"{far.url}/v1" if transport == "direct" else far.url
        plan = RunPlan(TransportName(transport), url, StreamRequest.of_prompt("hi"), clocks=Clocks(20, 20, idle_s))
        async with asyncio.timeout(60):
            return await StreamRun(plan, records.append, environ={}).run(), records, far


async def check(transport: str, cut: Cut, idle_s: float = 20.0) -> int:
    """Checks one cut and gives the number of characters that are missing."""
    result, records, far = await cut_run(transport, cut, idle_s)
    text, is_proved = expected_at(WIRES[transport], transport, cut.at)
    where = f"{transport} cut at {cut.at} by {cut.how}"
    assert result.content == text, where
    assert result.outcome is (Outcome.COMPLETED if is_proved else Outcome.INCOMPLETE), where
    assert (result.problem is None) == is_proved, where
    if result.problem is not None:
        assert judgement.explained(result.problem) == [], where
    assert judgement.replays_alike(records, result) + judgement.states_short(records) == [], where
    assert far.connections == 1
    assert any(isinstance(record, Read) for record in records) or not text
    return len(text) - len(result.content)


async def at_each(cuts: Iterable[Cut], transport: str, note: Callable[[str, object], None], idle_s: float) -> None:
    """All cuts, some at the same time."""
    gate, lost = asyncio.Semaphore(AT_ONCE), 0
    chosen = list(cuts)

    async def one(cut: Cut) -> None:
        nonlocal lost
        async with gate:
            lost += await check(transport, cut, idle_s)

    async with asyncio.TaskGroup() as tasks:
        for cut in chosen:
            tasks.create_task(one(cut))
    note("reliability", ("cuts of an answer", f"{transport}-{chosen[0].how}", len(chosen), 0, lost, 0))


def size_of(transport: str) -> int:
    return steps_on_the_wire(WIRES[transport])[-1][2]


@ALL
@pytest.mark.parametrize("how", ["reset", "fin"])
async def test_a_cut_at_some_bytes(transport: str, how: str, record_property: Callable[[str, object], None]) -> None:
    await at_each((Cut(at, how) for at in range(3, size_of(transport), 97)), transport, record_property, 20.0)


@pytest.mark.slow
@pytest.mark.timeout(900)
@ALL
@pytest.mark.parametrize("how", ["reset", "fin"])
async def test_a_cut_at_every_byte(transport: str, how: str, record_property: Callable[[str, object], None]) -> None:
    assert 900 <= size_of(transport) <= 3300
    await at_each((Cut(at, how) for at in range(size_of(transport))), transport, record_property, 20.0)


@pytest.mark.slow
@ALL
async def test_silence_at_twenty_places(transport: str, record_property: Callable[[str, object], None]) -> None:
    size = size_of(transport)
    first = steps_on_the_wire(WIRES[transport])[1][2]  # before the first token another clock runs
    cuts = (Cut(first + number * (size - first) // STALLS, "stall") for number in range(STALLS))
    await at_each(cuts, transport, record_property, 0.5)
