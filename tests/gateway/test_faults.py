"""Every fault over every transport, as the app's own clients see it; and who may ask for one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.command_runner import run
from tests.gateway.running_gateway import HELLO, gateway_settings, running_gateway
from tests.gateway.scripted_upstream import Exchange, ScriptedUpstream
from tui.core.capture import Marker, Record
from tui.core.chunks import Outcome, StreamResult
from tui.core.derived_run import DerivedRun
from tui.core.request import Clocks, RunPlan, StreamRequest, TransportName
from tui.gateway.fault_sender import PING_S
from tui.gateway.faults import FAULTS, Fault, parse_fault
from tui.gateway.server import GatewayServer
from tui.transports.run_stream import StreamRun

WORDS = tuple(f"{number} Grüße 東京 👋 " for number in range(9))
TEXT = "".join(WORDS)
ALL = pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
OWN = pytest.mark.parametrize("transport", ["sse", "ws"])


async def nine_words(exchange: Exchange) -> None:
    await exchange.head()
    for word in WORDS:
        await exchange.tokens(word)
        await asyncio.sleep(0.002)
    await exchange.finish()


@asynccontextmanager
async def disturbing_gateway(**members: Any) -> AsyncIterator[tuple[GatewayServer, ScriptedUpstream]]:
    async with (
        ScriptedUpstream(nine_words) as upstream,
        running_gateway(gateway_settings(upstream.url, **{"allow_faults": True, **members})) as server,
    ):
        yield server, upstream


async def seen(
    server: GatewayServer, transport: str, fault: str | None, *, idle_s: float = 10.0, resume: bool = False
) -> tuple[StreamResult, DerivedRun, list[Record]]:
    records: list[Record] = []
    url = f"{server.url}/v1" if transport == "direct" else server.url
    plan = RunPlan(
        TransportName(transport),
        url,
        StreamRequest.of_prompt("hi"),
        clocks=Clocks(5, 10, idle_s),
        resume=resume,
        is_gateway=True,
        fault=fault,
    )
    async with asyncio.timeout(30):
        result = await StreamRun(plan, records.append, environ={}).run()
    return result, DerivedRun.of_records(records), records


def traps(result: StreamResult) -> set[str]:
    return {trap.kind for trap in result.traps}


@ALL
async def test_stall_goes_silent_and_keeps_the_connection(transport: str) -> None:
    async with disturbing_gateway() as (server, _):
        result, _, _ = await seen(server, transport, "stall:after=4", idle_s=0.6)
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (Outcome.INCOMPLETE, "idle_timeout")
    assert TEXT.startswith(result.content)
    assert 0 < len(result.content) <= len("".join(WORDS[:4]))


@ALL
async def test_ping_only_sends_keep_alives_and_no_text(transport: str) -> None:
    async with disturbing_gateway() as (server, _):
        result, run, _ = await seen(server, transport, "ping-only:after=4", idle_s=PING_S * 3)
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (Outcome.INCOMPLETE, "idle_timeout")
    if transport != "ws":  # a ping frame is not a message
        assert any("comment" in remark for remark in result.remarks)
        assert run.capture.last_at > (run.stats.last_token_at or 0.0)


@ALL
async def test_cut_ends_in_the_middle_of_the_answer(transport: str) -> None:
    async with disturbing_gateway() as (server, _):
        result, _, _ = await seen(server, transport, "cut:after=4")
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (
        Outcome.INCOMPLETE,
        "ws_1006" if transport == "ws" else "truncated",
    )
    assert TEXT.startswith(result.content)
    assert 0 < len(result.content) < len(TEXT)


@OWN
@pytest.mark.parametrize("after", [0, 4])
async def test_an_answer_that_was_cut_on_purpose_can_be_taken_up(transport: str, after: int) -> None:
    async with disturbing_gateway() as (server, upstream):
        result, _, records = await seen(server, transport, f"cut:after={after}", resume=True)
        assert len(upstream.requests) == 1
    assert (result.outcome, result.content) == (Outcome.COMPLETED, TEXT)
    sentence = f"reconnected after seq {after - 1}, 0 lost" if after else "reconnected before seq 0, 0 lost"
    assert [record.text for record in records if isinstance(record, Marker) and record.name == "seam"] == [sentence]


@ALL
async def test_slow_first_delays_the_first_text(transport: str) -> None:
    async with disturbing_gateway() as (server, _):
        result, run, _ = await seen(server, transport, "slow-first:after=1")
    assert (result.outcome, result.content) == (Outcome.COMPLETED, TEXT)
    assert run.stats.first_token_at is not None
    assert run.stats.first_token_at >= 1.0


@ALL
async def test_burst_is_one_lump(transport: str) -> None:
    async with disturbing_gateway() as (server, _):
        result, _, _ = await seen(server, transport, "burst")
    assert (result.outcome, result.content) == (Outcome.COMPLETED, TEXT)
    assert len({chunk.at for chunk in result.chunks if chunk.content}) == 1


@ALL
async def test_merge_frames_brings_several_in_one_read(transport: str) -> None:
    async with disturbing_gateway() as (server, _):
        result, _, _ = await seen(server, transport, "merge-frames")
    assert (result.outcome, result.content) == (Outcome.COMPLETED, TEXT)
    times = [chunk.at for chunk in result.chunks if chunk.content]
    assert max(times.count(at) for at in times) >= 3


@ALL
async def test_split_utf8_cuts_inside_characters(transport: str) -> None:
    async with disturbing_gateway() as (server, _):
        result, run, _ = await seen(server, transport, "split-utf8")
    assert (result.outcome, result.content, result.problem) == (Outcome.COMPLETED, TEXT, None)
    if transport != "ws":  # a message is given whole, in however many fragments it came
        assert "split_code_point" in traps(result)
        assert run.capture.read_count > len(WORDS) * 3


@ALL
async def test_drop_done_leaves_the_end_unproved(transport: str) -> None:
    async with disturbing_gateway() as (server, _):
        result, _, _ = await seen(server, transport, "drop-done")
    assert result.content == TEXT
    if transport == "direct":
        assert result.outcome is Outcome.COMPLETED
        assert "no [DONE] came; every choice has its finish reason" in result.remarks
    else:
        assert result.problem is not None
        assert (result.outcome, result.problem.kind) == (Outcome.INCOMPLETE, "no_terminal")


@ALL
async def test_bad_json_breaks_one_event(transport: str) -> None:
    async with disturbing_gateway() as (server, _):
        result, _, _ = await seen(server, transport, "bad-json:after=3")
    assert result.problem is not None
    assert (result.outcome, result.problem.kind) == (Outcome.FAILED, "bad_json")
    assert TEXT.startswith(result.content)
    assert 0 < len(result.content) < len(TEXT)


@ALL
async def test_crlf_is_legal(transport: str) -> None:
    async with disturbing_gateway() as (server, _):
        result, _, _ = await seen(server, transport, "crlf")
    assert (result.outcome, result.content, result.problem) == (Outcome.COMPLETED, TEXT, None)
    assert transport == "ws" or "crlf" in traps(result)


@ALL
async def test_duplicate_doubles_the_text_and_the_proof_tells(transport: str) -> None:
    async with disturbing_gateway() as (server, _):
        result, _, _ = await seen(server, transport, "duplicate")
    assert result.content == "".join(word * 2 for word in WORDS)
    if transport == "direct":
        assert result.outcome is Outcome.COMPLETED, "this wire has no numbers and no checksum"
    else:
        assert result.problem is not None
        assert (result.outcome, result.problem.kind) == (Outcome.INCOMPLETE, "sequence")


@ALL
async def test_without_a_fault_nothing_is_disturbed(transport: str) -> None:
    async with disturbing_gateway() as (server, _):
        result, _, _ = await seen(server, transport, None)
    assert (result.outcome, result.content, result.problem) == (Outcome.COMPLETED, TEXT, None)


@pytest.mark.parametrize("path", ["/v1/stream/raw", "/v1/stream/buffered"])
async def test_the_other_routes_can_be_disturbed_too(path: str) -> None:
    async with (
        disturbing_gateway(fault=Fault("drop-done", 0)) as (server, _),
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        body = (await client.post(path, json=HELLO)).text
        assert json.loads(body.strip().split("\n\n")[-1].removeprefix("data: ")) != {"done": True}
        assert (
            await client.post("/v1/chat/completions", content=b"{", headers={"Content-Type": "application/json"})
        ).status_code == 400
        assert (await client.get("/health")).json()["faults"] is True


@ALL
async def test_the_gateways_own_fault_disturbs_everybody_but_those_who_come_back(transport: str) -> None:
    async with disturbing_gateway(allow_faults=False, fault=Fault("cut", 2)) as (server, upstream):
        result, _, _ = await seen(server, transport, None, resume=True)
        assert len(upstream.requests) == 1
    assert result.outcome is (Outcome.INCOMPLETE if transport == "direct" else Outcome.COMPLETED)


@pytest.mark.parametrize(
    ("members", "status", "words"), [({}, 422, "stall, cut"), ({"allow_faults": False}, 403, "--allow-faults")]
)
async def test_an_unknown_fault_and_one_that_is_not_allowed_are_refused(
    members: dict[str, Any], status: int, words: str
) -> None:
    headers = {"X-Streamscope-Fault": "explode"}
    async with (
        disturbing_gateway(**members) as (server, upstream),
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        response = await client.post("/v1/stream", json=HELLO, headers=headers)
        assert response.status_code == status
        assert words in response.json()["error"]["message"]
        with pytest.raises(Exception, match=str(status)):
            await connect(f"{server.url.replace('http', 'ws', 1)}/v1/ws/stream", proxy=None, additional_headers=headers)
        assert upstream.requests == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_written_with_or_without_its_number(name: str) -> None:
    assert parse_fault(name) == Fault(name, FAULTS[name][0])
    assert parse_fault(f" {name}:after=12 ") == Fault(name, 12)


@pytest.mark.parametrize("text", ["", "explode", "cut:after=", "cut:after=-1", "cut:after=1:after=2", "cut:before=1"])
def test_what_is_no_fault_is_refused_with_the_names(text: str) -> None:
    with pytest.raises(ValueError, match="split-utf8"):
        parse_fault(text)


def test_the_readme_has_every_fault_with_its_words() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    for name, (_, words) in FAULTS.items():
        assert f"| `{name}` | {words} |" in readme


async def test_a_fault_that_is_none_is_refused_by_the_command_line(tmp_path: Path) -> None:
    for arguments in (("serve", "--fault", "explode"), ("run", "hi", "--fault", "CUT 3")):
        said = await run(tmp_path, *arguments)
        assert (said.code, said.out) == (2, b"")
        assert "NAME:after=N" in said.err
