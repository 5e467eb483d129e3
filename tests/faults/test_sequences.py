"""Anything in any order: send, token, cut, cancel, resume, wait, pause, seek, resize, switch transport, save, quit.

In virtual time, on the run and the view that the app has. What must hold after each step are the invariants below.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.faults import judgement
from tests.faults.scripted_link import ScriptedLink
from tests.faults.virtual_time import VirtualLoop
from tui.core.capture import CaptureEnd, Record
from tui.core.capture_codec import decode_line, encode_record
from tui.core.chunks import Outcome, StreamResult
from tui.core.derived_run import DerivedRun
from tui.core.endpoints import endpoint_of
from tui.core.request import Clocks, RunPlan, StreamRequest, TransportName
from tui.core.run_view import RunView
from tui.panes.wrapped_text import WrappedText
from tui.playback import Playback
from tui.screens.run_controller import ActiveRun
from tui.transports.base import Transport
from tui.transports.run_stream import StreamRun

SEQUENCES = 10_000 if os.environ.get("STREAMSCOPE_NIGHTLY") else 1_000
AT_A_TIME = 1_000
STEPS = 30
IDLE_S = 30.0
BREAKS = st.sampled_from([ConnectionResetError(104, "reset"), EOFError(), None])
WORDS = st.sampled_from(["one ", "zwei. ", "三。", "👋🏽\n", "```py\nx\n```\n", '{"a": 1} '])


class SequenceRun(StreamRun):
    """A run over a far end in memory, which it takes for that of its URL: only so can it be taken up again."""

    link: ScriptedLink

    def _own_transport(self) -> Transport:
        self._endpoint = endpoint_of(self._plan)
        self.link.is_break = lambda: self._is_break
        return self.link

    async def _forget(self) -> None:
        """There is no gateway to tell; that one is told: tests/transports/test_run_cancel."""


class Sequences(RuleBasedStateMachine):
    """One app's worth of runs, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualLoop()
        self.playback = Playback(self.loop.time)
        self.transport = TransportName.SSE
        self.number = 0
        self.run: SequenceRun | None = None
        self.active: ActiveRun | None = None
        self.records: list[Record] = []
        self.tasks: list[asyncio.Task[StreamResult]] = []
        self.cancelled = False
        self.held: tuple[str, int] | None = None

    @property
    def is_open(self) -> bool:
        return bool(self.tasks) and not self.tasks[-1].done()

    @property
    def link(self) -> ScriptedLink:
        assert self.run is not None
        return self.run.link

    @property
    def derived(self) -> DerivedRun:
        assert self.active is not None
        assert self.active.derived is not None
        return self.active.derived

    @precondition(lambda self: not self.is_open)
    @rule(resume=st.booleans())
    def send(self, resume: bool) -> None:
        """A new run, over the transport that was chosen."""
        self.number += 1
        plan = RunPlan(
            self.transport,
            "http://127.0.0.1:9/v1" if self.transport is TransportName.DIRECT else "http://127.0.0.1:9",
            StreamRequest.of_prompt("go"),
            clocks=Clocks(10, 60, IDLE_S),
            resume=resume,
        )
        self.active = ActiveRun(self.number, plan, self.loop.time(), "sentence", None)
        self.records, self.cancelled, self.held = [], False, None
        self.run = SequenceRun(plan, self._take, clock=self.loop.time, environ={})
        self.run.link = ScriptedLink(self.transport)
        self.tasks.append(self.loop.create_task(self.run.run()))
        self.loop.settle()
        self.playback.show(self.derived)

    def _take(self, record: Record) -> None:
        self.records.append(record)
        assert self.active is not None
        self.active.take(record)

    @precondition(lambda self: self.is_open and not self.link.is_done)
    @rule(word=WORDS, cut=st.integers(0, 400), count=st.integers(1, 3))
    def token(self, word: str, cut: int, count: int) -> None:
        """Tokens, each named after its run."""
        for _ in range(count):
            self.link.makes(f"r{self.number}t{len(self.link.tokens)}¦{word}", cut)
        self.loop.settle()

    @precondition(lambda self: self.is_open and self.link.is_connected and not self.link.is_done)
    @rule()
    def done(self) -> None:
        """The proof."""
        self.link.ends()
        self.loop.settle()

    @precondition(lambda self: self.is_open and self.link.is_connected)
    @rule(how=BREAKS)
    def cut(self, how: Exception | None) -> None:
        """The connection breaks; a run that resumes comes back."""
        self.link.breaks(how)
        self.loop.settle()

    @precondition(lambda self: self.run is not None)
    @rule(times=st.integers(1, 2))
    def cancel(self, times: int) -> None:
        """In any state, once or twice; of an ended run it changes nothing."""
        self.cancelled = self.cancelled or self.is_open
        for _ in range(times):
            assert self.run is not None
            self.loop.call_soon(self.run.cancel)
        self.loop.settle()

    @rule(seconds=st.sampled_from([0.1, 1.0, 5.0, IDLE_S + 1, 100.0]))
    def wait(self, seconds: float) -> None:
        """Time passes; clocks may run out, reconnections are made."""
        self.loop.pass_time(seconds)

    @precondition(lambda self: self.run is not None)
    @rule()
    def pause(self) -> None:
        """Hold, go on, play, stop."""
        self.playback.toggle(self.loop.time())
        self.remember()

    @precondition(lambda self: self.run is not None)
    @rule(share=st.floats(0, 1), steps=st.integers(-3, 3))
    def seek(self, share: float, steps: int) -> None:
        """To a share of what there is, then some frames on or back."""
        self.playback.seek_share(share)
        self.playback.step(steps)
        self.playback.seek_mark(1 if steps >= 0 else -1)
        self.remember()

    @rule(transport=st.sampled_from(list(TransportName)))
    def switch(self, transport: TransportName) -> None:
        """The next run goes another way."""
        self.transport = transport

    @precondition(lambda self: self.run is not None)
    @rule(width=st.sampled_from([1, 20, 80, 300]))
    def resize(self, width: int) -> None:
        """The text wraps for any width, and no code point is lost."""
        text = self.derived.pipeline.content.text()
        wrapped = WrappedText(width)
        wrapped.append(text)
        rows = "".join(wrapped.row_text(row) for row in range(wrapped.row_count))
        assert rows.replace("\n", "") == text.replace("\n", "")

    @precondition(lambda self: self.run is not None)
    @rule()
    def save(self) -> None:
        """What is saved now opens as what is shown now."""
        lines = [encode_record(record) for record in self.records]
        again = DerivedRun.of_records(decode_line(line)[0] for line in lines)
        assert again.pipeline.content.text() == self.derived.pipeline.content.text()
        assert (again.outcome, again.frame_count) == (self.derived.outcome, self.derived.frame_count)

    def remember(self) -> None:
        """What a held view shows, which must not change while more comes."""
        position = self.playback.position
        is_still = position is not None and not self.playback.is_playing
        self.held = (self.seen(), position.frames) if position is not None and is_still else None

    def seen(self) -> str:
        position = self.playback.position
        assert position is not None
        return RunView(self.derived, position.frames, position.at).pipeline.content.text()

    @invariant()
    def every_run_has_one_header_and_at_most_one_end(self) -> None:
        ends = [record for record in self.records if isinstance(record, CaptureEnd)]
        assert len(ends) <= 1
        if self.run is not None and not self.is_open:
            assert judgement.states_short(self.records) == []

    @invariant()
    def the_text_is_a_prefix_of_what_was_said_in_this_run(self) -> None:
        if self.run is not None:
            text = self.derived.pipeline.content.text()
            assert "".join(self.link.tokens).startswith(text)
            assert text.count("¦") == text.count(f"r{self.number}t"), "a token of another run"

    @invariant()
    def times_never_go_back(self) -> None:
        times = [record.at for record in self.records[1:] if record is not None and hasattr(record, "at")]
        assert times == sorted(times)

    @invariant()
    def nothing_is_complete_without_its_proof_and_nothing_proved_is_lost(self) -> None:
        if self.run is None or self.is_open:
            return
        result = self.tasks[-1].result()
        if result.outcome is Outcome.COMPLETED:
            assert self.link.is_done
            assert result.content == "".join(self.link.tokens)
        elif result.outcome is Outcome.CANCELLED:
            assert self.cancelled
        else:
            assert result.problem is not None
            assert judgement.explained(result.problem) == []
        assert (self.derived.outcome, self.derived.result and self.derived.result.content) == (
            result.outcome,
            result.content,
        )
        assert not self.link.is_connected

    @invariant()
    def a_held_view_does_not_move(self) -> None:
        if self.held is not None and self.playback.position is not None:
            assert self.held == (self.seen(), self.playback.position.frames)

    def teardown(self) -> None:
        """Quit: whatever is open is cancelled and ends."""
        if self.run is not None:
            self.loop.call_soon(self.run.cancel)
            self.loop.finish(self.tasks)
            assert judgement.states_short(self.records) == []
        assert asyncio.all_tasks(self.loop) == set()
        self.loop.close()


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_anything_in_any_order(record_property: Callable[[str, Any], None]) -> None:
    bounds = settings(
        max_examples=AT_A_TIME,
        stateful_step_count=STEPS,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    for _ in range(SEQUENCES // AT_A_TIME):  # what was tried is remembered while it goes on
        run_state_machine_as_test(Sequences, settings=bounds)
    record_property("reliability", ("sequences", "any", SEQUENCES, 0, 0, 0))
