"""Every fault case over each of its transports, against a far end on a real socket; and again behind a gateway.

The cases that need hands (signals, a terminal, a full disk) are played in a terminal: test_fault_hands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import openai
import pytest

from tests.faults import judgement
from tests.faults.fault_cases import CASES, WIRES, Case
from tests.faults.fault_server import FaultServer
from tests.faults.watch import watched
from tests.gateway.running_gateway import gateway_settings, running_gateway
from tui.core.capture import Record
from tui.core.chunks import StreamChunk, StreamResult
from tui.core.request import Clocks, RunPlan, StreamRequest, TransportName
from tui.transports.direct import DirectTransport
from tui.transports.run_stream import StreamRun
from tui.transports.sse import SSETransport
from tui.transports.websocket import WebSocketTransport

LOADED = (openai, DirectTransport, SSETransport, WebSocketTransport)  # before a clock runs, as the probe does it
SECRETS = {"OPENAI_API_KEY": "sk-CANARY-123456", "STREAMSCOPE_TOKEN": "token-CANARY-654321"}
BEHIND_GATEWAY_S = 2.0  # more than a case allows, for a request that goes through two processes
QUICK = {"F008", "F016", "F021", "F042", "F044"}
Note = Callable[[str, object], None]


@dataclass
class Played:
    """A run of a case: how it ended, and what it emitted."""

    result: StreamResult
    attempts: int
    took_s: float
    ended_at: float
    cancelled_at: float | None
    records: list[Record] = field(repr=False)


def runs(cases: Iterable[Case], transports: Callable[[Case], Iterable[str]]) -> list[Any]:
    return [
        pytest.param(case, transport, id=f"{case.id}-{transport}", marks=() if case.id in QUICK else pytest.mark.slow)
        for case in cases
        for transport in transports(case)
    ]


DIRECTLY = runs((c for c in CASES if not (c.needs_hands or c.needs_gateway)), lambda case: case.transports)
BEHIND = runs(
    (c for c in CASES if not c.needs_hands and "direct" in c.transports), lambda _: ("sse", "ws")
)  # what only a gateway's own wire can do wrong has no place behind one


@pytest.mark.parametrize(("case", "transport"), DIRECTLY)
async def test_a_case_ends_as_it_says(
    case: Case, transport: str, record_property: Note, recwarn: pytest.WarningsRecorder
) -> None:
    async with watched() as watch, FaultServer(case.script(WIRES[transport]), WIRES[transport]) as far:
        url = f"{far.url}/v1" if transport == "direct" else far.url
        played = await play(case, plan_of(case, transport, url), case.expect["max_s"])
        await until_gone(case, played, far)
        short = judged(case, played, far)
        if "start" in case.acts:
            short += judged_then(case, await play(case, plan_of(case, transport, url), case.expect["max_s"], acts=()))
    note_run(record_property, "the matrix, directly", case, played, watch.left)
    assert short + watch.left + watch.complaints + [str(warning.message) for warning in recwarn] == []


@pytest.mark.parametrize(("case", "transport"), BEHIND)
async def test_a_case_behind_a_gateway_ends_alike(
    case: Case,
    transport: str,
    record_property: Note,
    monkeypatch: pytest.MonkeyPatch,
    recwarn: pytest.WarningsRecorder,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRETS["OPENAI_API_KEY"])
    async with (
        watched() as watch,
        FaultServer(case.script("openai"), "openai") as far,
        running_gateway(gateway_settings(f"{far.url}/v1")) as gateway,
    ):
        limit = case.expect["max_s"] + BEHIND_GATEWAY_S
        played = await play(case, plan_of(case, transport, gateway.url), limit)
        await until_gone(case, played, far)
        short = judged(case, played, far, behind_gateway=True)
        if "start" in case.acts:
            short += judged_then(case, await play(case, plan_of(case, transport, gateway.url), limit, acts=()))
    note_run(record_property, "the matrix, through the gateway", case, played, watch.left)
    assert short + watch.left + watch.complaints + [str(warning.message) for warning in recwarn] == []


def plan_of(case: Case, transport: str, url: str) -> RunPlan:
    return RunPlan(
        TransportName(transport),
        url,
        StreamRequest.of_prompt("say something", model="fault-1"),
        clocks=Clocks(*case.clocks),
        retries=case.config.get("max_retries", 0),
        resume=case.config.get("resume", False),
    )


async def play(case: Case, plan: RunPlan, limit_s: float, acts: Iterable[dict[str, Any]] | None = None) -> Played:
    """One run to its end, with the cancels of the case. A run that hangs raises TimeoutError."""
    records: list[Record] = []
    cancelled: list[float] = []
    contents = 0
    loop = asyncio.get_running_loop()
    steps = [step for step in (case.client if acts is None else acts) if step["do"] == "cancel"]

    def cancel() -> None:
        cancelled.append(loop.time())
        run.cancel()

    def count(chunks: list[StreamChunk]) -> None:
        nonlocal contents
        contents += sum(bool(chunk.content) for chunk in chunks)
        for step in steps:
            if step["at"].startswith("token:") and contents >= int(step["at"][6:]):
                cancel()

    run = StreamRun(plan, records.append, on_chunks=count, environ=SECRETS)
    for step in steps:
        if step["at"].startswith("ms:"):
            loop.call_later(int(step["at"][3:]) / 1000, cancel)
    begin = loop.time()
    async with asyncio.timeout(limit_s + 5):
        result = await run.run()
    ended = loop.time()
    if any(step["at"] == "done" for step in steps):
        run.cancel()
    return Played(result, run.attempts, ended - begin, ended, cancelled[0] if cancelled else None, records)


async def until_gone(case: Case, played: Played, far: FaultServer) -> None:
    """The far end has its time to see that the client has left."""
    if "upstream_gone_ms_max" in case.expect:
        await far.until_seen(played.cancelled_at or 0.0, "gone", "cancel")


def judged(case: Case, played: Played, far: FaultServer, *, behind_gateway: bool = False) -> list[str]:
    limit = case.expect["max_s"] + (BEHIND_GATEWAY_S if behind_gateway else 0)
    return [
        *judgement.falls_short(case, played.result),
        *judgement.connections_short(case, played.attempts, far.connections),
        *judgement.far_end_short(
            case, far.log, played.cancelled_at or played.ended_at, 250.0 if behind_gateway else 0.0
        ),
        *judgement.states_short(played.records),
        *judgement.replays_alike(played.records, played.result),
        *judgement.secrets_in([played.records, played.result], tuple(SECRETS.values())),
        *([] if played.took_s <= limit else [f"took {played.took_s:.1f} s, at most {limit} s"]),
    ]


def judged_then(case: Case, played: Played) -> list[str]:
    """The run after a cancelled one: whole, and with no token of the other."""
    then = case.expect["then"]
    assert then["state"] == "done"
    is_whole = (played.result.outcome.value, played.result.content) == ("completed", then["text"])
    return [] if is_whole else [f"the run after it: {played.result!r}"]


def note_run(record_property: Note, group: str, case: Case, played: Played, left: list[str]) -> None:
    """A row of the table at the end of the tests."""
    expected = case.expect.get("text", "")
    lost = max(0, len(expected) - len(played.result.content)) if case.expect["state"] == "done" else 0
    record_property("reliability", (group, case.id, 1, 0, lost, len(left)))


def test_every_expectation_is_judged_somewhere() -> None:
    on_screen = {"shown", "must_not_show", "screen_must_not_contain_hex", "tty_must_not_contain", "ui_ms_max"}
    in_a_process = {"rss_growth_max_mib", "ui_latency_ms_max", "recording", "terminal", "exit_max_s"}
    expected = {name for case in CASES for name in case.expect}
    assert expected <= judgement.KNOWN | on_screen | in_a_process
