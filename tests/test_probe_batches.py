"""Lines on their way to the pipe: order, what goes at once, what waits, and that nothing stays behind."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator

from hypothesis import given
from hypothesis import strategies as st

from tests.transports.run_support import open_stream, plan_of, send_tokens, tokens
from tests.transports.scripted_server import Peer, ScriptedServer
from tui.core.capture import CaptureEnd
from tui.core.capture_codec import decode_line
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.probe import Probe
from tui.probe_batches import BATCH_BYTES, LineBatches
from tui.probe_output import PipeWriter

PATIENCE_S = 20.0


class Written:
    """What was written, write by write."""

    def __init__(self) -> None:
        self.writes: list[str] = []
        self._came = asyncio.Event()

    def __call__(self, text: str) -> None:
        self.writes.append(text)
        self._came.set()

    async def until(self, text: str) -> None:
        """Waits until all that was written is this."""
        async with asyncio.timeout(PATIENCE_S):
            while "".join(self.writes) != text:
                self._came.clear()
                await self._came.wait()


async def test_after_a_quiet_moment_the_lines_of_one_turn_go_together_at_its_end() -> None:
    written = Written()
    batches = LineBatches(written)
    for line in "abc":
        batches.add(line)
    assert written.writes == []
    await asyncio.sleep(0)
    assert written.writes == ["abc"]


async def test_lines_that_follow_closely_wait_and_go_together() -> None:
    """As far as the loop was not held up for longer than the quiet moment, which then just comes sooner."""
    written = Written()
    batches = LineBatches(written)
    batches.add("a")
    await asyncio.sleep(0)
    for line in "bcd":
        batches.add(line)
        await asyncio.sleep(0)
    await written.until("abcd")
    assert written.writes[0] == "a"


async def test_an_urgent_line_goes_at_once_behind_those_that_wait() -> None:
    written = Written()
    batches = LineBatches(written)
    batches.add("a")
    batches.add("b", is_urgent=True)
    assert written.writes == ["ab"]
    batches.add("c")
    batches.add("d", is_urgent=True)
    assert written.writes == ["ab", "cd"]


async def test_much_goes_at_once() -> None:
    written = Written()
    batches = LineBatches(written)
    batches.add("x" * (BATCH_BYTES - 1))
    assert written.writes == []
    batches.add("y")
    assert [len(text) for text in written.writes] == [BATCH_BYTES]


async def test_a_flush_writes_what_waits_once_and_nothing_where_nothing_waits() -> None:
    written = Written()
    batches = LineBatches(written)
    batches.flush()
    batches.add("a")
    batches.flush()
    batches.flush()
    await asyncio.sleep(0)
    assert written.writes == ["a"]


STEPS = st.lists(st.one_of(st.booleans(), st.just("turn"), st.just("flush")), max_size=40)


@given(STEPS)
def test_any_sequence_gives_the_lines_in_their_order(steps: list[bool | str]) -> None:
    async def run() -> tuple[str, str]:
        written, lines = Written(), []
        batches = LineBatches(written)
        for index, step in enumerate(steps):
            if step == "turn":
                await asyncio.sleep(0)
            elif step == "flush":
                batches.flush()
            else:
                lines.append(f"{index}\n")
                batches.add(lines[-1], is_urgent=bool(step))
        batches.flush()
        return "".join(written.writes), "".join(lines)

    came, expected = asyncio.run(run())
    assert came == expected


async def test_a_probe_that_is_told_to_stop_leaves_no_line_behind() -> None:
    """The last tokens come right before the command, so they still wait for company when it is carried out."""
    is_sent = asyncio.Event()

    async def script(peer: Peer) -> None:
        await open_stream(peer, "sse")
        for index in range(5):
            await send_tokens(peer, "sse", index, index + 1)
        is_sent.set()
        await peer.wait_gone()

    async def commands(url: str) -> AsyncIterator[dict[str, object]]:
        yield {"do": "start", "stream": 1, "plan": plan_of("sse", url).to_json()}
        await is_sent.wait()
        await asyncio.sleep(0.01)  # on its way through the socket
        yield {"do": "stop"}

    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe:
        with PipeWriter(writing) as writer:
            async with asyncio.timeout(PATIENCE_S), ScriptedServer(script) as server:
                await Probe(writer).serve(commands(server.url))
        lines = pipe.read().splitlines()
    records = [decode_line(line)[0] for line in lines if json.loads(line)["type"] != "lag"]
    assert isinstance(records[-1], CaptureEnd)
    assert records[-1].outcome is Outcome.CANCELLED
    assert DerivedRun.of_records(records).pipeline.content.text() == tokens(5)
