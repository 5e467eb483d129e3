"""The gateway as an app and as a process: `create_app` puts it together, `serve` runs it until it is told to end.

Nothing is decided here but the order of the guards and of the shutdown: streams get their terminal event first,
then connections close.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from tui.collection_pause import resume_collection
from tui.core.wire.dialects.gateway import FAULT_HEADER, GENERATION_HEADER
from tui.errors import UsageError
from tui.gateway.error_responses import install_error_responses
from tui.gateway.fault_guard import FaultGuard, RawWebSocketProtocol
from tui.gateway.gateway_settings import GatewaySettings
from tui.gateway.guards import AddressGuard, BodyGuard, TokenGuard
from tui.gateway.health_route import health_router
from tui.gateway.openai_routes import openai_router
from tui.gateway.openapi_description import DescribedApp
from tui.gateway.recorded_exchange import RecordedExchange
from tui.gateway.recorded_routes import RecordedRoutes
from tui.gateway.request_log import RequestLog, logging_setup
from tui.gateway.services import Services, make_services
from tui.gateway.stream_routes import stream_router
from tui.gateway.upstreams import Upstream
from tui.version import __version__

_LOGGER = logging.getLogger(__name__)
DRAIN_S = 1.5
"""How long readers may take to get their terminal event at the end."""
GRACEFUL_S = 3
"""How long connections may take to close after that; both together, and the upstream's end, are below 5 s."""
COLLECTION = (700, 10, 3)
"""Thresholds of the collector in a process that serves. A stream leaves cycles behind, the SDK's client with its
socket above all: with the default (700, 10, 10) a thousand streams, 50 at a time, left 34 MB, with these 16."""


def create_app(
    settings: GatewaySettings, upstream: Upstream | None = None, recorded: RecordedExchange | None = None
) -> FastAPI:
    """The ASGI app; `app.state.services` holds its parts. `upstream` replaces the one that the settings name.

    `recorded` is given byte for byte at its own paths.
    Raises UsageError when the settings do not fit together.
    """
    settings.check()
    services = make_services(settings, upstream)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with services.generations.running():
            yield
        await services.upstream.aclose()

    app = DescribedApp(
        settings,
        title="streamscope gateway",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},  # prompts stay here
    )
    app.state.services = services
    for router in (stream_router, openai_router, health_router):
        app.include_router(router)
    install_error_responses(app)
    if recorded is not None:
        app.add_middleware(RecordedRoutes, exchange=recorded)
    _install_guards(app, settings)
    return app


def _install_guards(app: FastAPI, settings: GatewaySettings) -> None:
    """What is added last is met first: log, address, cross-origin answers, token, body, faults."""
    app.add_middleware(FaultGuard, fault=settings.fault, is_allowed=settings.allow_faults)
    app.add_middleware(BodyGuard, limits=settings.limits)
    if settings.token:
        app.add_middleware(TokenGuard, token=settings.token)
    if settings.allow_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.allow_origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Last-Event-ID", FAULT_HEADER],
            expose_headers=[GENERATION_HEADER, "Retry-After"],
        )
    app.add_middleware(AddressGuard, settings=settings)
    app.add_middleware(RequestLog)


class GatewayServer(uvicorn.Server):
    """A uvicorn server that ends its streams before its connections, and ends by itself on signals.

    Raises UsageError when the certificate of the settings cannot be used.
    """

    def __init__(self, app: FastAPI, settings: GatewaySettings) -> None:
        super().__init__(_loaded_config(app, settings))
        self._settings = settings
        self._services: Services = app.state.services
        self.listening = threading.Event()
        self.url = ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, once the upstream is ready; then the address is known and told. Raises StreamscopeError."""
        await self._services.upstream.start()
        await super().startup(sockets)
        listener = self.servers[0].sockets[0]
        self.url = _url(self._settings, listener.getsockname()[1])
        if self._settings.ready_json:
            sys.stdout.write(json.dumps({"url": self.url}) + "\n")
            sys.stdout.flush()
        resume_collection()
        _LOGGER.info("listening", extra={"members": {"url": self.url, "upstream": self._services.upstream.name}})
        self.listening.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Every open stream gets its terminal event, then connections close, within the graceful time."""
        self._services.generations.stop_all()
        await self._services.closing.drain(DRAIN_S)
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM end the server and nothing else: uvicorn would raise them again afterwards.

        They stay caught: a second one while the process ends must not turn its exit code 0 into a death by signal.
        """
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self.handle_exit)
        yield


def serve(settings: GatewaySettings, upstream: Upstream | None = None, recorded: RecordedExchange | None = None) -> int:
    """Serves until a signal, or until stdin closes if so set; gives the exit code 0. The rest is as in `create_app`.

    Raises UsageError when the settings do not fit together or the address cannot be used.
    """
    gc.set_threshold(*COLLECTION)
    server = GatewayServer(create_app(settings, upstream, recorded), settings)
    listener = bind(settings)
    with listener:
        if settings.end_with_stdin:
            threading.Thread(target=_end_with_stdin, args=(server,), daemon=True, name="stdin").start()
        asyncio.run(server.serve(sockets=[listener]))
    return 0


def bind(settings: GatewaySettings) -> socket.socket:
    """A socket bound to the settings' address. Raises UsageError that names it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(f"{settings.host} is no address of this machine: {error.strerror or error}") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        place = f"{settings.host}:{settings.port}"
        raise UsageError(f"cannot listen on {place}: {error.strerror}; choose another --port") from error
    return listener


def _loaded_config(app: FastAPI, settings: GatewaySettings) -> uvicorn.Config:
    """Uvicorn's configuration. Raises UsageError when the certificate cannot be used."""
    config = uvicorn.Config(
        app,
        ws=RawWebSocketProtocol if settings.makes_faults else "websockets-sansio",
        ws_max_size=settings.limits.body_bytes,
        ws_per_message_deflate=False,  # a token in a compressed frame is seen later, and never smaller
        http="h11",
        h11_max_incomplete_event_size=64 * 1024,
        timeout_graceful_shutdown=GRACEFUL_S,
        limit_concurrency=settings.limits.connection_count,
        log_config=logging_setup(),
        access_log=False,
        server_header=False,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
    )
    try:
        config.load()
    except OSError as error:  # ssl.SSLError is one too
        reason = error.strerror or type(error).__name__
        raise UsageError(f"--tls-cert {settings.tls_cert}, --tls-key {settings.tls_key}: {reason}") from error
    return config


def _url(settings: GatewaySettings, port: int) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{'https' if settings.tls_cert else 'http'}://{host}:{port}"


def _end_with_stdin(server: GatewayServer) -> None:
    """Reads standard input to its end, by the descriptor: a buffered reader would be locked at the exit."""
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass  # a closed or broken standard input ends the server too
    server.should_exit = True
