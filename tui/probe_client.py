"""The app's end of the probe: sends commands, reads capture lines, sorts them to their streams.

One reader for the whole pipe. It yields to the screen on a time budget, never per line. A probe that dies gives
its open streams the outcome `incomplete`, kind `internal`, and is started again by the next use.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tui.child_process import ChildProcess
from tui.core.capture import CaptureEnd, CaptureHeader, Record
from tui.core.capture_codec import decode_line
from tui.core.chunks import Outcome, StreamProblem
from tui.core.request import RunPlan
from tui.errors import CaptureError, StreamscopeError

Deliver = Callable[[int, Record], None]
"""Takes a record of a stream; called in order, on the app's loop."""

_READ_BYTES = 65536
_BUDGET_S = 0.004
_TURNS = 6  # a key takes some ten turns of the loop from the terminal to the screen; one turn a budget is too slow
_START_PATIENCE_S = 30.0
_ACK_PATIENCE_S = 1.0
_END_PATIENCE_S = 2.5
_STOP_PATIENCE_S = 2.0


class _OpenStream:
    """A stream whose end has not come yet. `clock` is the monotonic clock at time 0 of its capture."""

    def __init__(self) -> None:
        self.clock = time.monotonic()
        self.is_cancelling = False
        self.acknowledged = asyncio.Event()
        self.ended = asyncio.Event()

    def end(self) -> None:
        """Nobody need wait for it any more, nor for the answer to its cancel."""
        self.acknowledged.set()
        self.ended.set()


class ProbeClient:
    """The probe as the app sees it. Own it with one task that awaits `serve`.

    `pause_s` tells for how long what comes is to wait, 0 or less for not at all.
    """

    def __init__(self, deliver: Deliver, pause_s: Callable[[], float] = lambda: 0.0) -> None:
        self._deliver = deliver
        self._pause_s = pause_s
        self._child: ChildProcess | None = None
        self._ready = asyncio.Event()
        self._next_stream = 0
        self._next_question = 0
        self._open: dict[int, _OpenStream] = {}
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._waiting: list[bytes] = []
        self._is_wanted = asyncio.Event()
        self._is_wanted.set()
        self._is_stopping = False
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._stamp_error_s: float | None = None

    async def serve(self) -> None:
        """Starts the probe and reads its pipe until `stop`; after a death the next command starts it again."""
        while True:
            await self._is_wanted.wait()
            self._is_wanted.clear()
            if self._is_stopping:
                return
            self._is_idle.clear()
            child = ChildProcess(["probe"])
            try:
                await self._serve_child(child)
            finally:
                self._is_idle.set()

    async def stop(self) -> None:
        """Lets the probe end and waits for it; `serve` returns."""
        self._is_stopping = True
        self._is_wanted.set()
        if self._child is not None:
            self._child.close_input()
        try:
            async with asyncio.timeout(_STOP_PATIENCE_S):
                await self._is_idle.wait()
        except TimeoutError:
            if self._child is not None:
                self._child.kill()
            await self._is_idle.wait()

    @property
    def is_ready(self) -> bool:
        """Whether the probe is warm."""
        return self._ready.is_set()

    @property
    def stamp_error_s(self) -> float | None:
        """How late stamps may be: the worst second since the streams that are open began, or the last ones that were.

        None before the first measurement.
        """
        return self._stamp_error_s

    def start_stream(self, plan: RunPlan) -> int:
        """Asks for a run and gives the number of its stream; records arrive through `deliver`."""
        if not self._open:
            self._stamp_error_s = None
        self._next_stream += 1
        self._open[self._next_stream] = _OpenStream()
        self._send(do="start", stream=self._next_stream, plan=plan.to_json())
        return self._next_stream

    async def cancel(self, stream: int) -> None:
        """Cancels a stream and sees to it that it ends: a probe that does not obey is killed."""
        open_stream = self._open.get(stream)
        if open_stream is None or open_stream.is_cancelling:
            return
        open_stream.is_cancelling = True
        self._send(do="cancel", stream=stream)
        now = asyncio.get_running_loop().time()
        # A probe that is still warming up cannot acknowledge yet.
        ack_patience_s = _ACK_PATIENCE_S if self.is_ready else _END_PATIENCE_S
        try:
            async with asyncio.timeout_at(now + ack_patience_s):
                await open_stream.acknowledged.wait()
            async with asyncio.timeout_at(now + _END_PATIENCE_S):
                await open_stream.ended.wait()
        except TimeoutError:
            if self._child is not None:
                self._child.kill()

    async def ask(self, plan: RunPlan, method: str, path: str, patience_s: float = 6.0) -> dict[str, Any]:
        """One bounded question to the endpoint of a plan, answered as a JSON object with `status` and `body`.

        Raises StreamscopeError when no answer came in time.
        """
        self._next_question += 1
        question = self._next_question
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[question] = answer
        self._send(do="ask", id=question, method=method, plan=plan.to_json(), path=path)
        try:
            async with asyncio.timeout(_START_PATIENCE_S):
                await self._ready.wait()  # the endpoint is not to blame for the time that a start takes
            async with asyncio.timeout(patience_s):
                return await answer
        except TimeoutError as error:
            host = urlsplit(plan.url).hostname  # no more of the URL: it may hold a password
            raise StreamscopeError(f"no answer from {host} in {patience_s:.0f} s") from error
        finally:
            self._answers.pop(question, None)
            if answer.done() and not answer.cancelled():
                answer.exception()  # nobody waits for it any more where the wait for a warm probe was given up

    async def _serve_child(self, child: ChildProcess) -> None:
        """One probe from its start to its end; every stream and question that it was given ends with it."""
        try:
            await child.start()
            self._child = child
            self._send_waiting(child)
            if self._is_stopping:  # `stop` was called while it started
                child.close_input()
            await self._read_pipe(child)
        except StreamscopeError:  # it could not be started: what waits for it is ended below
            self._waiting.clear()
        finally:
            self._child = None  # from here on commands wait for the next probe
            self._ready.clear()
            self._end_open_streams()
            await child.end()

    def _send(self, **command: Any) -> None:
        line = json.dumps(command).encode() + b"\n"
        if self._child is None or self._child.process.stdin is None:
            self._waiting.append(line)  # sent when the probe runs (again)
            self._is_wanted.set()
        else:
            self._child.process.stdin.write(line)

    def _send_waiting(self, child: ChildProcess) -> None:
        lines, self._waiting = self._waiting, []
        if child.process.stdin is not None:
            child.process.stdin.writelines(lines)

    async def _read_pipe(self, child: ChildProcess) -> None:
        pipe = child.process.stdout
        waiting: list[bytes] = []
        while pipe is not None and (data := await pipe.read(_READ_BYTES)):
            head, newline, rest = data.partition(b"\n")
            waiting.append(head)
            if not newline:
                continue
            first, waiting = b"".join(waiting), []
            *lines, last = rest.split(b"\n")
            waiting.append(last)
            await self._take_lines([first, *lines])

    async def _take_lines(self, lines: list[bytes]) -> None:
        """Delivers lines; gives the loop back whenever the time budget is used up."""
        turn_ends = time.monotonic() + _BUDGET_S
        for line in lines:
            self._take_line(line)
            if time.monotonic() > turn_ends:
                for _ in range(_TURNS):
                    await asyncio.sleep(0)
                if (pause_s := self._pause_s()) > 0:
                    await asyncio.sleep(pause_s)
                turn_ends = time.monotonic() + _BUDGET_S

    def _take_line(self, line: bytes) -> None:
        try:
            record, stream = decode_line(line)
        except CaptureError:
            with contextlib.suppress(ValueError, RecursionError):
                self._take_word(json.loads(line))
            return
        if stream is None or stream not in self._open:
            return  # a late line of a stream that was given up
        if isinstance(record, CaptureEnd):
            self._open.pop(stream).end()
        elif isinstance(record, CaptureHeader) and record.clock is not None:
            self._open[stream].clock = record.clock
        self._deliver(stream, record)

    def _take_word(self, word: dict[str, Any]) -> None:
        match word:
            case {"type": "ready"}:
                self._ready.set()
            case {"type": "ack", "stream": int(stream)} if stream in self._open:
                self._open[stream].acknowledged.set()
            case {"type": "lag", "p99_s": float(lag_s)}:
                self._stamp_error_s = max(lag_s, self._stamp_error_s or 0.0)
            case {"type": "answer", "id": int(question)} if question in self._answers:
                if not self._answers[question].done():
                    self._answers[question].set_result(word)

    def _end_open_streams(self) -> None:
        problem = StreamProblem.of("internal", "The probe process ended before the stream did; what came is kept.")
        for stream, open_stream in list(self._open.items()):
            self._open.pop(stream).end()
            at = max(0.0, time.monotonic() - open_stream.clock)
            if open_stream.is_cancelling:
                self._deliver(stream, CaptureEnd(at, Outcome.CANCELLED))
            else:
                self._deliver(stream, CaptureEnd(at, Outcome.INCOMPLETE, problem))
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(StreamscopeError("the probe process ended"))
