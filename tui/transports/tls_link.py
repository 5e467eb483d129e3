"""TLS over any link: each read is what one socket read brought, decrypted, with the stamp of that socket read.

The event loop's own TLS would do, but for what it says of an end in the middle of a handshake (a reset), its
handshake clock of its own, and that it drops what came before the handshake.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from tui.transports.stamped_socket import READ_BYTES, Link

T = TypeVar("T")


class TLSLink:
    """A client's end of TLS (see `Link`). `shake_hands` comes before all else; faults of TLS are ssl.SSLError."""

    def __init__(self, below: Link, context: ssl.SSLContext, server_hostname: str | None) -> None:
        self._below = below
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_hostname)
        self._read_at = 0.0
        self._fault: ssl.SSLError | None = None
        self.is_ready = False

    @property
    def ssl_object(self) -> ssl.SSLObject:
        """See `Link`."""
        return self._tls

    async def shake_hands(self) -> None:
        """Raises EOFError when the far end leaves before it is done."""
        try:
            await self._carry_out(self._tls.do_handshake)
        except ssl.SSLEOFError:
            raise EOFError("the far end left during the TLS handshake") from None
        self.is_ready = True

    async def read(self) -> tuple[float, bytes]:
        """See `Link`. An end without TLS's own farewell is an end: HTTP knows whether its body was whole."""
        try:
            if self._fault is not None:
                raise self._fault
            data = await self._carry_out(self._decrypt)
        except ssl.SSLEOFError:
            data = b""
        return self._read_at, data

    async def write(self, data: bytes) -> None:
        """See `Link`."""
        rest = memoryview(data)
        while rest:
            rest = rest[await self._carry_out(partial(self._tls.write, rest)) :]

    async def close(self) -> None:
        """See `Link`. Says no farewell: the far end might not take it."""
        await self._below.close()

    def has_news(self) -> bool:
        """See `Link`."""
        return self._below.has_news()

    def _decrypt(self) -> bytes:
        """All that can be decrypted of what came; a fault behind it is kept for the next call."""
        parts = [self._tls.read(READ_BYTES)]
        try:
            while parts[-1]:
                parts.append(self._tls.read(READ_BYTES))
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as fault:
            self._fault = fault
        return b"".join(parts)

    async def _carry_out(self, step: Callable[[], T]) -> T:
        """Repeats a step, with what comes in between, until TLS can do it.

        What is awaited is awaited outside `except`: a fault of the link must not have TLS's wish as its context.
        """
        results: list[T] = []
        while not results:
            with contextlib.suppress(ssl.SSLWantReadError):
                results.append(step())
            await self._send_pending()
            if not results:
                await self._take_more()
        return results[0]

    async def _send_pending(self) -> None:
        if self._outgoing.pending:
            await self._below.write(self._outgoing.read())

    async def _take_more(self) -> None:
        self._read_at, data = await self._below.read()
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
