"""TLS over stamped sockets: one read for one socket read, and faults and ends as HTTP has to know them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count

import pytest

from tests.transports.scripted_server import CERTIFICATE, Peer, ScriptedServer, server_tls
from tui.transports.stamped_socket import StampedSocket
from tui.transports.tls_contexts import tls_context
from tui.transports.tls_link import TLSLink

PATIENCE_S = 20.0


class TLSPeer:
    """The server's end of TLS, worked by hand, so that a test says which bytes go into which segment."""

    def __init__(self, peer: Peer) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = server_tls().wrap_bio(self._incoming, self._outgoing, server_side=True)
        self.peer = peer

    async def shake_hands(self) -> None:
        while True:
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                await self.peer.raw(self._outgoing.read())
                self._incoming.write(await self.peer.reader.read(65536))
            else:
                await self.peer.raw(self._outgoing.read())
                return

    def records(self, *parts: bytes) -> bytes:
        """Each part as a record of its own."""
        for part in parts:
            self.tls.write(part)
        return self._outgoing.read()

    async def received(self) -> bytes:
        """The next record of the client."""
        while True:
            try:
                return self.tls.read(65536)
            except ssl.SSLWantReadError:
                self._incoming.write(await self.peer.reader.read(65536))

    def farewell(self) -> bytes:
        with suppress(ssl.SSLWantReadError):
            self.tls.unwrap()
        return self._outgoing.read()


TLSScript = Callable[[TLSPeer], Awaitable[None]]


@asynccontextmanager
async def connected(script: TLSScript) -> AsyncIterator[TLSLink]:
    """A link whose far end plays the script after the handshake. Its clock counts the stamps."""
    is_over = asyncio.Event()

    async def play(peer: Peer) -> None:
        far = TLSPeer(peer)
        await far.shake_hands()
        await script(far)
        await is_over.wait()

    async with asyncio.timeout(PATIENCE_S), ScriptedServer(play) as server:
        link = await linked(server)
        try:
            await link.shake_hands()
            yield link
        finally:
            await link.close()
            is_over.set()


async def linked(server: ScriptedServer) -> TLSLink:
    host, port = server.url.removeprefix("http://").split(":")
    now = map(float, count(1)).__next__
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: StampedSocket(now), host, int(port))
    return TLSLink(socket, tls_context(str(CERTIFICATE)), "127.0.0.1")


async def test_the_records_of_one_segment_are_one_read_with_one_stamp() -> None:
    async def script(far: TLSPeer) -> None:
        await far.peer.raw(far.records(b"one ", b"two ", b"three"))
        assert await far.received() == b"more"
        await far.peer.raw(far.records(b"four"))

    async with connected(script) as link:
        first_at, first = await link.read()
        await link.write(b"more")
        second_at, second = await link.read()
    assert (first, second) == (b"one two three", b"four")
    assert first_at < second_at


async def test_a_record_cut_by_segments_comes_whole() -> None:
    async def script(far: TLSPeer) -> None:
        record = far.records(b"x" * 1000)
        await far.peer.raw(record[:100])
        assert await far.received() == b"go on"
        await far.peer.raw(record[100:])

    async with connected(script) as link, asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(link.read())
        await link.write(b"go on")
        _, data = await reading
    assert data == b"x" * 1000


async def test_much_goes_through_in_both_directions() -> None:
    sent = bytes(range(256)) * 4096

    async def script(far: TLSPeer) -> None:
        back = b""
        while len(back) < len(sent):
            back += await far.received()
        assert back == sent
        for start in range(0, len(sent), 10_000):
            await far.peer.raw(far.records(sent[start : start + 10_000]))

    async with connected(script) as link:
        await link.write(sent)
        received = b""
        while len(received) < len(sent):
            received += (await link.read())[1]
    assert received == sent
    assert link.ssl_object.version() is not None


@pytest.mark.parametrize("has_farewell", [True, False])
async def test_an_end_is_an_end_with_and_without_a_farewell(has_farewell: bool) -> None:
    async def script(far: TLSPeer) -> None:
        await far.peer.raw(far.records(b"last") + (far.farewell() if has_farewell else b""))
        far.peer.writer.write_eof()

    async with connected(script) as link:
        assert (await link.read())[1] == b"last"
        assert (await link.read())[1] == b""
        assert (await link.read())[1] == b""


async def test_a_damaged_record_is_raised_after_what_came_in_the_same_segment() -> None:
    async def script(far: TLSPeer) -> None:
        await far.peer.raw(far.records(b"sound") + b"\x17\x03\x03\x00\x20" + b"z" * 32)

    async with connected(script) as link:
        assert (await link.read())[1] == b"sound"
        with pytest.raises(ssl.SSLError):
            await link.read()


async def test_a_reset_under_tls_carries_no_fault_of_tls() -> None:
    """A rule that looks for faults of TLS among causes and contexts would name it wrongly."""

    async def script(far: TLSPeer) -> None:
        await far.peer.raw(far.records(b"last"))
        assert await far.received() == b"seen"
        far.peer.reset()

    async with connected(script) as link:
        assert (await link.read())[1] == b"last"
        await link.write(b"seen")
        with pytest.raises(ConnectionResetError) as caught:
            await link.read()
    assert caught.value.__context__ is None


async def test_a_far_end_that_leaves_during_the_handshake_is_told_as_that() -> None:
    async def leave(peer: Peer) -> None:
        await peer.reader.read(65536)

    async with asyncio.timeout(PATIENCE_S), ScriptedServer(leave) as server:
        link = await linked(server)
        with pytest.raises(EOFError, match="handshake"):
            await link.shake_hands()
        assert not link.is_ready
        await link.close()


async def test_a_far_end_that_speaks_first_does_not_speak_tls() -> None:
    async def greet(peer: Peer) -> None:
        await peer.raw(b"220 ready\r\n")
        await peer.wait_gone()

    async with asyncio.timeout(PATIENCE_S), ScriptedServer(greet) as server:
        link = await linked(server)
        with pytest.raises(ssl.SSLError, match="WRONG_VERSION"):
            await link.shake_hands()
        await link.close()
