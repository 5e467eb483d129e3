"""The gateway's description of itself (`GET /openapi.json`): FastAPI's, with events, errors, token and WebSocket.

Words and schemas only. What is said here about the wire is what wire_models says; a test holds both against it.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from tui.gateway.faults import FAULTS
from tui.gateway.gateway_settings import GatewaySettings
from tui.gateway.sse_adapter import MEDIA_TYPE
from tui.gateway.wire_models import EVENTS, CancelAnswer, ErrorBody, Health

_SCHEMAS = "#/components/schemas/"
_WORDS = """
Token streams of a language model over server-sent events, WebSocket, and OpenAI-compatible routes.

**Events of `POST /v1/stream`.** Each has `id: <generation>:<seq>`, seq dense from 0. `chunk` events come first, then
exactly one of `done`, `error`, `cancelled`. A client that was cut sends the same POST with `Last-Event-ID` and gets the
rest, never a gap: what the gateway no longer has is 410. Before the first event the header
`X-Streamscope-Generation` names the generation; `<generation>:-1` then asks for all of it. Silence brings a comment
line every 15 seconds.

**WebSocket `/v1/ws/stream`** (not an OpenAPI path). Messages are JSON objects of `type` and `data`. The client sends
`complete` (data as the body of `POST /v1/stream`), `cancel` (data optional: `{"gen"}`) and `resume`
(`{"gen", "after"}`). The gateway sends `start` (`{"gen"}`), then the events above with `seq` in their data. A message
that is not understood brings `error` with `"kind": "protocol", "outcome": null`, and the connection stays usable.
Several answers may follow one another; two at once are refused. The handshake's head announces the first generation.

**Cancel** is `DELETE /v1/stream/{generation}`, `cancel` on the WebSocket, or leaving: each closes the upstream at once.
"""
_BARE_LIST = {"type": "array", "minItems": 1, "items": {"$ref": f"{_SCHEMAS}MessageBody"}}
_OBJECT = {"application/json": {"schema": {"type": "object"}}}
_RELAYED = {
    "/v1/chat/completions": {**_OBJECT, MEDIA_TYPE: {"schema": {"type": "string"}}},
    "/v1/models": _OBJECT,
}
_EXAMPLE = """id: 5f0c:0
event: chunk
data: {"content":"Hello","finish_reason":null,"index":0}

id: 5f0c:1
event: done
data: {"done":true,"finish_reason":"stop","usage":null,"count":1,"sha256":"185f8db3..."}

"""


class DescribedApp(FastAPI):
    """A FastAPI app with this description, made once when it is asked for."""

    def __init__(self, settings: GatewaySettings, **options: Any) -> None:
        super().__init__(**options)
        self._settings = settings

    def openapi(self) -> dict[str, Any]:
        """The description of all routes."""
        if self.openapi_schema is None:
            self.openapi_schema = _description(self, self._settings)
        return self.openapi_schema


def _description(app: FastAPI, settings: GatewaySettings) -> dict[str, Any]:
    description = get_openapi(
        title=app.title, version=app.version, description=_WORDS.strip(), routes=app.routes, tags=app.openapi_tags
    )
    components = description["components"]
    for name in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(name, None)
    components["schemas"] |= _schemas()
    if settings.token:
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        description["security"] = [{"token": []}]
    for path, operations in description["paths"].items():
        for operation in operations.values():
            _complete(operation, path, settings)
    return description


def _schemas() -> dict[str, Any]:
    models: list[type[BaseModel]] = [*EVENTS.values(), ErrorBody, CancelAnswer, Health]
    _, found = models_json_schema([(model, "serialization") for model in models], ref_template=f"{_SCHEMAS}{{model}}")
    schemas: dict[str, Any] = found["$defs"]
    return schemas


def _complete(operation: dict[str, Any], path: str, settings: GatewaySettings) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    responses["4XX"] = _json("The request is refused.", "ErrorBody")
    responses["5XX"] = _json("The gateway or its upstream cannot answer now; 503 says when to come back.", "ErrorBody")
    if path in _RELAYED:
        responses["200"] = {"description": "The upstream's answer, byte for byte.", "content": _RELAYED[path]}
        for family in ("4XX", "5XX"):
            responses[family] = _json("The gateway's refusal as ErrorBody, or the upstream's as it is.", None)
    if path.startswith("/v1/stream") and "text/event-stream" in responses["200"]["content"]:
        responses["200"] = _event_stream(path)
    if path == "/v1/stream":
        operation["requestBody"]["content"]["application/json"]["schema"] = {
            "oneOf": [{"$ref": f"{_SCHEMAS}StreamBody"}, _BARE_LIST]
        }
        operation["requestBody"]["required"] = False
    if path == "/health" and settings.token:
        operation["security"] = [{}, {"token": []}]
    if settings.allow_faults and operation.get("requestBody"):
        operation.setdefault("parameters", []).append(_fault_parameter())


def _event_stream(path: str) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": {"type": "string"}}
    if path == "/v1/stream":
        content["example"] = _EXAMPLE
        content["x-event-schemas"] = {name: {"$ref": f"{_SCHEMAS}{model.__name__}"} for name, model in EVENTS.items()}
    header = {"description": "The generation, for Last-Event-ID and DELETE.", "schema": {"type": "string"}}
    return {
        "description": "Server-sent events; a failure of the upstream is an event too.",
        "content": {MEDIA_TYPE: content},
        "headers": {"X-Streamscope-Generation": header},
    }


def _json(description: str, model: str | None) -> dict[str, Any]:
    schema = {} if model is None else {"$ref": f"{_SCHEMAS}{model}"}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _fault_parameter() -> dict[str, Any]:
    names = "|".join(FAULTS)
    return {
        "name": "X-Streamscope-Fault",
        "in": "header",
        "required": False,
        "description": "Disturbs the answer, for demonstrations: NAME or NAME:after=N.",
        "schema": {"type": "string", "pattern": f"^({names})(:after=[0-9]{{1,6}})?$"},
    }
