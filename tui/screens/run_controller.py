"""The run on the screen: starts it through the probe, takes its records, cancels it. No widgets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

from tui.core.capture import CaptureEnd, CaptureHeader, Record
from tui.core.chunks import Outcome, StreamProblem
from tui.core.request import RunPlan
from tui.errors import StreamscopeError
from tui.playback import Playback
from tui.probe_client import ProbeClient
from tui.screens.frame_ticker import KeyWay

if TYPE_CHECKING:
    from pathlib import Path

    from tui.captures.live_pipe import LivePipe
    from tui.captures.open_capture import OpenedCapture
    from tui.core.derived_run import DerivedRun
    from tui.core.wire_view.wire_log import WireLog

Now = Callable[[], float]


class ActiveRun:
    """One run as the app knows it: asked for, then begun (`derived`), then ended.

    `stream` is None while its endpoint is still being started, and for a run that was captured before: that has a
    `recording`. `upstream_answer` is what a gateway said, in words, when it was asked after a cancel whether its
    upstream stopped; `saved_as` is the file to which it was saved.
    """

    def __init__(self, stream: int | None, plan: RunPlan, asked_at: float, mode: str, pattern: str | None) -> None:
        self.stream = stream
        self.plan = plan
        self.asked_at = asked_at
        self.mode, self.pattern = mode, pattern
        self.derived: DerivedRun | None = None
        self.cancel_key_at: float | None = None
        self.recording: OpenedCapture | LivePipe | None = None
        self.upstream_answer: str | None = None
        self.saved_as: Path | None = None
        self.wire_log: WireLog | None = None  # made by the first who looks at the wire

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.derived is not None and self.derived.is_over

    def take(self, record: Record) -> None:
        """The next record of its capture."""
        if self.derived is None:
            from tui.captures.spilled_blocks import SpilledBlocks  # noqa: PLC0415  as below
            from tui.core.derived_run import DerivedRun  # noqa: PLC0415  a third of the app, and there is a screen first

            header = record if isinstance(record, CaptureHeader) else self._own_header()
            self.derived = DerivedRun(
                header,
                self.mode,
                self.pattern,
                event_limit_bytes=self.plan.event_limit_bytes,
                keep=SpilledBlocks(self.plan.memory_limit_bytes),
            )
            if header is record:
                return
        self.derived.add(record)

    def seconds(self, monotonic: float) -> float:
        """A moment of the monotonic clock on the run's own clock; of a recording the moment that it has come to."""
        clock = self.derived.capture.header.clock if self.derived is not None else None
        if self.derived is not None and self.recording is not None and not (self.recording.is_live and clock):
            return self.derived.capture.last_at
        return monotonic - (self.asked_at if clock is None else clock)

    def stop(self, monotonic: float) -> None:
        """Ends it here: what was not sent yet or comes through a pipe is cancelled, a file is not read any further."""
        recording = self.recording
        if recording is None or recording.is_live:
            self.take(CaptureEnd(max(0.0, self.seconds(monotonic)), Outcome.CANCELLED, attempts=0))
        else:
            read = f"{recording.read_bytes / 1e6:.1f} of {recording.size / 1e6:.1f} MB"
            self.break_off(f"Opening was stopped after {read}.")

    def break_off(self, sentence: str) -> None:
        """Ends a recording that is not read to its end; how the run ended is what its frames prove."""
        at = self.derived.capture.last_at if self.derived is not None else 0.0
        problem = StreamProblem.of("truncated", sentence)
        self.take(CaptureEnd(at, Outcome.INCOMPLETE, problem, is_recorded=False))

    def _own_header(self) -> CaptureHeader:
        """For a run whose probe died before it said a word."""
        plan = self.plan
        parts = urlsplit(plan.url)  # a capture holds no key, and the rest of a URL may be one
        url = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
        return CaptureHeader(str(plan.transport), url, plan.request.to_body(), plan.dialect, clock=self.asked_at)


class RunController:
    """Owns the probe's streams; keeps the latest run, and those of the latest race in `lanes`.

    `capture` is the file to which the probe records the runs.
    """

    def __init__(self, *, mode: str = "sentence", clock: Now = time.monotonic, capture: str | None = None) -> None:
        self.key_way = KeyWay(clock)
        self.probe = ProbeClient(self._deliver, self.key_way.left_s)
        self.mode = mode
        self.pattern: str | None = None
        self.clock = clock
        self.playback = Playback(clock)
        self.run: ActiveRun | None = None
        self.lanes: list[ActiveRun] = []
        self._capture = capture
        self._captured = 0

    @property
    def is_streaming(self) -> bool:
        """Whether a run is open."""
        return self.run is not None and not self.run.is_over

    @property
    def is_racing(self) -> bool:
        """Whether a lane of the latest race is open."""
        return any(not lane.is_over for lane in self.lanes)

    @property
    def derived(self) -> DerivedRun | None:
        """The derivation of the latest run, once it has begun."""
        return self.run.derived if self.run is not None else None

    def send(self, plan: RunPlan) -> ActiveRun:
        """Starts a run; it replaces the one that was shown."""
        plan = self._recorded(plan)
        stream = self.probe.start_stream(plan)
        self.run = ActiveRun(stream, plan, self.clock(), self.mode, self.pattern)
        return self.run

    def race(self, plans: Iterable[RunPlan]) -> list[ActiveRun]:
        """Starts several runs at once; they replace those of the race before. The run that is shown stays."""
        self.lanes = [self._lane(self._recorded(plan)) for plan in plans]
        return self.lanes

    def _lane(self, plan: RunPlan) -> ActiveRun:
        return ActiveRun(self.probe.start_stream(plan), plan, self.clock(), self.mode, self.pattern)

    def hold(self, plan: RunPlan) -> None:
        """Shows a run that cannot start yet, because its endpoint is being started."""
        self.run = ActiveRun(None, plan, self.clock(), self.mode, self.pattern)

    def release(self, url: str) -> None:
        """Starts the run that was held, now that its endpoint has an address; a cancelled one stays cancelled."""
        held = self.run
        if held is not None and held.stream is None and not held.is_over:
            held.plan = self._recorded(replace(held.plan, url=url))
            held.stream = self.probe.start_stream(held.plan)

    def _recorded(self, plan: RunPlan) -> RunPlan:
        """The plan with the file of this run: the first has the name that was asked for, later ones a number in it."""
        if self._capture is None:
            return plan
        self._captured += 1
        path = PurePath(self._capture)
        name = path.name if self._captured == 1 else f"{path.stem}-{self._captured}{path.suffix}"
        return replace(plan, capture_file=str(path.with_name(name)))

    def give_up(self, why: str) -> None:
        """Ends the run that was held, because its endpoint could not be started."""
        held = self.run
        if held is not None and held.stream is None and not held.is_over:
            problem = StreamProblem.of("connect", why)
            held.take(CaptureEnd(self.clock() - held.asked_at, Outcome.FAILED, problem, attempts=0))

    def show(self, records: Iterable[Record], plan: RunPlan) -> None:
        """Shows a run that was captured before."""
        self.run = ActiveRun(None, plan, self.clock(), self.mode, self.pattern)
        for record in records:
            self.run.take(record)

    def open(self, recording: OpenedCapture | LivePipe, plan: RunPlan) -> ActiveRun:
        """Shows a recording whose records will be taken by and by."""
        self.run = ActiveRun(None, plan, self.clock(), self.mode, self.pattern)
        self.run.recording = recording
        return self.run

    def seconds(self) -> float:
        """Now, on the clock of the latest run; 0 without one."""
        return self.run.seconds(self.clock()) if self.run is not None else 0.0

    def note_cancel(self) -> int | None:
        """Marks the open run as being cancelled and gives its stream; None when there is nothing to cancel."""
        if self.run is None or self.run.is_over or self.run.cancel_key_at is not None:
            return None
        self.run.cancel_key_at = self.clock()
        if self.run.stream is None:  # nothing was sent yet, so nobody has to be told
            self.run.stop(self.clock())
        return self.run.stream

    def note_cancel_of_lanes(self) -> list[int]:
        """Marks the open lanes of a race as being cancelled and gives their streams."""
        lanes = [lane for lane in self.lanes if not lane.is_over and lane.cancel_key_at is None]
        for lane in lanes:
            lane.cancel_key_at = self.clock()
        return [lane.stream for lane in lanes if lane.stream is not None]

    async def cancel(self, stream: int, answered: Callable[[], None]) -> None:
        """Cancels a stream and asks its gateway, if it has one, what became of the upstream; then calls `answered`."""
        from tui.screens.cancel_receipt import upstream_words  # noqa: PLC0415  nothing to cancel at the first paint

        run = self._run_of(stream)
        await self.probe.cancel(stream)
        if run is None or run.derived is None or not run.derived.generation:
            return
        path = f"/v1/stream/{quote(run.derived.generation, safe='')}"
        try:
            run.upstream_answer = upstream_words(await self.probe.ask(run.plan, "DELETE", path))
        except StreamscopeError:
            run.upstream_answer = upstream_words({})
        answered()

    def set_mode(self, mode: str, pattern: str | None = None) -> None:
        """Derives the segments of the run anew, and of all later runs, in another buffer mode.

        Raises UsageError for an unknown mode, and for a pattern (of mode regex) that cannot be used.
        """
        if self.derived is not None:
            self.derived.pipeline.set_mode(mode, pattern)
        self.mode, self.pattern = mode, pattern
        if self.run is not None:
            self.run.mode, self.run.pattern = mode, pattern

    def _deliver(self, stream: int, record: Record) -> None:
        run = self._run_of(stream)
        if run is not None:
            run.take(record)

    def _run_of(self, stream: int) -> ActiveRun | None:
        """The run that a stream is for; None where another one has taken its place."""
        if self.run is not None and self.run.stream == stream:
            return self.run
        return next((lane for lane in self.lanes if lane.stream == stream), None)
