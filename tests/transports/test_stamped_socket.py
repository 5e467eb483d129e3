"""Sockets that stamp: each read its own stamp, in order, bounded, and an end that is told after what came before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count

import pytest

from tests.transports.scripted_server import Peer, ScriptedServer
from tui.transports.stamped_socket import (
    BATCH_BYTES,
    BATCH_READS,
    HELD_LIMIT_BYTES,
    READ_BYTES,
    ReadHold,
    StampedSocket,
)

PATIENCE_S = 20.0
NEVER_S = 1000.0


class Watched(StampedSocket):
    """Tells how often the socket was read, so that a test can wait for it. Its clock counts the stamps."""

    def __init__(self, hold_s: float = 0.0, now: Callable[[], float] | None = None) -> None:
        self.hold = ReadHold(hold_s)
        super().__init__(now or map(float, count(1)).__next__, self.hold)
        self.came: asyncio.Queue[int] = asyncio.Queue()

    def buffer_updated(self, nbytes: int) -> None:
        super().buffer_updated(nbytes)
        self.came.put_nowait(nbytes)


class FarEnd:
    """The peer's side, played by the test itself."""

    def __init__(self) -> None:
        self._peer: asyncio.Future[Peer] = asyncio.get_running_loop().create_future()
        self.is_over = asyncio.Event()

    async def __call__(self, peer: Peer) -> None:
        self._peer.set_result(peer)
        await self.is_over.wait()

    async def peer(self) -> Peer:
        return await self._peer


@asynccontextmanager
async def connected(link: Watched) -> AsyncIterator[tuple[Watched, Peer]]:
    far = FarEnd()
    async with asyncio.timeout(PATIENCE_S), ScriptedServer(far) as server:
        host, port = server.url.removeprefix("http://").split(":")
        await asyncio.get_running_loop().create_connection(lambda: link, host, int(port))
        try:
            yield link, await far.peer()
        finally:
            await link.close()
            far.is_over.set()


async def turns(number: int = 5) -> None:
    """Lets everything that is ready run."""
    for _ in range(number):
        await asyncio.sleep(0)


async def test_reads_that_nobody_took_yet_stay_apart_each_with_its_own_stamp() -> None:
    async with connected(Watched()) as (link, peer):
        await peer.raw(b"one")
        assert (await link.read())[1] == b"one"
        for word in (b"two", b"three", b"four"):
            await link.came.get()
            await peer.raw(word)
        await link.came.get()
        taken = [await link.read() for _ in range(3)]
    assert [data for _, data in taken] == [b"two", b"three", b"four"]
    assert taken == sorted(taken, key=lambda read: read[0])
    assert len({at for at, _ in taken}) == 3


async def test_nothing_is_read_before_somebody_asks() -> None:
    """Else TLS would miss the first bytes of its far end."""
    async with connected(Watched()) as (link, peer):
        await peer.raw(b"early")
        peer.writer.write_eof()
        await turns(20)
        assert not link.has_news()
        assert (await link.read())[1] == b"early"
        assert (await link.read())[1] == b""


async def test_what_waits_is_bounded_and_comes_whole() -> None:
    sent = bytes(range(256)) * 4 * 4096
    async with connected(Watched()) as (link, peer), asyncio.TaskGroup() as tasks:
        tasks.create_task(peer.raw(sent))
        received = bytearray((await link.read())[1])
        waiting = 0
        while waiting < HELD_LIMIT_BYTES:
            size = await link.came.get()
            assert size <= READ_BYTES
            waiting += size
        await turns(50)
        assert link.came.qsize() <= 1, "the socket is left alone once so much waits"
        while len(received) < len(sent):
            received += (await link.read())[1]
    assert received == sent


@pytest.mark.parametrize("hold_s", [0.0, NEVER_S])
async def test_a_reset_is_raised_after_what_came_before_it(hold_s: float) -> None:
    async with connected(Watched(hold_s)) as (link, peer):
        await peer.raw(b"one")
        assert (await link.read())[1] == b"one"
        await link.came.get()
        await peer.raw(b"two")
        await link.came.get()
        peer.reset()
        assert (await link.read())[1] == b"two"
        for _ in range(2):
            with pytest.raises(ConnectionResetError):
                await link.read()
        with pytest.raises(ConnectionResetError):
            await link.write(b"x")
        assert link.has_news()


async def test_held_reads_wake_the_reader_together_with_the_end() -> None:
    async with connected(Watched(NEVER_S)) as (link, peer), asyncio.TaskGroup() as tasks:
        await peer.raw(b"first")
        assert (await link.read())[1] == b"first"
        await link.came.get()
        reading = tasks.create_task(link.read())
        for word in (b"second", b"third"):
            await peer.raw(word)
            await link.came.get()
        await turns()
        assert not reading.done()
        peer.writer.write_eof()
        (second_at, second), (third_at, third) = await reading, await link.read()
        assert (second, third) == (b"second", b"third")
        assert second_at < third_at
        assert (await link.read())[1] == b""


async def test_a_held_read_that_stays_alone_comes_when_its_time_is_over() -> None:
    loop = asyncio.get_running_loop()
    async with connected(Watched(0.02, loop.time)) as (link, peer):
        await peer.raw(b"first")
        await link.read()
        await peer.raw(b"second")
        assert (await link.read())[1] == b"second"


async def test_held_reads_are_taken_before_a_cancel_that_releases_them() -> None:
    """The order of a run's cancel: first the reads, then the loop is asked to cancel the reader."""
    taken: list[bytes] = []

    async def read_on() -> None:
        while True:
            taken.append((await link.read())[1])

    async with connected(Watched(NEVER_S)) as (link, peer), asyncio.TaskGroup() as tasks:
        assert not link.hold.release()
        reading = tasks.create_task(read_on())
        for word in (b"first", b"second", b"third"):
            await peer.raw(word)
            await link.came.get()
            await turns()
        assert taken == [b"first"]
        assert link.hold.release()
        asyncio.get_running_loop().call_soon(reading.cancel)
    assert taken == [b"first", b"second", b"third"]


async def test_no_more_reads_are_held_than_can_be_worked_on_at_once() -> None:
    async with connected(Watched(NEVER_S)) as (link, peer), asyncio.TaskGroup() as tasks:
        await peer.raw(b"first")
        assert (await link.read())[1] == b"first"
        await link.came.get()
        reading = tasks.create_task(link.read())
        for count_so_far in range(1, BATCH_READS + 1):
            await peer.raw(b"x")
            await link.came.get()
            await turns()
            assert reading.done() == (count_so_far == BATCH_READS)


async def test_more_bytes_than_a_batch_are_not_held() -> None:
    async with connected(Watched(NEVER_S)) as (link, peer), asyncio.TaskGroup() as tasks:
        await peer.raw(b"first")
        assert (await link.read())[1] == b"first"
        sending = tasks.create_task(peer.raw(b"x" * BATCH_BYTES))
        assert (await link.read())[1].startswith(b"x")
        await sending


async def test_a_write_waits_until_the_system_has_taken_all() -> None:
    sent = b"y" * 8_000_000
    async with connected(Watched()) as (link, peer), asyncio.TaskGroup() as tasks:
        writing = tasks.create_task(link.write(sent))
        await turns(20)
        assert not writing.done()
        assert await peer.reader.readexactly(len(sent)) == sent
        await writing


async def test_a_write_that_the_far_end_leaves_alone_ends_with_the_connection() -> None:
    async with connected(Watched()) as (link, peer), asyncio.TaskGroup() as tasks:
        writing = tasks.create_task(fault_of(link.write(b"y" * 8_000_000)))
        await turns(20)
        peer.reset()
        assert isinstance(await writing, ConnectionError)


async def fault_of(work: object) -> BaseException | None:
    """What awaiting it raises."""
    try:
        await work  # type: ignore[misc]
    except OSError as fault:
        return fault
    return None


async def test_a_reader_that_was_cancelled_takes_nothing_away() -> None:
    async with connected(Watched()) as (link, peer):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await link.read()
        await peer.raw(b"still here")
        assert (await link.read())[1] == b"still here"
