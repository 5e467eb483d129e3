"""A call that can be ended from outside its task, without a task of its own.

Used by `run_stream` for its clocks and for cancel; `asyncio.timeout` tells our interruption from a foreign one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable


class Interruptible:
    """Runs one awaitable after the other; `interrupt` ends the one that runs."""

    def __init__(self) -> None:
        self._limit: asyncio.Timeout | None = None
        self.was_interrupted = False

    async def run(self, awaitable: Awaitable[None]) -> None:
        """Awaits. Returns early, with `was_interrupted`, after `interrupt`; else raises what the awaitable raises."""
        self.was_interrupted = False
        try:
            async with asyncio.timeout(None) as self._limit:
                await awaitable
        except Exception:
            if not self.was_interrupted:
                raise
        finally:
            self._limit = None

    def interrupt(self) -> None:
        """Cancels what runs, at the loop's next turn; nothing if nothing runs."""
        if self._limit is not None and not self.was_interrupted:
            self.was_interrupted = True
            self._limit.reschedule(asyncio.get_running_loop().time())
