"""An event loop whose time passes only when nothing else is left to do: an hour of waiting takes no time."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any


class _Jumping(selectors.SelectSelector):
    """Never waits: it moves the loop's time instead."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop of its own time, which begins at 0."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def pass_time(self, seconds: float) -> None:
        """Lets so much time pass, and all happen that is due."""
        self.run_until_complete(asyncio.sleep(seconds))

    def settle(self) -> None:
        """Lets happen what is due now."""
        self.run_until_complete(_turns())

    def finish(self, tasks: list[asyncio.Task[Any]]) -> None:
        """Waits for tasks for a day of this loop's time. Raises AssertionError when one hangs."""
        _, hanging = self.run_until_complete(asyncio.wait(tasks, timeout=86_400))
        assert not hanging, [task.get_stack() for task in hanging]


async def _turns() -> None:
    for _ in range(30):
        await asyncio.sleep(0)
