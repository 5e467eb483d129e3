"""The direct transport: the openai SDK for address, auth and headers, its raw bytes for everything else.

The SDK's own iteration loses frames, costs twenty times as much and ends silently on a cut stream. Importing
it takes half a second, so that happens in `preload` or at the first run, never with this module.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tui.core.chunks import StreamChunk, StreamResult
from tui.core.endpoints import Endpoint
from tui.core.request import RunPlan, TransportName
from tui.transports.base import Now, ResumePoint, Room, Take, fault_headers
from tui.transports.chunk_iteration import MessageLike, iterate_chunks, request_of
from tui.transports.credentials import PROVIDER_KEY, Credentials
from tui.transports.network_backend import NetworkErrors, body_of, record_reads_of, warm_up_network
from tui.transports.run_stream import StreamRun
from tui.transports.socket_reads import EnoughRead, SocketReads
from tui.transports.stamped_socket import ReadHold
from tui.transports.tls_contexts import plain_context, tls_context

if TYPE_CHECKING:
    import httpx2
    import openai

DEFAULT_BASE_URL = "https://api.openai.com/v1"
NO_KEY = "none"
"""Sent where no key is known, because local servers want none and the SDK insists on one."""


@lru_cache(maxsize=1)
def preload() -> None:
    """Loads the SDK and what it loads late (70 ms more), so that no clock of a run waits for it."""
    import httpx2  # noqa: PLC0415  comes with the SDK
    import openai  # noqa: PLC0415  half a second, see the module's head

    warm_up_network()
    http_client = httpx2.AsyncClient(trust_env=False, verify=plain_context())
    sdk = openai.AsyncOpenAI(base_url=DEFAULT_BASE_URL, api_key=NO_KEY, http_client=http_client)
    sdk.platform_headers()
    _ = sdk.chat.completions.with_streaming_response


class DirectTransport:
    """Asks an OpenAI-compatible endpoint for a streamed chat completion (see `base.Transport`).

    Making one imports the SDK, so that this is not charged to a clock of the run.
    """

    def __init__(
        self, endpoint: Endpoint, credentials: Credentials, room: Room | None = None, hold: ReadHold | None = None
    ) -> None:
        preload()
        self._endpoint = endpoint
        self._credentials = credentials
        self._room = room
        self._hold = hold

    async def exchange(self, plan: RunPlan, take: Take, now: Now, resume_after: ResumePoint | None = None) -> None:  # noqa: ARG002  chat completions cannot be resumed
        """One request. Raises what the SDK and httpx2 raise, but for a status, which is a head with a body."""
        import openai  # noqa: PLC0415  half a second, see the module's head

        reads = SocketReads(take, now, plan.event_limit_bytes, room=self._room, hold=self._hold)
        http_client = self._http_client(plan, reads)
        sdk = self._sdk(plan, http_client)
        request = sdk.chat.completions.with_streaming_response.create(**_arguments(plan, openai.omit))
        try:
            async with http_client, request as response:
                await reads.take_body(body_of(response.http_response))
        except EnoughRead:
            return
        except openai.APIStatusError as refusal:
            _take_refusal(reads, refusal)

    def _http_client(self, plan: RunPlan, reads: SocketReads) -> httpx2.AsyncClient:
        import httpcore2  # noqa: PLC0415  comes with httpx2
        import httpx2  # noqa: PLC0415  comes with the SDK

        async def take_head(response: httpx2.Response) -> None:
            reads.take_head(response.status_code, response.headers.multi_items())

        client = httpx2.AsyncClient(
            verify=tls_context(plan.ca_file) if self._endpoint.is_secure else plain_context(),
            trust_env=not self._endpoint.is_loopback,  # a proxy has no way to this machine's own addresses
            follow_redirects=False,
            timeout=None,
            headers={"accept-encoding": plan.accept_encoding},
            event_hooks={"response": [take_head]},
        )
        errors = NetworkErrors(httpcore2.ConnectError, httpcore2.ReadError, httpcore2.WriteError)
        record_reads_of(client, reads, errors)
        return client

    def _sdk(self, plan: RunPlan, http_client: httpx2.AsyncClient) -> openai.AsyncOpenAI:
        import openai  # noqa: PLC0415  half a second, see the module's head

        return openai.AsyncOpenAI(
            base_url=self._endpoint.url,
            api_key=self._credentials.bearer or NO_KEY,
            default_headers=dict([*self._credentials.headers, *fault_headers(plan)]),
            http_client=http_client,
            max_retries=0,
            timeout=None,
        )


def _arguments(plan: RunPlan, omit: Any) -> dict[str, Any]:
    """The SDK's arguments: the request, streamed, with usage asked for."""
    body = plan.request.to_body()
    body.pop("buffer_type", None)
    return {"model": omit, **body, "stream": True, "stream_options": {"include_usage": True}}


def _take_refusal(reads: SocketReads, refusal: openai.APIStatusError) -> None:
    """The body of a status error, which the SDK has read; its head was taken when it came."""
    try:
        reads.take_part(refusal.response.content)
    except EnoughRead:
        return


class StreamingClient:
    """The seed's client: chat completions of any OpenAI-compatible endpoint.

    `base_url` None means OPENAI_BASE_URL or OpenAI itself. `api_key_env` names the variable that holds the key.
    `options` are fields of RunPlan (clocks, retries, ...).
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key_env: str = PROVIDER_KEY,
        model: str = "gpt-4o-mini",
        **options: Any,
    ) -> None:
        self._url = base_url or os.environ.get("OPENAI_BASE_URL") or DEFAULT_BASE_URL
        self._key_name = api_key_env
        self._model = model
        self._options = options

    async def stream(self, messages: Iterable[MessageLike], **settings: Any) -> StreamResult:
        """The whole run's result: every outcome is data. `settings` are fields of StreamRequest."""
        return await StreamRun(self._plan(messages, settings), lambda _record: None, key_name=self._key_name).run()

    def stream_iter(self, messages: Iterable[MessageLike], **settings: Any) -> AsyncGenerator[StreamChunk, None]:
        """Chunks as they come.

        Closing the generator closes the connection: leave it through `contextlib.aclosing`. Raises
        StreamBrokenError, with the whole result, when the stream ends without proof that it is complete.
        """
        return iterate_chunks(self._plan(messages, settings), key_name=self._key_name)

    def _plan(self, messages: Iterable[MessageLike], settings: dict[str, Any]) -> RunPlan:
        request = request_of(messages, **{"model": self._model, **settings})
        return RunPlan(TransportName.DIRECT, self._url, request, **self._options)
