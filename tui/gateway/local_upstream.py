"""A real model on this machine as upstream: a child process that is started at the first question and ends with us.

All it says goes through URLUpstream, so a local answer takes the same path as that of any endpoint.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from tui.child_process import ChildProcess, start_ready_child
from tui.core.chunks import Outcome, StreamProblem, StreamResult
from tui.core.request import StreamRequest
from tui.errors import GatewayError, StreamscopeError, UsageError
from tui.gateway.error_responses import error_response
from tui.gateway.gateway_settings import GatewaySettings
from tui.gateway.upstreams import OnChunks, Upstream, UpstreamRun
from tui.gateway.url_upstream import URLUpstream
from tui.local_model import check_local_model
from tui.transports.base import Room

_TROUBLE = "the local model did not start"


class LocalUpstream:
    """The local model. Nothing runs before `start` or the first question; a child that died is started again."""

    name = "local"
    secrets: tuple[str, ...] = ()

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        self._child: ChildProcess | None = None
        self._inner: Upstream | None = None
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Starts the child. Raises StreamscopeError with a sentence."""
        await self.running()

    async def running(self) -> Upstream:
        """The upstream at the child's address; it runs. Raises UsageError, StreamscopeError."""
        async with self._starting:
            if self._inner is None or self._child is None or not self._child.is_running:
                await self.aclose()
                check_local_model()
                self._child, url = await start_ready_child(["local-model"], _TROUBLE)
                self._inner = URLUpstream(replace(self._settings, upstream=url), environment={})
            return self._inner

    def open_run(self, request: StreamRequest, on_chunks: OnChunks, room: Room) -> UpstreamRun:
        """A run that starts the child first where it does not run. Raises GatewayError when it is not installed."""
        self.check()
        return _LocalRun(self, request, on_chunks, room)

    def complete(self, body: dict[str, Any], raw_body: bytes, headers: Mapping[str, str]) -> ASGIApp:
        """As URLUpstream's. Raises GatewayError when the model is not installed."""
        self.check()
        return _LocalAnswer(self, lambda inner: inner.complete(body, raw_body, headers))

    def models(self) -> ASGIApp:
        """The list of the one model."""
        return _LocalAnswer(self, lambda inner: inner.models())

    def check(self) -> None:
        """Raises GatewayError 404 with what to install."""
        try:
            check_local_model()
        except UsageError as missing:
            raise GatewayError(404, "model_not_installed", f"{missing}.") from missing

    async def is_reachable(self) -> bool:
        """Whether the child answers; one that was not needed yet does."""
        return self._inner is None or await self._inner.is_reachable()

    async def aclose(self) -> None:
        """Ends the child."""
        inner, self._inner = self._inner, None
        child, self._child = self._child, None
        if inner is not None:
            await inner.aclose()
        if child is not None:
            await child.end()


class _LocalRun:
    """A run over the child, which may have to be started first."""

    def __init__(self, upstream: LocalUpstream, request: StreamRequest, on_chunks: OnChunks, room: Room) -> None:
        self._upstream = upstream
        self._request = request
        self._on_chunks = on_chunks
        self._room = room
        self._run: UpstreamRun | None = None
        self._is_cancelled = False

    async def run(self) -> StreamResult:
        """The result; a child that does not start is a problem in it."""
        try:
            inner = await self._upstream.running()
        except StreamscopeError as error:
            return StreamResult("", (), outcome=Outcome.FAILED, problem=StreamProblem.of("server_error", f"{error}."))
        if self._is_cancelled:
            return StreamResult("", (), outcome=Outcome.CANCELLED)
        self._run = inner.open_run(replace(self._request, model=None), self._on_chunks, self._room)
        return await self._run.run()

    def cancel(self) -> None:
        """Closes the connection at once, or makes none."""
        self._is_cancelled = True
        if self._run is not None:
            self._run.cancel()


class _LocalAnswer:
    """An answer that the child's upstream makes, once it runs."""

    def __init__(self, upstream: LocalUpstream, answer: Any) -> None:
        self._upstream = upstream
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, or says why there is no model."""
        try:
            inner = await self._upstream.running()
        except StreamscopeError as error:
            await error_response(GatewayError(503, "local_model_failed", f"{error}."))(scope, receive, send)
            return
        await self._answer(inner)(scope, receive, send)
