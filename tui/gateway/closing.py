"""The end of a gateway: nobody new is served, whoever is being served is told and awaited for a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from tui.errors import GatewayError

_LOGGER = logging.getLogger(__name__)


class Closing:
    """Knows that the gateway is about to end, and which responses are still being sent."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()
        self._idle = asyncio.Event()
        self._serving_count = 0

    @property
    def has_begun(self) -> bool:
        """Whether the gateway is about to end."""
        return self._begun.is_set()

    async def begun(self) -> None:
        """Returns when the gateway is about to end."""
        await self._begun.wait()

    def begin(self) -> None:
        """The gateway is about to end. Idempotent."""
        self._begun.set()

    @contextmanager
    def serving(self) -> Iterator[None]:
        """The time in which one response is sent."""
        self._serving_count += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._serving_count -= 1
            if self._serving_count == 0:
                self._idle.set()

    async def drain(self, wait_s: float) -> None:
        """Returns when all responses are sent to their end, at the latest after `wait_s`."""
        try:
            async with asyncio.timeout(wait_s):
                if self._serving_count:
                    await self._idle.wait()
        except TimeoutError:
            _LOGGER.warning("%d clients did not take their last event", self._serving_count)


def going_away() -> GatewayError:
    """What is told to requests of a gateway that is about to end."""
    return GatewayError(503, "shutting_down", "The gateway is shutting down; ask another or come back later.")
