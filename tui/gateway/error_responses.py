"""Refusals and failures as typed JSON: `{"error": {"message", "type", "code"}}`, without anything of the inside.

Every error that a client sees as an HTTP status is made here, from GatewayError, from FastAPI's validation, from
Starlette's routing and from what nobody expected.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from tui.errors import GatewayError

RETRY_AFTER_S = 1
_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


def error_body(status: int, code: str, message: str) -> dict[str, Any]:
    """The body of an error. `type` is the family that OpenAI's clients know, by status."""
    family = "server_error" if status >= 500 else "invalid_request_error"
    return {"error": {"message": message, "type": _TYPES.get(status, family), "code": code}}


def error_response(error: GatewayError) -> JSONResponse:
    """The response for a refusal; it says when to come back where that makes sense."""
    headers: dict[str, str] = {}
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.status in (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.REQUEST_TIMEOUT):
        headers["Connection"] = "close"  # the rest of the body must not be read
    return JSONResponse(error_body(error.status, error.code, str(error)), error.status, headers)


def validation_sentence(problems: Sequence[Any]) -> str:
    """The first problem of a validation with its place, and how many more there are; never the input itself."""
    first = problems[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{place}: {first['msg']}{more}" if place else f"{first['msg']}{more}"


def install_error_responses(app: FastAPI) -> None:
    """Makes every error of the app come out of this file."""

    async def refused(_request: Request, error: Exception) -> Response:
        if not isinstance(error, GatewayError):
            raise error
        return error_response(error)

    async def invalid(_request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            raise error
        problems = error.errors()
        if problems[0]["type"] == "json_invalid":
            return JSONResponse(error_body(400, "invalid_json", "The body is not valid JSON."), 400)
        return JSONResponse(error_body(422, "invalid_request", validation_sentence(problems)), 422)

    async def routed(_request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        phrase = HTTPStatus(error.status_code).phrase
        code = phrase.lower().replace(" ", "_")
        return JSONResponse(error_body(error.status_code, code, f"{phrase}."), error.status_code, error.headers)

    async def failed(_request: Request, _error: Exception) -> Response:
        return JSONResponse(error_body(500, "internal", "The gateway itself failed."), 500)

    app.add_exception_handler(GatewayError, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, routed)
    app.add_exception_handler(Exception, failed)
