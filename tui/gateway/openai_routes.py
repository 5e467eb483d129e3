"""The OpenAI-compatible routes: any OpenAI client, and this project's direct transport, work against them."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from tui.errors import GatewayError
from tui.gateway.relayed_response import RelayedResponse
from tui.gateway.request_models import check_completion
from tui.gateway.services import AppServices

_BODY_SCHEMA: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["messages"],
                    "properties": {
                        "messages": {"type": "array", "minItems": 1, "items": {"type": "object"}},
                        "model": {"type": "string"},
                        "stream": {"type": "boolean"},
                    },
                    "additionalProperties": True,
                }
            }
        },
    }
}


openai_router = APIRouter(tags=["openai"])


@openai_router.post("/v1/chat/completions", openapi_extra=_BODY_SCHEMA)
async def complete(services: AppServices, request: Request) -> Response:
    """One completion, streamed or whole, as the upstream gives it."""
    raw_body = await request.body()
    body = check_completion(_parsed(raw_body), services.settings.limits)
    return RelayedResponse(
        services.upstream.complete(body, raw_body, request.headers), services.slots.held(), services.closing
    )


@openai_router.get("/v1/models")
async def models(services: AppServices) -> Response:
    """The models that there are; a demo says what it shows and how it was recorded."""
    return RelayedResponse(services.upstream.models(), nullcontext(), services.closing)


def _parsed(raw_body: bytes) -> Any:
    try:
        return json.loads(raw_body)
    except (ValueError, RecursionError) as error:
        raise GatewayError(400, "invalid_json", "The body is not valid JSON.") from error
