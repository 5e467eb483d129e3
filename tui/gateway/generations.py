"""Generations and their producers: one task per answer reads the upstream into a log, whoever reads the log.

The producer appends before anybody sends. Cancel means stop, and so does the last reader leaving, unless a grace
time for resuming is set. How a log is written to a client is the writers' matter (sse_adapter, ws_handler).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

from tui.core.chunks import Outcome, StreamChunk, StreamProblem, StreamResult
from tui.core.request import StreamRequest
from tui.errors import GatewayError
from tui.gateway import gateway_events as events
from tui.gateway.closing import Closing
from tui.gateway.faults import FAULT_GRACE_S, ConnectionCutError
from tui.gateway.gateway_settings import GatewayLimits
from tui.gateway.generation_log import GenerationLog, LogEntry, LogGapError
from tui.gateway.log_store import LogStore
from tui.gateway.stream_slots import StreamSlots
from tui.gateway.upstreams import Upstream, UpstreamRun

_LOGGER = logging.getLogger(__name__)
_UNREAD_S = 10.0
"""A generation that no writer took up within this time has lost its client before the response began."""


class Generation:
    """One answer being made: its log, its upstream run, and who reads it. Ends with exactly one terminal event."""

    def __init__(self, generation_id: str, log: GenerationLog, hidden: tuple[str, ...], limit_bytes: int) -> None:
        self.id = generation_id
        self.log = log
        self.reader_count = 0
        self.ended = asyncio.Event()
        self.release_timer: asyncio.TimerHandle | None = None
        self._proof = events.ContentProof()
        self._hidden = hidden
        self._room_bytes = limit_bytes
        self._run: UpstreamRun | None = None
        self._is_stopped = False
        self._problem: StreamProblem | None = None

    def add_chunks(self, chunks: list[StreamChunk]) -> None:
        """Logs what one read of the upstream brought; over the limit the generation stops with `too_large`."""
        for chunk in chunks:
            if self._is_stopped or not events.is_worth_sending(chunk):
                continue
            line = events.to_json_line(events.chunk_members(chunk, self._proof.count))
            self._room_bytes -= len(line)
            if self._room_bytes < 0:
                self.stop(StreamProblem.of("too_large", "The answer is longer than the gateway lets one be."))
                return
            self.log.append(events.CHUNK, line)
            self._proof.add(chunk.content)

    def stop(self, problem: StreamProblem | None = None) -> None:
        """Closes the upstream at once: a cancel, or a fault of the gateway's when there is a problem. Idempotent."""
        if self._is_stopped or self.log.terminal is not None:
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
            if self.log.terminal is None:
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
            self._finish(events.CANCELLED, self._proof.members())
        elif result.outcome is Outcome.COMPLETED:
            self._finish(events.DONE, events.done_members(result.finish_reason, result.usage, self._proof))
        else:
            problem = result.problem or StreamProblem.of("internal", "The upstream ended without a reason.")
            self._finish_error(events.public_problem(problem, self._hidden), result.outcome)

    def _finish_error(self, problem: StreamProblem, outcome: Outcome) -> None:
        self._finish(events.ERROR, events.error_members(problem, outcome, self._proof))

    def _finish(self, event: str, members: dict[str, Any]) -> None:
        self._run = None  # it holds all chunks a second time
        self.log.finish(event, events.to_json_line(members))
        self.ended.set()


class Generations:
    """All generations of a gateway: starts, finds and cancels them, and owns their producer tasks."""

    def __init__(
        self,
        upstream: Upstream,
        limits: GatewayLimits,
        slots: StreamSlots,
        store: LogStore,
        *,
        closing: Closing,
        grace_s: float = 0.0,
    ) -> None:
        self._upstream = upstream
        self._limits = limits
        self._slots = slots
        self._store = store
        self._closing = closing
        self._grace_s = grace_s
        self._running: dict[str, Generation] = {}
        self._tasks: asyncio.TaskGroup | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The time in which generations can be made; at its end all producers have ended."""
        async with asyncio.TaskGroup() as self._tasks:
            try:
                yield
            finally:
                self.stop_all()

    def start(self, request: StreamRequest, generation_id: str | None = None) -> Generation:
        """A new generation whose producer runs; `generation_id` is one that was announced before (`new_id`).

        Raises GatewayError 503 when there are too many.
        """
        if self._tasks is None:
            raise RuntimeError("generations are started inside running()")
        self._slots.take()
        generation_id = generation_id or new_id()
        hidden = tuple(self._upstream.secrets)
        generation = Generation(generation_id, self._store.create(generation_id), hidden, self._limits.stream_bytes)
        self._running[generation_id] = generation
        self._release_after(generation, max(self._grace_s, _UNREAD_S))
        self._tasks.create_task(self._produce(generation, request))
        return generation

    def log_of(self, generation_id: str) -> GenerationLog:
        """The log of that generation. Raises GatewayError 410 when it is unknown or forgotten."""
        log = self._store.find(generation_id)
        if log is None:
            raise _gone("The gateway does not know this answer, or no longer.")
        return log

    def resumable(self, generation_id: str, after: int) -> GenerationLog:
        """As `log_of`, if all that comes after event `after` can still be read; else GatewayError 410."""
        log = self.log_of(generation_id)
        try:
            log.check_cursor(after)
        except LogGapError as gap:
            raise _gone(f"The answer cannot go on there: {gap}.") from gap
        return log

    async def cancel(self, generation_id: str, wait_s: float) -> LogEntry | None:
        """Stops a generation and gives its terminal event; None when it had not ended after `wait_s`.

        One that had ended stays as it was. Raises GatewayError as `log_of`.
        """
        log = self.log_of(generation_id)
        generation = self._running.get(generation_id)
        if generation is not None:
            generation.stop()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await generation.ended.wait()
        return log.terminal

    def stop(self, generation_id: str) -> None:
        """Stops a generation that runs; its readers get the terminal event."""
        if generation_id in self._running:
            self._running[generation_id].stop()

    @contextmanager
    def reading(self, generation_id: str) -> Iterator[None]:
        """The time in which a client reads; when the last one leaves, the upstream is closed (after the grace)."""
        generation = self._running.get(generation_id)
        if generation is not None:
            generation.reader_count += 1
            _stop_timer(generation)
        grace_s = self._grace_s
        try:
            with self._closing.serving():
                yield
        except ConnectionCutError:
            grace_s = max(grace_s, FAULT_GRACE_S)  # the client did not leave, so it may come back
            raise
        finally:
            if generation is not None:
                generation.reader_count -= 1
                if generation.reader_count == 0:
                    self._release_after(generation, grace_s)

    @property
    def is_closing(self) -> bool:
        """Whether the gateway is about to end."""
        return self._closing.has_begun

    def stop_all(self) -> None:
        """Takes no further ones and ends each with an error event that says why."""
        self._closing.begin()
        for generation in list(self._running.values()):
            generation.stop(shutdown_problem())

    def _release_after(self, generation: Generation, delay_s: float) -> None:
        if generation.log.terminal is not None:
            return
        if delay_s <= 0:
            generation.stop()
        else:
            generation.release_timer = asyncio.get_running_loop().call_later(delay_s, generation.stop)

    async def _produce(self, generation: Generation, request: StreamRequest) -> None:
        def open_run() -> UpstreamRun:
            return self._upstream.open_run(request, generation.add_chunks, generation.log.room)

        try:
            await generation.produce(open_run, self._limits.generation_s)
        finally:
            self._slots.give_back()
            _stop_timer(generation)
            del self._running[generation.id]
            self._store.retire(generation.id)


def new_id() -> str:
    """The id of a generation: who knows it may read and cancel it, so it cannot be guessed."""
    return secrets.token_hex(16)


def shutdown_problem() -> StreamProblem:
    """What the streams of a gateway that ends are told."""
    return StreamProblem.of("server_going_away", "The gateway is shutting down.")


def _stop_timer(generation: Generation) -> None:
    if generation.release_timer is not None:
        generation.release_timer.cancel()


def _gone(message: str) -> GatewayError:
    return GatewayError(410, "resume_expired", message)
