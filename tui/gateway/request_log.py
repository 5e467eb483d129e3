"""One line of JSON for each request, and for whatever else the gateway has to say; never a prompt, a key, a path.

A request is told by its route's template, so nothing that a stranger wrote gets into a line; a fault by its type
and place, because the words of an exception may hold what was being handled.
"""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tui.gateway.generation_log import LogEntry

_LOGGER = logging.getLogger(__name__)
_NOTES: ContextVar[dict[str, Any] | None] = ContextVar("notes on the request at hand", default=None)
_SHOWN_ID = 8
"""How much of a generation's id is written: who has all of it may read the answer."""
_CLIENT_CLOSED = 499
"""Written where the client left before there was a status (nginx has the number)."""


def note_request(**members: str) -> None:
    """Adds to the line of the request at hand; nothing outside of one."""
    notes = _NOTES.get()
    if notes is not None:
        notes.update(members)


def note_reading(generation_id: str, terminal: LogEntry | None = None) -> None:
    """Adds the beginning of a generation's id, and how its stream ended for this client: `left` without an end."""
    note_request(generation=generation_id[:_SHOWN_ID], outcome=terminal.event if terminal else "left")


class RequestLog:
    """The outermost middleware: counts what goes out and writes the line when the request is over."""

    def __init__(self, app: ASGIApp, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        began = self._clock()
        notes: dict[str, Any] = {}
        token = _NOTES.set(notes)
        tally = _Tally(send)
        try:
            await self._app(scope, receive, tally.send)
        finally:
            _NOTES.reset(token)
            line = {**_named(scope), **tally.members(), "ms": round((self._clock() - began) * 1000, 1), **notes}
            _LOGGER.info("request", extra={"members": line})


class _Tally:
    """What went out of one request."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._status: int | None = None
        self._bytes = 0
        self._close: int | None = None

    async def send(self, message: Message) -> None:
        """Counts a message and sends it."""
        match message["type"]:
            case "http.response.body":
                self._bytes += len(message.get("body", b""))
            case "websocket.send":
                self._bytes += len(message.get("text") or message.get("bytes") or "")
            case "streamscope.raw":
                self._bytes += len(message["data"])
            case "http.response.start" | "websocket.http.response.start":
                self._status = message["status"]
            case "websocket.accept":
                self._status = 101
            case "websocket.close":
                self._close = message.get("code", 1000)
        await self._send(message)

    def members(self) -> dict[str, Any]:
        """Status and size; the close code of a WebSocket that the gateway closed."""
        close = {} if self._close is None else {"close": self._close}
        return {"status": self._status or _CLIENT_CLOSED, "bytes": self._bytes, **close}


class JSONFormatter(logging.Formatter):
    """A record as one line of ASCII JSON: time, level, what happened, then the record's own `members`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        members: dict[str, Any] = {"at": at, "level": record.levelname.lower(), "event": record.getMessage()}
        members |= getattr(record, "members", {})
        if record.exc_info is not None and record.exc_info[1] is not None:
            members["event"] = members["event"].partition("\n")[0]
            members["error"] = _told(record.exc_info[1])
        return json.dumps(members)


def logging_setup() -> dict[str, Any]:
    """The configuration of the process's loggers: one handler, on standard error."""
    loggers = {
        name: {"handlers": ["stderr"], "level": "WARNING", "propagate": False} for name in ("uvicorn", "asyncio")
    }
    loggers["tui.gateway"] = {"handlers": ["stderr"], "level": "INFO", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JSONFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
        "loggers": loggers,
    }


def _named(scope: Scope) -> dict[str, Any]:
    """Method and route; what matches no route is not quoted."""
    route = scope.get("route")
    method = scope.get("method", "WS")
    return {
        "method": method if method in _METHODS else "other",
        "route": getattr(route, "path", None) or "none",
        "client": (scope.get("client") or ("unknown",))[0],
    }


_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "WS"})


def _told(error: BaseException) -> str:
    """Type and place of an exception, and of each that a group holds."""
    if isinstance(error, BaseExceptionGroup):
        return ", ".join(map(_told, error.exceptions))
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
