"""The network under httpcore (httpx) and httpcore2 (the SDK's httpx2): stamped sockets that report to `SocketReads`.

Their own backend stamps nothing, and through anyio it costs a third of what a short read costs in all. Both look
for the same methods in a backend, so one serves both; only the errors that they expect are classes of their own.
"""

from __future__ import annotations

import importlib
import ssl
from collections.abc import AsyncIterable
from dataclasses import dataclass
from typing import Any

from tui.transports.address_race import connect_to_host
from tui.transports.bounded_inflation import can_inflate, inflated
from tui.transports.socket_reads import SocketReads
from tui.transports.stamped_socket import Link, StampedSocket
from tui.transports.tls_link import TLSLink


@dataclass(frozen=True, slots=True)
class NetworkErrors:
    """What a library calls the faults of a network; the cause is their argument, as in the libraries themselves."""

    connect: type[Exception]
    read: type[Exception]
    write: type[Exception]


class _NetworkStream:
    """A connection as httpcore looks at it (its AsyncNetworkStream). A read gives what one socket read brought.

    Time-outs are not looked at: the clients that use this ask for none, the run's own clocks cancel their calls.
    """

    def __init__(self, link: Link, reads: SocketReads, errors: NetworkErrors) -> None:
        self._link = link
        self._reads = reads
        self._errors = errors

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109  theirs
        self._reads.before_read()
        if self._reads.room is not None:
            await self._reads.room()
        try:
            at, data = await self._link.read()
        except ssl.SSLError:
            raise
        except OSError as error:
            raise self._errors.read(error) from error
        self._reads.note_read(at, len(data))
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109  theirs
        self._reads.note_write()
        try:
            await self._link.write(buffer)
        except ssl.SSLError:
            raise
        except OSError as error:
            raise self._errors.write(error) from error

    async def aclose(self) -> None:
        await self._link.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109  theirs
    ) -> _NetworkStream:
        link = TLSLink(self._link, ssl_context, server_hostname)
        try:
            await link.shake_hands()
        except (OSError, EOFError) as error:
            raise self._errors.connect(error) from error
        finally:
            if not link.is_ready:
                await self.aclose()
        return _NetworkStream(link, self._reads, self._errors)

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":  # asked of a connection at rest: then it is no longer usable
            return self._link.has_news()
        return self._link.ssl_object if info == "ssl_object" else None


class _NetworkBackend:
    """What makes connections (httpcore's AsyncNetworkBackend, but for what no client here asks for)."""

    def __init__(self, reads: SocketReads, errors: NetworkErrors) -> None:
        self._reads = reads
        self._errors = errors

    async def connect_tcp(self, host: str, port: int, **_: Any) -> _NetworkStream:
        now, hold = self._reads.now, self._reads.hold
        try:
            link = await connect_to_host(host, port, lambda: StampedSocket(now, hold))
        except OSError as error:
            raise self._errors.connect(error) from error
        return _NetworkStream(link, self._reads, self._errors)


def body_of(response: Any) -> AsyncIterable[bytes]:
    """The body of an httpx or httpx2 response, decoded; its bare stream where nothing is to be decoded.

    Each layer of iteration is paid at every read, and the bare stream has three fewer.
    """
    encoding = response.headers.get("content-encoding")
    if encoding is not None and can_inflate(encoding):
        return inflated(response.stream, encoding)
    body: AsyncIterable[bytes] = response.stream if encoding is None else response.aiter_bytes()
    return body


def warm_up_network() -> None:
    """Loads what both libraries load at their first connection (50 ms), so that no clock of a run waits for it."""
    importlib.import_module("anyio._backends._asyncio")


def record_reads_of(client: Any, reads: SocketReads, errors: NetworkErrors) -> None:
    """Makes an httpx or httpx2 AsyncClient use this network and report its reads.

    Neither library lets a caller give the network backend and keep the proxies of the environment (a transport
    of one's own switches them off), so the backend is exchanged in the pools that the client has built. These
    four private names are the same in httpx 0.28 with httpcore 1.0 and in httpx2 2.16; a test reads through both.
    """
    for transport in (client._transport, *client._mounts.values()):  # noqa: SLF001  see above
        if transport is not None:
            transport._pool._network_backend = _NetworkBackend(reads, errors)  # noqa: SLF001  see above
