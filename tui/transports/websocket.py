"""The WebSocket transport: websockets, against a gateway's route; and the seed's `WebSocketStreamClient`.

Messages are taken inside the library's own read callback, so a message carries the time of the socket read that
completed it and nothing is queued; the coroutine only sends. What messages mean is the decoder's business.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import Event

from tui.core.capture import Marker, Read, ResponseHead
from tui.core.chunks import StreamChunk
from tui.core.endpoints import Endpoint, endpoint_for
from tui.core.readers.safe_records import safe_headers
from tui.core.request import RunPlan, TransportName
from tui.core.wire.ws_messages import WSMessage
from tui.transports.base import Headers, Now, ResumePoint, Take, fault_headers
from tui.transports.chunk_iteration import ActiveRuns, MessageLike, iterate_chunks, request_of
from tui.transports.credentials import Credentials
from tui.transports.tls_contexts import tls_context
from tui.version import __version__

CANCEL_LIMIT_S = 1.0
CLOSE_LIMIT_S = 0.25


class WebSocketTransport:
    """Opens a WebSocket, sends the prompt and gives each message as a read (see `base.Transport`).

    `is_break` says, while `exchange` is being cancelled, that a clock of the run ended it and nobody cancelled:
    then the connection just closes, and a resumed one may follow.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        credentials: Credentials,
        is_break: Callable[[], bool] = lambda: False,
    ) -> None:
        self._endpoint = endpoint
        self._credentials = credentials
        self._is_break = is_break

    async def exchange(self, plan: RunPlan, take: Take, now: Now, resume_after: ResumePoint | None = None) -> None:
        """One connection. Raises what websockets raises; a close with 1000 is a clean end."""
        try:
            connection = await self._connect(plan, take, now, [] if resume_after else fault_headers(plan))
        except InvalidStatus as refusal:
            _take_refusal(refusal.response, take, now())
            raise
        try:
            await self._converse(connection, plan, resume_after)
        finally:
            await _shut(connection)
        connection.raise_fault()

    async def _connect(self, plan: RunPlan, take: Take, now: Now, further: Headers) -> _StampedConnection:
        def make_connection(*args: Any, **options: Any) -> _StampedConnection:
            return _StampedConnection(*args, intake=_Intake(take, now), **options)

        tls: dict[str, Any] = {"ssl": tls_context(plan.ca_file)} if self._endpoint.is_secure else {}
        connection = await _connect_once(
            self._endpoint.url,
            additional_headers=[*self._credentials.request_headers(), *further],
            user_agent_header=f"streamscope/{__version__}",
            compression=None,  # a compressed message would hide its own size and time
            proxy=None if self._endpoint.is_loopback else True,
            open_timeout=None,  # the run's own clocks cancel this call
            ping_interval=None,  # as above; and an instrument adds no traffic of its own
            close_timeout=CLOSE_LIMIT_S,
            max_size=plan.event_limit_bytes,
            create_connection=make_connection,  # type: ignore[arg-type]  # a factory serves as well as the class
            **tls,
        )
        if not isinstance(connection, _StampedConnection):
            raise TypeError(f"expected the connection of our own factory, found {type(connection).__name__}")
        return connection

    async def _converse(self, connection: _StampedConnection, plan: RunPlan, resume_after: ResumePoint | None) -> None:
        """Sends the request, waits for the end of the answer; cancelled, it says so to the far end first."""
        if connection.finished.is_set():
            return
        try:
            connection.intake.take(Marker("sent", connection.intake.now()))
            await connection.send(_opening(plan, resume_after))
            await connection.finished.wait()
        except asyncio.CancelledError:
            if not self._is_break():
                await _say_cancel(connection)
            raise


@dataclass(slots=True)
class _Intake:
    """Where a connection puts what it gets, and its clock."""

    take: Take
    now: Now


class _StampedConnection(ClientConnection):
    """A connection that gives each message to its intake as soon as the socket read that completed it is parsed.

    `finished` is set once nothing more is wanted or can come: the run said so, a close frame came or had to be
    sent, or the connection is lost.
    """

    def __init__(self, *args: Any, intake: _Intake, **options: Any) -> None:
        super().__init__(*args, **options)
        self.intake = intake
        self.finished = asyncio.Event()
        self._read_at = 0.0
        self._parts: list[bytes] = []
        self._wire_bytes = 0
        self._is_text = True
        self._fault: Exception | None = None
        self._is_enough = False

    def data_received(self, data: bytes) -> None:
        """The socket read; stamped before anything else."""
        self._read_at = self.intake.now()
        super().data_received(data)
        if self.protocol.close_expected():
            self.finished.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end of the connection, for whatever reason."""
        super().connection_lost(exc)
        self.finished.set()

    def process_event(self, event: Event) -> None:
        """The handshake's response, then frames: data frames go to the intake and are not queued."""
        is_response = self.response is None
        if is_response or not isinstance(event, Frame) or event.opcode not in _DATA_OPCODES:
            super().process_event(event)
            if is_response and isinstance(event, Response) and event.status_code == 101:
                self._take_head(event)
        elif not self._is_enough and self._fault is None:
            self._take_frame(event)

    def raise_fault(self) -> None:
        """Raises how the connection broke; returns when the run had enough or the far end closed with 1000."""
        if self._is_enough:
            return
        if self._fault is not None:
            raise self._fault
        closed = self.close_exc
        if closed.rcvd is None or closed.rcvd.code not in (CloseCode.NORMAL_CLOSURE, CloseCode.NO_STATUS_RCVD):
            raise closed

    def _take_head(self, response: Response) -> None:
        self._guard(ResponseHead(response.status_code, safe_headers(response.headers.raw_items()), self._read_at))

    def _take_frame(self, frame: Frame) -> None:
        if frame.opcode is not Opcode.CONT:
            self._is_text = frame.opcode is Opcode.TEXT
        self._parts.append(bytes(frame.data))
        self._wire_bytes += _frame_bytes(len(frame.data))
        if not frame.fin:
            return
        data, wire_bytes = b"".join(self._parts), self._wire_bytes
        self._parts.clear()
        self._wire_bytes = 0
        try:
            content = data.decode() if self._is_text else data
        except UnicodeDecodeError as error:
            self._fail(error, CloseCode.INVALID_DATA)
            return
        self._guard(Read(self._read_at, content, wire_bytes))

    def _guard(self, item: ResponseHead | Read) -> None:
        """Gives an item; an exception must not reach the event loop, which would only log it."""
        try:
            self._is_enough = not self.intake.take(item)
        except Exception as error:  # noqa: BLE001  kept, and raised where the run awaits it
            self._fail(error, CloseCode.INTERNAL_ERROR)
        if self._is_enough:
            self.finished.set()

    def _fail(self, error: Exception, code: CloseCode) -> None:
        self._fault = error
        self.protocol.fail(code)
        self.send_data()
        self.finished.set()


_DATA_OPCODES = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)


class _connect_once(connect):  # noqa: N801  the library's own spelling
    """`connect` without redirects: the key and the prompt go nowhere unasked."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """The refusal itself, always."""
        return exc


def _opening(plan: RunPlan, resume_after: ResumePoint | None) -> str:
    if resume_after is not None:
        return WSMessage("resume", {"gen": resume_after[0], "after": resume_after[1]}).to_json()
    return WSMessage("complete", plan.request.to_body()).to_json()


def _take_refusal(response: Response, take: Take, at: float) -> None:
    if take(ResponseHead(response.status_code, safe_headers(response.headers.raw_items()), at)) and response.body:
        take(Read(at, bytes(response.body), len(response.body)))


def _frame_bytes(payload_bytes: int) -> int:
    """The size of an unmasked frame (RFC 6455 5.2)."""
    return payload_bytes + (2 if payload_bytes < 126 else 4 if payload_bytes < 65536 else 10)


async def _say_cancel(connection: _StampedConnection) -> None:
    """Asks the far end to stop, and takes what it says to that."""
    with contextlib.suppress(Exception):  # a link that is already broken needs no farewell
        async with asyncio.timeout(CANCEL_LIMIT_S):
            await connection.send(WSMessage("cancel", {}).to_json())
            await connection.finished.wait()


async def _shut(connection: _StampedConnection) -> None:
    """Closes at once: a far end that does not answer the close frame in time is left."""
    try:
        async with asyncio.timeout(CLOSE_LIMIT_S):
            await connection.close()
    except TimeoutError:
        pass
    finally:
        connection.transport.abort()
    await connection.wait_closed()


class WebSocketStreamClient:
    """The seed's client: `connect`, then `stream_completion` as often as wanted, then `disconnect`.

    Each completion makes its own connection, so that its times and its end are its own; `connect` therefore
    only checks the address. `options` are fields of RunPlan (clocks, retries, resume, ...).
    """

    def __init__(self, url: str, **options: Any) -> None:
        self._url = url
        self._options = options
        self._active: ActiveRuns = {}

    async def connect(self) -> None:
        """Checks the address. Raises UsageError when it is no gateway's."""
        endpoint_for(TransportName.WS, self._url)

    async def disconnect(self) -> None:
        """Cancels what is still streaming; returns when its connections are closed."""
        tasks = list(self._active.values())
        for run in self._active:
            run.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def stream_completion(self, messages: Iterable[MessageLike], **settings: Any) -> AsyncGenerator[StreamChunk, None]:
        """Chunks as they come. `settings` are fields of StreamRequest.

        Closing the generator cancels and closes the connection: leave it through `contextlib.aclosing`. Raises
        StreamBrokenError, with the whole result, when the stream ends without proof that it is complete.
        """
        plan = RunPlan(TransportName.WS, self._url, request_of(messages, **settings), **self._options)
        return iterate_chunks(plan, self._active)
