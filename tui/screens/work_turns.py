"""Long work on the loop of the app, in turns short enough that a key never waits for it."""

from __future__ import annotations

import asyncio
import time
from typing import Final

_TURN_S: Final = 0.004
_TURNS: Final = 6  # as the probe's reader: a key takes several turns of the loop to the screen


class WorkTurns:
    """Asked after each small step: `if turns.is_due: await turns.rest()`."""

    def __init__(self) -> None:
        self._ends_at = time.monotonic() + _TURN_S

    @property
    def is_due(self) -> bool:
        """Whether others are to have their turn."""
        return time.monotonic() > self._ends_at

    async def rest(self) -> None:
        """Lets everything else happen that waits."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        self._ends_at = time.monotonic() + _TURN_S
