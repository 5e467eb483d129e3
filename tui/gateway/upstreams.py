"""What stands behind the gateway: the interface that generations and routes use, and the choice by settings.

An upstream is chosen when the gateway starts and never by a client. Bytes and faults of a run are the shared
transports' matter; here is only which of them is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from starlette.types import ASGIApp

from tui.core.chunks import StreamChunk, StreamResult
from tui.core.request import StreamRequest
from tui.transports.base import Room

OnChunks = Callable[[list[StreamChunk]], None]
"""Takes what one read brought, at once; never blocks, never raises."""


class UpstreamRun(Protocol):
    """One answer being made."""

    async def run(self) -> StreamResult:
        """The result, when it ended; a fault of the network is in it and never raised."""

    def cancel(self) -> None:
        """Closes the connection at once; `run` then gives what had come. No effect after the end."""


class Upstream(Protocol):
    """Where answers come from."""

    @property
    def name(self) -> str:
        """What clients may know of it: `demo`, or `openai-compatible` for a URL."""

    @property
    def secrets(self) -> Sequence[str]:
        """Texts that must reach no client: key and address."""

    async def start(self) -> None:
        """Gets ready before the gateway listens. Raises StreamscopeError."""

    def open_run(self, request: StreamRequest, on_chunks: OnChunks, room: Room) -> UpstreamRun:
        """A run that has not begun. Raises GatewayError for a model that does not exist here."""

    def complete(self, body: dict[str, Any], raw_body: bytes, headers: Mapping[str, str]) -> ASGIApp:
        """Answers `/v1/chat/completions`, and stops when the client leaves. Raises GatewayError.

        `raw_body` is `body` as the client wrote it, `headers` are all of the client's: few may be passed on.
        """

    def models(self) -> ASGIApp:
        """An answer to `/v1/models`."""

    async def is_reachable(self) -> bool:
        """Whether it answers now, found out within 2 s."""

    async def aclose(self) -> None:
        """Closes its idle connections."""
