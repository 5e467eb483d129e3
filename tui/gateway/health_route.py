"""GET /health: whether the gateway lives, and whether its upstream answers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from tui.gateway.services import AppServices
from tui.gateway.wire_models import Health
from tui.version import __version__

health_router = APIRouter(tags=["health"])


@health_router.get("/health", response_model=Health, response_model_exclude_unset=True)
async def health(services: AppServices, request: Request) -> dict[str, Any]:
    """`healthy`, or `degraded` while the upstream does not answer; without the token only that."""
    is_reachable = await services.probe.is_reachable()
    status = {"status": "healthy" if is_reachable else "degraded"}
    if request.scope.get("streamscope.is_stranger"):
        return status
    return {
        **status,
        "upstream": {"kind": services.upstream.name, "reachable": is_reachable},
        "streams": services.slots.taken,
        "faults": services.settings.allow_faults,
        "version": __version__,
    }
