"""The built-in upstream: recorded answers of a real model, played with their recorded timing.

Needs no key and no network, and ignores the prompt: clients see that by the model names `demo/...` and by the
labels in /v1/models.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import nullcontext
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from tui.core.capture import Capture, Record
from tui.core.chunks import Outcome, StreamResult, ToolCall
from tui.core.request import RunPlan, StreamRequest, TransportName
from tui.core.wire.response_decoder import ResponseDecoder
from tui.errors import GatewayError
from tui.gateway.demo_recordings import DemoRecording, demo_capture, demo_recordings, find_demo
from tui.gateway.error_responses import error_response
from tui.gateway.gateway_events import usage_members
from tui.gateway.live_response import LiveResponse, until_client_leaves
from tui.gateway.upstreams import OnChunks, Upstream, UpstreamRun
from tui.local_model import LOCAL_MODEL, missing_packages
from tui.transports.base import Room
from tui.transports.replay import ReplayTransport
from tui.transports.run_stream import StreamRun

_CREATED = 0
"""`created` of a demo model in /v1/models: recordings have no date that a client could use."""


class DemoUpstream:
    """Plays recordings; the model `local` is a real one. `send_s` bounds how long a reader may take nothing."""

    name = "demo"
    secrets: tuple[str, ...] = ()

    def __init__(self, send_s: float, local: Upstream) -> None:
        self._send_s = send_s
        self._local = local

    async def start(self) -> None:
        """Nothing has to be made ready."""

    def open_run(self, request: StreamRequest, on_chunks: OnChunks, room: Room) -> UpstreamRun:
        """A run over the recording of the model. Raises GatewayError 404 for a model that is none."""
        if request.model == LOCAL_MODEL:
            return self._local.open_run(request, on_chunks, room)
        capture = demo_capture(find_demo(request.model))
        plan = RunPlan(TransportName.DIRECT, capture.header.url, request, dialect=capture.header.dialect)
        transport = ReplayTransport(capture, room=room)
        return StreamRun(plan, _forget, transport=transport, on_chunks=on_chunks, keeps_chunks=False)

    def complete(self, body: dict[str, Any], raw_body: bytes, headers: Mapping[str, str]) -> ASGIApp:
        """The recorded bytes as they came, or without `stream` their text as one object, after the same time."""
        model = body.get("model")
        if model is not None and not isinstance(model, str):
            raise GatewayError(422, "invalid_request", "model: expected a string.")
        if model == LOCAL_MODEL:
            return self._local.complete(body, raw_body, headers)
        recording = find_demo(model)
        capture = demo_capture(recording)
        if not body.get("stream"):
            return _WholeCompletion(recording, capture)
        pieces = _paced_bytes(capture)
        return LiveResponse(pieces, lease=nullcontext(), send_s=self._send_s, media_type="text/event-stream")

    def models(self) -> JSONResponse:
        """The demos in the shape of OpenAI's list, each with `label`, `prompt` and `shows`."""
        return JSONResponse(
            {"object": "list", "data": [*map(_model_entry, demo_recordings().values()), *_local_entries()]}
        )

    async def is_reachable(self) -> bool:
        """Always: it is part of the program."""
        return True

    async def aclose(self) -> None:
        """Ends the local model, if it was used."""
        await self._local.aclose()


class _WholeCompletion:
    """A non-streaming completion made of a recording."""

    def __init__(self, recording: DemoRecording, capture: Capture) -> None:
        self._recording = recording
        self._capture = capture

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers when the recorded model would have."""
        await until_client_leaves(receive, self._answer(scope, receive, send))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        decoder = ResponseDecoder("openai-chat")
        async for data in _paced_bytes(self._capture):
            decoder.feed(data)
        result = decoder.finish()
        if result.outcome is not Outcome.COMPLETED:
            cut = GatewayError(502, "upstream_incomplete", "The upstream's answer ended before it was complete.")
            await error_response(cut)(scope, receive, send)
            return
        await JSONResponse(_completion(self._recording, result))(scope, receive, send)


async def _paced_bytes(capture: Capture) -> AsyncGenerator[bytes, None]:
    """The reads of a capture, each at its recorded time after the call."""
    began = time.monotonic()
    for index in range(capture.read_count):
        read = capture.read(index)
        await asyncio.sleep(max(0.0, began + read.at - time.monotonic()))
        yield read.data if isinstance(read.data, bytes) else read.data.encode("utf-8", "surrogatepass")


def _completion(recording: DemoRecording, result: StreamResult) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": result.content}
    if result.tool_calls:
        message["tool_calls"] = [_tool_call(call) for call in result.tool_calls]
    return {
        "id": f"chatcmpl-{recording.name.replace('/', '-')}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": recording.name,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": result.finish_reason}],
        "usage": usage_members(result.usage) if result.usage else None,
    }


def _tool_call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _local_entries() -> list[dict[str, Any]]:
    """The real model, where it is installed."""
    if missing_packages():
        return []
    entry = {"id": LOCAL_MODEL, "object": "model", "created": _CREATED, "owned_by": "streamscope", "label": "LIVE"}
    return [{**entry, "shows": "SmolLM2-135M on this machine: your prompt is read, and answered badly"}]


def _model_entry(recording: DemoRecording) -> dict[str, Any]:
    return {
        "id": recording.name,
        "object": "model",
        "created": _CREATED,
        "owned_by": "streamscope",
        "label": recording.label,
        "prompt": recording.prompt,
        "shows": recording.shows,
    }


def _forget(_record: Record) -> None:
    """A gateway keeps no capture: what came is in the log."""
