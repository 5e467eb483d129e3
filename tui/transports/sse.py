"""The SSE transport: httpx, POST to a gateway's stream route or to any full path; and the seed's `SSEClient`.

The only module that imports httpx. Bytes only: what they mean is the decoder's business.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterable
from typing import Any
from urllib.parse import quote

import httpcore
import httpx

from tui.core.chunks import StreamChunk
from tui.core.endpoints import Endpoint
from tui.core.request import RunPlan, TransportName
from tui.transports.base import Now, ResumePoint, Take, fault_headers
from tui.transports.chunk_iteration import MessageLike, iterate_chunks, request_of
from tui.transports.credentials import Credentials
from tui.transports.network_backend import NetworkErrors, body_of, record_reads_of, warm_up_network
from tui.transports.socket_reads import EnoughRead, SocketReads
from tui.transports.stamped_socket import ReadHold
from tui.transports.tls_contexts import plain_context, tls_context
from tui.version import __version__

_ERRORS = NetworkErrors(httpcore.ConnectError, httpcore.ReadError, httpcore.WriteError)


def preload() -> None:
    """Loads what httpx loads with its first client, so that no run of a process that lives on waits for it."""
    httpx.AsyncClient(verify=plain_context(), trust_env=False)


class SSETransport:
    """Posts the prompt and gives the response's reads (see `base.Transport`)."""

    def __init__(self, endpoint: Endpoint, credentials: Credentials, hold: ReadHold | None = None) -> None:
        warm_up_network()
        self._endpoint = endpoint
        self._credentials = credentials
        self._hold = hold

    async def exchange(self, plan: RunPlan, take: Take, now: Now, resume_after: ResumePoint | None = None) -> None:
        """One POST. Raises what httpx raises."""
        reads = SocketReads(take, now, plan.event_limit_bytes, hold=self._hold)
        client = self._client(plan)
        record_reads_of(client, reads, _ERRORS)
        try:
            async with (
                client,
                client.stream(
                    "POST",
                    self._endpoint.url,
                    content=b"" if resume_after else self._body(plan),  # the prompt is not sent again
                    headers=self._headers(plan, resume_after),
                ) as response,
            ):
                reads.take_head(response.status_code, response.headers.multi_items())
                await reads.take_body(body_of(response))
        except EnoughRead:
            return

    async def forget(self, plan: RunPlan, generation: str) -> None:
        """Cancels a generation that the gateway may keep for a reconnection. Raises what httpx raises."""
        url = f"{self._endpoint.url.partition('?')[0]}/{quote(generation, safe='')}"
        async with self._client(plan) as client:
            await client.delete(url, headers=self._credentials.request_headers())

    def _client(self, plan: RunPlan) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=tls_context(plan.ca_file) if self._endpoint.is_secure else plain_context(),
            trust_env=not self._endpoint.is_loopback,  # a proxy has no way to this machine's own addresses
            follow_redirects=False,
            timeout=None,  # noqa: S113  the run's own clocks cancel this call
        )

    def _headers(self, plan: RunPlan, resume_after: ResumePoint | None) -> list[tuple[str, str]]:
        base = [
            ("accept", "text/event-stream"),
            ("accept-encoding", plan.accept_encoding),
            ("cache-control", "no-store"),
            ("content-type", "application/json"),
            ("user-agent", f"streamscope/{__version__}"),
        ]
        own = self._credentials.request_headers()
        named = {name.lower() for name, _ in own}
        resume = fault_headers(plan) if resume_after is None else [("last-event-id", _event_id(resume_after))]
        return [*((name, value) for name, value in base if name not in named), *own, *resume]

    def _body(self, plan: RunPlan) -> bytes:
        if plan.raw_body is not None:
            return plan.raw_body.encode()
        body = plan.request.to_body() if self._endpoint.is_gateway_route else chat_body(plan)
        return json.dumps(body).encode()


def chat_body(plan: RunPlan) -> dict[str, Any]:
    """The chat-completions body of a plan: streamed, with usage asked for."""
    body = plan.request.to_body()
    body.pop("buffer_type", None)
    return {**body, "stream": True, "stream_options": {"include_usage": True}}


def _event_id(point: ResumePoint) -> str:
    generation, seq = point
    return f"{generation}:{seq}" if generation else str(seq)


class SSEClient:
    """The seed's client: POSTs to a gateway (a root, or the address of its stream route) and gives its chunks.

    Unlike the seed's it posts (a prompt is no URL parameter), gives decoded chunks instead of raw events, and
    does not end silently: see `stream`.
    """

    def __init__(self, url: str, *, dialect: str = "auto", **options: Any) -> None:
        self._url = url
        self._dialect = dialect
        self._options = options

    def stream(self, messages: Iterable[MessageLike], **settings: Any) -> AsyncGenerator[StreamChunk, None]:
        """Chunks as they come. `settings` are fields of StreamRequest.

        Closing the generator closes the connection: leave it through `contextlib.aclosing`. Raises
        StreamBrokenError, with the whole result, when the stream ends without proof that it is complete.
        """
        plan = RunPlan(
            TransportName.SSE,
            self._url,
            request_of(messages, **settings),
            dialect=self._dialect,
            **self._options,
        )
        return iterate_chunks(plan)
