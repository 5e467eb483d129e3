"""How late the probe wakes up: the figure, when it is told, and that a probe held up by the machine says so."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import time

from hypothesis import given
from hypothesis import strategies as st

from tests.probe_support import Desk, probing
from tests.transports.run_support import open_stream, plan_of, send_end, send_tokens
from tests.transports.scripted_server import Peer, ScriptedServer
from tui.core.capture import Record
from tui.probe_lag import INTERVAL_S, REPORT_S, WINDOW_S, LagMeter, LagWindow


@given(st.lists(st.floats(0, 5), min_size=1, max_size=120))
def test_the_figure_is_the_least_lag_that_99_of_100_do_not_exceed(lags: list[float]) -> None:
    window = LagWindow(window_s=1e9)
    for at, lag_s in enumerate(lags):
        window.add(float(at), lag_s)
    p99_s = window.p99_s()
    assert p99_s in lags
    assert sum(lag_s <= p99_s for lag_s in lags) >= 0.99 * len(lags)
    assert sum(lag_s < p99_s for lag_s in lags) < math.ceil(0.99 * len(lags))


def test_only_the_last_second_counts_and_no_lag_is_below_zero() -> None:
    window = LagWindow()
    assert window.p99_s() == 0.0
    window.add(0.0, 3.0)
    window.add(WINDOW_S / 2, 0.1)
    assert window.p99_s() == 3.0
    window.add(WINDOW_S, -1.0)
    assert window.p99_s() == 0.1


async def test_a_loop_that_stands_still_is_reported_as_late_as_it_was() -> None:
    """The loop is blocked on purpose: that is what is measured."""
    reports: asyncio.Queue[tuple[float, float]] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    meter = LagMeter(lambda p99_s: reports.put_nowait((loop.time(), p99_s)))
    async with asyncio.timeout(20):
        with meter.measuring():
            first_at, _ = await reports.get()
            time.sleep(INTERVAL_S + 0.3)  # noqa: ASYNC251  see above
            blocked_at, lag_s = await reports.get()
    assert blocked_at - first_at >= REPORT_S
    assert 0.3 <= lag_s < blocked_at - first_at


async def test_it_measures_only_while_a_stream_is_open_and_once_for_several() -> None:
    reports: list[float] = []
    loop = asyncio.get_running_loop()
    came = asyncio.Event()

    def note(_: float) -> None:
        reports.append(loop.time())
        came.set()

    meter = LagMeter(note)
    async with asyncio.timeout(20):
        with meter.measuring():
            with meter.measuring():
                await came.wait()
            came.clear()
            await came.wait()  # the second one has ended, the first is still measured
    assert len(reports) == 2
    assert reports[1] - reports[0] >= REPORT_S
    ended = asyncio.Event()
    loop.call_later(4 * INTERVAL_S, ended.set)
    came.clear()
    await ended.wait()
    assert not came.is_set()


async def play_without_end(peer: Peer) -> None:
    await open_stream(peer, "sse")
    await send_tokens(peer, "sse", 0, 5)
    await peer.wait_gone()


async def play_five(peer: Peer) -> None:
    await open_stream(peer, "sse")
    await send_tokens(peer, "sse", 0, 5)
    await send_end(peer, "sse", 5)


async def measured(desk: Desk, above_s: float = -1.0) -> float:
    """The stamp error once it is greater than `above_s`; lag lines wake nobody, so it is looked for."""
    async with asyncio.timeout(20):
        while (error_s := desk.client.stamp_error_s) is None or error_s <= above_s:  # noqa: ASYNC110  see above
            await asyncio.sleep(0.01)
    return error_s


async def test_the_client_tells_the_error_of_the_stamps_while_and_after_a_stream() -> None:
    async with ScriptedServer(play_without_end) as far, probing() as desk:
        assert desk.client.stamp_error_s is None
        stream = desk.client.start_stream(plan_of("sse", far.url))
        await desk.until(lambda: bool(desk.reads(stream)))
        assert await measured(desk) >= 0.0
        await desk.client.cancel(stream)
        await desk.end_of(stream)
        assert desk.client.stamp_error_s is not None


async def test_a_probe_that_the_machine_held_up_says_so_and_the_next_run_begins_anew() -> None:
    async with ScriptedServer(play_without_end, play_five) as far, probing() as desk:
        stream = desk.client.start_stream(plan_of("sse", far.url))
        await desk.until(lambda: bool(desk.reads(stream)))
        await measured(desk)
        pid = await desk.pid()
        os.kill(pid, signal.SIGSTOP)
        held_from, is_enough = time.monotonic(), asyncio.Event()
        asyncio.get_running_loop().call_later(0.5, is_enough.set)
        await is_enough.wait()
        os.kill(pid, signal.SIGCONT)
        assert 0.3 < await measured(desk, above_s=0.3) < time.monotonic() - held_from
        await desk.client.cancel(stream)
        await desk.end_of(stream)
        assert (desk.client.stamp_error_s or 0.0) > 0.3
        desk.client.start_stream(plan_of("sse", far.url))
        assert desk.client.stamp_error_s is None


async def test_lag_lines_are_no_part_of_the_capture() -> None:
    async with ScriptedServer(play_without_end) as far, probing() as desk:
        stream = desk.client.start_stream(plan_of("sse", far.url))
        await desk.until(lambda: bool(desk.reads(stream)))
        await measured(desk)
        await desk.client.cancel(stream)
        await desk.end_of(stream)
        records: list[Record] = desk.records[stream]
        assert {type(record).__name__ for record in records} <= {
            "CaptureHeader",
            "ResponseHead",
            "Read",
            "Marker",
            "CaptureEnd",
        }
