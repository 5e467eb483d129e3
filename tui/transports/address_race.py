"""Connecting to a host with several addresses (RFC 8305): the next is tried when one fails or takes its time.

asyncio can do that itself, but a cancel at the wrong moment leaves a connection open there (Python 3.11).
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable, Sequence
from itertools import zip_longest

from tui.transports.stamped_socket import StampedSocket

NEXT_ADDRESS_S = 0.25
"""How long an address may take before the next is tried as well (RFC 8305, section 8)."""

MakeLink = Callable[[], StampedSocket]


async def connect_to_host(host: str, port: int, make_link: MakeLink) -> StampedSocket:
    """A connection to one of the host's addresses. Raises OSError: the only fault, or one whose cause groups them."""
    addresses = await _addresses_of(host, port)
    if len(addresses) == 1:
        return await _connect(addresses[0], port, make_link)
    return await connect_to_first(addresses, port, make_link)


async def connect_to_first(addresses: Sequence[str], port: int, make_link: MakeLink) -> StampedSocket:
    """A connection to the first of these addresses that answers; others that were being made are dropped."""
    race = _Race(port, make_link)
    try:
        await race.run(addresses)
    except BaseException:
        await race.close_links(0)
        raise
    if not race.links:
        raise OSError("no address of the host answered") from ExceptionGroup("one fault an address", race.faults)
    await race.close_links(1)
    return race.links[0]


class _Race:
    """Attempts that run side by side. `links` stand (one as a rule), `faults` are of those that failed."""

    def __init__(self, port: int, make_link: MakeLink) -> None:
        self._port = port
        self._make_link = make_link
        self._attempts: list[asyncio.Task[None]] = []
        self.links: list[StampedSocket] = []
        self.faults: list[OSError] = []

    async def run(self, addresses: Sequence[str]) -> None:
        """Returns when a link stands, or every address has failed."""
        async with asyncio.TaskGroup() as group:
            for address in addresses:
                is_over = asyncio.Event()
                self._attempts.append(group.create_task(self._attempt(address, is_over)))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(NEXT_ADDRESS_S):
                        await is_over.wait()
                if self.links:
                    break

    async def close_links(self, first: int) -> None:
        """Closes the links from this one on."""
        for link in self.links[first:]:
            await link.close()

    async def _attempt(self, address: str, is_over: asyncio.Event) -> None:
        try:
            self.links.append(await _connect(address, self._port, self._make_link))
        except OSError as fault:
            self.faults.append(fault)
        else:
            for other in self._attempts:
                if other is not asyncio.current_task():
                    other.cancel()
        finally:
            is_over.set()


async def _connect(address: str, port: int, make_link: MakeLink) -> StampedSocket:
    _transport, link = await asyncio.get_running_loop().create_connection(make_link, address, port)
    return link


async def _addresses_of(host: str, port: int) -> list[str]:
    """The host's addresses, the families in turn, in the resolver's order. Raises socket.gaierror."""
    with contextlib.suppress(ValueError):
        return [str(ipaddress.ip_address(host))]
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM)
    preferred = [where[0] for family, *_, where in found if family == found[0][0]]
    others = [where[0] for family, *_, where in found if family != found[0][0]]
    return [str(one) for pair in zip_longest(preferred, others) for one in pair if one is not None]
