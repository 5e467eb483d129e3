"""What must be left after a run: nothing. Counts descriptors and tasks, collects what a loop complains of."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

LEFT_AFTER_S = 2.0
_FIRST_LOOK_S = 0.01


@dataclass
class Watch:
    """`left` are descriptors and tasks that were still there, `complaints` what the loop had to say."""

    left: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@asynccontextmanager
async def watched() -> AsyncIterator[Watch]:
    """Compares before and after; what is left has two seconds to go."""
    watch = Watch()
    loop = asyncio.get_running_loop()
    handler = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: watch.complaints.append(_words(context)))
    descriptors, tasks = open_descriptors(), asyncio.all_tasks()
    try:
        yield watch
    finally:
        await _settle(watch, descriptors, tasks)
        loop.set_exception_handler(handler)


def open_descriptors() -> int:
    """How many files, sockets and pipes this process has open."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  a Path for each would cost more than the count


async def _settle(watch: Watch, descriptors: int, tasks: set[asyncio.Task[Any]]) -> None:
    pause_s, deadline = _FIRST_LOOK_S, asyncio.get_running_loop().time() + LEFT_AFTER_S
    while True:
        gc.collect()  # a task whose exception nobody looked at complains when it is collected
        left = [f"{open_descriptors() - descriptors} descriptors"] if open_descriptors() > descriptors else []
        left += [f"task {task.get_name()}" for task in asyncio.all_tasks() - tasks]
        if not left or asyncio.get_running_loop().time() > deadline:
            watch.left = left
            return
        await asyncio.sleep(pause_s)
        pause_s *= 2


def _words(context: dict[str, Any]) -> str:
    return f"{context.get('message')}: {context.get('exception')!r}"
