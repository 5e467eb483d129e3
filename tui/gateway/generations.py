"""Generations and their producers: one task per answer reads the upstream into a log, whoever reads the log.

The producer appends before anybody sends. Cancel means stop, and so does the last reader leaving, unless a grace
time for resuming is set. How a log is written to a client is the writers' matter (sse_adapter, ws_handler).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from tui.core.chunks import Outcome, StreamChunk, StreamProblem, StreamResult
from tui.core.request import StreamRequest
from tui.errors import GatewayError
from tui.gateway import gateway_events as events
from tui.gateway.gateway_settings import GatewayLimits
from tui.gateway.generation_log import GenerationLog, LogFullError, LogGapError, MemoryLog
from tui.gateway.stream_slots import StreamSlots
from tui.gateway.upstreams import Upstream, UpstreamRun

_LOGGER = logging.getLogger(__name__)
_ENTRY_COST_BYTES = 144
"""What an entry costs beyond its data: by sys.getsizeof 56 + 49 (text) + 28 (number), and its place in the list."""
_UNREAD_S = 10.0
"""A generation that no writer took up within this time has lost its client before the response began."""


class Generation:
    """One answer: its log, its upstream run, and who reads it. Ends with exactly one terminal event."""

    def __init__(self, log: GenerationLog, hidden: tuple[str, ...]) -> None:
        self.id = secrets.token_hex(16)
        self.log = log
        self.proof = events.ContentProof()
        self.reader_count = 0
        self.ended = asyncio.Event()
        self.terminal: str | None = None
        self.release_timer: asyncio.TimerHandle | None = None
        self._hidden = hidden
        self._run: UpstreamRun | None = None
        self._is_stopped = False
        self._problem: StreamProblem | None = None

    def add_chunks(self, chunks: list[StreamChunk]) -> None:
        """Logs what one read of the upstream brought; over the cap the generation stops with `too_large`."""
        for chunk in chunks:
            if self._is_stopped or not events.is_worth_sending(chunk):
                continue
            try:
                self.log.append(events.CHUNK, events.to_json_line(events.chunk_members(chunk, self.proof.count)))
            except LogFullError as full:
                self.stop(StreamProblem.of("too_large", f"The gateway's log is full: {full}."))
                return
            self.proof.add(chunk.content)

    def stop(self, problem: StreamProblem | None = None) -> None:
        """Closes the upstream at once: a cancel, or a fault of the gateway's when there is a problem. Idempotent."""
        if self._is_stopped or self.terminal is not None:
            return
        self._is_stopped = True
        self._problem = problem
        if self._run is not None:
            self._run.cancel()

    async def produce(self, open_run: Callable[[], UpstreamRun], time_limit_s: float) -> None:
        """Runs the upstream to its end and writes the terminal event; raises nothing but a cancel of the task."""
        try:
            self._finish_with(await self._result(open_run, time_limit_s))
        except Exception:
            # The outer edge of a producer: a fault of ours must end this stream, and no other.
            _LOGGER.exception("a generation failed inside the gateway")
            self._finish_error(StreamProblem.of("internal", "The gateway itself failed."), Outcome.INCOMPLETE)
        finally:
            if self.terminal is None:
                self._finish_error(shutdown_problem(), Outcome.INCOMPLETE)

    async def _result(self, open_run: Callable[[], UpstreamRun], time_limit_s: float) -> StreamResult:
        if self._is_stopped:
            return StreamResult("", (), outcome=Outcome.CANCELLED)
        try:
            self._run = open_run()
            async with asyncio.timeout(time_limit_s):
                return await self._run.run()
        except TimeoutError:
            self._problem = StreamProblem.of("timeout", f"The gateway ends an answer after {time_limit_s:g} s.")
            return StreamResult("", (), outcome=Outcome.INCOMPLETE)
        except GatewayError as refusal:
            problem = StreamProblem.of(f"http_{refusal.status}", str(refusal), type=refusal.code, status=refusal.status)
            return StreamResult("", (), outcome=Outcome.FAILED, problem=problem)

    def _finish_with(self, result: StreamResult) -> None:
        if self._problem is not None:
            self._finish_error(self._problem, Outcome.INCOMPLETE)
        elif result.outcome is Outcome.CANCELLED or self._is_stopped:
            self._finish(events.CANCELLED, self.proof.members())
        elif result.outcome is Outcome.COMPLETED:
            self._finish(events.DONE, events.done_members(result.finish_reason, result.usage, self.proof))
        else:
            problem = result.problem or StreamProblem.of("internal", "The upstream ended without a reason.")
            self._finish_error(events.public_problem(problem, self._hidden), result.outcome)

    def _finish_error(self, problem: StreamProblem, outcome: Outcome) -> None:
        self._finish(events.ERROR, events.error_members(problem, outcome, self.proof))

    def _finish(self, event: str, members: dict[str, Any]) -> None:
        self.terminal = event
        self._run = None  # it holds all chunks a second time, and a finished log is kept for minutes
        self.log.finish(event, events.to_json_line(members))
        self.ended.set()


class Generations:
    """All generations of a gateway: starts, finds, cancels and forgets them, and owns their producer tasks."""

    def __init__(self, upstream: Upstream, limits: GatewayLimits, slots: StreamSlots, grace_s: float = 0.0) -> None:
        self._upstream = upstream
        self._limits = limits
        self._slots = slots
        self._grace_s = grace_s
        self._running: dict[str, Generation] = {}
        self._finished: OrderedDict[str, tuple[Generation, float]] = OrderedDict()
        self._retained_bytes = 0
        self._reader_count = 0
        self._all_read = asyncio.Event()
        self._tasks: asyncio.TaskGroup | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The time in which generations can be made; at its end all producers have ended."""
        async with asyncio.TaskGroup() as self._tasks:
            try:
                yield
            finally:
                self.stop_all()

    def start(self, request: StreamRequest) -> Generation:
        """A new generation whose producer runs. Raises GatewayError 503 when there are too many."""
        if self._tasks is None:
            raise RuntimeError("generations are started inside running()")
        self._slots.take()
        limits = self._limits
        generation = Generation(MemoryLog(limits.log_events, limits.log_bytes), tuple(self._upstream.secrets))
        self._running[generation.id] = generation
        self._release_after(generation, max(self._grace_s, _UNREAD_S))
        self._tasks.create_task(self._produce(generation, request))
        return generation

    def find(self, generation_id: str) -> Generation:
        """The generation of that id. Raises GatewayError 410 when it is unknown or forgotten."""
        self._forget_old()
        if generation_id in self._running:
            return self._running[generation_id]
        if generation_id in self._finished:
            return self._finished[generation_id][0]
        raise _gone("The gateway does not know this answer, or no longer.")

    def resume(self, generation_id: str, after: int) -> Generation:
        """As `find`, if all that comes after event `after` can still be read; else GatewayError 410."""
        generation = self.find(generation_id)
        try:
            generation.log.check_cursor(after)
        except LogGapError as gap:
            raise _gone(f"The answer cannot go on there: {gap}.") from gap
        return generation

    @contextmanager
    def reading(self, generation: Generation) -> Iterator[None]:
        """The time in which a client reads; when the last one leaves, the upstream is closed (after the grace)."""
        generation.reader_count += 1
        self._reader_count += 1
        self._all_read.clear()
        if generation.release_timer is not None:
            generation.release_timer.cancel()
        try:
            yield
        finally:
            generation.reader_count -= 1
            self._reader_count -= 1
            if generation.reader_count == 0:
                self._release_after(generation, self._grace_s)
            if self._reader_count == 0:
                self._all_read.set()

    @property
    def is_closing(self) -> bool:
        """Whether the gateway is about to end."""
        return self._slots.is_closing

    def stop_all(self) -> None:
        """Takes no further ones and ends each with an error event that says why."""
        self._slots.is_closing = True
        for generation in list(self._running.values()):
            generation.stop(shutdown_problem())

    async def drain(self, wait_s: float) -> None:
        """Returns when every reader has had its terminal event, at the latest after `wait_s`."""
        try:
            async with asyncio.timeout(wait_s):
                if self._reader_count:
                    await self._all_read.wait()
        except TimeoutError:
            _LOGGER.warning("%d readers did not take their last event", self._reader_count)

    def _release_after(self, generation: Generation, delay_s: float) -> None:
        if generation.terminal is not None:
            return
        if delay_s <= 0:
            generation.stop()
        else:
            generation.release_timer = asyncio.get_running_loop().call_later(delay_s, generation.stop)

    async def _produce(self, generation: Generation, request: StreamRequest) -> None:
        try:
            await generation.produce(
                lambda: self._upstream.open_run(request, generation.add_chunks), self._limits.generation_s
            )
        finally:
            self._slots.give_back()
            self._retain(generation)

    def _retain(self, generation: Generation) -> None:
        if generation.release_timer is not None:
            generation.release_timer.cancel()
        del self._running[generation.id]
        self._finished[generation.id] = (generation, asyncio.get_running_loop().time())
        self._retained_bytes += _cost(generation)
        self._forget_old()

    def _forget_old(self) -> None:
        limits = self._limits
        horizon = asyncio.get_running_loop().time() - limits.retained_s
        while self._finished:
            generation, ended_at = next(iter(self._finished.values()))
            is_many = len(self._finished) > limits.retained_count or self._retained_bytes > limits.retained_bytes
            if not is_many and ended_at > horizon:
                return
            del self._finished[generation.id]
            self._retained_bytes -= _cost(generation)


def shutdown_problem() -> StreamProblem:
    """What the streams of a gateway that ends are told."""
    return StreamProblem.of("server_going_away", "The gateway is shutting down.")


def _cost(generation: Generation) -> int:
    return generation.log.byte_count + _ENTRY_COST_BYTES * generation.log.next_seq


def _gone(message: str) -> GatewayError:
    return GatewayError(410, "resume_expired", message)
