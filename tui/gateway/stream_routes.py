"""The gateway's own routes: /v1/stream in four shapes, its cancel, and the WebSocket.

Each streaming route answers at once and reads the log of a generation; what fails later is an event in it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, WebSocket
from starlette.responses import StreamingResponse

from tui.core.wire.dialects.gateway import GENERATION_HEADER
from tui.errors import GatewayError
from tui.gateway.derived_streams import BufferedView, ContentView, JSONView, RawView, stream_view
from tui.gateway.live_response import LiveResponse
from tui.gateway.request_models import SeedStreamBody, StreamBody, stream_request
from tui.gateway.services import AppServices, Services
from tui.gateway.sse_adapter import MEDIA_TYPE, parse_event_id
from tui.gateway.wire_models import CancelAnswer

DEFAULT_BUFFER = "word"
_CANCEL_WAIT_S = 2.0
_EVENT_STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPE: {}}, "description": "An event stream."}}
_RESUME = "Goes on after this event: `<generation>:<seq>`. The body is then not read."

stream_router = APIRouter(tags=["stream"])


@stream_router.post("/v1/stream", response_class=StreamingResponse, responses=_EVENT_STREAM)
async def stream(
    services: AppServices,
    body: Annotated[SeedStreamBody | None, Body()] = None,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", description=_RESUME)] = None,
) -> LiveResponse:
    """A new answer as typed events, or with Last-Event-ID the rest of one that was cut."""
    if last_event_id:
        generation_id, after = parse_event_id(last_event_id)
        log = services.generations.resumable(generation_id, after)
        return _live(services, generation_id, services.sse_adapter.stream_sse(generation_id, log, after))
    if body is None:
        raise GatewayError(422, "invalid_request", "Send a body with messages, or a Last-Event-ID to go on.")
    generation = services.generations.start(stream_request(body, services.settings.limits))
    return _live(services, generation.id, services.sse_adapter.stream_sse(generation.id, generation.log))


@stream_router.post("/v1/stream/raw", response_class=StreamingResponse, responses=_EVENT_STREAM)
async def stream_raw(services: AppServices, body: StreamBody) -> LiveResponse:
    """The plain pieces of the text."""
    return _viewed(services, body, RawView())


@stream_router.post("/v1/stream/buffered", response_class=StreamingResponse, responses=_EVENT_STREAM)
async def stream_buffered(services: AppServices, body: StreamBody) -> LiveResponse:
    """The text in whole words, sentences or lines, white space included."""
    return _viewed(services, body, BufferedView(body.buffer_type or DEFAULT_BUFFER))


@stream_router.post("/v1/stream/json", response_class=StreamingResponse, responses=_EVENT_STREAM)
async def stream_json(services: AppServices, body: StreamBody) -> LiveResponse:
    """The JSON objects and arrays that the text holds."""
    return _viewed(services, body, JSONView())


@stream_router.delete("/v1/stream/{generation_id}", response_model=CancelAnswer, response_model_exclude_unset=True)
async def cancel(services: AppServices, generation_id: str) -> dict[str, Any]:
    """Stops an answer at once and says how it ended; one that had ended stays as it was."""
    terminal = await services.generations.cancel(generation_id, _CANCEL_WAIT_S)
    if terminal is None:
        return {"gen": generation_id, "state": "cancelling"}
    proof = json.loads(terminal.data)
    return {"gen": generation_id, "state": terminal.event, "count": proof["count"], "sha256": proof["sha256"]}


@stream_router.websocket("/v1/ws/stream")
async def stream_websocket(services: AppServices, websocket: WebSocket) -> None:
    """A connection for any number of answers, one after the other."""
    await services.ws_handler.handle_connection(websocket)


def _viewed(services: Services, body: StreamBody, view: ContentView) -> LiveResponse:
    limits = services.settings.limits
    generation = services.generations.start(stream_request(body, limits))
    return _live(services, generation.id, stream_view(generation.id, generation.log, view, limits.keep_alive_s))


def _live(services: Services, generation_id: str, pieces: AsyncGenerator[bytes, None]) -> LiveResponse:
    return LiveResponse(
        pieces,
        lease=services.generations.reading(generation_id),
        send_s=services.settings.limits.send_s,
        media_type=MEDIA_TYPE,
        headers={GENERATION_HEADER: generation_id},
    )
