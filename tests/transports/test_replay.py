"""A capture played again gives the same run."""

import math

import pytest

from tests.transports.run_support import ALL, Recorded, after_tokens, cut, healthy, plan_of, stall
from tests.transports.scripted_server import ScriptedServer
from tui.core.capture import Capture, CaptureHeader
from tui.core.chunks import StreamResult
from tui.core.request import Clocks
from tui.transports.replay import ReplayTransport


def capture_of(recorded: Recorded) -> Capture:
    header, *rest = recorded.records
    assert isinstance(header, CaptureHeader)
    capture = Capture(header)
    for record in rest:
        capture.add(record)
    return capture


def shape(result: StreamResult) -> tuple[object, ...]:
    return (result.outcome, result.content, result.problem, result.finish_reason, len(result.chunks))


@ALL
@pytest.mark.parametrize("end", [None, cut])
async def test_a_replay_gives_the_same_outcome_text_and_reads(transport: str, end: object) -> None:
    live = Recorded()
    async with ScriptedServer(healthy(transport) if end is None else after_tokens(transport, cut)) as server:
        plan = plan_of(transport, server.url)
        result = await live.finish(plan)
    again = Recorded()
    replayed = await again.finish(plan, transport=ReplayTransport(capture_of(live), math.inf))
    assert shape(replayed) == shape(result)
    assert [(read.data, read.wire_bytes) for read in again.reads()] == [(r.data, r.wire_bytes) for r in live.reads()]
    assert [(h.status, h.headers) for h in again.heads()] == [(h.status, h.headers) for h in live.heads()]


@pytest.mark.parametrize("speed", [1.0, 4.0])
async def test_a_replay_keeps_the_gaps_in_proportion(speed: float) -> None:
    """The last gap, a silence of 0.4 s, ends no earlier than its share; how late a loaded machine is, is no matter."""
    live = Recorded()
    async with ScriptedServer(after_tokens("sse", stall)) as server:
        plan = plan_of("sse", server.url, clocks=Clocks(5, 5, 0.4))
        await live.finish(plan)
    again = Recorded()
    await again.finish(plan_of("sse", server.url), transport=ReplayTransport(capture_of(live), speed))
    last, recorded_end = again.records[-1], live.records[-1]
    assert not isinstance(last, CaptureHeader)
    assert not isinstance(recorded_end, CaptureHeader)
    assert last.at >= recorded_end.at / speed


@pytest.mark.parametrize("speed", [0.0, -1.0, math.nan])
def test_a_speed_that_is_none_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        ReplayTransport(Capture(CaptureHeader("sse", "x", {})), speed)
