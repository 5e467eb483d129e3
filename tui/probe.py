"""The probe: a child process that runs the transports, stamps the reads and writes capture lines to a pipe.

Commands come as JSON lines on standard input: `start` (stream, plan), `cancel` (stream), `ask` (id, method, url,
path), `stop`. It ends when that closes. Each line it writes is a capture line with the member `stream`, or one of
`ready`, `ack`, `answer`, `lag` (p99_s: how late stamps may be). It paints nothing, so its stamps stay exact while
the app's screen does.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from typing import Any, NoReturn

from tui.captures.capture_writer import RecordingEmit
from tui.core.capture import Read, Record
from tui.core.capture_codec import encode_record
from tui.core.request import RunPlan, TransportName
from tui.probe_batches import LineBatches
from tui.probe_lag import LagMeter
from tui.probe_libraries import LateSDK, load_libraries
from tui.probe_output import PipeWriter
from tui.probe_turns import ask_for_short_turns
from tui.transports.ask_endpoint import ask_endpoint
from tui.transports.run_stream import StreamRun

READ_HOLD_S = 0.025
"""How long a read may wait for the next one: less than a frame of the screen."""


class Probe:
    """Runs streams and answers questions until its standard input closes."""

    def __init__(self, writer: PipeWriter) -> None:
        self._lines = LineBatches(writer.write)
        self._runs: dict[int, StreamRun] = {}
        self._questions: set[asyncio.Task[None]] = set()
        self._lag = LagMeter(self._say_lag)
        self._sdk = LateSDK(lambda: not self._runs)

    async def serve(self, commands: AsyncIterator[dict[str, Any]]) -> None:
        """Carries out the commands; returns when they end, with every run cancelled and ended."""
        try:
            await self._serve(commands)
        finally:
            self._lines.flush()

    async def _serve(self, commands: AsyncIterator[dict[str, Any]]) -> None:
        async with asyncio.TaskGroup() as tasks:
            async for command in commands:
                if command.get("do") == "stop":
                    break
                try:
                    self._carry_out(command, tasks)
                except (KeyError, TypeError, ValueError) as error:  # one bad plan must not end the other streams
                    self._say(type="complaint", text=f"a plan that cannot be read: {type(error).__name__}")
            for run in self._runs.values():
                run.cancel()
            for question in self._questions:  # nobody is left to hear the answer
                question.cancel()

    def _carry_out(self, command: dict[str, Any], tasks: asyncio.TaskGroup) -> None:
        match command:
            case {"do": "start", "stream": int(stream), "plan": dict(plan)}:
                run = self._run_of(RunPlan.from_json(plan), stream)
                self._runs[stream] = run
                tasks.create_task(self._run(stream, run, uses_sdk=plan.get("transport") == TransportName.DIRECT))
            case {"do": "cancel", "stream": int(stream)}:
                self._say(type="ack", do="cancel", stream=stream)
                if stream in self._runs:
                    self._runs[stream].cancel()
            case {"do": "ask", "id": int(question), "method": str(method), "plan": dict(plan), "path": str(path)}:
                asked = tasks.create_task(self._answer(question, method, RunPlan.from_json(plan), path))
                self._questions.add(asked)
                asked.add_done_callback(self._questions.discard)
            case _:
                self._say(type="complaint", text=f"unknown command: {sorted(command)}")

    def _run_of(self, plan: RunPlan, stream: int) -> StreamRun:
        def emit(record: Record) -> None:
            self._lines.add(encode_record(record, stream), is_urgent=not isinstance(record, Read))

        if plan.capture_file is None:
            return StreamRun(plan, emit, hold_s=READ_HOLD_S, keeps_chunks=False)
        recording = RecordingEmit(plan.capture_file, emit)
        return StreamRun(plan, recording, keeps_chunks=False)  # held reads would be lost to a crash

    async def _run(self, stream: int, run: StreamRun, *, uses_sdk: bool) -> None:
        try:
            if uses_sdk and len(self._runs) > 1:
                await self._sdk.load_beside()
            with self._lag.measuring():
                await run.run()
        finally:
            del self._runs[stream]
            self._sdk.load_soon()

    async def _answer(self, question: int, method: str, plan: RunPlan, path: str) -> None:
        answer = await ask_endpoint(plan, method, path)
        self._sdk.load_soon()
        try:
            self._say(type="answer", id=question, **answer)
        except RecursionError:  # nested so deeply that it was read, but cannot be written
            self._say(type="answer", id=question, status=answer["status"], body=None, error="nested too deeply")

    def _say(self, **members: Any) -> None:
        self._lines.add(json.dumps(members) + "\n", is_urgent=True)

    def _say_lag(self, p99_s: float) -> None:
        """No hurry: it goes with the next reads."""
        self._lines.add(json.dumps({"type": "lag", "p99_s": round(p99_s, 6)}) + "\n")


async def read_commands(descriptor: int) -> AsyncIterator[dict[str, Any]]:
    """The commands from a pipe; lines of any length, junk skipped. Ends when the pipe closes."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    pipe = os.fdopen(os.dup(descriptor), "rb", buffering=0)
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    try:
        waiting = b""
        while data := await reader.read(65536):
            *lines, waiting = (waiting + data).split(b"\n")
            for line in lines:
                with contextlib.suppress(ValueError, RecursionError):
                    command = json.loads(line)
                    if isinstance(command, dict):
                        yield command
    finally:
        transport.close()


def main() -> NoReturn:
    """Runs the probe on this process's standard input and output, and ends the process with code 0."""
    load_libraries()
    ask_for_short_turns()
    # Nothing but capture lines may reach the pipe: whatever a library prints goes to standard error.
    pipe = os.dup(1)
    os.dup2(2, 1)
    with PipeWriter(pipe) as writer:
        writer.write(json.dumps({"type": "ready", "pid": os.getpid()}) + "\n")
        asyncio.run(_serve_and_exit(writer))
    os._exit(0)


async def _serve_and_exit(writer: PipeWriter) -> None:
    """Ends the process itself: a look-up of a name may hang in its thread for minutes, and asyncio waits for those."""
    await Probe(writer).serve(read_commands(sys.stdin.fileno()))
    writer.close()
    os._exit(0)
