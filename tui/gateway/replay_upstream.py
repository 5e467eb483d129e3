"""A capture as the upstream of a gateway: the same answer over every route, whatever dialect it was recorded in.

The recorded bytes themselves are given by recorded_routes; here are the routes that were not recorded.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import nullcontext
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from tui.core.capture import Capture, Read, Record, ResponseHead
from tui.core.chunks import Outcome, StreamChunk
from tui.core.derived_run import DerivedRun
from tui.core.request import Clocks, RunPlan, StreamRequest, TransportName
from tui.errors import GatewayError
from tui.gateway.error_responses import error_response
from tui.gateway.gateway_events import usage_members
from tui.gateway.live_response import LiveResponse, until_client_leaves
from tui.gateway.upstreams import OnChunks, UpstreamRun
from tui.transports.base import Room
from tui.transports.replay import ReplayTransport
from tui.transports.run_stream import StreamRun

_DAY_S = 86_400.0  # a silence of the recording is no fault of this gateway
_PATIENT = Clocks(connect_s=_DAY_S, first_token_s=_DAY_S, idle_s=_DAY_S)
_UNNAMED = "recorded"


class ReplayUpstream:
    """Plays one run that ended. `send_s` bounds how long a reader of a completion may take nothing."""

    name = "replay"
    secrets: tuple[str, ...] = ()

    def __init__(self, run: DerivedRun, speed: float, send_s: float) -> None:
        self._run = run
        self._speed = speed
        self._send_s = send_s

    async def start(self) -> None:
        """Nothing has to be made ready."""

    def open_run(self, request: StreamRequest, on_chunks: OnChunks, room: Room) -> UpstreamRun:
        """The capture as a run that has not begun; the prompt is not read."""
        capture = _without_refusals(self._run.capture)
        plan = RunPlan(TransportName.DIRECT, "", request, dialect=capture.header.dialect, clocks=_PATIENT)
        transport = ReplayTransport(capture, self._speed, room=room)
        return StreamRun(plan, _forget, transport=transport, on_chunks=on_chunks, keeps_chunks=False)

    def complete(self, body: dict[str, Any], raw_body: bytes, headers: Mapping[str, str]) -> ASGIApp:  # noqa: ARG002  the interface
        """The answer as chat completions, streamed with its own times or whole."""
        if not body.get("stream"):
            return _WholeAnswer(self._run, self._model, self._speed)
        return LiveResponse(self._events(), lease=nullcontext(), send_s=self._send_s, media_type="text/event-stream")

    def models(self) -> JSONResponse:
        """The one model that answered."""
        entry = {"id": self._model, "object": "model", "created": 0, "owned_by": "streamscope", "label": "RECORDED"}
        return JSONResponse({"object": "list", "data": [entry]})

    async def is_reachable(self) -> bool:
        """Always: it is in memory."""
        return True

    async def aclose(self) -> None:
        """Nothing is open."""

    @property
    def _model(self) -> str:
        told = next((chunk.model for chunk in self._run.chunks if chunk.model), None)
        return told or str(self._run.capture.header.request.get("model") or _UNNAMED)

    async def _events(self) -> AsyncGenerator[bytes, None]:
        began, origin = asyncio.get_running_loop().time(), self._run.stats.sent_at or 0.0
        for chunk in self._run.chunks:
            await _until(began, (chunk.at - origin) / self._speed)
            yield f"data: {json.dumps(_completion_chunk(chunk, self._model))}\n\n".encode()
        if self._run.outcome is Outcome.COMPLETED:
            yield b"data: [DONE]\n\n"


def _without_refusals(capture: Capture) -> Capture:
    """The capture without the connections that were refused and tried again: a gateway's upstream tries once."""
    last = len(capture.heads) - 1
    kept, number, is_kept = Capture(capture.header), -1, True
    for record in list(capture.records())[1:]:
        if isinstance(record, ResponseHead):
            number += 1
            is_kept = number == last or record.status in (101, 200)
        if is_kept or not isinstance(record, ResponseHead | Read):
            kept.add(record)
    return kept


class _WholeAnswer:
    """A non-streaming completion, given when the recorded model had finished."""

    def __init__(self, run: DerivedRun, model: str, speed: float) -> None:
        self._run = run
        self._model = model
        self._speed = speed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers."""
        await until_client_leaves(receive, self._answer(scope, receive, send))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        result = self._run.result
        await _until(asyncio.get_running_loop().time(), self._run.capture.last_at / self._speed)
        if result is None or result.outcome is not Outcome.COMPLETED:
            cut = GatewayError(502, "upstream_incomplete", "The recorded answer ended before it was complete.")
            await error_response(cut)(scope, receive, send)
            return
        message: dict[str, Any] = {"role": "assistant", "content": result.content}
        if result.tool_calls:
            message["tool_calls"] = [
                {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
                for call in result.tool_calls
            ]
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": result.finish_reason}
        usage = usage_members(result.usage) if result.usage else None
        members = {"id": "chatcmpl-recorded", "object": "chat.completion", "created": 0, "model": self._model}
        await JSONResponse({**members, "choices": [choice], "usage": usage})(scope, receive, send)


def _completion_chunk(chunk: StreamChunk, model: str) -> dict[str, Any]:
    """A chunk in the words of chat completions; one that carries nothing but usage has no choice."""
    delta: dict[str, Any] = {}
    if chunk.content:
        delta["content"] = chunk.content
    if chunk.reasoning:
        delta["reasoning_content"] = chunk.reasoning
    if chunk.refusal:
        delta["refusal"] = chunk.refusal
    if chunk.tool_calls:
        delta["tool_calls"] = [
            {
                "index": call.position,
                **({"id": call.id, "type": "function"} if call.id else {}),
                "function": {**({"name": call.name} if call.name else {}), "arguments": call.arguments},
            }
            for call in chunk.tool_calls
        ]
    choices = [{"index": chunk.choice, "delta": delta, "finish_reason": chunk.finish_reason}]
    has_choice = bool(delta or chunk.finish_reason)
    members = {
        "id": "chatcmpl-recorded",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": chunk.model or model,
    }
    usage = {"usage": usage_members(chunk.usage)} if chunk.usage is not None else {}
    return {**members, "choices": choices if has_choice else [], **usage}


async def _until(began: float, at: float) -> None:
    await asyncio.sleep(max(0.0, began + at - asyncio.get_running_loop().time()))


def _forget(_record: Record) -> None:
    """A gateway keeps no capture: what came is in the log."""
