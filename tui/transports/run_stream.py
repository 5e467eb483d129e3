"""One run: clocks, retries, resume and the outcome around any transport.

Every front end runs its streams through `StreamRun`. It hands on what came and keeps the decoder, which it needs
for its clocks and for the proof of the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum, auto
from urllib.parse import urljoin, urlsplit

from tui.core.capture import CaptureEnd, Marker, Read, ResponseHead
from tui.core.chunks import Outcome, StreamChunk, StreamProblem, StreamResult
from tui.core.endpoints import WS_ROUTE, Endpoint, endpoint_for, endpoint_of
from tui.core.request import RunPlan, TransportName
from tui.core.wire.response_decoder import ResponseDecoder
from tui.errors import UsageError
from tui.transports.base import Emit, ResumePoint, Room, SourceItem, Transport
from tui.transports.capture_header import header_of
from tui.transports.classify import classify, refusal_problem
from tui.transports.credentials import PROVIDER_KEY, Credentials, credentials_of, known_secrets, mask_secrets
from tui.transports.interruptible import Interruptible
from tui.transports.masked_emit import MaskedEmit
from tui.transports.resumption import Resumption
from tui.transports.retry_rules import RECONNECTIONS, may_retry, retry_delay_s, status_of
from tui.transports.run_watchdog import LOOK_S, Growth, Watchdog
from tui.transports.stamped_socket import ReadHold

REFUSAL_BODY_S = 5.0
"""How long the body of a response that is no stream may take."""

FORGET_S = 1.0
"""How long telling a gateway of a cancel may take where its connection could not."""


class _Wait(Enum):
    """What the run's clock waits for."""

    CONNECTION = auto()
    FIRST_TOKEN = auto()
    NEXT_TOKEN = auto()
    REFUSAL_BODY = auto()


class StreamRun:
    """One run of a plan, made once.

    `emit` gets a CaptureHeader first, then heads, reads and markers as they happen, and one CaptureEnd last.
    `on_chunks` gets the chunks of each read that made any. `transport` replaces the plan's own (a replay, a
    test); the plan's URL and keys are then not looked at. `clock` is monotonic; time 0 of the capture is the
    beginning of `run`. `key_name` is the variable of the provider's key. `room` slows direct down to its taker.
    `hold_s` lets what HTTP brings wait so long for what comes next, so that both cost one wake-up; stamps stay exact.
    `keeps_chunks` False: who takes the records or the chunks keeps them, so the result has none of its own.
    """

    def __init__(
        self,
        plan: RunPlan,
        emit: Emit,
        *,
        transport: Transport | None = None,
        on_chunks: Callable[[list[StreamChunk]], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        environ: Mapping[str, str] = os.environ,
        key_name: str = PROVIDER_KEY,
        room: Room | None = None,
        hold_s: float = 0.0,
        keeps_chunks: bool = True,
    ) -> None:
        self._plan = plan
        self._emit = emit
        self._transport = transport
        self._on_chunks = on_chunks
        self._clock = clock
        self._environ = environ
        self._key_name = key_name
        self._room = room
        self._hold = ReadHold(hold_s)
        self._keeps_chunks = keeps_chunks
        self._has_looked = False
        self._credentials = Credentials()
        self._endpoint: Endpoint | None = None
        self._call = Interruptible()
        self._watchdog = Watchdog(clock, self._break)
        self._wait = _Wait.CONNECTION
        self._decoder: ResponseDecoder | None = None
        self._head: ResponseHead | None = None
        self._resumption = Resumption()
        self._begin = 0.0
        self._attempts = 0
        self._is_break = self._is_cancelling = False
        self._has_begun = self._has_ended = False
        self._has_chunks = self._has_progress = self._was_accepted = False
        self._growth = Growth()

    @property
    def attempts(self) -> int:
        """Connections made so far, reconnections included."""
        return self._attempts

    async def run(self) -> StreamResult:
        """Runs to the end and gives the result; nothing that the network does makes it raise.

        Raises CancelledError when its task is cancelled, after the sockets are closed and the end is emitted.
        """
        self._begin = self._clock()
        self._emit = MaskedEmit(self._emit, known_secrets(self._plan, self._environ, self._key_name))
        self._has_begun = True
        self._emit(header_of(self._plan, self._begin))
        try:
            result = await self._prepare_and_connect()
        except asyncio.CancelledError:
            self._is_cancelling = True
            self._end(self._result(None))
            raise
        except Exception as error:  # noqa: BLE001  the edge: a fault of our own is an outcome, not a crash
            result = self._result(StreamProblem.of("internal", f"unexpected {type(error).__name__}"))
        return self._end(result)

    def cancel(self) -> None:
        """Asks the run to end with the outcome `cancelled`; at once, at any time, as often as wanted."""
        if self._is_cancelling or self._has_ended:
            return
        self._is_cancelling = True
        self._is_break = False
        if self._has_begun:
            self._mark("cancelling")
            self._hold.release()
            self._call.interrupt()

    def _break(self) -> None:
        """A clock ran out: the connection just ends, because an answer to a farewell would pass for the outcome."""
        if self._hold.release() and not self._has_looked:  # what came in time may move the clock
            self._has_looked = True
            self._watchdog.allow(LOOK_S)
            return
        self._is_break = True
        self._call.interrupt()

    async def _prepare_and_connect(self) -> StreamResult:
        if self._transport is None:
            try:
                self._transport = self._own_transport()
            except UsageError as refusal:
                return self._result(refusal_problem(refusal))
        try:
            return await self._connect_until_done(self._transport)
        finally:
            self._watchdog.stop()

    def _own_transport(self) -> Transport:
        """The plan's transport. Its module is imported now, so that a run pays only for the library it uses."""
        endpoint = self._endpoint = endpoint_of(self._plan)
        keys = self._credentials = credentials_of(self._plan, endpoint, self._environ, self._key_name)
        match self._plan.transport:
            case TransportName.DIRECT:
                from tui.transports.direct import DirectTransport  # noqa: PLC0415  see above

                return DirectTransport(endpoint, keys, self._room, self._hold)
            case TransportName.SSE:
                from tui.transports.sse import SSETransport  # noqa: PLC0415  see above

                return SSETransport(endpoint, keys, self._hold)
            case TransportName.WS:
                from tui.transports.websocket import WebSocketTransport  # noqa: PLC0415  see above

                return WebSocketTransport(endpoint, keys, lambda: self._is_break)

    async def _connect_until_done(self, transport: Transport) -> StreamResult:
        point: ResumePoint | None = None
        while not self._is_unwanted():
            problem = await self._connect_once(transport, point)
            if self._is_unwanted():
                break
            if self._can_resume(problem):
                point = await self._before_reconnection()
                continue
            is_reported = self._is_over
            result = self._result(problem)
            if result.problem is None or not self._can_retry(result.problem, is_reported=is_reported):
                return result
            point = None
            await self._before_retry(result.problem)
        await self._forget()
        return self._result(None)

    def _is_unwanted(self) -> bool:
        """Whether `cancel` was called, at whatever await."""
        return self._is_cancelling

    async def _connect_once(self, transport: Transport, point: ResumePoint | None) -> StreamProblem | None:
        """One connection to its end. None: the bytes ended cleanly, the run had enough, or it was cancelled."""
        self._attempts += 1
        self._head = None
        self._is_break = False
        self._mark("connecting")
        self._wait_for(_Wait.CONNECTION, self._plan.clocks.connect_s)
        try:
            await self._call.run(transport.exchange(self._plan, self._take, self._now, point))
        except Exception as error:  # noqa: BLE001  the edge of the transports: every fault gets its name here
            return classify(error, label=self._label, has_head=self._has_stream)
        finally:
            self._watchdog.stop()
        return self._expiry() if self._call.was_interrupted and not self._is_cancelling else None

    def _wait_for(self, wait: _Wait, seconds: float) -> None:
        self._wait = wait
        self._has_looked = False
        self._watchdog.allow(seconds)

    def _expiry(self) -> StreamProblem | None:
        """What the clock that ran out means; the body of a refusal may be cut, its status says enough."""
        clocks = self._plan.clocks
        match self._wait:
            case _Wait.CONNECTION:
                return StreamProblem.of("timeout", f"no connection to {self._label} within {clocks.connect_s:g} s")
            case _Wait.FIRST_TOKEN:
                return StreamProblem.of("timeout", f"{self._label} sent no token within {clocks.first_token_s:g} s")
            case _Wait.NEXT_TOKEN:
                return StreamProblem.of("idle_timeout", f"{self._label} sent no token for {clocks.idle_s:g} s")
            case _Wait.REFUSAL_BODY:
                return None

    @property
    def _is_over(self) -> bool:
        return self._decoder is not None and self._decoder.is_over

    @property
    def _has_stream(self) -> bool:
        """Whether the connection at hand was accepted."""
        return self._head is not None and self._head.status in (101, 200)

    @property
    def _label(self) -> str:
        return self._endpoint.label if self._endpoint else "the source"

    def _now(self) -> float:
        return round(self._clock() - self._begin, 6)  # as fine as a capture file keeps it

    def _mark(self, name: str, text: str = "") -> None:
        self._emit(Marker(name, self._now(), text, max(1, self._attempts)))

    def _take(self, item: SourceItem) -> bool:
        match item:
            case Read():
                return self._take_read(item)
            case ResponseHead():
                return self._take_head(item)
            case Marker():
                self._emit(replace(item, attempt=self._attempts))
                if item.name == "sent":
                    self._wait_for_token()
                return True

    def _take_head(self, head: ResponseHead) -> bool:
        self._head = head
        self._emit(head)
        if self._decoder is None or not self._has_chunks:
            self._decoder = self._new_decoder(head)
        else:
            self._decoder.reconnect(head.status, head.headers, head.at)
        if self._has_stream:
            self._was_accepted = True
            self._resumption.note_head(head)
        else:
            self._wait_for(_Wait.REFUSAL_BODY, min(REFUSAL_BODY_S, self._plan.clocks.first_token_s))
        return not self._decoder.is_over

    def _take_read(self, read: Read) -> bool:
        self._emit(read)
        if self._decoder is None:  # the capture of a body alone, replayed, has no head
            self._decoder = self._new_decoder(ResponseHead(200, (), read.at))
        chunks = self._decoder.feed(read.data, read.at)
        seam = self._resumption.seam(self._decoder)
        if seam is not None:
            self._mark("seam", seam)
        if chunks:
            self._note_chunks(chunks)
        elif self._growth.is_seen(self._decoder.unfinished_size) and self._wait is _Wait.NEXT_TOKEN:
            self._wait_for_token()
        return not self._decoder.is_over

    def _note_chunks(self, chunks: list[StreamChunk]) -> None:
        self._has_chunks = True
        if any(chunk.is_progress for chunk in chunks):
            self._has_progress = True
            self._wait_for_token()
        if self._on_chunks is not None:
            self._on_chunks(chunks)

    def _new_decoder(self, head: ResponseHead) -> ResponseDecoder:
        return ResponseDecoder(
            self._plan.dialect,
            status=head.status,
            headers=head.headers,
            event_limit_bytes=self._plan.event_limit_bytes,
            keeps_course=self._keeps_chunks,
        )

    def _wait_for_token(self) -> None:
        clocks = self._plan.clocks
        if self._has_progress:
            self._wait_for(_Wait.NEXT_TOKEN, clocks.idle_s)
        else:
            self._wait_for(_Wait.FIRST_TOKEN, clocks.first_token_s)

    def _can_retry(self, problem: StreamProblem, *, is_reported: bool) -> bool:
        """Whether the prompt may be sent again. `is_reported`: a gateway told of it in the stream, in good order."""
        if self._has_chunks or self._attempts > self._plan.retries:
            return False
        is_connecting = self._wait is _Wait.CONNECTION
        return may_retry(problem, is_accepted=self._was_accepted and not is_reported, is_connecting=is_connecting)

    async def _before_retry(self, problem: StreamProblem) -> None:
        seconds = retry_delay_s(problem, self._attempts)
        reason = status_of(problem) or problem.kind
        self._mark("retrying", f"{self._attempts + 1} of {self._plan.retries + 1} in {seconds:.1f} s ({reason})")
        self._decoder = None
        await self._call.run(asyncio.sleep(seconds))

    def _can_resume(self, problem: StreamProblem | None) -> bool:
        """Whether a gateway's stream broke that may be taken up again; a clean end without proof is a break too."""
        is_able = self._endpoint is not None and self._endpoint.can_resume
        if not (self._plan.resume and is_able and self._was_accepted) or self._is_over:
            return False
        ended = StreamProblem.of("no_terminal", "the stream ended without its end mark")
        return self._resumption.may_begin(self._decoder, self._refusal() or problem or ended)

    async def _before_reconnection(self) -> ResumePoint | None:
        """Waits, then gives the point to go on from."""
        point, seconds = self._resumption.begin(self._decoder, self._refusal())
        self._mark("retrying", f"{self._resumption.count} of {RECONNECTIONS} in {seconds:.1f} s (resume)")
        await self._call.run(asyncio.sleep(seconds))
        return point

    async def _forget(self) -> None:
        """Tells a gateway that may keep the answer for a reconnection that nobody will come; at most 1 s."""
        generation = self._resumption.generation_of(self._decoder)
        is_able = self._endpoint is not None and self._endpoint.can_resume
        if not (self._plan.resume and is_able and generation) or self._is_over:
            return
        from tui.transports.sse import SSETransport  # noqa: PLC0415  a WebSocket that is gone cannot say it

        root = self._plan.url.removesuffix(WS_ROUTE)
        transport = SSETransport(endpoint_for(TransportName.SSE, root), self._credentials)
        with contextlib.suppress(Exception):  # the run is cancelled either way
            async with asyncio.timeout(FORGET_S):
                await transport.forget(self._plan, generation)

    def _refusal(self) -> StreamProblem | None:
        """The head of a connection that was not accepted, as a problem."""
        if self._head is None or self._has_stream:
            return None
        return self._resumption.refusal_of(self._head, self._label)

    def _result(self, problem: StreamProblem | None) -> StreamResult:
        """The run's result as things stand."""
        if self._decoder is None:
            result = StreamResult("", (), outcome=Outcome.FAILED, problem=problem)
        else:
            result = self._decoder.finish(self._now(), end=problem)
            self._resumption.judge(result, self._refusal(), is_link=result.problem is problem)
        is_gateway = self._endpoint is not None and self._endpoint.is_gateway_route
        if problem is not None and problem.kind == "timeout" and is_gateway and not self._has_progress:
            result.outcome = Outcome.FAILED  # a gateway's head comes at once and says nothing of its upstream
        redirect = self._redirect()
        if redirect is not None:
            result.outcome, result.problem = Outcome.FAILED, redirect
        if self._is_cancelling and result.outcome is not Outcome.COMPLETED:
            result.outcome, result.problem = Outcome.CANCELLED, None
        if result.problem is not None:
            result.problem = self._masked(result.problem)
        return result

    def _redirect(self) -> StreamProblem | None:
        location = self._head.header("location") if self._head else None
        if self._head is None or location is None or not 300 <= self._head.status < 400 or self._endpoint is None:
            return None
        target = urlsplit(urljoin(self._endpoint.url, location)).netloc.rpartition("@")[2]
        sentence = f"{self._label} points to {target or 'another address'} ({self._head.status}); it was not followed"
        return StreamProblem.of("redirect", sentence, status=self._head.status)

    def _masked(self, problem: StreamProblem) -> StreamProblem:
        secrets = self._credentials.secrets
        word = mask_secrets(problem.type, secrets) if problem.type else problem.type
        return replace(problem, message=mask_secrets(problem.message, secrets), type=word)

    def _end(self, result: StreamResult) -> StreamResult:
        self._has_ended = True
        if result.outcome is Outcome.CANCELLED:
            self._mark("cancelled")
        self._emit(CaptureEnd(self._now(), result.outcome, result.problem, self._attempts))
        return result
