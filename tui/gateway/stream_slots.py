"""How many answers may be made at the same time: one count for generations and relayed completions alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tui.errors import GatewayError
from tui.gateway.closing import Closing, going_away


class StreamSlots:
    """A count with a limit. Whoever takes a slot gives it back exactly once."""

    def __init__(self, limit: int, closing: Closing) -> None:
        self._limit = limit
        self._closing = closing
        self.taken = 0

    def take(self) -> None:
        """Raises GatewayError 503 when all are taken, or when the gateway is about to end."""
        if self._closing.has_begun:
            raise going_away()
        if self.taken >= self._limit:
            raise GatewayError(503, "too_many_streams", f"The gateway makes {self._limit} answers at a time, not more.")
        self.taken += 1

    def give_back(self) -> None:
        """Frees one slot."""
        self.taken -= 1

    @contextmanager
    def held(self) -> Iterator[None]:
        """The time in which one slot is taken. Raises as `take`."""
        self.take()
        try:
            yield
        finally:
            self.give_back()
