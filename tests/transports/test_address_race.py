"""Hosts with several addresses: the next one is tried, nothing is left open, faults say what each address did."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.transports.scripted_server import Peer, ScriptedServer
from tui.transports.address_race import connect_to_first, connect_to_host
from tui.transports.classify import classify
from tui.transports.stamped_socket import StampedSocket

PATIENCE_S = 20.0
HERE, DEAF, REFUSING = "127.0.0.1", "127.0.0.2", "127.0.0.3"
"""Three addresses of this machine; a server on one does not listen on the others."""


def make_link() -> StampedSocket:
    return StampedSocket(lambda: 0.0)


async def wait_gone(peer: Peer) -> None:
    await peer.wait_gone()


def port_of(server: ScriptedServer) -> int:
    return int(server.url.rpartition(":")[2])


@contextmanager
def deaf_address(port: int) -> Iterator[None]:
    """An address whose queue of connections is full: a further one is never made and never refused."""
    with socket.socket() as listening, socket.socket() as first, socket.socket() as second:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((DEAF, port))
        listening.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            with suppress(BlockingIOError):
                filler.connect((DEAF, port))
        yield


async def test_an_address_that_refuses_gives_way_to_the_next() -> None:
    async with asyncio.timeout(PATIENCE_S), ScriptedServer(wait_gone) as server:
        link = await connect_to_first([REFUSING, HERE], port_of(server), make_link)
        await link.close()
    assert len(server.peers) == 1


async def test_an_address_that_takes_its_time_does_not_keep_the_next_waiting() -> None:
    async with asyncio.timeout(PATIENCE_S), ScriptedServer(wait_gone) as server:
        with deaf_address(port_of(server)):
            link = await connect_to_first([DEAF, HERE], port_of(server), make_link)
            await link.close()
    assert len(server.peers) == 1


async def test_when_all_refuse_the_fault_tells_it_of_each() -> None:
    with socket.socket() as bound:
        bound.bind((HERE, 0))  # not listening
        port = bound.getsockname()[1]
        with pytest.raises(OSError, match="no address") as caught:
            await connect_to_first([HERE, REFUSING], port, make_link)
    assert isinstance(caught.value.__cause__, ExceptionGroup)
    assert [type(fault) for fault in caught.value.__cause__.exceptions] == [ConnectionRefusedError] * 2
    problem = classify(caught.value, label="host:1")
    assert (problem.kind, "refused" in problem.message) == ("connect", True)


@pytest.mark.parametrize("addresses", [[HERE, REFUSING], [DEAF, HERE]])
async def test_a_cancel_as_the_connection_is_made_leaves_none_open(addresses: list[str]) -> None:
    """The far end sees the connection go, or its script would still wait when the server is left."""
    connecting: list[asyncio.Task[StampedSocket]] = []

    async def cancel(peer: Peer) -> None:
        connecting[0].cancel()
        await peer.wait_gone()

    async with asyncio.timeout(PATIENCE_S), ScriptedServer(cancel) as server:
        with deaf_address(port_of(server)):
            async with asyncio.TaskGroup() as tasks:
                connecting.append(tasks.create_task(connect_to_first(addresses, port_of(server), make_link)))
            if not connecting[0].cancelled():  # the cancel came too late to change anything
                await connecting[0].result().close()
    assert len(server.peers) == 1


async def test_a_host_by_name_and_one_by_number() -> None:
    async with asyncio.timeout(PATIENCE_S), ScriptedServer(wait_gone) as server:
        for host in ("localhost", HERE):
            link = await connect_to_host(host, port_of(server), make_link)
            await link.close()
    assert len(server.peers) == 2


async def test_a_name_without_address_is_the_resolvers_fault() -> None:
    with pytest.raises(socket.gaierror):
        await connect_to_host("no..such.invalid", 9, make_link)
